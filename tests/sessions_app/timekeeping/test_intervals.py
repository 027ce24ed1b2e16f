"""Overlaps and gaps, against an oracle that counts who is there in every minute."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.intervals import MIN_GAP, Interval, find_gaps, find_overlaps, overlap_seconds

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def interval(start: int, end: int, payload: str = "") -> Interval[str]:
    """Minutes after nine."""
    return Interval(NINE + timedelta(minutes=start), NINE + timedelta(minutes=end), payload or f"{start}-{end}")


@pytest.mark.parametrize(
    ("intervals", "pairs"),
    [
        ([], []),
        ([(0, 60)], []),
        ([(0, 60), (60, 90)], []),  # touching
        ([(0, 60), (30, 90)], [("0-60", "30-90", 30)]),
        ([(30, 90), (0, 60)], [("0-60", "30-90", 30)]),  # any order in
        ([(0, 90), (30, 60)], [("0-90", "30-60", 30)]),  # inside
        ([(0, 60), (0, 60)], [("0-60", "0-60", 60)]),  # the same
        ([(0, 60), (20, 20)], []),  # empty
        ([(0, 100), (10, 20), (30, 40)], [("0-100", "10-20", 10), ("0-100", "30-40", 10)]),
        ([(0, 50), (10, 60), (20, 70)], [("0-50", "10-60", 40), ("0-50", "20-70", 30), ("10-60", "20-70", 40)]),
    ],
)
def test_overlaps(intervals, pairs):
    found = find_overlaps(interval(start, end) for start, end in intervals)

    assert [(each.first, each.second, each.seconds // 60) for each in found] == pairs


@pytest.mark.parametrize(
    ("intervals", "gaps"),
    [
        ([], []),
        ([(0, 60)], []),
        ([(0, 60), (69, 90)], []),  # under ten minutes
        ([(0, 60), (70, 90)], [("0-60", "70-90", 60, 70)]),
        ([(0, 200), (10, 20), (100, 120), (240, 260)], [("0-200", "240-260", 200, 240)]),  # a long one covers
        ([(0, 10), (30, 40), (60, 70)], [("0-10", "30-40", 10, 30), ("30-40", "60-70", 40, 60)]),
        ([(0, 10), (20, 20), (30, 40)], [("0-10", "30-40", 10, 30)]),  # an empty one fills nothing
    ],
)
def test_gaps(intervals, gaps):
    found = find_gaps(interval(start, end) for start, end in intervals)

    assert [(each.before, each.after, *(_minutes(t) for t in (each.start, each.end))) for each in found] == gaps


minutes = st.integers(0, 120)
many_intervals = st.lists(st.tuples(minutes, minutes).map(lambda ends: interval(min(ends), max(ends))), max_size=12)


@given(many_intervals)
def test_overlap_seconds_is_what_the_minutes_say(intervals):
    present = [sum(each.start <= _at(minute) < each.end for each in intervals) for minute in range(121)]

    found = overlap_seconds([(each.start, each.end) for each in intervals])

    assert found == 60 * sum(count - 1 for count in present if count > 1)


@given(many_intervals)
def test_each_pair_that_shares_a_minute_is_found_once(intervals):
    intervals = [Interval(each.start, each.end, number) for number, each in enumerate(intervals)]
    expected = {
        frozenset((one.payload, other.payload)): 60 * shared
        for one in intervals
        for other in intervals
        if one.payload < other.payload
        and (shared := sum(all(each.start <= _at(m) < each.end for each in (one, other)) for m in range(121)))
    }

    found = find_overlaps(intervals)

    assert {frozenset((each.first, each.second)): each.seconds for each in found} == expected
    assert len(found) == len(expected)


@given(many_intervals)
def test_gaps_are_the_empty_minutes_between(intervals):
    present = [any(each.start <= _at(minute) < each.end for each in intervals) for minute in range(121)]
    inside = [minute for minute, is_covered in enumerate(present) if is_covered]
    between = range(inside[0], inside[-1]) if inside else ()
    stretches = [[*minutes] for is_covered, minutes in groupby(between, key=present.__getitem__) if not is_covered]
    expected = {m for minutes in stretches if timedelta(minutes=len(minutes)) >= MIN_GAP for m in minutes}

    gaps = find_gaps(intervals)

    assert {m for gap in gaps for m in range(_minutes(gap.start), _minutes(gap.end))} == expected


def _at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def _minutes(instant: datetime) -> int:
    return (instant - NINE) // timedelta(minutes=1)
