"""The time zones that a calendar describes itself (RFC 5545, VTIMEZONE)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

_WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_RULE_PARTS = {"FREQ", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "INTERVAL", "WKST"}
_MAX_OBSERVANCES = 500


@dataclass(frozen=True, slots=True)
class _Observance:
    """An offset from UTC, and from when it holds: once, or every year by a rule. Local times are naive."""

    first: datetime
    offset: timedelta
    others: tuple[datetime, ...] = ()
    month: int = 0
    weekday: int | None = None
    week: int = 0
    days: frozenset[int] = frozenset()
    until: date = date.max

    def onsets(self, year: int) -> Iterator[datetime]:
        yield self.first
        yield from self.others
        if not self.month:
            return
        in_month = (date(year, self.month, day) for day in range(1, monthrange(year, self.month)[1] + 1))
        fitting = [
            day
            for day in in_month
            if (self.weekday is None or day.weekday() == self.weekday) and (not self.days or day.day in self.days)
        ]
        number = self.week - 1 if self.week > 0 else self.week
        if -len(fitting) <= number < len(fitting):
            onset = datetime.combine(fitting[number], self.first.time())
            if self.first <= onset and onset.date() <= self.until:
                yield onset


@dataclass(frozen=True, slots=True)
class DescribedZone:
    """A zone by its rules. `location` is the name that the calendar has for it besides, "" for none."""

    location: str
    observances: tuple[_Observance, ...]

    def instant(self, local: datetime) -> datetime | None:
        """Returns the instant (UTC) of a naive local time, the first of two; None where no rule can be read."""
        if not self.observances:
            return None
        years = [year for year in (local.year - 1, local.year) if year > 0]
        onsets = [(onset, each.offset) for each in self.observances for year in years for onset in each.onsets(year)]
        before = [each for each in onsets if each[0] <= local]
        _onset, offset = max(before) if before else min(onsets)
        return (local - offset).replace(tzinfo=UTC)


@dataclass(slots=True)
class ZoneText:
    """The properties of a zone, and of each of its observances, as they stand in the calendar."""

    properties: dict[str, str] = field(default_factory=dict)
    observances: list[list[tuple[str, str]]] = field(default_factory=list)

    def zone(self) -> DescribedZone:
        """Returns the zone; without any rules unless all of them can be read."""
        read = [_observance(each) for each in self.observances[:_MAX_OBSERVANCES]]
        found = tuple(each for each in read if each is not None)
        return DescribedZone(self.properties.get("X-LIC-LOCATION", ""), found if len(found) == len(read) else ())


def _observance(properties: Iterable[tuple[str, str]]) -> _Observance | None:
    values = dict(properties)
    first, offset = _local(values.get("DTSTART", "")), _offset(values.get("TZOFFSETTO", ""))
    if first is None or offset is None:
        return None
    dates = [_local(each) for name, value in properties if name == "RDATE" for each in value.split(",")]
    others = tuple(each for each in dates if each is not None)
    if "RRULE" not in values:
        return _Observance(first, offset, others)
    try:
        return _with_rule(_Observance(first, offset, others), values["RRULE"])
    except ValueError:
        return None


def _with_rule(once: _Observance, rule: str) -> _Observance | None:
    parts = {name.upper(): value.upper() for name, _mark, value in (each.partition("=") for each in rule.split(";"))}
    if parts.get("FREQ") != "YEARLY" or parts.get("INTERVAL", "1") != "1" or not parts.keys() <= _RULE_PARTS:
        return None
    by_day = parts.get("BYDAY", "")
    days = frozenset(map(int, parts["BYMONTHDAY"].split(","))) if "BYMONTHDAY" in parts else frozenset[int]()
    month = int(parts.get("BYMONTH", once.first.month))
    weekday = _WEEKDAYS.get(by_day[-2:])
    if (by_day and weekday is None) or not 1 <= month <= 12:  # noqa: PLR2004
        return None
    until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in parts else date.max  # noqa: DTZ007  # a day
    return _Observance(
        once.first,
        once.offset,
        once.others,
        month=month,
        weekday=weekday,
        week=int(by_day[:-2] or 1),
        days=days or (frozenset() if by_day else frozenset({once.first.day})),
        until=until,
    )


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007  # a local time
    except ValueError:
        return None


def _offset(text: str) -> timedelta | None:
    digits = text[1:]
    if text[:1] not in {"+", "-"} or not digits.isascii() or not digits.isdigit() or len(digits) not in {4, 6}:
        return None
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -length if text[0] == "-" else length
