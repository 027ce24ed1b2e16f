"""Where sessions overlap and where they leave gaps, found in one sweep along the time line.

Spans are half-open, `[start, end)`, in UTC and whole seconds: touching is not overlapping. Empty spans overlap nothing
and fill nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sessions_app.timekeeping.periods import seconds_between

MIN_GAP = timedelta(minutes=10)
"""Shorter gaps are a walk to the kettle, not a forgotten session (UI brief, section 7)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interval(Generic[T]):
    """A stretch of time and whose it is; the end of a running session is the present."""

    start: datetime
    end: datetime
    payload: T


@dataclass(frozen=True, slots=True)
class Overlap(Generic[T]):
    """What two spans share. `first` began earlier, or at the same instant and came first in the input."""

    first: T
    second: T
    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """How long; these seconds count twice."""
        return seconds_between(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Gap(Generic[T]):
    """Time between spans that none covers. `before` is the one that ended last, `after` the one that begins next."""

    start: datetime
    end: datetime
    before: T
    after: T

    @property
    def seconds(self) -> int:
        """How long."""
        return seconds_between(self.start, self.end)


def find_overlaps(intervals: Iterable[Interval[T]]) -> list[Overlap[T]]:
    """Every pair of spans that share a second or more, in order of the later start."""
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


def find_gaps(intervals: Iterable[Interval[T]], *, min_length: timedelta = MIN_GAP) -> list[Gap[T]]:
    """The stretches of at least `min_length` between the first start and the last end that no span covers, in order."""
    reaching: list[Interval[T]] = []  # the spans that end later than all before them, in order
    gaps: list[Gap[T]] = []
    for interval in _in_order(intervals):
        last = reaching[-1] if reaching else None
        if last is not None and interval.start - last.end >= min_length:
            gaps.append(Gap(last.end, interval.start, last.payload, interval.payload))
        if last is None or interval.end > last.end:
            reaching.append(interval)
    return gaps


def overlap_seconds(intervals: Iterable[Interval[T]]) -> int:
    """How many seconds the spans count more than once: the sum of their lengths less the length of what they cover."""
    counted_twice = 0
    reached: datetime | None = None
    for interval in _in_order(intervals):
        if reached is not None and reached > interval.start:
            counted_twice += seconds_between(interval.start, min(reached, interval.end))
        reached = interval.end if reached is None else max(reached, interval.end)
    return counted_twice


def _in_order(intervals: Iterable[Interval[T]]) -> list[Interval[T]]:
    return sorted(
        (interval for interval in intervals if interval.end > interval.start), key=lambda interval: interval.start
    )
