"""The largest remainder, against fractions."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_app.timekeeping.apportioning import ONE, apportion, apportion_by_level, share_of, whole_number

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8)
KEYS = st.dictionaries(st.tuples(*[st.integers(0, 3)] * 3), st.integers(0, 1_000), min_size=1, max_size=20)
ORDERS = [lambda value: value] * 3


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (10, [3, 3, 1], [4, 4, 2]),
        (0, [2, 5], [0, 0]),
        (7, [0, 2], [0, 7]),
        (7, [5], [7]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_parts_are_those_of_the_largest_remainder(total, weights, parts):
    assert list(apportion(total, dict(enumerate(weights))).values()) == parts


def test_an_order_decides_between_equal_remainders():
    assert apportion(2, {"b": 1, "a": 1, "c": 1}, lambda key: key) == {"a": 1, "b": 1, "c": 0}
    assert apportion(2, {"b": 1, "a": 1, "c": 1}) == {"b": 1, "a": 1, "c": 0}


@given(st.integers(0, 10**9), WEIGHTS)
@example(10**9, [10**6, 10**6 - 1, 10**6 - 2])
def test_parts_add_up_and_are_the_nearest(total, weights):
    parts = list(apportion(total, dict(enumerate(weights))).values())

    whole = sum(weights)
    if not whole:
        assert parts == [0] * len(weights)
        return
    exact = [Fraction(total * weight, whole) for weight in weights]
    expected = [floor(each) for each in exact]
    by_remainder = sorted(range(len(weights)), key=lambda index: (expected[index] - exact[index], index))
    for index in by_remainder[: total - sum(expected)]:
        expected[index] += 1
    assert parts == expected


@given(st.lists(st.tuples(st.integers(0, 86_400), WEIGHTS), max_size=40))
def test_shares_of_many_days_add_up_to_what_the_days_have(days):
    counted = [(total, weights) for total, weights in days if sum(weights)]
    shares = [share_of(total, weight, sum(weights)) for total, weights in counted for weight in weights]

    assert whole_number(sum(shares)) == sum(total for total, _weights in counted)


def test_equal_shares_are_equal_although_they_were_added_up_differently():
    thirds = share_of(1, 1, 3) * 3
    ones = share_of(1, 2, 2)

    assert ones == ONE
    assert apportion(3, {"thirds": thirds, "ones": ones}) == {"thirds": 2, "ones": 1}
    assert apportion(3, {"ones": ones, "thirds": thirds}) == {"ones": 2, "thirds": 1}
    assert apportion(4, {"thirds": thirds, "ones": ones}) == {"thirds": 2, "ones": 2}


def test_no_share_of_nothing():
    assert share_of(0, 0, 0) == 0


@given(st.integers(0, 10**6), KEYS)
def test_a_further_level_changes_nothing_before_it(total, weights):
    def summed(weights, levels):
        sums = {}
        for key, weight in weights.items():
            sums[key[:levels]] = sums.get(key[:levels], 0) + weight
        return sums

    finest = apportion_by_level(total, weights, ORDERS)

    assert finest.keys() == weights.keys()
    for levels in (0, 1, 2):
        coarse = apportion_by_level(total, summed(weights, levels), ORDERS[:levels])
        assert coarse == (summed(finest, levels) if levels or sum(weights.values()) else {(): total})
