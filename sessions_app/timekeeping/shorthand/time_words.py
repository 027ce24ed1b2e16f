"""Reads the words that users type for times of day, lengths and dates, each alone and without a clock.

Every reader takes a text from `normalize`, and returns None for a text of another shape. For a text of the right shape
with an impossible value (`9:75`, `1h75`, `31.2.`) it returns an object that holds None, so that the word is reported.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from timetracker.characters import clean_characters

MINUTES_PER_HOUR = 60
NOON = 12 * MINUTES_PER_HOUR
MIDNIGHT = 24 * MINUTES_PER_HOUR

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}?)(?:(?P<mark>[:.h]?)(?P<minute>\d{2})(?:(?<=:\d\d):(?P<second>\d{2}))?)?(?P<h>h)?"
    r"(?: ?(?P<half>[ap])\.?m\.?|(?P<letter>[ap]))?",
    re.ASCII,
)
_HOURS = r" ?(?:h|hrs?|hours?)"
_LENGTHS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<hours>\d{{1,9}}){_HOURS}(?: ?(?P<rest>\d{{1,2}})(?: ?(?:m|mins?|minutes?))?)?",
        rf"(?P<hours>\d{{1,9}}):(?P<rest>\d{{2}}){_HOURS}",
        r"(?P<minutes>\d{1,9})(?:m| ?mins?| ?minutes?)",
        rf"(?P<whole>\d{{0,9}})[.,](?P<fraction>\d{{1,6}}){_HOURS}",
    )
)
_LENGTHS_WITHOUT_UNIT = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<hours>\d{1,9}):(?P<rest>\d{2})",
        r"(?P<minutes>\d{1,9})",
        r"(?P<whole>\d{0,9})[.,](?P<fraction>\d{1,6})",
    )
)
_SHIFT = re.compile(r"(?P<sign>[+-])(?:(?P<minutes>\d{1,4})|(?P<length>\S.*))", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/])(?P<month>\d{1,2})\2(?P<day>\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})?", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?", re.ASCII)

_DAY_AND_MONTH = re.compile(
    r"(?:(?P<weekday>[a-z]{3,9}),? )?(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?[ -](?P<name>[a-z]{3,9})\.?"
    r"(?:(?:,? |-)(?P<year>\d{4}))?",
    re.ASCII,
)
_MONTH_AND_DAY = re.compile(
    r"(?:(?P<weekday>[a-z]{3,9}),? )?(?P<name>[a-z]{3,9})\.?[ -](?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?:,? (?P<year>\d{4}))?",
    re.ASCII,
)

_HALVES: dict[str | None, Literal["am", "pm"]] = {"a": "am", "p": "pm"}
_DAYS_FROM_TODAY = {"today": 0, "yesterday": -1, "tomorrow": 1}
_WEEKDAYS = {
    word: weekday
    for weekday, words in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for word in words.split()
}
_MONTHS = {
    word: month
    for month, words in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for word in words.split()
}
_DASHES = "‐‑‒–—−﹣"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN: dict[int, int | str] = {**_FULL_WIDTH, **dict.fromkeys(map(ord, _DASHES), "-")}


def normalize(text: str) -> str:
    """Returns `text` in lower case, with ASCII digits and dashes, and with full-width letters made narrow.

    Invisible characters are left out, each run of blanks becomes one space, and blanks around the text are removed.
    """
    text = " ".join(clean_characters(text).translate(_PLAIN).lower().split())
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


@dataclass(frozen=True, slots=True)
class ClockWord:
    """A time of day: `minutes` after midnight, up to and including 24:00, or None when there is no such time.

    Sessions are typed in whole minutes, so a word with seconds other than `00` is not a time. `half` is the half of the
    day that the word names (am or pm). `either_half` tells whether the half may be taken from another word, as that of
    `9` in `9-5pm`. `unmistakable` is False for bare digits, which may mean anything, and for `9a`, which may be a door.
    """

    text: str
    minutes: int | None
    half: Literal["am", "pm"] | None
    either_half: bool
    unmistakable: bool


def clock_word(text: str) -> ClockWord | None:
    """Reads `9`, `915`, `0915`, `9:15`, `9.15`, `9h15`, `9h`, `9pm`, `9:15 p.m.`, `9p`, `9:15:00`, `24:00`."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = _HALVES.get(found["half"] or found["letter"])
    return ClockWord(
        text,
        None if int(found["second"] or 0) else _minutes_of_day(hour, minute, half),
        half,
        either_half=half is None and 1 <= hour <= 12 and found["hour"][0] != "0",  # noqa: PLR2004
        unmistakable=found["half"] is not None or found["h"] is not None or (found["mark"] or ".") != ".",
    )


def _minutes_of_day(hour: int, minute: int, half: str | None) -> int | None:
    if minute >= MINUTES_PER_HOUR:
        return None
    if half is not None:
        if not 1 <= hour <= 12:  # noqa: PLR2004
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    minutes = hour * MINUTES_PER_HOUR + minute
    return minutes if minutes <= MIDNIGHT else None


def clock_range(start: ClockWord, end: ClockWord) -> tuple[int, int] | None:
    """Returns both times in minutes after midnight, or None when one is not a time or the start is 24:00.

    A time without am or pm beside one that has it is put into the half of the day that makes the session shorter:
    `9-5pm` is 9:00 to 17:00, `9-10pm` is 21:00 to 22:00.
    """
    if start.minutes is None or end.minutes is None or start.minutes == MIDNIGHT:
        return None
    starts, ends = [start.minutes], [end.minutes]
    if end.half and start.either_half:
        starts = _both_halves(start.minutes)
    if start.half and end.either_half:
        ends = _both_halves(end.minutes)
    # Modulo a day, since an end that is not after the start is on the next day.
    return min(
        ((first, last) for first in starts for last in ends), key=lambda pair: (pair[1] - pair[0] - 1) % MIDNIGHT
    )


def sooner_end(start: int, end: int) -> int:
    """Returns `end` if it is after `start`, else that time in the half of the day that makes the session shorter.

    This is how a 12-hour clock is read: `12-1` is 12:00 to 13:00, whereas `22-6` ends on the next day either way. Both
    are minutes after midnight; `end` may be in either half.
    """
    if end > start:
        return end
    return min(_both_halves(end), key=lambda minutes: (minutes - start - 1) % MIDNIGHT)


def _both_halves(minutes: int) -> list[int]:
    return [minutes % NOON, minutes % NOON + NOON]


@dataclass(frozen=True, slots=True)
class LengthWord:
    """A length of time in whole minutes, at least one, or None when it cannot be meant (`0m`, `1h75`)."""

    minutes: int | None


def length_word(text: str, *, unit_needed: bool) -> LengthWord | None:
    """Reads `45m`, `45 min`, `1h30`, `1 h 30 min`, `1.5h`, `1,5h`, `1:30h`; decimals are rounded to the nearest minute.

    Without `unit_needed` it also reads `90` as minutes, and `1:30`, `1.5`, `1,5` as hours.
    """
    patterns = _LENGTHS if unit_needed else _LENGTHS + _LENGTHS_WITHOUT_UNIT
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            return LengthWord(_minutes_of(found.groupdict()) or None)
    return None


def _minutes_of(parts: dict[str, str | None]) -> int | None:
    if minutes := parts.get("minutes"):
        return int(minutes)
    if fraction := parts.get("fraction"):
        unit: int = 10 ** len(fraction)
        return (int((parts["whole"] or "") + fraction) * MINUTES_PER_HOUR * 2 + unit) // (2 * unit)
    rest = int(parts["rest"] or 0)
    return int(parts["hours"] or 0) * MINUTES_PER_HOUR + rest if rest < MINUTES_PER_HOUR else None


@dataclass(frozen=True, slots=True)
class ShiftWord:
    """A distance in minutes from an instant, negative for earlier, or None when it cannot be meant (`-1h75`)."""

    minutes: int | None


def shift_word(text: str) -> ShiftWord | None:
    """Reads `-20`, `+5`, `-45m`, `-1h30`, `-1:30`."""
    found = _SHIFT.fullmatch(text)
    if found is None:
        return None
    sign = -1 if found["sign"] == "-" else 1
    if found["minutes"]:
        return ShiftWord(sign * int(found["minutes"]))
    length = length_word(found["length"], unit_needed=":" not in found["length"])
    if length is None:
        return None
    return ShiftWord(None if length.minutes is None else sign * length.minutes)


@dataclass(frozen=True, slots=True)
class DateWord:
    """A date, or None when the calendar has no such date."""

    date: date | None


def date_word(text: str, *, today: date, day_first: bool) -> DateWord | None:
    """Reads `yesterday`, `mon`, `18.11.`, `2025-11-17`, `1 Mar 2026`, `Mar 1`, and `17/11` or `11/17` by `day_first`.

    A weekday is the latest one before `today`; a date without a year the latest one that is not after it. A year of
    two digits belongs to 2000 to 2099. A weekday before a named month must be that of the date. Dates with dots or
    with the year in front have the same order everywhere.
    """
    if text in _DAYS_FROM_TODAY:
        return DateWord(today + timedelta(days=_DAYS_FROM_TODAY[text]))
    if text in _WEEKDAYS:
        return DateWord(today - timedelta(days=(today.weekday() - _WEEKDAYS[text] - 1) % 7 + 1))
    for pattern in (_YEAR_FIRST, _DOTTED, _DAY_FIRST if day_first else _MONTH_FIRST):
        if found := pattern.fullmatch(text):
            return DateWord(_date_of(found["year"], int(found["month"]), int(found["day"]), today))
    return _date_by_name(text, today)


def _date_by_name(text: str, today: date) -> DateWord | None:
    found = _DAY_AND_MONTH.fullmatch(text) or _MONTH_AND_DAY.fullmatch(text)
    if found is None or found["name"] not in _MONTHS:
        return None
    weekday = found["weekday"]
    if weekday is not None and weekday not in _WEEKDAYS:
        return None
    day = _date_of(found["year"], _MONTHS[found["name"]], int(found["day"]), today)
    return DateWord(day if day is None or weekday is None or day.weekday() == _WEEKDAYS[weekday] else None)


def _date_of(year: str | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _calendar_date(int(year) + (2000 if len(year) == 2 else 0), month, day)  # noqa: PLR2004
    candidates = (_calendar_date(today.year - ago, month, day) for ago in range(9))  # 29 February skips 1900, 2100 …
    return next((found for found in candidates if found is not None and found <= today), None)


def _calendar_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
