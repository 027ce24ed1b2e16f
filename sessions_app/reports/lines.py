"""Reads a report: sums of the database and split sessions, added up by line, price and day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from sessions_app.models import TimeSession
from sessions_app.models.expressions import WHOLE_NUMBER, rounded, tag_list
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.reports.dimensions import (
    GroupValue,
    group_expression,
    group_value_of_column,
    group_value_of_session,
    is_undivided,
)
from sessions_app.reports.query import ReportQuery
from sessions_app.reports.report import Figures, Group, Line, LinePart, Report
from sessions_app.selectors.totals import SplitSession, split_over_days
from sessions_app.timekeeping.periods import seconds_between, start_of_day
from sessions_app.timekeeping.rounding import Rounding
from timetracker.db.snapshot import snapshot
from timetracker.money import calculate_amount
from users_app.models import User


def read_report(user: User, query: ReportQuery, *, now: datetime) -> Report:
    """Returns the report of one user. Two queries."""
    lines = _Lines(query)
    sessions = TimeSession.objects.for_user(user).matching(query.where)
    undivided = _is_undivided(query)
    with snapshot():
        lines.add_rows(_read_rows(sessions.finished_within(query.period).filter(undivided), query))
        crossing = sessions.filter(
            Q(last_date__isnull=True)
            | Q(first_date__lt=query.period.first)
            | Q(last_date__gte=query.period.end)
            | ~undivided
        )
        if "client" in query.group_by:
            crossing = crossing.select_related("project")
        if "tag" in query.group_by:
            crossing = crossing.annotate(tag_list=tag_list())
        for split in split_over_days(crossing, (query.period,), now=now).values():
            if split.seconds_by_date:
                lines.add_split(split)
    return lines.report(now)


def rounded_seconds_by_day(split: SplitSession, rounding: Rounding) -> dict[date, tuple[int, int]]:
    """Returns the tracked and the rounded seconds of a split session on each of its days that were read.

    Only rounding per session applies here; it counts from the start of the session, so that a day has the same
    value in every report.
    """
    if not rounding or rounding.unit != "session" or not split.seconds_by_date:
        return {day: (seconds, seconds) for day, seconds in split.seconds_by_date.items()}
    session = split.session
    first = start_of_day(next(iter(split.seconds_by_date)), session.zone)
    pieces = list(split.seconds_by_date.values())
    counted = rounding.apply_to_parts(pieces, before=max(0, seconds_between(session.start, first)))
    return dict(zip(split.seconds_by_date, zip(pieces, counted, strict=True), strict=True))


_Price = tuple[bool, Decimal | None, str]
_NOT_BILLABLE: _Price = (False, None, "")


@dataclass(slots=True)
class _Sums:
    """The sums of a line: tracked and rounded seconds by price and, where each day is rounded, by day."""

    cells: dict[tuple[_Price, date | None], tuple[int, int]] = field(default_factory=dict)
    whole_count: int = 0
    running_seconds: int = 0
    split_ids: set[UUID] = field(default_factory=set)

    def add(self, price: _Price, day: date | None, seconds: int, counted: int) -> None:
        before = self.cells.get((price, day), (0, 0))
        self.cells[price, day] = before[0] + seconds, before[1] + counted


class _Lines:
    """Collects the lines of a report, from sums of the database and from split sessions alike."""

    def __init__(self, query: ReportQuery) -> None:
        self.query = query
        self.sums: defaultdict[tuple[GroupValue, ...], _Sums] = defaultdict(_Sums)

    def add_rows(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Adds the rows of `_read_rows`."""
        dimensions, week_start = self.query.group_by, self.query.week_start
        by_day, by_session = _is_by_day(self.query), _is_by_session(self.query)
        for *values, day, hourly_rate, billable, currency, seconds, counted, count in rows:
            key = tuple(
                group_value_of_column(each, value, week_start=week_start)
                for each, value in zip(dimensions, values, strict=True)
            )
            sums = self.sums[key]
            price = _price(billable, hourly_rate, currency)
            sums.add(price, day if by_day else None, int(seconds), int(counted if by_session else seconds))
            sums.whole_count += count

    def add_split(self, split: SplitSession) -> None:
        session, query = split.session, self.query
        price = _price(session.billable, session.hourly_rate, session.currency)
        for day, (seconds, counted) in rounded_seconds_by_day(split, query.rounding).items():
            key = tuple(
                group_value_of_session(each, session, day, week_start=query.week_start) for each in query.group_by
            )
            sums = self.sums[key]
            sums.add(price, day if _is_by_day(query) else None, seconds, counted)
            sums.split_ids.add(session.id)
            sums.running_seconds += seconds if session.is_running else 0

    def report(self, now: datetime) -> Report:
        lines = [(self._line(key, sums), sums) for key, sums in self.sums.items()]
        groups: defaultdict[GroupValue, list[tuple[Line, _Sums]]] = defaultdict(list)
        for line, sums in lines:
            groups[line.key[0] if line.key else None].append((line, sums))
        found = [
            Group(key, _sum_figures(members), tuple(self._in_order([line for line, _sums in members], level=1)))
            for key, members in groups.items()
        ]
        return Report(self.query, now, tuple(self._in_order(found, level=0)), _sum_figures(lines))

    def _line(self, key: tuple[GroupValue, ...], sums: _Sums) -> Line:
        rounding = self.query.rounding
        by_line = bool(rounding) and rounding.unit == "line"
        parts = tuple(
            LinePart(*price, seconds, rounding.apply(seconds) if by_line else counted)
            for price, (seconds, counted) in sorted(self._prices(sums), key=_largest_first)
        )
        return Line(key, _figures(parts, sums), parts)

    def _prices(self, sums: _Sums) -> list[tuple[_Price, tuple[int, int]]]:
        """Returns the prices of a line with their tracked and rounded seconds, summed over its days."""
        if not _is_by_day(self.query):
            return [(price, found) for (price, _day), found in sums.cells.items()]
        priced: dict[_Price, tuple[int, int]] = {}
        for (price, _day), (seconds, _counted) in sums.cells.items():
            before = priced.get(price, (0, 0))
            priced[price] = before[0] + seconds, before[1] + self.query.rounding.apply(seconds)
        return list(priced.items())

    def _in_order(self, members: "list[Any]", *, level: int) -> "list[Any]":
        """Returns lines or groups by date in dimensions of dates, else the longest first, then by value."""
        if len(self.query.group_by) <= level:
            return members

        def value(member: Line | Group) -> Any:
            return member.key[level] if isinstance(member, Line) else member.key

        if self.query.group_by[level] in {"day", "week", "month"}:
            return sorted(members, key=value)
        return sorted(members, key=lambda member: (-member.figures.rounded_seconds, str(value(member))))


def _largest_first(priced: tuple[_Price, tuple[int, int]]) -> tuple[int, bool, Decimal, str]:
    (billable, rate, currency), (seconds, _counted) = priced
    return -seconds, billable, rate or Decimal(), currency


def _figures(parts: tuple[LinePart, ...], sums: _Sums) -> Figures:
    priced: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for part in parts:
        if part.hourly_rate is not None:
            priced[part.currency].append((part.rounded_seconds, part.hourly_rate))
    return Figures(
        sum(part.seconds for part in parts),
        sum(part.rounded_seconds for part in parts),
        sum(part.rounded_seconds for part in parts if part.billable),
        sums.running_seconds,
        sums.whole_count + len(sums.split_ids),
        {currency: calculate_amount(each, currency) for currency, each in sorted(priced.items())},
    )


def _sum_figures(lines: list[tuple[Line, _Sums]]) -> Figures:
    """Returns the sums of the figures of lines, with a session on several of them counted once."""
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line, _sums in lines:
        for currency, amount in line.figures.amounts.items():
            amounts[currency] += amount
    split_ids: set[UUID] = set().union(*(sums.split_ids for _line, sums in lines))
    return Figures(
        sum(line.figures.seconds for line, _sums in lines),
        sum(line.figures.rounded_seconds for line, _sums in lines),
        sum(line.figures.billable_seconds for line, _sums in lines),
        sum(line.figures.running_seconds for line, _sums in lines),
        sum(sums.whole_count for _line, sums in lines) + len(split_ids),
        dict(sorted(amounts.items())),
    )


def _is_by_session(query: ReportQuery) -> bool:
    return bool(query.rounding) and query.rounding.unit == "session"


def _is_by_day(query: ReportQuery) -> bool:
    return bool(query.rounding) and query.rounding.unit == "day"


def _price(billable: bool, hourly_rate: Decimal | None, currency: str) -> _Price:
    """Returns billable, rate and currency. What is not billable has no price, whatever rate it has."""
    return (True, hourly_rate, currency) if billable else _NOT_BILLABLE


def _is_undivided(query: ReportQuery) -> Q:
    """Returns the condition that all seconds of a session belong to one line and price, also across a midnight."""
    dimensions = {*query.group_by, "day"} if _is_by_day(query) else query.group_by
    return reduce(and_, (is_undivided(each, week_start=query.week_start) for each in dimensions), Q())


def _read_rows(sessions: TimeSessionQuerySet, query: ReportQuery) -> "QuerySet[Any, tuple[Any, ...]]":
    """Returns the sums of the database: a row for each line and price and, with rounding by day, for each day.

    One query.

    Each row has the group values, the day (0 unless rounding is by day), rate, billable, currency, the tracked
    seconds, the rounded seconds (0 unless rounding is by session) and the number of sessions. The columns that
    differ most stand first: SQLite sorts by them and compares them in this order.
    """
    columns: dict[str, Any] = {
        **{f"group_{each}": group_expression(each, week_start=query.week_start) for each in query.group_by},
        "day": F("first_date") if _is_by_day(query) else Value(0),
        "rate": F("hourly_rate"),
        "is_billable": F("billable"),
        "rate_currency": F("currency"),
    }
    counted = Sum(rounded("duration_seconds", query.rounding), output_field=WHOLE_NUMBER)
    rows: QuerySet[Any, tuple[Any, ...]] = (
        sessions.annotate(**columns)
        .values(*columns)
        .annotate(
            seconds=Sum("duration_seconds"),
            counted=counted if _is_by_session(query) else Value(0),
            session_count=Count("*"),
        )
        .order_by()
        .values_list(*columns, "seconds", "counted", "session_count")
    )
    return rows
