"""iCalendar (RFC 5545): events with a start and an end; whole days are no time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import Stamp, parse_stamp
from sessions_app.imports.numbers import parse_duration
from sessions_app.imports.rows import ImportedSession, Row, SkippedRow
from sessions_app.imports.texts import distinct, name_and_note, one_line
from sessions_app.timekeeping.messages import gettext_noop

_PROPERTY = re.compile(r'([A-Za-z0-9-]+)((?:;[^:;="]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)
_ZONE = re.compile(r';TZID="?([^";:]+)"?', re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NO_COMMA = re.compile(r"(?<!\\),")
_BAD_TIME = gettext_noop("This event has no start, or a time that cannot be read.")


class _Property(NamedTuple):
    parameters: str
    value: str

    @property
    def text(self) -> str:
        return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(slots=True)
class _Event:
    line: int
    values: dict[str, _Property] = field(default_factory=dict)


def unfolded(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Yields the content lines of a calendar with the lines they begin at, from 1."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if parts and text[:1] in {" ", "\t"}:
            parts.append(text[1:])
            continue
        if parts:
            yield begun, "".join(parts)
        begun, parts = number, [text]
    if parts:
        yield begun, "".join(parts)


def calendar_zone(lines: Iterator[str]) -> str:
    """Returns the zone that the head of a calendar names for all of it, "" if it names none."""
    for _line, text in unfolded(lines):
        if text.upper().startswith("X-WR-TIMEZONE"):
            return text.partition(":")[2].strip()
        if text.upper() == "BEGIN:VEVENT":
            return ""
    return ""


def event_rows(lines: Iterator[str], after: int) -> Iterator[Row]:
    """Yields the events of a calendar; nested parts, as alarms, belong to none."""
    event: _Event | None = None
    depth = 0
    for number, line in unfolded(lines):
        upper = line.upper().strip()
        if upper == "BEGIN:VEVENT":
            event, depth = _Event(number), 0
        elif upper == "END:VEVENT" and event is not None:
            if event.line > after:
                yield _session(event)
            event = None
        elif upper.startswith("BEGIN:"):
            depth += 1
        elif upper.startswith("END:"):
            depth = max(0, depth - 1)
        elif event is not None and not depth and (found := _PROPERTY.fullmatch(line)):
            event.values.setdefault(found[1].upper(), _Property(found[2], found[3]))
    if event is not None and event.line > after:
        yield rejected(event.line, "malformed_row", _BAD_TIME)


def _session(event: _Event) -> Row:
    values = event.values
    first, last = (_stamp(values.get(key)) for key in ("DTSTART", "DTEND"))
    if first.day is not None and first.clock is None:
        return SkippedRow(event.line, "not_time")
    start, end = first.instant, last.instant
    if end is None and start is not None and "DURATION" in values and "DTEND" not in values:
        seconds = parse_duration(values["DURATION"].value.strip(), None)
        end = start if seconds is None else start + timedelta(seconds=seconds)
    has_mixed = start is not None and end is not None and (start.tzinfo is None) != (end.tzinfo is None)
    if start is None or ("DTEND" in values and end is None) or has_mixed:
        return rejected(event.line, "bad_time", _BAD_TIME)
    end = start if end is None else end
    empty = _Property("", "")
    summary, description = (values.get(key, empty) for key in ("SUMMARY", "DESCRIPTION"))
    name, note = name_and_note(summary.text, description.text)
    tags = distinct(_Property("", each).text for each in _NO_COMMA.split(values.get("CATEGORIES", empty).value))
    zone = _ZONE.search(values["DTSTART"].parameters)
    return checked(
        ImportedSession(
            line=event.line,
            record="\x1f".join((start.isoformat(), end.isoformat(), one_line(summary.text))),
            start=start,
            end=end,
            name=name,
            note=note,
            tags=tags,
            timezone=zone[1].strip() if zone and start.tzinfo is None else "",
        )
    )


def _stamp(value: _Property | None) -> Stamp:
    return Stamp(None, None) if value is None else parse_stamp(value.value.strip(), "ymd")
