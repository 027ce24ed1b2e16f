"""What somebody who keeps the books by hand would write into a report.

Shares no code with the product: days are watched on the calendar, time is rounded and money reckoned in fractions.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.sessions_app.timekeeping.oracle import watched_day, watched_seconds

MINOR_UNITS = {"EUR": 100, "JPY": 1, "BHD": 1000}
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Entry:
    """A session that is not in the Trash, as its person would tell of it; `end` is now for the running one."""

    start: datetime
    end: datetime
    zone: str
    name: str
    project: UUID | None
    client: UUID | None
    tags: frozenset[UUID]
    billable: bool
    rate: Decimal | None
    currency: str
    runs: bool

    def days(self) -> dict[date, int]:
        zone = ZoneInfo(self.zone)
        return watched_seconds(self.start, self.end, zone) or {watched_day(self.start, zone): 0}


def lines_of(entries, first, end, group_by, rounding, week_start):
    """By key: tracked, rounded, billable and running seconds, sessions, and amounts by currency."""
    pieces = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: [0, 0])))  # by line, price and day
    running, members = defaultdict(int), defaultdict(set)
    for number, entry in enumerate(entries):
        so_far = 0
        for day, seconds in sorted(entry.days().items()):
            counted = rounded(so_far + seconds, rounding) - rounded(so_far, rounding)
            so_far += seconds
            if not first <= day < end:
                continue
            key = tuple(group_value(dimension, entry, day, week_start) for dimension in group_by)
            price = (True, entry.rate, entry.currency) if entry.billable else (False, None, "")
            piece = pieces[key][price][day]
            piece[0] += seconds
            piece[1] += counted
            running[key] += seconds if entry.runs else 0
            members[key].add(number)
    lines = {}
    for key, prices in pieces.items():
        tracked = {price: sum(seconds for seconds, _counted in days.values()) for price, days in prices.items()}
        shown = {price: shown_seconds(days.values(), rounding) for price, days in prices.items()}
        worth = defaultdict(Fraction)
        for (_billable, rate, currency), seconds in shown.items():
            if rate is not None:
                worth[currency] += Fraction(seconds, 3600) * Fraction(str(rate))
        lines[key] = (
            sum(tracked.values()),
            sum(shown.values()),
            sum(seconds for (billable, _rate, _currency), seconds in shown.items() if billable),
            running[key],
            len(members[key]),
            {currency: floor(each * MINOR_UNITS[currency] + HALF) for currency, each in worth.items()},
        )
    return lines, len(set().union(*members.values()))


def shown_seconds(days, rounding):
    """Of one price in one line, from the tracked and the counted seconds of each day."""
    match rounding.unit:
        case "session":
            return sum(counted for _seconds, counted in days)
        case "day":
            return sum(rounded(seconds, rounding) for seconds, _counted in days)
        case "line":
            return rounded(sum(seconds for seconds, _counted in days), rounding)


def rounded(seconds, rounding):
    if not rounding.minutes:
        return seconds
    step = 60 * rounding.minutes
    steps = Fraction(seconds, step)
    return step * {"up": ceil(steps), "nearest": floor(steps + HALF), "down": floor(steps)}[rounding.direction]


def group_value(dimension, entry, day, week_start):
    match dimension:
        case "day":
            return day
        case "week":
            return next(d for d in (day - timedelta(days=n) for n in range(7)) if d.weekday() == week_start)
        case "month":
            return day.replace(day=1)
        case "tag":
            return tuple(sorted(entry.tags))
        case _:
            return getattr(entry, dimension)
