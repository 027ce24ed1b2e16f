"""Converts local times to instants. Raises errors, instead of guessing, for times near a clock change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


class NonexistentTimeError(ValueError):
    """Raised when the clock skipped `local`, and went on at `resumes_at` (naive)."""

    def __init__(self, local: datetime, resumes_at: datetime) -> None:
        super().__init__(f"{local:%H:%M} did not exist on {local:%Y-%m-%d}: the clock went on at {resumes_at:%H:%M}.")
        self.local = local
        self.resumes_at = resumes_at


class AmbiguousTimeError(ValueError):
    """Raised when the clock showed `local` twice, at the instants `first` and `second` (UTC)."""

    def __init__(self, local: datetime, first: datetime, second: datetime) -> None:
        super().__init__(f"{local:%H:%M} came twice on {local:%Y-%m-%d}.")
        self.local = local
        self.first = first
        self.second = second


def to_instant(local: datetime, zone: ZoneInfo, *, occurrence: int | None = None) -> datetime:
    """Returns the instant (UTC) at which a wall clock in `zone` shows `local`, a naive datetime.

    `occurrence` (1 or 2) selects one when the clock showed that time twice, and is ignored otherwise. Raises
    NonexistentTimeError for a time that the clock skipped, AmbiguousTimeError for one that it showed twice when
    `occurrence` is None, and OverflowError within a day of the ends of the calendar.
    """
    first, second = readings(local, zone)
    if first > second:
        resumes_at = clock_change_between(second, first, zone).astimezone(zone)
        raise NonexistentTimeError(local, resumes_at.replace(tzinfo=None))
    if first < second and occurrence is None:
        raise AmbiguousTimeError(local, first, second)
    return second if occurrence == 2 else first  # noqa: PLR2004


def readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Returns the instants (UTC) of the naive `local` under the offset before, and after, a clock change near it.

    They are equal when no change is near. The first is earlier when the clock showed `local` twice, later when it
    skipped it.
    """
    # Subtracting the offsets takes half the time of two calls of `astimezone`.
    before = zone.utcoffset(local.replace(fold=0) if local.fold else local)
    after = zone.utcoffset(local.replace(fold=1))
    assert before is not None and after is not None  # noqa: S101, PT018  # a ZoneInfo has an offset for every date
    first = (local - before).replace(tzinfo=UTC)
    return first, first if after == before else (local - after).replace(tzinfo=UTC)


def clock_change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Returns the instant (UTC) in `(before, after]` from which `zone` has another offset; there must be one."""
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
