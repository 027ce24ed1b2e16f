"""Checks that every reader does before it yields a session, and rejections."""

from dataclasses import replace
from datetime import datetime, timedelta

from sessions_app.imports.rows import ImportedSession, RejectedRow, RejectionCode, Row
from sessions_app.imports.texts import is_storable, storable
from sessions_app.timekeeping.bounds import EARLIEST_START, MAX_DURATION
from sessions_app.timekeeping.messages import Message, gettext_noop

_CLOCK_CHANGE = timedelta(hours=2)
_MAX_CELL = 60

_NO_START = gettext_noop("This row has no start.")
_BEFORE = gettext_noop("The end is before the start.")
_NO_LENGTH = gettext_noop("No time was tracked: the session ends when it starts.")
_TOO_LONG = gettext_noop("This is longer than 31 days.")
_TOO_EARLY = gettext_noop("The start is before 1970.")
_MIXED = gettext_noop("One of start and end has an offset from UTC, the other has none. Give both one, or neither.")
_NEGATIVE = gettext_noop("The duration is below zero.")


def rejected(line: int, code: RejectionCode, text: str, cell: str = "", record: str = "") -> RejectedRow:
    """Returns a rejected row. `text` is marked for translation, and may have `%(cell)s` for the invalid cell."""
    shown = cell if len(cell) <= _MAX_CELL else f"{cell[:_MAX_CELL]}…"
    return RejectedRow(line, Message(text, {"cell": storable(shown)}), code, storable(record))


def checked(session: ImportedSession) -> Row:
    """Returns the session with cleaned texts; a rejected row if it is invalid in every zone."""
    if not is_storable(session.record + session.external_id + session.whose + session.timezone):
        session = _storable(session)
    first = session.start or session.date
    if first is None:
        return _rejected(session, "missing_start", _NO_START)
    if first.year < EARLIEST_START.year:
        return _rejected(session, "bad_date", _TOO_EARLY)
    if session.is_running:
        return session
    if session.start and session.end and (session.start.tzinfo is None) != (session.end.tzinfo is None):
        return _rejected(session, "bad_time", _MIXED)
    return _check_times(session, session.start, session.end, session.duration_seconds)


def _storable(session: ImportedSession) -> ImportedSession:
    return replace(
        session,
        record=storable(session.record),
        external_id=storable(session.external_id),
        whose=storable(session.whose),
        timezone=storable(session.timezone),
    )


def _check_times(session: ImportedSession, start: datetime | None, end: datetime | None, seconds: int | None) -> Row:
    if seconds and (session.is_duration_billed or end is None):
        return _check_length(session, timedelta(seconds=seconds))
    if start is None or end is None or (start == end and not seconds):
        return _rejected(session, "zero_length", _NO_LENGTH)
    tolerance = _CLOCK_CHANGE if start.tzinfo is None else timedelta(0)
    if start - end > tolerance:
        return _rejected(session, "end_before_start", _BEFORE)
    return _check_length(session, max(end - start - tolerance, timedelta(0)))


def _check_length(session: ImportedSession, length: timedelta) -> Row:
    if length < timedelta(0):
        return _rejected(session, "bad_time", _NEGATIVE)
    if length > MAX_DURATION:
        return _rejected(session, "too_long", _TOO_LONG)
    return session


def _rejected(session: ImportedSession, code: RejectionCode, text: str) -> RejectedRow:
    return rejected(session.line, code, text, record=session.record)
