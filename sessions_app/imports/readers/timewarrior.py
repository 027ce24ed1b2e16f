"""Timewarrior: `timew export`, and its data files."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.json_text import Element
from sessions_app.imports.rows import ImportedSession, Row
from sessions_app.imports.texts import as_json, distinct, name_and_note
from sessions_app.timekeeping.messages import gettext_noop

DATA_LINE = re.compile(r"inc(?:\s+(\S+)(?:\s+-\s+(\S+))?)?(?:\s+#(.*))?\s*", re.DOTALL)
_WORD = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_NO_LINE = gettext_noop("This is no interval of Timewarrior.")
_BAD_TIME = gettext_noop("“%(cell)s” is no time.")


def is_interval(element: object) -> bool:
    """Tells whether an element of a list is an interval: an object whose start is written in Timewarrior's way."""
    return isinstance(element, Mapping) and re.fullmatch(r"\d{8}T\d{6}Z?", str(element.get("start"))) is not None


def export_rows(elements: list[Element]) -> Iterator[Row]:
    """Yields the intervals of an export, each an object."""
    for line, interval in elements:
        if not isinstance(interval, Mapping):
            yield rejected(line, "malformed_row", _NO_LINE, record=as_json(interval))
            continue
        tags = interval.get("tags")
        yield _session(
            line,
            str(interval.get("start") or ""),
            str(interval.get("end") or ""),
            [str(tag) for tag in tags if isinstance(tag, str | int)] if isinstance(tags, list) else [],
            str(interval.get("annotation") or ""),
        )


def data_rows(lines: Iterator[str], after: int) -> Iterator[Row]:
    """Yields the intervals of a data file, a line each."""
    for number, line in enumerate(lines, start=1):
        if number <= after or not line.strip():
            continue
        found = DATA_LINE.fullmatch(line.strip())
        if found is None:
            yield rejected(number, "malformed_row", _NO_LINE, record=line)
            continue
        tags, note = _words(found[3] or "")
        yield _session(number, found[1] or "", found[2] or "", tags, note)


def _words(text: str) -> tuple[list[str], str]:
    """Returns the tags before the second #, and the note behind it, both without quotes."""
    tags: list[str] = []
    position = 0
    while (found := _WORD.match(text, position)) is not None:
        position = found.end()
        if found[2] == "#":
            return tags, _unquoted(text[position:].strip())
        tags.append(found[2] if found[1] is None else _unescaped(found[1]))
    return tags, ""


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return _unescaped(text[1:-1]) if is_quoted else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _session(line: int, start_text: str, end_text: str, tags: list[str], annotation: str) -> Row:
    start, end = _instant(start_text), _instant(end_text)
    if start is None or (end_text and end is None):
        wrong = start_text if start is None else end_text
        return rejected(line, "bad_time" if wrong else "missing_start", _BAD_TIME, wrong, f"{start_text} - {end_text}")
    name, note = name_and_note(annotation)
    cleaned = distinct(tags)
    return checked(
        ImportedSession(
            line=line,
            record="\x1f".join((start_text, end_text, *sorted(cleaned), "", annotation)),
            start=start,
            end=end,
            name=name,
            note=note,
            tags=cleaned,
            is_running=not end_text,
        )
    )


def _instant(text: str) -> datetime | None:
    stamp = parse_stamp(text.strip(), "ymd") if text else None
    return stamp.instant if stamp is not None and stamp.offset is not None else None
