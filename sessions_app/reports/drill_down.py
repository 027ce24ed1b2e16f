"""Drills down into a number of a report: the sessions that make it, each with its share of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import F

from sessions_app.models import TimeSession
from sessions_app.reports.cells import (
    Atom,
    Cell,
    Cells,
    LineKey,
    Share,
    is_by_day,
    is_by_session,
    share_out,
    split_atoms,
)
from sessions_app.reports.dimensions import group_expression, group_value_of_column
from sessions_app.reports.lines import figures_of, read_cells, read_split
from sessions_app.reports.query import ReportQuery, drill_down
from sessions_app.reports.report import Figures, Line, LinePart
from sessions_app.timekeeping.apportioning import Weight
from timetracker.db.snapshot import snapshot
from timetracker.money import amount_of
from users_app.models import User


class SessionShare(NamedTuple):
    """What a session has of a number: tracked and rounded seconds, and an amount, None without one."""

    seconds: int
    rounded_seconds: int
    amount: Decimal | None

    def plus(self, other: "SessionShare") -> "SessionShare":
        """Returns the sum; a session has an amount on all of its lines or on none."""
        amount = None if self.amount is None or other.amount is None else self.amount + other.amount
        return SessionShare(self.seconds + other.seconds, self.rounded_seconds + other.rounded_seconds, amount)


@dataclass(frozen=True, slots=True)
class DrillDown:
    """What makes a number of a report: its figures, its lines, its shares of cells, and those of its sessions by id.

    All of it adds up to `figures`, which are those of the report.
    """

    figures: Figures
    lines: tuple[Line, ...]
    parts: tuple[LinePart, ...]
    sessions: dict[UUID, SessionShare]
    sessions_by_line: dict[tuple[LineKey, UUID], SessionShare]


def read_drill_down(
    user: User, query: ReportQuery, key: LineKey, *, now: datetime, billable_only: bool = False
) -> DrillDown:
    """Drills down into a line, into a group when `key` has only the first of its values, or into the total for ().

    With `billable_only` into its billable seconds. Four queries. The query, and so what is rounded together, stays that
    of the report: a part of a cell keeps the share that it has of the whole.
    """
    with snapshot():
        cells, report = read_cells(user, query, now=now)
        atoms = list(_read_atoms(user, query, key, now=now, billable_only=billable_only))
    by_line = _share_out(cells, atoms)
    sessions: dict[UUID, SessionShare] = {}
    for (_line, session_id), share in by_line.items():
        sessions[session_id] = share.plus(sessions[session_id]) if session_id in sessions else share
    lines = tuple(line for line in report.lines if line.key[: len(key)] == key)
    parts = _sum_parts(part for line in lines for part in line.parts if part.billable or not billable_only)
    running = sum(each.atom.seconds for each in atoms if each.is_running)
    return DrillDown(figures_of(parts, running, len(sessions)), lines, parts, sessions, by_line)


class _SessionAtom(NamedTuple):
    session_id: UUID
    day: date
    is_running: bool
    atom: Atom


def _read_atoms(
    user: User, query: ReportQuery, key: LineKey, *, now: datetime, billable_only: bool
) -> Iterator[_SessionAtom]:
    """Yields the seconds of each session on each of its days and lines. Two queries."""
    narrowed = drill_down(query, key)
    sessions = TimeSession.objects.for_user(user).matching(narrowed.where)
    if billable_only:
        sessions = sessions.filter(billable=True)
    dimensions, week_start, rounding = query.group_by, query.week_start, query.rounding
    columns = {f"group_{each}": group_expression(each, week_start=week_start) for each in dimensions}
    fields = ("project_id", "billable", "hourly_rate", "currency", "id", "first_date", "duration_seconds")
    rows = sessions.within_one_day(narrowed.period).annotate(**columns, cell_project=F("project_id"))
    for *values, project_id, billable, rate, currency, session_id, day, seconds in rows.values_list(*columns, *fields):
        line_key = tuple(
            group_value_of_column(each, value, week_start=week_start)
            for each, value in zip(dimensions, values, strict=True)
        )
        weight = rounding.apply(seconds) if is_by_session(rounding) else seconds
        atom = Atom(
            line_key, Cell(project_id, billable, rate, currency), day if is_by_day(rounding) else None, seconds, weight
        )
        yield _SessionAtom(session_id, day, False, atom)
    for split in read_split(sessions, query, now=now):
        for day, atom in split_atoms(split, query):
            if day in narrowed.period and atom.key[: len(key)] == key:
                yield _SessionAtom(split.session.id, day, split.session.is_running, atom)


def _share_out(cells: Cells, atoms: list[_SessionAtom]) -> dict[tuple[LineKey, UUID], SessionShare]:
    """Returns what each session has of each line: the line's shares of its cells, shared out among its sessions."""
    weights: defaultdict[tuple[Cell, LineKey], defaultdict[UUID, Weight]] = defaultdict(lambda: defaultdict(int))
    seconds: defaultdict[tuple[Cell, LineKey], defaultdict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    first_days: dict[tuple[LineKey, UUID], date] = {}
    for session_id, day, _is_running, atom in atoms:
        place = atom.cell, atom.key
        weights[place][session_id] += cells.weight(atom)
        seconds[place][session_id] += atom.seconds
        first_days[atom.key, session_id] = min(day, first_days.get((atom.key, session_id), day))
    found: dict[tuple[LineKey, UUID], SessionShare] = {}
    for (cell, key), of_sessions in weights.items():
        whole = cells.share(cell, key)
        orders = [lambda session_id, key=key: (first_days[key, session_id], session_id)]
        by_session = {(session_id,): weight for session_id, weight in of_sessions.items()}
        tracked = {(session_id,): count for session_id, count in seconds[cell, key].items()}
        shares = share_out(by_session, tracked, whole.rounded_seconds, whole.minor_units, orders)
        for (session_id,), share in shares.items():
            found[key, session_id] = SessionShare(share.seconds, share.rounded_seconds, _amount(share, cell))
    return found


def _amount(share: Share, cell: Cell) -> Decimal | None:
    return None if share.minor_units is None else amount_of(share.minor_units, cell.currency)


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
