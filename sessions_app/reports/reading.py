"""Reading a report: sums of the database and split sessions, put together by line, price and day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from sessions_app.expressions import WHOLE_NUMBER, rounded, tag_list
from sessions_app.models import TimeSession
from sessions_app.querysets import TimeSessionQuerySet
from sessions_app.reports.dimensions import (
    Value,
    column_of,
    expressions_of,
    is_undivided,
    value_of_row,
    value_of_session,
)
from sessions_app.reports.query import ReportQuery
from sessions_app.reports.report import Figures, Group, Line, Part, Report
from sessions_app.timekeeping.periods import seconds_between, start_of_day
from sessions_app.timekeeping.rates import amount_of
from sessions_app.timekeeping.rounding import Rounding
from sessions_app.totals import SplitSession, split_over_days
from timetracker.snapshot import snapshot
from users_app.models import User


def read_report(user: User, query: ReportQuery, *, now: datetime) -> Report:
    """The report of one person. Two queries."""
    cells = _Cells(query)
    sessions = TimeSession.objects.for_user(user).matching(query.where)
    undivided = _is_undivided(query)
    with snapshot():
        cells.add_rows(_read_rows(sessions, undivided, query))
        crossing = sessions.filter(Q(last_date__isnull=True) | ~undivided)
        if "client" in query.group_by:
            crossing = crossing.select_related("project")
        if "tag" in query.group_by:
            crossing = crossing.annotate(tag_list=tag_list())
        for split in split_over_days(crossing, (query.period,), now=now).values():
            if split.seconds_by_date:
                cells.add_split(split)
    return cells.report(now)


def seconds_of(split: SplitSession, rounding: Rounding) -> dict[date, tuple[int, int]]:
    """The tracked and the rounded seconds of a session that crosses midnights on each of its days that were read.

    Rounded only "per session": then counted from its start, so that a day has the same in every report.
    """
    if not rounding or rounding.unit != "session" or not split.seconds_by_date:
        return {day: (seconds, seconds) for day, seconds in split.seconds_by_date.items()}
    session = split.session
    first = start_of_day(next(iter(split.seconds_by_date)), session.zone)
    pieces = list(split.seconds_by_date.values())
    counted = rounding.apply_to_pieces(pieces, before=max(0, seconds_between(session.start, first)))
    return dict(zip(split.seconds_by_date, zip(pieces, counted, strict=True), strict=True))


_Price = tuple[bool, Decimal | None, str]
_NOT_BILLABLE: _Price = (False, None, "")


class _Cells:
    """Seconds by line and price, and by day where each day is rounded; the database's sums and split sessions alike."""

    def __init__(self, query: ReportQuery) -> None:
        self.query = query
        self.cells: defaultdict[tuple[tuple[Value, ...], _Price, date | None], list[int]] = defaultdict(lambda: [0, 0])
        self.counts: defaultdict[tuple[Value, ...], int] = defaultdict(int)
        self.running: defaultdict[tuple[Value, ...], int] = defaultdict(int)
        self.split_ids: defaultdict[tuple[Value, ...], set[UUID]] = defaultdict(set)

    def add_rows(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            key = tuple(value_of_row(each, row, week_start=self.query.week_start) for each in self.query.group_by)
            price = _price(row["billable"], row["hourly_rate"], row["currency"])
            self._add(
                key,
                price,
                row["first_date"] if _is_by_day(self.query) else None,
                int(row["seconds"]),
                int(row.get("rounded_seconds", row["seconds"])),
            )
            self.counts[key] += row["session_count"]

    def add_split(self, split: SplitSession) -> None:
        session, query = split.session, self.query
        price = _price(session.billable, session.hourly_rate, session.currency)
        for day, (seconds, counted) in seconds_of(split, query.rounding).items():
            key = tuple(value_of_session(each, session, day, week_start=query.week_start) for each in query.group_by)
            self._add(key, price, day if _is_by_day(query) else None, seconds, counted)
            self.split_ids[key].add(session.id)
            self.running[key] += seconds if session.is_running else 0

    def _add(self, key: tuple[Value, ...], price: _Price, day: date | None, seconds: int, counted: int) -> None:
        cell = self.cells[key, price, day]
        cell[0] += seconds
        cell[1] += counted

    def report(self, now: datetime) -> Report:
        lines = self._lines()
        groups: defaultdict[Value, list[Line]] = defaultdict(list)
        for line in lines:
            groups[line.key[0] if line.key else None].append(line)
        found = [
            Group(key, self._sum(members), tuple(self._in_order(members, place=1))) for key, members in groups.items()
        ]
        return Report(self.query, now, tuple(self._in_order(found, place=0)), self._sum(lines))

    def _lines(self) -> list[Line]:
        rounding = self.query.rounding
        priced: defaultdict[tuple[Value, ...], defaultdict[_Price, list[int]]] = defaultdict(
            lambda: defaultdict(lambda: [0, 0])
        )
        for (key, price, _day), (seconds, counted) in self.cells.items():
            cell = priced[key][price]
            cell[0] += seconds
            cell[1] += rounding.apply(seconds) if _is_by_day(self.query) else counted
        lines = []
        for key, prices in priced.items():
            is_by_line = rounding and rounding.unit == "line"
            parts = tuple(
                Part(*price, seconds, rounding.apply(seconds) if is_by_line else counted)
                for price, (seconds, counted) in sorted(prices.items(), key=lambda each: -each[1][0])
            )
            lines.append(Line(key, self._figures(key, parts), parts))
        return lines

    def _figures(self, key: tuple[Value, ...], parts: tuple[Part, ...]) -> Figures:
        priced: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)
        for part in parts:
            if part.hourly_rate is not None:
                priced[part.currency].append((part.rounded_seconds, part.hourly_rate))
        return Figures(
            sum(part.seconds for part in parts),
            sum(part.rounded_seconds for part in parts),
            sum(part.rounded_seconds for part in parts if part.billable),
            self.running[key],
            self.counts[key] + len(self.split_ids[key]),
            {currency: amount_of(each, currency) for currency, each in sorted(priced.items())},
        )

    def _sum(self, lines: list[Line]) -> Figures:
        """Sums of what the lines show; a session that several of them share counts once."""
        amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            for currency, amount in line.figures.amounts.items():
                amounts[currency] += amount
        split_ids: set[UUID] = set().union(*(self.split_ids[line.key] for line in lines))
        return Figures(
            sum(line.figures.seconds for line in lines),
            sum(line.figures.rounded_seconds for line in lines),
            sum(line.figures.billable_seconds for line in lines),
            sum(line.figures.running_seconds for line in lines),
            sum(self.counts[line.key] for line in lines) + len(split_ids),
            dict(sorted(amounts.items())),
        )

    def _in_order(self, members: "list[Any]", *, place: int) -> "list[Any]":
        """By date where the dimension is one, else the longest first; equal ones in the order of their values."""
        if len(self.query.group_by) <= place:
            return members

        def value(member: Line | Group) -> Any:
            return member.key[place] if isinstance(member, Line) else member.key

        if self.query.group_by[place] in {"day", "week", "month"}:
            return sorted(members, key=value)
        return sorted(members, key=lambda member: (-member.figures.rounded_seconds, str(value(member))))


def _is_by_day(query: ReportQuery) -> bool:
    return bool(query.rounding) and query.rounding.unit == "day"


def _price(billable: bool, hourly_rate: Decimal | None, currency: str) -> _Price:
    """What is not billable has no price, whatever rate it carries."""
    return (True, hourly_rate, currency) if billable else _NOT_BILLABLE


def _is_undivided(query: ReportQuery) -> Q:
    """Whether a session is of one line and price with all its seconds, also where it crosses a midnight."""
    is_within = Q(first_date__gte=query.period.first, last_date__lt=query.period.end)
    dimensions = {*query.group_by, "day"} if _is_by_day(query) else query.group_by
    return reduce(and_, (is_undivided(each, week_start=query.week_start) for each in dimensions), is_within)


def _read_rows(sessions: TimeSessionQuerySet, undivided: Q, query: ReportQuery) -> Iterable[dict[str, Any]]:
    """Rows for each line and price, with `_is_by_day` for each day. A query.

    Of two parts, since each of the two kinds of sessions is found in its own index.
    """
    within_one_day = _sums(sessions.within_one_day(query.period), query)
    return within_one_day.union(_sums(sessions.open_or_crossing(query.period).filter(undivided), query), all=True)


def _sums(sessions: TimeSessionQuerySet, query: ReportQuery) -> "QuerySet[Any, dict[str, Any]]":
    expressions: dict[str, Any] = {}
    for dimension in query.group_by:
        expressions |= expressions_of(dimension, week_start=query.week_start)
    by_day = ["first_date"] if _is_by_day(query) else []
    # What differs most stands first: SQLite sorts by these, and compares them in their order.
    columns = dict.fromkeys([*map(column_of, query.group_by), *by_day, "hourly_rate", "billable", "currency"])
    sums = {"seconds": Sum("duration_seconds"), "session_count": Count("*")}
    if query.rounding and query.rounding.unit == "session":
        sums["rounded_seconds"] = Sum(rounded("duration_seconds", query.rounding), output_field=WHOLE_NUMBER)
    rows: QuerySet[Any, dict[str, Any]] = sessions.annotate(**expressions).values(*columns).annotate(**sums).order_by()
    return rows
