"""The grid of a week to type into: a row for each project, a cell for each of its days, and what a form of it asks for.

A cell is empty, has one session whose length can be typed, or has what is only listed: several sessions, one that runs
or crosses a midnight. A form says with each cell which session and text it showed, so that what changed on another
device meanwhile is not taken for typed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app import services
from sessions_app.forms.base import format_message
from sessions_app.models import Project, TimeSession
from sessions_app.pages.actions import WEB
from sessions_app.pages.by_project import read_by_project
from sessions_app.pages.context import PageContext
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.timekeeping.durations import format_clock, format_decimal
from sessions_app.timekeeping.periods import Period, period_before
from sessions_app.timekeeping.shorthand import UnclearInputError, parse_duration_field
from timetracker.errors import DomainError
from users_app.models import DurationFormat, User

NEW_ROW = "new"
NO_PROJECT = "none"
MAX_TYPED = 40
_NOTHING = re.compile(r"[0:.,hm\s]*")


@dataclass(slots=True)
class GridCell:
    """A cell: `text` is what stands in its field, `shown` what stood there when it was read, `error` what is wrong."""

    day: date
    name: str
    sessions: list[ListedSession[TimeSession]] = field(default_factory=list)
    is_open: bool = True
    shown: str = ""
    text: str = ""
    error: str = ""

    @property
    def seconds(self) -> int:
        """The seconds of all its sessions on its day."""
        return sum(each.seconds for each in self.sessions)

    @property
    def session(self) -> TimeSession | None:
        """The session whose length the field changes."""
        return self.sessions[0].session if self.is_open and self.sessions else None

    @property
    def seen(self) -> str:
        """What a form sends along: the session's id and version, and the text shown; "" for an empty cell."""
        return "" if self.session is None else f"{self.session.id} {self.session.version} {self.shown}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A project, or none, and its cells. `key` is its id in names of fields."""

    key: str
    project: Project | None
    cells: list[GridCell]

    @property
    def seconds(self) -> int:
        """The seconds of the row."""
        return sum(each.seconds for each in self.cells)


@dataclass(slots=True)
class Grid:
    """A week's grid; `new` is the row of a project that is selected there, by the id `selected`.

    `has_lost_rows` says that something was typed into a row that is gone.
    """

    rows: list[GridRow]
    new: GridRow
    choices: list[Project]
    selected: str = ""
    selected_error: str = ""
    has_lost_rows: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether anything typed was rejected."""
        return bool(self.selected_error) or self.has_lost_rows or any(each.error for each in self.cells())

    def cells(self) -> Iterator[GridCell]:
        """Yields every cell, row by row."""
        for row in [*self.rows, self.new]:
            yield from row.cells


Todo = tuple[GridCell, Callable[[User], TimeSession]]
"""A changed cell, and what writes it."""


def read_grid(page: PageContext, period: Period, overview: Overview[TimeSession]) -> Grid:
    """Returns the grid of a week, with rows for the projects of the week and the one before. Two queries."""
    found: defaultdict[tuple[UUID | None, date], list[ListedSession[TimeSession]]] = defaultdict(list)
    for day in period.dates():
        for listed in overview.sessions_on(day):
            found[listed.session.project_id, day].append(listed)
    before = {group.key for group in read_by_project(page, period_before(period)).groups}
    used = {project_id for project_id, _day in found} | before
    projects: list[Project | None] = [
        each for each in page.catalogue.projects.values() if each.id in used and each.deleted_at is None
    ]
    if None in used:
        projects.append(None)
    return Grid(
        [_row(page, period, project, found) for project in projects],
        GridRow(NEW_ROW, None, [_cell(page, NEW_ROW, day, []) for day in period.dates()]),
        [each for each in page.catalogue.offered_projects if each not in projects],
    )


def read_typed(grid: Grid, data: Mapping[str, str], user: User) -> list[Todo]:
    """Reads a form of the grid into it, and returns what is to be done with each changed cell.

    What cannot be done is left on the cell as its error, on the grid when the new row lacks its project or when a row
    is no longer there.
    """
    todo: list[Todo] = []
    selected = data.get("project", "")
    for row in [*grid.rows, grid.new]:
        for cell in row.cells:
            session, _space, shown = data.get(f"seen-{cell.name}", "").rpartition(" ")
            typed = data.get(cell.name, shown).strip()[:MAX_TYPED]
            if typed == shown:
                continue
            cell.text = typed
            if not cell.is_open or session != cell.seen.rpartition(" ")[0]:
                cell.error = _("This changed meanwhile on another device. Look at it, then type it again.")
                continue
            try:
                seconds = None if _NOTHING.fullmatch(typed) else parse_duration_field(typed)
            except UnclearInputError as error:
                cell.error = format_message(error.problem.message, user)
                continue
            if cell.session is not None or seconds is not None:
                todo.append((cell, partial(_save_cell, row=row, cell=cell, seconds=seconds, selected=selected)))
    grid.selected = selected
    offered = {NO_PROJECT, *(str(each.id) for each in page_projects(grid))}
    if any(cell.text for cell in grid.new.cells) and grid.selected not in offered:
        grid.selected_error = _("Choose a project for these hours.")
    known = {cell.name for cell in grid.cells()}
    grid.has_lost_rows = any(
        name.startswith("cell-") and name not in known and text != data.get(f"seen-{name}", "").rpartition(" ")[2]
        for name, text in data.items()
    )
    return todo


def page_projects(grid: Grid) -> list[Project]:
    """Returns the projects of a grid: those of its rows, and those to choose from."""
    return [*(row.project for row in grid.rows if row.project is not None), *grid.choices]


def note_errors(todo: Sequence[Todo], outcomes: Sequence[object]) -> None:
    """Puts the reasons why operations failed at their cells."""
    for (cell, _save), outcome in zip(todo, outcomes, strict=True):
        if isinstance(outcome, DomainError):
            cell.error = outcome.message


def _save_cell(user: User, *, row: GridRow, cell: GridCell, seconds: int | None, selected: str) -> TimeSession:
    if (session := cell.session) is not None:
        versions = frozenset([session.version])
        if seconds is None:
            return services.delete_session(user, WEB, session.id, versions=versions)
        return services.change_hours(user, WEB, session.id, versions=versions, length_seconds=seconds)
    key = selected if row.key == NEW_ROW else row.key
    project_id = None if key == NO_PROJECT else UUID(key)
    return services.add_hours(user, WEB, day=cell.day, length_seconds=seconds or 0, project_id=project_id)


def _row(
    page: PageContext,
    period: Period,
    project: Project | None,
    found: Mapping[tuple[UUID | None, date], list[ListedSession[TimeSession]]],
) -> GridRow:
    key = NO_PROJECT if project is None else str(project.id)
    project_id = None if project is None else project.id
    return GridRow(key, project, [_cell(page, key, day, found.get((project_id, day), [])) for day in period.dates()])


def _cell(page: PageContext, key: str, day: date, sessions: list[ListedSession[TimeSession]]) -> GridCell:
    cell = GridCell(day, f"cell-{key}-{day}", sessions)
    if not sessions:
        cell.is_open = day <= page.today
    elif len(sessions) > 1 or not _is_within(sessions[0].session, day):
        cell.is_open = False
    else:
        is_decimal = page.user.duration_format == DurationFormat.DECIMAL
        cell.shown = cell.text = (format_decimal if is_decimal else format_clock)(sessions[0].seconds)
    return cell


def _is_within(session: TimeSession, day: date) -> bool:
    return session.end is not None and session.first_date == session.last_date == day
