"""Chooses the start of a duration that was entered for a day without clock times."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.periods import day_period

_BEGIN = time(9)
_SECOND = timedelta(seconds=1)


def start_on_day(
    day: date, length: timedelta, taken: Iterable[tuple[datetime, datetime]], zone: ZoneInfo, now: datetime
) -> datetime:
    """Returns the start (UTC) for `length` on a local day: after the last of the `taken` intervals, else 9:00.

    If it would then end after the day's end, or after `now` on the present day, it goes into the last free time before
    that, else overlaps `taken` intervals; one that is longer than the day starts with the day. Intervals are in UTC.
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
