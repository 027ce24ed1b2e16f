"""Tyme 2 and 3: times in Unix seconds beside local ones, and rows that are no time."""

from dataclasses import replace
from typing import Literal

from sessions_app.imports.layouts import Cells, Layout
from sessions_app.imports.rows import ImportedSession, Row
from sessions_app.imports.texts import clean, distinct

_TIMED = frozenset({"", "timed", "time"})
_INVOICED = frozenset({"billed", "paid"})
_TITLES = {
    "category": "client", "note": "description", "subtask": "subtask", "sum": "", "amount": "", "day": "",
    "amount decimal": "", "date": "", "start time": "", "end time": "", "duration": "", "billing": "billing",
    "quantity": "", "distance": "",
}  # fmt: skip


def _skips(cell: Cells) -> Literal["break", "not_time"] | None:
    return None if cell("type").lower() in _TIMED else "not_time"


def _unmarked(text: str) -> str:
    return "" if text == "%" else clean(text)  # what stands for no note


def _adjust(session: ImportedSession, cell: Cells) -> Row:
    is_invoiced = cell("billing").casefold() in _INVOICED
    return replace(session, tags=distinct((*session.tags, cell("subtask"))), is_invoiced=is_invoiced)


LAYOUTS = (
    Layout(
        tool="tyme",
        label="Tyme",
        needs=({"unix_start"}, {"unix_end"}),
        typical=("unix start", "unix end", "rounding method", "rounding minutes", "subtask"),
        titles={**_TITLES, "start": "", "end": ""},
        has_zone=True,
        skips=_skips,
        adjust=_adjust,
        clean=_unmarked,
    ),
    Layout(
        tool="tyme",
        label="Tyme, JSON",
        needs=({"start"}, {"end"}),
        must=("category", "project", "task", "billing"),
        lacks=("unix_start",),
        typical=("rounding method", "rounding minutes", "subtask", "category id", "rate unit"),
        titles=_TITLES,
        skips=_skips,
        adjust=_adjust,
        clean=_unmarked,
    ),
)  # fmt: skip
