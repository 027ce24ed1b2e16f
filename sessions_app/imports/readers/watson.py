"""Watson: its frames and state, its log as JSON, and its log as CSV, whose times may be an hour off."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import from_unix, parse_stamp
from sessions_app.imports.json_text import Element
from sessions_app.imports.layouts import Layout
from sessions_app.imports.rows import ImportedSession, Row
from sessions_app.imports.texts import as_json, distinct, one_line
from sessions_app.timekeeping.messages import Message, gettext_noop

_NO_FRAME = gettext_noop("This is no frame of Watson.")
_BAD_TIME = gettext_noop("“%(cell)s” is no time.")
_LENGTH = 4
CSV_REMARK = Message(
    gettext_noop(
        "Watson may print all times of its CSV in today's offset from UTC: those of the other half of the year are an"
        " hour off then. Import its file “frames” instead, or `watson log --json --all`."
    )
)

LAYOUTS = (
    Layout(
        tool="watson",
        label="Watson, log as CSV",
        needs=({"start"}, {"end"}, {"project"}, {"tags"}),
        must=("id", "stop"),
        lacks=("description", "client", "task", "duration", "date", "start_date", "user", "timezone", "billable"),
        typical=("stop",),
        titles={"id": ""},
        contents=("project", "tags"),
        has_seconds=True,
        twin=lambda _description, project: project,
    ),
)
"""The id of seven digits is no identity, so it is left out."""


def is_frame(element: object) -> bool:
    """Tells whether an element of a list is a frame."""
    return isinstance(element, list) and len(element) >= _LENGTH and isinstance(element[2], str)


def is_state(element: object) -> bool:
    """Tells whether an element is the file `state` while a frame is running."""
    return isinstance(element, Mapping) and {"project", "start"} <= element.keys() <= {"project", "start", "tags"}


def frame_rows(elements: list[Element]) -> Iterator[Row]:
    """Yields the frames of the file `frames`: start, stop, project, id, tags, updated at."""
    for line, frame in elements:
        if isinstance(frame, Sequence) and not isinstance(frame, str) and len(frame) >= _LENGTH:
            tags = frame[_LENGTH] if len(frame) > _LENGTH else ()
            yield _session(
                line,
                frame,
                from_unix(frame[0]),
                from_unix(frame[1]),
                project=frame[2],
                frame_id=str(frame[3]),
                tags=tags,
            )
        else:
            yield rejected(line, "malformed_row", _NO_FRAME, record=as_json(frame))


def log_rows(elements: list[Element]) -> Iterator[Row]:
    """Yields the frames of the log as JSON, and of the file `state`, which has the one that is running."""
    for line, frame in elements:
        if not isinstance(frame, Mapping):
            yield rejected(line, "malformed_row", _NO_FRAME, record=as_json(frame))
            continue
        start, end = (_instant(frame.get(key)) for key in ("start", "stop"))
        is_running = "stop" not in frame
        yield _session(
            line,
            frame,
            start,
            end,
            project=frame.get("project"),
            frame_id=str(frame.get("id") or ""),
            tags=frame.get("tags"),
            is_running=is_running,
        )


def _instant(value: object) -> datetime | None:
    if isinstance(value, str):
        stamp = parse_stamp(value.strip(), "ymd")
        return stamp.instant if stamp.offset is not None else None
    return from_unix(value)


def _session(
    line: int,
    frame: object,
    start: datetime | None,
    end: datetime | None,
    *,
    project: object,
    frame_id: str,
    tags: object,
    is_running: bool = False,
) -> Row:
    if start is None or (end is None and not is_running):
        record = as_json(frame)
        return rejected(line, "bad_time", _BAD_TIME, record, record)
    found = distinct(str(tag) for tag in tags if isinstance(tag, str | int)) if isinstance(tags, list | tuple) else ()
    name = one_line(str(project or ""))
    contents = "\x1f".join((start.isoformat(), end.isoformat() if end else "", name, *sorted(found)))
    return checked(
        ImportedSession(
            line=line,
            record=contents,
            start=start,
            end=end,
            project=name,
            tags=found,
            external_id=frame_id,
            is_running=is_running,
            twin=name,
        )
    )
