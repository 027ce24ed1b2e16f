"""Builds calendars that other programs subscribe to: iCalendar (RFC 5545, with the properties of RFC 7986)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MAX_OCTETS = 75
"""The most octets of a line, without its end (RFC 5545, section 3.1); longer lines are folded."""

_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_TO_ESCAPE = re.compile(r"[\\;,\n]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

# RFC 5545 demands at least one component. The zone UTC is known to every program and shows nothing.
_NO_EVENTS = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Event:
    """An event `[start, end)` that does not mark its user as busy; `end` is not before `start`, and instants are aware.

    Start and end are both instants, or both dates: those of an event of whole days.
    `uid` identifies the event in every later calendar, where its `sequence` is never lower.
    """

    uid: str
    sequence: int
    updated: datetime
    start: datetime | date
    end: datetime | date
    summary: str
    description: str = ""
    categories: Sequence[str] = ()


def calendar_lines(events: Iterable[Event], *, name: str, refresh: timedelta) -> Iterator[str]:
    """Yields a calendar as folded lines with their line ends, while `events` are read.

    `name` is the title that programs show; `refresh`, in whole minutes, is how often they are asked to read the
    calendar.
    """
    yield from _written(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Timetracker//Sessions//EN",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_duration(refresh)}",
        f"X-PUBLISHED-TTL:{_duration(refresh)}",
    )
    is_empty = True
    for event in events:
        is_empty = False
        yield from _written(*_event(event))
    yield from _written(*(_NO_EVENTS if is_empty else ()), "END:VCALENDAR")


def escape(text: str) -> str:
    """Returns `text` as a value of type TEXT, without the characters that such a value cannot have; line ends stay."""
    text = _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)


def fold(line: str) -> str:
    """Returns `line` with its line end, folded to lines of at most MAX_OCTETS octets, without cutting a character."""
    octets = line.encode()
    pieces = []
    begin, room = 0, MAX_OCTETS
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:  # noqa: PLR2004 - not the first octet of a character
            end -= 1
        pieces.append(octets[begin:end])
        begin, room = end, MAX_OCTETS - 1
    pieces.append(octets[begin:])
    return b"\r\n ".join(pieces).decode() + "\r\n"


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{_instant(event.updated)}"
    yield f"LAST-MODIFIED:{_instant(event.updated)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART{_value(event.start)}"
    if event.end > event.start:
        yield f"DTEND{_value(event.end)}"  # must be later than DTSTART; without it the event ends when it starts
    yield f"SUMMARY:{escape(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{escape(event.description)}"
    if event.categories:
        yield f"CATEGORIES:{','.join(map(escape, event.categories))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _written(*lines: str) -> Iterator[str]:
    return map(fold, lines)


def _value(moment: datetime | date) -> str:
    return f":{_instant(moment)}" if isinstance(moment, datetime) else f";VALUE=DATE:{moment:%Y%m%d}"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _duration(length: timedelta) -> str:
    return f"PT{length // timedelta(minutes=1)}M"
