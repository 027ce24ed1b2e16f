"""Layouts: the columns of a tool's tables, and the special meanings of their cells."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sessions_app.imports.numbers import Unit, parse_duration
from sessions_app.imports.rows import DateOrder, ImportedSession, Row
from sessions_app.imports.tables import Table
from sessions_app.imports.texts import clean, one_line
from sessions_app.imports.titles import columns_of, fold_title, title_forms

Cells = Callable[[str], str]
"""Returns the trimmed text of a field in a row, "" without a column for it."""

_STRONG = 4
_CLOCK_ERROR = 60
"""The error in seconds of the difference of two times that were truncated to the minute."""
_SHORTEST_BREAK = 300
"""The shortest break in seconds. A bare number that would be less as minutes is in hours, such as 0,5 or 1."""
CONTENTS = ("client", "project", "task", "description", "tags")
"""The fields of most tools' reports, besides the times."""
_BREAKS = frozenset({
    "break", "pause", "pausa", "descanso", "pauze", "przerwa", "intervalo", "unterbrechung", "tauko", "paus",
})  # fmt: skip


def skips_break(cell: Cells) -> Literal["break", "not_time"] | None:
    """Returns the reason to skip a row whose type is a break or no time, else None."""
    kind = cell("type")
    return "break" if kind and fold_title(kind) in _BREAKS else None


def without_breaks(session: ImportedSession, cell: Cells) -> ImportedSession:
    """Returns a session that has the duration in its row if its times are over a minute longer than that.

    If the row has only the length of the break, that is subtracted.
    """
    if session.start is None or session.end is None:
        return session
    between = (session.end - session.start).total_seconds()
    if not session.duration_seconds:
        seconds = _break_seconds(cell("break"))
        if not 0 < seconds < between:
            return session
        return replace(session, duration_seconds=int(between) - seconds, is_duration_billed=True)
    is_shorter = 0 < session.duration_seconds < between - max(_CLOCK_ERROR, session.duration_error)
    return replace(session, is_duration_billed=True) if is_shorter else session


def twin_of_contents(description: str, project: str) -> str:
    """Returns the `twin` of a row of which all dialects say the description and the project."""
    return f"{project}\x1f{one_line(description)}"


def _break_seconds(text: str) -> int:
    seconds = parse_duration(text, "minutes") or 0
    return seconds if seconds >= _SHORTEST_BREAK else parse_duration(text, "hours") or 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """The layout of a tool's tables.

    `titles` maps folded titles to fields where they differ from the usual ones, "" for no field. A table matches if it
    has all titles of `must`, a field of each of `needs`, none of `lacks`, and `enough` of the `typical` titles; the
    more of these, the better the match.

    With `is_duration_billed`, a session lasts as long as its Duration says. `number_unit` is the unit of a bare number
    in it; None: it is found from the times of day. `tag_mark` separates tags, as does each of `more_marks`. Without
    `has_running`, the tool does not export running sessions, so that a row without an end is damaged. With `has_zone`,
    times have a zone.

    `dashed_order` is the only order of dates with dashes that the tool writes; None if there are several.

    `contents` are the fields of a complete report, if users can choose its columns. A table without one of them is
    brief, and so is one without seconds if `has_seconds`.

    `twin` computes the `twin` of a row from description and project, if the tool has dialects with and without ids,
    or with instants and with local times.

    With `has_any_columns`, a table may come again with other columns: it is of no known tool.

    `skips` recognises rows that are not sessions, `clean` cleans the text of a cell, and `adjust` changes a session at
    the end.
    """

    tool: str
    label: str
    needs: tuple[Collection[str], ...] = ()
    must: Collection[str] = ()
    lacks: Collection[str] = ()
    typical: Collection[str] = ()
    enough: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)
    skips: Callable[[Cells], Literal["break", "not_time"] | None] = skips_break
    number_unit: Unit | None = "hours"
    is_duration_billed: bool = False
    tag_mark: Literal[",", " "] = ","
    more_marks: str = ""
    dashed_order: DateOrder | None = None
    has_zone: bool = False
    has_running: bool = True
    is_download: bool = False
    contents: Collection[str] = ()
    has_seconds: bool = False
    twin: Callable[[str, str], str] | None = None
    has_any_columns: bool = False
    adjust: Callable[[ImportedSession, Cells], Row] | None = None
    clean: Callable[[str], str] = clean

    def columns(self, table: Table) -> dict[str, int]:
        """Returns the number of the column of each field."""
        return columns_of(table.header, self.titles)

    def fit(self, table: Table, file_name: str) -> int:
        """Returns how well a table matches, 0 if it does not."""
        columns = self.columns(table)
        if not all(any(each in columns for each in need) for need in self.needs):
            return 0
        if any(each in columns for each in self.lacks):
            return 0
        forms = {form for title in table.header for form in title_forms(title)}
        if not forms.issuperset(self.must):
            return 0
        count = len(forms.intersection(self.typical))
        if count < self.enough:
            return 0
        hint = self.tool.split("_", maxsplit=1)[0] in file_name.lower()
        return 1 + len(columns) + _STRONG * count + _STRONG * hint
