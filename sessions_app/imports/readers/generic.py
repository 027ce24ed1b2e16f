"""Formats made to be read by any tool: the neutral CSV, and the sessions of our own downloads."""

from dataclasses import replace
from datetime import UTC

from sessions_app.imports.layouts import Cells, Layout, twin_of_contents, without_breaks
from sessions_app.imports.rows import TIMETRACKER, ImportedSession, Row
from sessions_app.imports.texts import clean
from timetracker.tables import unguard

_NOT_OF_THE_SESSION = dict.fromkeys(
    (
        "start local", "end local", "date", "day", "seconds", "hours", "rounded seconds", "rounded hours", "amount",
        "source", "seconds in the period", "hours in the period",
    ),
    "",
)  # fmt: skip


def _unguarded(text: str) -> str:
    return clean(unguard(text))


def _in_utc(session: ImportedSession, _cell: Cells) -> Row:
    """Returns a session whose instants a workbook has without their zone."""
    start, end = (each and each.replace(tzinfo=UTC) for each in (session.start, session.end))
    return replace(session, start=start, end=end)


LAYOUTS = (
    Layout(
        tool=TIMETRACKER,
        label="Timetracker, sessions",
        needs=({"start"}, {"end"}, {"timezone"}),
        must=("start local", "end local"),
        typical=("rounded seconds", "rounded hours", "source"),
        titles={**_NOT_OF_THE_SESSION, "name": "description"},
        tag_mark=" ",
        has_zone=True,
        is_download=True,
        clean=_unguarded,
    ),
    Layout(
        tool=TIMETRACKER,
        label="Timetracker, sessions of an export",
        needs=({"start"}, {"end"}, {"timezone"}),
        must=("id", "name", "timezone", "seconds", "hours", "hourly rate"),
        titles={**_NOT_OF_THE_SESSION, "name": "description"},
        tag_mark=" ",
        has_zone=True,
        is_download=True,
        clean=_unguarded,
    ),
    Layout(
        tool=TIMETRACKER,
        label="Timetracker, sessions as a workbook",
        needs=({"start"}, {"end"}, {"timezone"}),
        must=("start utc", "end utc"),
        typical=("rounded seconds", "rounded hours", "source"),
        titles={
            **_NOT_OF_THE_SESSION, "start": "", "end": "", "start utc": "start", "end utc": "end",
            "name": "description",
        },
        tag_mark=" ",
        has_zone=True,
        is_download=True,
        adjust=_in_utc,
    ),
    Layout(
        tool="generic",
        label="Neutral CSV",
        needs=({"start"}, {"end"}),
        must=("description", "billable", "client", "project", "tags"),
        lacks=("start_date", "date", "decimal", "timezone"),
        typical=("user name", "user email"),
        twin=twin_of_contents,
        adjust=without_breaks,
    ),
)  # fmt: skip
