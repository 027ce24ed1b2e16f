"""Finds the time zone that a file means, by the names that other tools have for it."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from zoneinfo import available_timezones

from sessions_app.imports.windows_zones import ZONE_OF_WINDOWS

_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])([0-9]{1,2})(?::?00)?")


@lru_cache(maxsize=1024)
def zone_of(text: str) -> str:
    """Returns the IANA name of a zone, "" for what is none.

    Known are IANA names in any case, also behind the `/vendor/` of iCalendar's global identifiers, those of Windows,
    and whole hours before or behind UTC, as `UTC+1`.
    """
    folded = text.strip().casefold()
    names = _zones_by_name()
    parts = folded.split("/") if folded.startswith("/") else [folded]
    endings = ("/".join(parts[number:]) for number in range(len(parts)))
    if found := next((names[each] for each in endings if each in names), ""):
        return found
    offset = _OFFSET.fullmatch(folded)
    if offset is None:
        return ""
    hours = int(offset[2])
    sign = "-" if offset[1] == "+" else "+"  # POSIX counts the other way round
    return names.get(f"etc/gmt{sign}{hours}", "") if hours else "UTC"


@cache
def _zones_by_name() -> Mapping[str, str]:
    names = available_timezones() - {"localtime", "Factory", "posixrules"}
    iana = {each.casefold(): each for each in names} | {each.casefold().replace("_", " "): each for each in names}
    return {each.casefold(): zone for each, zone in ZONE_OF_WINDOWS.items() if zone in names} | iana
