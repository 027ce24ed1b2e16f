"""Days, weeks and months of the calendar, their bounds in a zone, and the splitting of an interval over its days.

Everything is half-open: `[start, end)` for instants, `[first, end)` for dates. Instants are aware. Lengths are
differences of UTC instants, because two datetimes that share a zone are subtracted by wall clock and lose the shifted
hour.

Source of the rules: docs/decisions/0002-days-are-intervals.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.local_times import clock_change_between, readings

PeriodUnit = Literal["day", "week", "month"]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

EARLIEST_DATE = date(1900, 1, 1)
LATEST_DATE = date(9000, 1, 1)  # far enough from date.max for any shift the callers make


@dataclass(frozen=True, slots=True)
class Period:
    """The local dates from `first` up to, but not including, `end`: at least one, within EARLIEST_DATE to LATEST_DATE.

    Raises ValueError when `end` is not after `first`, or a bound lies outside those dates.
    """

    first: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise ValueError("A period needs at least one day.")
        if self.first < EARLIEST_DATE or self.end > LATEST_DATE:
            raise ValueError(f"A period lies between {EARLIEST_DATE} and {LATEST_DATE}.")

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end

    def dates(self) -> Iterator[date]:
        """Yields every date of the period, in order."""
        for number in range((self.end - self.first).days):
            yield self.first + timedelta(days=number)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Returns the instants (UTC) at which the period begins and ends in `zone`; the end is not included."""
        return start_of_day(self.first, zone), start_of_day(self.end, zone)

    def bounds_in_any_zone(self) -> tuple[datetime, datetime]:
        """Returns instants (UTC) that enclose the period in every zone: local dates are within a day of UTC's."""
        return _midnight_utc(self.first - _DAY), _midnight_utc(self.end + _DAY)


def merge_periods(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Returns periods that cover the same days, in order, with overlapping and touching periods joined to one."""
    merged: list[Period] = []
    for period in sorted(periods, key=lambda period: period.first):
        if merged and period.first <= merged[-1].end:
            merged[-1] = Period(merged[-1].first, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return tuple(merged)


def day_period(day: date) -> Period:
    """Returns the period of one day."""
    return Period(day, day + _DAY)


def week_period(day: date, *, week_start: int) -> Period:
    """Returns the week around `day` that begins on `week_start`: 0 is Monday, 6 Sunday, as in `date.weekday`."""
    first = day - timedelta(days=(day.weekday() - week_start) % 7)
    return Period(first, first + 7 * _DAY)


def month_period(day: date) -> Period:
    """Returns the calendar month around `day`."""
    first = day.replace(day=1)
    return Period(first, _add_months(first, 1))


def period_around(day: date, duration: PeriodUnit, *, week_start: int, offset: int = 0) -> Period:
    """Returns the calendar day, week or month around `day`, or the one `offset` such periods later (negative: earlier).

    `week_start` is as in `week_period`. Raises ValueError when the result would leave the dates that a Period may
    have.
    """
    try:
        match duration:
            case "day":
                return day_period(day + offset * _DAY)
            case "week":
                return week_period(day + 7 * offset * _DAY, week_start=week_start)
            case "month":
                return month_period(_add_months(day.replace(day=1), offset))
    except OverflowError as error:
        raise ValueError(f"A period lies between {EARLIEST_DATE} and {LATEST_DATE}.") from error


def period_before(period: Period) -> Period:
    """Returns the preceding period of equal length: in calendar months if `period` is whole months, else in days.

    Raises ValueError when the result would leave the dates that a Period may have.
    """
    try:
        if period.first.day == 1 and period.end.day == 1:
            months = 12 * (period.end.year - period.first.year) + period.end.month - period.first.month
            return Period(_add_months(period.first, -months), period.first)
        return Period(period.first - (period.end - period.first), period.first)
    except OverflowError as error:
        raise ValueError(f"A period lies between {EARLIEST_DATE} and {LATEST_DATE}.") from error


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Returns the first instant (UTC) at which a calendar in `zone` shows `day` or a later date.

    Usually this is local midnight. Where the clock skips midnight (Cairo and Santiago in spring), it is the end of the
    gap. A day that is skipped whole (Apia, 30 December 2011) begins when the next day does, and so has no length. Where
    midnight comes twice, the first counts.
    """
    first, second = readings(datetime.combine(day, time.min), zone)
    # A gap need not begin at midnight, so where midnight is skipped, the day begins at the change itself.
    return first if first <= second else clock_change_between(second, first, zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Returns the day of `zone` whose interval `[start_of_day, next start_of_day)` contains `instant`.

    It is the date on the wall clock, except in the rare hour that a change shortly after midnight sets back into
    the evening before (St John's, 1987 to 2011, at 0:01): the new day has begun and goes on.
    """
    day = instant.astimezone(zone).date()
    while start_of_day(day + _DAY, zone) <= instant:
        day += _DAY
    return day


def split_by_day(start: datetime, end: datetime, zone: ZoneInfo, *, within: Period | None = None) -> dict[date, int]:
    """Returns the seconds of `[start, end)` on each local day of `zone`, in order of days.

    Only days with a second or more are listed, and with `within` only those of that period; an empty interval gives
    an empty dict. Without `within`, the values add up to the length of the interval.
    """
    if end <= start:
        return {}
    begin, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(zone).date()  # this day may be over already, see `day_of`
    if within is not None and day < within.first:
        day = within.first
        begin = max(begin, start_of_day(day, zone))
    seconds: dict[date, int] = {}
    while begin < end and (within is None or day < within.end):
        day_end = start_of_day(day + _DAY, zone)
        if begin < day_end:
            seconds[day] = seconds_between(begin, min(end, day_end))
            begin = day_end
        day += _DAY
    return seconds


def last_day_of(start: datetime, end: datetime, zone: ZoneInfo) -> date:
    """Returns the day of the last second of `[start, end)`; for an empty interval, the day of `start`."""
    return day_of(max(start, end - _SECOND), zone)


def seconds_between(start: datetime, end: datetime) -> int:
    """Returns the seconds from `start` to `end`, both aware and whole; negative when `end` is earlier."""
    return (end.astimezone(UTC) - start.astimezone(UTC)) // _SECOND


def _midnight_utc(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _add_months(first: date, months: int) -> date:
    """Returns the first of the month `months` after that of `first`, itself a first of a month.

    Raises OverflowError outside the years of `date`.
    """
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("year out of range")
    return date(year, month + 1, 1)
