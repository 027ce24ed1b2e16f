"""Reads reports: the database sums sessions that belong to one line as a whole; others are split and added."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from sessions_app.models import TimeSession
from sessions_app.models.expressions import WHOLE_NUMBER, rounded, tag_list
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.reports.cells import Atom, Cells, LineKey, is_by_day, is_by_session, rounded_weight, split_atoms
from sessions_app.reports.dimensions import GroupValue, group_expression, group_value_of_column, is_undivided
from sessions_app.reports.query import ReportQuery
from sessions_app.reports.report import Figures, Group, Line, LinePart, Report, sum_figures
from sessions_app.selectors.totals import Cell, SplitSession, split_over_days
from timetracker.db.snapshot import snapshot
from users_app.models import User


def read_report(user: User, query: ReportQuery, *, now: datetime) -> Report:
    """Returns the report of one user. Two queries."""
    return read_cells(user, query, now=now)[1]


def read_cells(user: User, query: ReportQuery, *, now: datetime) -> tuple[Cells, Report]:
    """Returns the report of one user, and its cells. Two queries."""
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
        for split in read_split(crossing, query, now=now):
            lines.add_split(split)
    return lines.cells, lines.report(now)


def read_split(sessions: TimeSessionQuerySet, query: ReportQuery, *, now: datetime) -> list[SplitSession]:
    """Returns those of `sessions` that cross a midnight or run, split over the days of the period. One query."""
    if "client" in query.group_by:
        sessions = sessions.select_related("project")
    if "tag" in query.group_by:
        sessions = sessions.annotate(tag_list=tag_list())
    return [split for split in split_over_days(sessions, (query.period,), now=now).values() if split.seconds_by_date]


@dataclass(slots=True)
class _Line:
    """A line that is being collected: its number of whole sessions, its split sessions, and its running seconds."""

    whole_count: int = 0
    running_seconds: int = 0
    split_ids: set[UUID] = field(default_factory=set)


class _Lines:
    """Collects the lines of a report from sums of the database and from split sessions."""

    def __init__(self, query: ReportQuery) -> None:
        self.query = query
        self.cells = Cells(query)
        self.found: defaultdict[LineKey, _Line] = defaultdict(_Line)

    def add_rows(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Adds the rows of `_read_rows`."""
        dimensions, week_start = self.query.group_by, self.query.week_start
        by_day, by_session = is_by_day(self.query.rounding), is_by_session(self.query.rounding)
        for *values, project_id, day, hourly_rate, billable, currency, seconds, counted, count in rows:
            key = tuple(
                group_value_of_column(each, value, week_start=week_start)
                for each, value in zip(dimensions, values, strict=True)
            )
            cell = Cell(project_id, billable, hourly_rate, currency)
            weight = rounded_weight(int(counted)) if by_session else int(seconds)
            self.cells.add(Atom(key, cell, day if by_day else None, int(seconds), weight))
            self.found[key].whole_count += count

    def add_split(self, split: SplitSession) -> None:
        for _day, atom in split_atoms(split, self.query):
            self.cells.add(atom)
            line = self.found[atom.key]
            line.split_ids.add(split.session.id)
            line.running_seconds += atom.seconds if split.session.is_running else 0

    def report(self, now: datetime) -> Report:
        parts: defaultdict[LineKey, list[LinePart]] = defaultdict(list)
        for cell, by_line in self.cells.parts().items():
            for key, part in by_line.items():
                parts[key].append(LinePart(*cell, part.seconds, part.rounded_seconds, part.amount(cell.currency)))
        lines = [(self._line(key, parts[key], line), line) for key, line in self.found.items()]
        groups: defaultdict[GroupValue, list[tuple[Line, _Line]]] = defaultdict(list)
        for line, found in lines:
            groups[line.key[0] if line.key else None].append((line, found))
        ordered = [
            Group(key, _sum(members), tuple(self._in_order([line for line, _found in members], level=1)))
            for key, members in groups.items()
        ]
        return Report(self.query, now, tuple(self._in_order(ordered, level=0)), _sum(lines))

    def _line(self, key: LineKey, parts: list[LinePart], found: _Line) -> Line:
        parts.sort(key=_largest_first)
        return Line(
            key, figures_of(parts, found.running_seconds, found.whole_count + len(found.split_ids)), tuple(parts)
        )

    def _in_order(self, members: "list[Any]", *, level: int) -> "list[Any]":
        """Sorts lines or groups: by date in a dimension of dates, else longest first, then by value.

        Lines of three dimensions are sorted by the second, keeping equal values together, then by the third.
        """
        if len(self.query.group_by) <= level:
            return members
        by_value: defaultdict[GroupValue, list[Any]] = defaultdict(list)
        for member in members:
            by_value[member.key[level] if isinstance(member, Line) else member.key].append(member)
        if self.query.group_by[level] in {"day", "week", "month"}:
            values = sorted(by_value)  # type: ignore[type-var]  # dates
        else:
            values = sorted(by_value, key=lambda value: (-_rounded_seconds(by_value[value]), str(value)))
        return [
            member
            for value in values
            for member in (self._in_order(by_value[value], level=level + 1) if level else by_value[value])
        ]


def figures_of(parts: Iterable[LinePart], running_seconds: int, session_count: int) -> Figures:
    """Returns the figures for parts of cells."""
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    seconds = rounded_seconds = billable_seconds = 0
    for part in parts:
        seconds += part.seconds
        rounded_seconds += part.rounded_seconds
        billable_seconds += part.rounded_seconds if part.billable else 0
        if part.amount is not None:
            amounts[part.currency] += part.amount
    return Figures(
        seconds, rounded_seconds, billable_seconds, running_seconds, session_count, dict(sorted(amounts.items()))
    )


def _rounded_seconds(members: list[Any]) -> int:
    return sum(member.figures.rounded_seconds for member in members)


def _largest_first(part: LinePart) -> tuple[int, bool, Decimal, str, str]:
    return -part.seconds, part.billable, part.hourly_rate or Decimal(), part.currency, str(part.project_id)


def _sum(lines: list[tuple[Line, _Line]]) -> Figures:
    """Returns the sum of the figures of lines. A session on several lines is counted once."""
    split_ids: set[UUID] = set().union(*(found.split_ids for _line, found in lines))
    session_count = sum(found.whole_count for _line, found in lines) + len(split_ids)
    return sum_figures([line.figures for line, _found in lines], session_count=session_count)


def _is_undivided(query: ReportQuery) -> Q:
    """Returns the condition that all seconds of a session belong to one line and cell, also across a midnight."""
    dimensions = {*query.group_by, "day"} if is_by_day(query.rounding) else query.group_by
    return reduce(and_, (is_undivided(each, week_start=query.week_start) for each in dimensions), Q())


def _read_rows(sessions: TimeSessionQuerySet, query: ReportQuery) -> "QuerySet[Any, tuple[Any, ...]]":
    """Returns the query of the sums: a row for each line and cell and, with rounding by day, for each day.

    Each row has the group values, the project, the day (0 unless rounding is by day), rate, billable, currency, the
    tracked seconds, the rounded seconds (0 unless rounding is by session) and the number of sessions. The columns with
    most distinct values come first, since SQLite sorts and compares them in this order.
    """
    columns: dict[str, Any] = {
        **{f"group_{each}": group_expression(each, week_start=query.week_start) for each in query.group_by},
        "cell_project": F("project_id"),
        "day": F("first_date") if is_by_day(query.rounding) else Value(0),
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
            counted=counted if is_by_session(query.rounding) else Value(0),
            session_count=Count("*"),
        )
        .order_by()
        .values_list(*columns, "seconds", "counted", "session_count")
    )
    return rows
