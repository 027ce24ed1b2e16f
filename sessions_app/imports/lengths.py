"""Reads how long a row of a table says that it was, in whichever columns it does."""

import re

from sessions_app.imports.layouts import Cells
from sessions_app.imports.numbers import Unit, parse_duration

LENGTHS = ("hours", "decimal", "duration", "minutes", "seconds")
"""The fields that say how long a row was."""
DECIMAL_ERROR = 18
"""What two decimals of an hour leave open, in seconds."""
_MINUTE = 60
_WHOLE = re.compile("[0-9]{1,4}")


def stated_length(cell: Cells, unit: Unit) -> tuple[int | None, int]:
    """Returns the whole seconds that a row states, and by how many they may be wrong; None where it states none.

    `unit` is that of a bare number in the duration.
    """
    if (parts := _sum_of_parts(cell)) is not None:
        return parts, 0 if cell("seconds") else _MINUTE
    if text := cell("seconds"):
        return parse_duration(text, "seconds"), 0
    if (text := cell("duration")) and (seconds := parse_duration(text, unit)) is not None:
        return seconds, _error_of(text, unit)
    for name in ("decimal", "hours"):
        if (text := cell(name)) and (seconds := parse_duration(text, "hours")) is not None:
            return seconds, _error_of(text, "hours")
    if text := cell("minutes"):
        return parse_duration(text, "minutes"), _error_of(text, "minutes")
    return None, 0


def _sum_of_parts(cell: Cells) -> int | None:
    """Returns the seconds of a length whose hours, minutes and maybe seconds are in a column each, else None.

    Minutes from 60 on are the whole length once more.
    """
    hours, *rest = (cell(name) for name in ("hours", "minutes", "seconds"))
    if not all(map(_WHOLE.fullmatch, (hours, rest[0], rest[1] or "0"))):
        return None
    minutes, seconds = (int(text or "0") for text in rest)
    return int(hours) * 3600 + minutes * 60 + seconds if max(minutes, seconds) < _MINUTE else None


def _error_of(text: str, unit: Unit) -> int:
    """Returns by how many seconds the rounding of a duration may be off."""
    if ":" in text:
        return 0 if text.count(":") > 1 else _MINUTE
    return {"hours": DECIMAL_ERROR, "days": _MINUTE, "minutes": _MINUTE, "seconds": 0}[unit]
