"""Where hours without clock times are: a length that is known to belong to a day, and no more."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.periods import day_period

_BEGIN = time(9)
_SECOND = timedelta(seconds=1)


def start_on_day(
    day: date, length: timedelta, taken: Iterable[tuple[datetime, datetime]], zone: ZoneInfo, now: datetime
) -> datetime:
    """Returns the start (UTC) of `length` on a local day: behind the last of the `taken` intervals, else at 9:00.

    Earlier where it would pass the end of the day, or `now` on the present day: in the last room that is free before
    it, else beside what is taken, and from the day's beginning when it is longer than the day. Intervals are UTC.
    """
    day_start, day_end = day_period(day).bounds(zone)
    limit = min(day_end, now.astimezone(UTC).replace(microsecond=0)) if day_start < now else day_end
    within = sorted((max(start, day_start), min(end, day_end)) for start, end in taken)
    within = [(start, end) for start, end in within if start < end]
    nine = datetime.combine(day, _BEGIN, tzinfo=zone).astimezone(UTC)
    start = max((end for _start, end in within), default=nine)
    if start + length <= limit:
        return start
    before = limit
    for taken_start, taken_end in sorted(within, key=lambda each: each[1], reverse=True):
        if before - length >= taken_end:
            break
        before = min(before, taken_start)
    if before - length >= day_start:
        return before - length
    return max(day_start, limit - length)
