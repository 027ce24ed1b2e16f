"""Parses points in time in the forms of RFC 3339, ISO 8601, `date`, PostgreSQL and JavaScript's Temporal.

Date, hours and minutes are required. Ambiguous text is rejected.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
    r"(?P<utc>[Zz])?(?P<offset>[+-][0-9]{2}(?::?[0-9]{2}|:[0-9]{2}:[0-9]{2})?)?"
    r"(?:\[!?(?P<zone>[^\[\]]+)\])?"
)
_MAX_PARTS = (23, 59, 59)


class UnknownZoneError(ValueError):
    """Raised for an unknown zone in brackets, which is the argument."""


class OffsetContradictsZoneError(ValueError):
    """Raised for an offset that the zone in brackets does not have at that time; `expected` is one that it has."""

    def __init__(self, zone: str, expected: str) -> None:
        super().__init__(zone)
        self.zone = zone
        self.expected = expected


def parse_instant(text: str) -> datetime:
    """Returns the point in time (UTC, whole seconds) of a text; a naive datetime for a local time without an offset.

    `2026-11-27T08:00:00Z`, `2026-11-27T09:00:00.5+01:00` (fractions are cut), also without seconds, in small letters,
    with a space for the T, and with the offset as `+0100`, `+01` or `+01:00:00`. A zone in brackets may follow the
    offset, `+01:00[Europe/Berlin]`, and must have it then; after Z, which is no offset of a zone, any may (RFC 9557).
    Raises ValueError for anything else, and OverflowError at the ends of the calendar.
    """
    match = _INSTANT.fullmatch(text)
    if match is None or (match["utc"] and match["offset"]):
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - not known yet
    if match["utc"] is None and match["offset"] is None:
        if match["zone"]:
            raise ValueError(text)
        return local
    offset = _parse_offset(match["offset"] or "+00")
    instant = local.replace(tzinfo=UTC) - offset
    if match["zone"]:
        _check_zone(match["zone"], instant, None if match["utc"] else offset)
    return instant


def format_offset(instant: datetime) -> str:
    """Returns an aware instant as local time with its offset: `2026-11-27T09:00:00+01:00`."""
    return instant.isoformat(timespec="seconds")


def _parse_offset(text: str) -> timedelta:
    parts = [int(each) for each in re.findall("[0-9]{2}", text)]
    if any(part > most for part, most in zip(parts, _MAX_PARTS, strict=False)):
        raise ValueError(text)
    hours, minutes, seconds = (*parts, 0, 0)[:3]
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) * (-1 if text[0] == "-" else 1)


def _check_zone(name: str, instant: datetime, offset: timedelta | None) -> None:
    """Raises UnknownZoneError, or OffsetContradictsZoneError unless the zone has the offset at the instant."""
    if name not in _zone_names():
        raise UnknownZoneError(name)
    there = instant.astimezone(ZoneInfo(name))
    if offset is not None and there.utcoffset() != offset:
        raise OffsetContradictsZoneError(name, there.isoformat()[19:])


@cache
def _zone_names() -> frozenset[str]:
    """Returns the names of the IANA database. Cached, since this lists some hundred files."""
    return frozenset(available_timezones())
