"""The time zones that a user may choose: the names of the IANA database."""

import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from timetracker.characters import fold

MAX_ZONE_LENGTH = 64

LIKELY_ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Africa/Johannesburg",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Los_Angeles",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
)
"""The zones offered before anything is typed: zones with many inhabitants."""


@cache
def zone_names() -> frozenset[str]:
    """Returns all names to choose from, such as Europe/Berlin, without special ones (localtime, leap seconds)."""
    return frozenset(name for name in available_timezones() if name not in {"localtime", "Factory", "posixrules"})


def validate_zone(name: str) -> None:
    """Raises ValidationError (code `invalid_timezone`) unless `name` is one of `zone_names()`."""
    if name not in zone_names():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use an IANA name such as Europe/Berlin."),
            code="invalid_timezone",
            params={"name": name[:MAX_ZONE_LENGTH]},
        )


def zone_label(name: str) -> str:
    """Returns the name that pages show for a zone: `Buenos Aires` for America/Argentina/Buenos_Aires."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def _names_by_text() -> dict[str, tuple[str, ...]]:
    """Returns the names of zones by folded text that may be typed: a name gives one zone, a city maybe several."""
    by_text: dict[str, list[str]] = {}
    for name in sorted(zone_names()):
        by_text.setdefault(_fold(zone_label(name)), []).append(name)
    return {text: tuple(names) for text, names in by_text.items()} | {_fold(name): (name,) for name in zone_names()}


def _fold(text: str) -> str:
    return fold(text.strip()).replace("_", " ")


def find_zones(typed: str, *, most: int) -> list[str]:
    """Returns at most `most` names that contain the typed text, first those with a word that begins with it.

    Without typed text, returns zones with many inhabitants.

    Case, accents and underscores do not matter: `sao p` finds America/Sao_Paulo.
    """
    text = _fold(typed)
    if not text:
        return [*LIKELY_ZONES][:most]
    found = [name for name in sorted(zone_names()) if text in _fold(name)]

    def rank(name: str) -> tuple[bool, bool]:
        return not _fold(zone_label(name)).startswith(text), not _begins_a_word(text, _fold(name))

    return sorted(found, key=rank)[:most]


def _begins_a_word(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<![^\W_]){re.escape(text)}", name))


def read_zone(typed: str) -> str:
    """Returns the name of the zone that was typed as its name or its city: `berlin` is Europe/Berlin.

    Raises ValidationError (`invalid_timezone`), with suggestions, for an unknown or ambiguous one.
    """
    names = _names_by_text().get(_fold(typed), ())
    if len(names) == 1:
        return names[0]
    if names:
        message = _("“%(typed)s” can be %(names)s. Give one of them.")
    elif names := tuple(_similar_zones(typed)):
        message = _("“%(typed)s” is not a time zone. Did you mean %(names)s?")
    else:
        message = _("“%(typed)s” is not a time zone. Give a large city in it, such as Berlin or New York.")
    given = {"typed": typed[:MAX_ZONE_LENGTH], "names": _(" or ").join(names)}
    raise ValidationError(message % given, code="invalid_timezone")


def _similar_zones(typed: str) -> list[str]:
    """Returns up to three names similar to the typed text, the most similar first."""
    close = get_close_matches(_fold(typed[:MAX_ZONE_LENGTH]), _names_by_text(), n=3, cutoff=0.75)
    return [*dict.fromkeys(name for text in close for name in _names_by_text()[text])][:3]


def show_same_times(one: str, other: str, *, now: datetime) -> bool:
    """Returns whether the clocks of two zones agree for a year from `now`."""
    first, second = zone_or_utc(one), zone_or_utc(other)
    weeks = (now + timedelta(weeks=number) for number in range(53))
    return one == other or all(
        each.astimezone(first).utcoffset() == each.astimezone(second).utcoffset() for each in weeks
    )


def zone_or_utc(name: str) -> ZoneInfo:
    """Returns the zone with a name; UTC for a name stored by a newer system that this system's tz data lacks."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Returns the instant (UTC) at which `day` ends in `zone`: the midnight after it, the first if there are two.

    It is not exact if clocks skip that midnight. For sessions use `timekeeping.periods`.
    """
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
