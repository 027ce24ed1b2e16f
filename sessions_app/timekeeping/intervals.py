"""Finds overlaps of intervals and gaps between them, each in one pass over the intervals by start.

Intervals are half-open, `[start, end)`, aware and in whole seconds: touching is not overlapping. An empty interval
overlaps nothing and fills nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from sessions_app.timekeeping.periods import seconds_between

MIN_GAP = timedelta(minutes=10)
"""The shortest gap that is reported, as perhaps a forgotten session; shorter gaps are taken for breaks."""

T = TypeVar("T")


class Interval(NamedTuple, Generic[T]):
    """The time `[start, end)` of an object, the `payload`, which is passed on to the results.

    The end of a running session is the present instant.
    """

    start: datetime
    end: datetime
    payload: T


@dataclass(frozen=True, slots=True)
class Overlap(Generic[T]):
    """The time `[start, end)` that two intervals share, with their payloads.

    `first` belongs to the interval that starts earlier or, with equal starts, came first in the input.
    """

    first: T
    second: T
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """The length in seconds, which the sum of both intervals' lengths counts twice."""
        return seconds_between(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Gap(Generic[T]):
    """Time `[start, end)` that no interval covers, with the payloads of the intervals `before` and `after` it."""

    start: datetime
    end: datetime
    before: T
    after: T

    @property
    def seconds(self) -> int:
        """The length in seconds."""
        return seconds_between(self.start, self.end)


def find_overlaps(intervals: Iterable[Interval[T]]) -> list[Overlap[T]]:
    """Returns every pair of intervals that share a second or more, in order of the later start."""
    overlaps: list[Overlap[T]] = []
    active: list[Interval[T]] = []
    for interval in _in_order(intervals):
        active = [earlier for earlier in active if earlier.end > interval.start]
        overlaps += [
            Overlap(earlier.payload, interval.payload, interval.start, min(earlier.end, interval.end))
            for earlier in active
        ]
        active.append(interval)
    return overlaps


def find_gaps(intervals: Iterable[Interval[T]]) -> list[Gap[T]]:
    """Returns the gaps of at least MIN_GAP between the first start and the last end, in order of time."""
    reaching: list[Interval[T]] = []  # the intervals that end later than all before them, in order
    gaps: list[Gap[T]] = []
    for interval in _in_order(intervals):
        last = reaching[-1] if reaching else None
        if last is not None and interval.start - last.end >= MIN_GAP:
            gaps.append(Gap(last.end, interval.start, last.payload, interval.payload))
        if last is None or interval.end > last.end:
            reaching.append(interval)
    return gaps


def overlap_seconds(times: Iterable[tuple[datetime, datetime]]) -> int:
    """Returns the seconds that several intervals share: the sum of all lengths minus the length of the time covered.

    `times` has start and end of each, without a payload, since a list of sessions asks for each of its days.
    """
    counted_twice = 0
    reached: datetime | None = None
    for start, end in sorted(times):
        if reached is None or start >= reached:
            reached = max(start, end)
        elif end > start:
            counted_twice += seconds_between(start, min(reached, end))
            reached = max(reached, end)
    return counted_twice


def _in_order(intervals: Iterable[Interval[T]]) -> list[Interval[T]]:
    return sorted(
        (interval for interval in intervals if interval.end > interval.start), key=lambda interval: interval.start
    )
