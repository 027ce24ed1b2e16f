"""Rows of a file that are no sessions, as they are told to users and scripts."""

from dataclasses import dataclass

from django.utils.translation import gettext

from sessions_app.imports.rows import RejectedRow

MAX_REJECTED = 1_000
"""How many rejected rows are listed; all are counted."""
MAX_RECORD = 200
"""The most characters of a row that are shown."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row, its file and the line it begins at, from 1, what it says, and why it is no session."""

    file: str
    line: int
    record: str
    code: str
    detail: str


def rejection_of(file: str, row: RejectedRow) -> Rejection:
    """Returns a rejected row in the language of the request."""
    record = row.record.replace("\x1f", " ").strip()
    if len(record) > MAX_RECORD:
        record = f"{record[: MAX_RECORD - 1]}…"
    return Rejection(file, row.line, record, row.code, row.reason.render(gettext))
