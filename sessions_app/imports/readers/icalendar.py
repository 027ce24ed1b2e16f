"""iCalendar (RFC 5545): events with a start and an end; whole days are no time."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sessions_app.imports.bytes_to_text import Source, text_lines
from sessions_app.imports.checks import checked, rejected
from sessions_app.imports.dates import Stamp, parse_stamp
from sessions_app.imports.numbers import parse_duration
from sessions_app.imports.readers.icalendar_zones import DescribedZone, ZoneText
from sessions_app.imports.rows import ImportedSession, Row, SkippedRow
from sessions_app.imports.texts import distinct, name_and_note, one_line
from sessions_app.imports.zones import zone_of
from sessions_app.timekeeping.local_times import readings
from sessions_app.timekeeping.messages import gettext_noop

_PROPERTY = re.compile(r'([A-Za-z0-9-]+)((?:;[^:;="]+=(?:"[^"]*"|[^":;]*))*):(.*)', re.DOTALL)
_ZONE = re.compile(r';TZID="?([^";:]+)"?', re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NO_COMMA = re.compile(r"(?<!\\),")
_NOMINAL = re.compile(r"[+-]?P(?:[0-9]+W)?(?:[0-9]+D)?", re.IGNORECASE)
"""A duration of whole days, which ends at the same time of day; hours are exact, whatever the clock does."""
_WEEKS = re.compile(r"\+?P([0-9]{1,4})W", re.IGNORECASE)
_REPEATING = frozenset({"RRULE", "RDATE"})
_RECURRING = gettext_noop(
    "This event repeats, and nothing shows which of its dates were worked. Add them by hand, or as events of their own."
)
_UNKNOWN_ZONE = gettext_noop("“%(cell)s” is no time zone that is known here. Give the name of one, as Europe/Berlin.")
_CUT = gettext_noop("The file ends within this event: it was cut. Export it again.")
_BAD_TIME = gettext_noop("This event has no start, or a time that cannot be read.")


Line = tuple[int, str]
"""A content line, after the line of the file at which it begins, from 1."""


class _Property(NamedTuple):
    parameters: str
    value: str

    @property
    def zone(self) -> str:
        """The TZID."""
        found = _ZONE.search(self.parameters)
        return found[1].strip() if found else ""

    @property
    def text(self) -> str:
        return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(slots=True)
class _Event:
    line: int
    values: dict[str, _Property] = field(default_factory=dict)


def content_lines(source: Source, encoding: str) -> Iterator[Line]:
    """Yields the content lines of a calendar. They may be folded amid a character: bytes are put together first."""
    if encoding != "utf-8":
        return _unfolded(text_lines(source, encoding))
    return ((number, _utf_8(line)) for number, line in _unfolded(text_lines(source, "latin-1")))


def _utf_8(line: str) -> str:
    if line.isascii():
        return line
    return line.encode("latin-1").decode("utf-8", "imports.windows_1252").replace("\ufeff", "")


def _unfolded(lines: Iterator[str]) -> Iterator[Line]:
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


@dataclass(frozen=True, slots=True)
class Zones:
    """What a calendar says of zones: the name of that of all local times, "" for none, and those it describes."""

    of_all: str = ""
    described: Mapping[str, DescribedZone] = field(default_factory=dict)

    def find(self, name: str) -> str | DescribedZone | None:
        """Returns the zone of a TZID: its IANA name, else its rules; None where it is unknown."""
        described = self.described.get(name)
        iana = zone_of(name) or (zone_of(described.location) if described else "")
        return iana or (described if described and described.observances else None)


def calendar_zones(lines: Iterator[Line]) -> Zones:
    """Returns the zones of a calendar, which is read as a whole."""
    of_all, described = "", dict[str, DescribedZone]()
    zone: ZoneText | None = None
    for _line, text in lines:
        name, value = text.partition(":")[0].upper(), text.partition(":")[2].strip()
        match name.partition(";")[0], value.upper():
            case "X-WR-TIMEZONE", _:
                of_all = of_all or zone_of(value)
            case "BEGIN", "VTIMEZONE":
                zone = ZoneText()
            case "END", "VTIMEZONE":
                if zone is not None:
                    described[zone.properties.get("TZID", "")] = zone.zone()
                zone = None
            case "BEGIN", "STANDARD" | "DAYLIGHT" if zone is not None:
                zone.observances.append([])
            case key, _ if zone is not None and zone.observances and key != "END":
                zone.observances[-1].append((key, value))
            case key, _ if zone is not None:
                zone.properties[key] = value
    return Zones(of_all, described)


def event_rows(lines: Iterator[Line], zones: Zones, after: int) -> Iterator[Row]:
    """Yields the events of a calendar; nested parts, as alarms, belong to none."""
    event: _Event | None = None
    depth = 0
    for number, line in lines:
        upper = line.upper().strip()
        if upper == "BEGIN:VEVENT":
            event, depth = _Event(number), 0
        elif upper == "END:VEVENT" and event is not None:
            if event.line > after:
                yield _session(event, zones)
            event = None
        elif upper.startswith("BEGIN:"):
            depth += 1
        elif upper.startswith("END:"):
            depth = max(0, depth - 1)
        elif event is not None and not depth and (found := _PROPERTY.fullmatch(line)):
            name, value = found[1].upper(), _Property(found[2], found[3])
            if name == "CATEGORIES" and name in event.values:  # any number of lines, which add up
                value = _Property("", f"{event.values.pop(name).value},{value.value}")
            event.values.setdefault(name, value)
    if event is not None and event.line > after:
        record = " ".join(one_line(event.values[key].text) for key in ("DTSTART", "SUMMARY") if key in event.values)
        yield rejected(event.line, "malformed_row", _CUT, record=record)


def _session(event: _Event, zones: Zones) -> Row:
    values, empty = event.values, _Property("", "")
    summary, description = (values.get(key, empty) for key in ("SUMMARY", "DESCRIPTION"))
    first, last = (_stamp(values.get(key)) for key in ("DTSTART", "DTEND"))
    if first.day is not None and first.clock is None:
        return SkippedRow(event.line, "not_time")
    if "STATUS" in values and values["STATUS"].value.strip().upper() == "CANCELLED":
        return SkippedRow(event.line, "cancelled")
    if not _REPEATING.isdisjoint(values):
        return rejected(event.line, "recurring", _RECURRING, record=one_line(summary.text))
    start, end = first.instant, last.instant
    seconds = None
    if "DURATION" in values and "DTEND" not in values:
        seconds = _seconds(values["DURATION"].value.strip())
    if (
        start is None
        or ("DTEND" in values and end is None)
        or ("DURATION" in values and end is None and seconds is None)
    ):
        times = (values[key].value for key in ("DTSTART", "DTEND", "DURATION") if key in values)
        return rejected(event.line, "bad_time", _BAD_TIME, record=" ".join((*times, one_line(summary.text))))
    stated_end = (start if seconds is None else start + timedelta(seconds=seconds)) if end is None else end
    if seconds is None or _NOMINAL.fullmatch(values["DURATION"].value.strip()):
        end = stated_end
    name, note = name_and_note(summary.text, description.text)
    tags = distinct(_Property("", each).text for each in _NO_COMMA.split(values.get("CATEGORIES", empty).value))
    session = ImportedSession(
        line=event.line,
        record="\x1f".join((start.isoformat(), stated_end.isoformat(), one_line(summary.text))),
        start=start,
        end=end,
        duration_seconds=seconds if end is None else None,
        name=name,
        note=note,
        tags=tags,
        twin=one_line(summary.text),
    )
    placed = _placed(session, (values["DTSTART"].zone, values.get("DTEND", empty).zone), zones)
    return checked(placed) if isinstance(placed, ImportedSession) else placed


def _seconds(text: str) -> int | None:
    weeks = _WEEKS.fullmatch(text)
    return parse_duration(text, None) if weeks is None else int(weeks[1]) * 7 * 86_400


def _placed(session: ImportedSession, names: tuple[str, str], zones: Zones) -> Row:
    """Returns a session with its zone, with instants for times where the two are not of one zone that has a name."""
    start, end = session.start, session.end
    assert start is not None  # noqa: S101  # the caller has read it
    found = [zones.find(name) if name else "" for name in names]
    for name, zone, local in zip(names, found, (start, end), strict=True):
        if zone is None and local is not None and local.tzinfo is None:
            return rejected(session.line, "bad_time", _UNKNOWN_ZONE, name, session.record)
    first, last = found[0] or "", found[1] or found[0] or ""
    iana = first if isinstance(first, str) else ""
    is_one = end is None or (first == last and (start.tzinfo is None) == (end.tzinfo is None))
    if is_one and iana == first:
        return replace(session, timezone=iana)
    starts, ends = _instant(start, first), None if end is None else _instant(end, last)
    if starts is None or (end is not None and ends is None):
        return rejected(session.line, "bad_time", _BAD_TIME)
    return replace(session, start=starts, end=ends, timezone=iana)


def _instant(local: datetime, zone: str | DescribedZone) -> datetime | None:
    if local.tzinfo is not None:
        return local
    if isinstance(zone, DescribedZone):
        return zone.instant(local)
    return readings(local, ZoneInfo(zone))[0] if zone else None


def _stamp(value: _Property | None) -> Stamp:
    return Stamp(None, None) if value is None else parse_stamp(value.value.strip(), "ymd")
