"""Stretches of time beside each other: an oracle counts, at each beginning, how many there are at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.columns import Slot, arrange_in_columns
from tests.examples import examples

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda pair: (pair[0], sum(pair))), max_size=14)


@pytest.mark.parametrize(
    ("spans", "slots"),
    [
        ([], []),
        ([(0, 5)], [(0, 1)]),
        ([(0, 5), (5, 9)], [(0, 1), (0, 1)]),  # touching
        ([(0, 5), (4, 9)], [(0, 2), (1, 2)]),
        ([(4, 9), (0, 5)], [(1, 2), (0, 2)]),  # any order in
        ([(0, 9), (1, 3), (4, 6)], [(0, 2), (1, 2), (1, 2)]),  # a column is used again
        ([(0, 3), (2, 6), (5, 9)], [(0, 2), (1, 2), (0, 2)]),  # first and last meet only through the second
        ([(0, 9), (0, 9), (0, 9), (9, 12)], [(0, 3), (1, 3), (2, 3), (0, 1)]),
    ],
)
def test_examples(spans, slots):
    assert arrange_in_columns(spans) == [Slot(*each) for each in slots]


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


@given(SPANS)
@examples(500)
def test_none_covers_another_and_all_are_inside(spans):
    slots = arrange_in_columns(spans)

    assert len(slots) == len(spans)
    assert all(0 <= slot.column < slot.columns for slot in slots)
    for index, (span, slot) in enumerate(zip(spans, slots, strict=True)):
        for other, beside in zip(spans[:index], slots[:index], strict=True):
            if overlap(span, other):
                assert slot.column != beside.column
                assert slot.columns == beside.columns  # equally wide, or they would meet


@given(SPANS)
@examples(500)
def test_there_are_as_many_columns_as_spans_at_once_and_no_more(spans):
    slots = arrange_in_columns(spans)

    for index, slot in enumerate(slots):
        group, grown = {index}, True
        while grown:
            reached = {i for i, span in enumerate(spans) if any(overlap(span, spans[j]) for j in group)}
            group, grown = group | reached, not reached <= group
        at_once = max(sum(spans[i][0] <= spans[at][0] < spans[i][1] for i in group) for at in group)
        assert slot.columns == at_once
