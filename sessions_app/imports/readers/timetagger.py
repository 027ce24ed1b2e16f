"""TimeTagger: its report, its table of all records, and the records of its API."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import from_unix
from sessions_app.imports.json_text import Element
from sessions_app.imports.layouts import Cells, Layout
from sessions_app.imports.rows import ImportedSession, Row, SkippedRow
from sessions_app.imports.texts import distinct, name_and_note, one_line
from sessions_app.timekeeping.messages import gettext_noop

# As TimeTagger reads them: also glued together, and with any letter or sign that is not ASCII.
_TAG = re.compile(r"#([0-9A-Za-z_/\-\u0080-\U0010ffff]+)")
_MARKED_TAG = re.compile(rf"{_TAG.pattern}\s*")
_NO_TIMES = gettext_noop("This record has no times.")


def _twin(description: str, _project: str = "") -> str:
    """Returns what all dialects say of a record: its words; some leave out its tags."""
    return one_line(_MARKED_TAG.sub("", description))


def _adjust_report(session: ImportedSession, cell: Cells) -> Row:
    session = replace(session, tags=tuple(tag.removeprefix("#") for tag in session.tags if tag != "#untagged"))
    if session.start is None or session.end is None:
        return session
    if session.start == session.end and not session.duration_seconds:
        return replace(session, end=None, is_running=True)
    # Clocks are cut to the minute. The duration is rounded, and cut to the range of the report: it is right in between.
    differs = session.end - session.start - timedelta(seconds=session.duration_seconds or 0)
    is_exact = cell("duration").count(":") == 2  # noqa: PLR2004
    return replace(session, is_duration_billed=is_exact and timedelta(0) < abs(differs) < timedelta(minutes=1))


def _adjust_record(session: ImportedSession, _cell: Cells) -> Row:
    if session.name.startswith("HIDDEN"):
        return SkippedRow(session.line, "not_time")
    session = replace(session, tags=tuple(tag.removeprefix("#") for tag in session.tags if tag != "#untagged"))
    return replace(session, end=None, is_running=True) if session.start == session.end else session


LAYOUTS = (
    Layout(
        tool="timetagger",
        label="TimeTagger, report",
        needs=({"date"}, {"start"}, {"end"}),
        lacks=("project", "client", "task"),
        typical=("subtotals", "tag groups", "stop"),
        enough=2,
        titles={"user": "user", "subtotals": "", "tag groups": "", "key": ""},
        tag_mark=" ",
        dashed_order="dmy",
        twin=_twin,
        adjust=_adjust_report,
    ),
    Layout(
        tool="timetagger",
        label="TimeTagger, all records",
        needs=({"id"}, {"start"}, {"end"}, {"tags"}, {"description"}),
        must=("key", "stop"),
        lacks=("project", "client", "start_date", "timezone"),
        typical=("key", "stop"),
        tag_mark=" ",
        twin=_twin,
        adjust=_adjust_record,
    ),
)


def record_rows(elements: list[Element]) -> Iterator[Row]:
    """Yields the records of the API: key, t1 and t2 in Unix seconds, ds."""
    for line, record in elements:
        yield _record(line, record) if isinstance(record, Mapping) else rejected(line, "malformed_row", _NO_TIMES)


def _record(line: int, record: Mapping[str, object]) -> Row:
    start, end = (from_unix(record.get(key)) for key in ("t1", "t2"))
    text = str(record.get("ds") or "")
    if text.startswith("HIDDEN"):
        return SkippedRow(line, "not_time")
    if start is None or end is None:
        return rejected(line, "bad_time", _NO_TIMES, record=text)
    name, note = name_and_note(text)
    tags = distinct(tag.lower() for tag in _TAG.findall(text))
    return checked(
        ImportedSession(
            line=line,
            record=f"{start.isoformat()}/{end.isoformat()}\x1f{text}",
            start=start,
            end=None if start == end else end,
            name=name,
            note=note,
            tags=tags,
            external_id=str(record.get("key") or ""),
            is_running=start == end,
            twin=_twin(text),
        )
    )
