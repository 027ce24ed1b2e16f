"""Drill-downs: the sessions behind a number of a report, each with its part of the number."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from heapq import merge
from operator import itemgetter
from typing import Any, NamedTuple, cast
from uuid import UUID

from sessions_app.models import BATCH_SIZE, TimeSession
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.reports.cells import (
    Atom,
    Cells,
    LineKey,
    Part,
    is_by_day,
    is_by_session,
    rounded_weight,
    split_atoms,
)
from sessions_app.reports.dimensions import group_expression, group_value_of_column
from sessions_app.reports.lines import figures_of, read_cells, read_split
from sessions_app.reports.query import ReportQuery, drill_down
from sessions_app.reports.report import Figures, Line, LinePart
from sessions_app.selectors.totals import Cell
from sessions_app.timekeeping.apportioning import apportion
from timetracker.db.snapshot import snapshot
from users_app.models import User

NO_PART = Part(0, 0, None)
"""The part of a session that does not count for the number."""


@dataclass(frozen=True, slots=True)
class DrillDown:
    """A number of a report: its figures, its lines, its parts of cells, and the parts of its sessions.

    All parts add up to `figures`, which are those of the report. `sessions` has the parts by line, then session.
    """

    figures: Figures
    lines: tuple[Line, ...]
    parts: tuple[LinePart, ...]
    sessions: dict[LineKey, dict[UUID, Part]]

    def part(self, session_id: UUID) -> Part:
        """Returns the sum of a session's parts on all lines."""
        parts = [on_line[session_id] for on_line in self.sessions.values() if session_id in on_line]
        return reduce(Part.plus, parts, parts.pop()) if parts else NO_PART


def read_drill_down(
    user: User, query: ReportQuery, key: LineKey, *, now: datetime, billable_only: bool = False
) -> DrillDown:
    """Returns the drill-down of a line; of a group if `key` has only the first value, of the total for ().

    With `billable_only`, that of its billable seconds. Four queries. It reads the report's query and apportions the
    report's cells, so that rounding is the same.
    """
    with snapshot():
        cells, report = read_cells(user, query, now=now)
        atoms = _read_atoms(user, query, key, now=now, billable_only=billable_only)
        sessions, running_seconds = _apportion(cells, atoms)
    lines = tuple(line for line in report.lines if line.key[: len(key)] == key)
    parts = _sum_parts(part for line in lines for part in line.parts if part.billable or not billable_only)
    if len(sessions) == 1:
        (count,) = map(len, sessions.values())
    else:
        count = len(set().union(*sessions.values()))
    return DrillDown(figures_of(parts, running_seconds, count), lines, parts, sessions)


class _SessionAtom(NamedTuple):
    day: date
    session_id: UUID
    is_running: bool
    atom: Atom


def _read_atoms(
    user: User, query: ReportQuery, key: LineKey, *, now: datetime, billable_only: bool
) -> Iterator[_SessionAtom]:
    """Yields the seconds of each session on each of its days and lines, by day, then id. Two queries."""
    narrowed = drill_down(query, key)
    sessions = TimeSession.objects.for_user(user).matching(narrowed.where)
    if billable_only:
        sessions = sessions.filter(billable=True)
    split = [
        _SessionAtom(day, split.session.id, split.session.is_running, atom)
        for split in read_split(sessions, query, now=now)
        for day, atom in split_atoms(split, query)
        if day in narrowed.period and atom.key[: len(key)] == key
    ]
    whole = _read_whole(sessions.within_one_day(narrowed.period), query)
    return merge(whole, sorted(split), key=itemgetter(0, 1))


def _read_whole(sessions: TimeSessionQuerySet, query: ReportQuery) -> Iterator[_SessionAtom]:
    dimensions, week_start, rounding = query.group_by, query.week_start, query.rounding
    columns = {f"group_{each}": group_expression(each, week_start=week_start) for each in dimensions}
    fields = ("project_id", "billable", "hourly_rate", "currency", "first_date", "id", "duration_seconds")
    rows = sessions.annotate(**columns).order_by("first_date", "id").values_list(*columns, *fields)
    for *values, project_id, billable, rate, currency, day, session_id, seconds in rows.iterator(chunk_size=BATCH_SIZE):
        key = tuple(
            group_value_of_column(each, value, week_start=week_start)
            for each, value in zip(dimensions, values, strict=True)
        )
        weight = rounded_weight(rounding.apply(seconds)) if is_by_session(rounding) else seconds
        cell = Cell(project_id, billable, rate, currency)
        yield _SessionAtom(
            day, session_id, False, Atom(key, cell, day if is_by_day(rounding) else None, seconds, weight)
        )


def _apportion(cells: Cells, atoms: Iterator[_SessionAtom]) -> tuple[dict[LineKey, dict[UUID, Part]], int]:
    """Returns what each session has of each line, and the seconds of the running one.

    The line's parts of its cells are apportioned to its sessions. Where two lost equally much the first one gets
    more: they come by day, then id.
    """
    running_seconds = 0
    weights: defaultdict[tuple[Cell, LineKey], dict[UUID, int]] = defaultdict(dict)
    seconds: defaultdict[tuple[Cell, LineKey], dict[UUID, int]] = defaultdict(dict)
    for _day, session_id, is_running, atom in atoms:
        at = atom.cell, atom.key
        running_seconds += atom.seconds if is_running else 0
        weights[at][session_id] = weights[at].get(session_id, 0) + cells.weight(atom)
        seconds[at][session_id] = seconds[at].get(session_id, 0) + atom.seconds
    found: defaultdict[LineKey, dict[UUID, Part]] = defaultdict(dict)
    for at, of_sessions in weights.items():
        cell, key = at
        whole, tracked = cells.part(cell, key), seconds.pop(at)
        rounded = apportion(whole.rounded_seconds, of_sessions)
        amounts = None if whole.minor_units is None else apportion(whole.minor_units, of_sessions)
        of_sessions.clear()
        for session_id, count in tracked.items():
            minor_units = None if amounts is None else amounts[session_id]
            found[key][session_id] = Part(count, rounded[session_id], minor_units)
    return dict(found), running_seconds


def _sum_parts(parts: Iterator[LinePart]) -> tuple[LinePart, ...]:
    """Returns one part for each cell, the largest first."""
    sums: dict[tuple[Any, ...], LinePart] = {}
    for part in parts:
        cell = part.project_id, part.billable, part.hourly_rate, part.currency
        before = sums.get(cell)
        if before is None:
            sums[cell] = part
            continue
        amount = None if part.amount is None else cast("Decimal", before.amount) + part.amount
        sums[cell] = LinePart(
            *cell, before.seconds + part.seconds, before.rounded_seconds + part.rounded_seconds, amount
        )
    return tuple(sorted(sums.values(), key=lambda part: -part.rounded_seconds))
