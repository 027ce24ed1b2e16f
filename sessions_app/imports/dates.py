"""Parses dates, times of day and timestamps in all formats that exports have."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from sessions_app.imports.rows import DateOrder
from sessions_app.imports.titles import fold_title

DAY = timedelta(days=1)
MAX_STAMP = 64
"""The most characters of a timestamp. Longer texts are not matched, nor cached."""
_DAY_SECONDS = 86_400
_HOUR, _MINUTE = 3_600, 60
_NOON = 12
_EXCEL_EPOCH = date(1899, 12, 30)
_LAST_DAY_OF_CLOCKS = date(1900, 1, 1)
"""Spreadsheets write a time of day that they took for a timestamp with one of their first days."""
_MARKS_OF_DATES = str.maketrans({"年": "-", "月": "-", "日": " ", "년": "-", "월": "-", "일": " "})
_CENTURY = 2000
_TWO_DIGIT_YEARS_FROM = 70
_FIRST_YEAR = 1899
"""The year of the first days of spreadsheets."""
_MILLISECONDS_FROM = 10**11
_FIRST_UNIX = 10**8
"""The least Unix seconds, in 1973. A smaller number is something else, such as hours and minutes written 10.30."""

_MONTH_NAMES = (
    "jan ene gen sty", "feb fev lut", "mar mrz maer", "apr avr abr kwi", "may mai mag maj", "jun juin giu cze",
    "jul juil lug lip", "aug aou ago sie", "sep set wrz", "oct okt out ott paz", "nov lis", "dec dez dic gru",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_MONTH_LENGTH = 4

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\s?(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})?(Z)?)?")
_UNIX = re.compile(r"-?[0-9]{9,13}(?:[.,][0-9]+)?")
_SERIAL = re.compile(r"([2-9][0-9]{4})(?:[.,]([0-9]+))?")
_FRACTION = re.compile(r"0[.,]([0-9]{1,20})")
_DOTTED_CLOCK = re.compile(r"([0-9]{1,2})\.([0-5][0-9])\.([0-5][0-9])")
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_NUMBERS = re.compile(
    _WEEKDAY + r"([0-9]{1,4})\s?([-/.\s])\s?([0-9]{1,2})\s?\.?[-/.\s]\s?([0-9]{1,4})\.?(?![0-9])(?:[T,\s]\s*(.+))?",
    re.DOTALL,
)
_MONTH_SECOND = re.compile(
    _WEEKDAY + r"([0-9]{1,2})(?:st|nd|rd|th|\.)?(?:[-/\s]*|\s+de\s+)([^\W\d_]{3,10})\.?"
    r"(?:[-/,\s]*|\s+de\s+)([0-9]{2,4})(?![0-9])(?:[T,\s]\s*(.+))?",
    re.DOTALL,
)
_MONTH_FIRST = re.compile(
    _WEEKDAY + r"([^\W\d_]{3,10})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?:[T,\s]\s*(.+))?", re.DOTALL
)
_CLOCK = re.compile(
    r"(?:T|at )?([0-9]{1,2})(?:\s?[:.h]\s?([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"\s*(?:([AaPp])\.?\s?[Mm]\.?)?\s*([Uu]hr|h)?\s*(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_SHORT_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?\s?(?:[Hh]|([AaPp]))")
_BARE_CLOCK = re.compile(r"([0-9]{1,2}?)([0-9]{2})?")


class Triple(NamedTuple):
    """The three numbers of a date in their order, the separator, and the rest of the text."""

    first: int
    mark: str
    second: int
    third: int
    rest: str


class Stamp(NamedTuple):
    """A date, a clock, or both. `clock` is in seconds since midnight, up to 24:00; `offset` is from UTC, in seconds."""

    day: date | None
    clock: int | None
    offset: int | None = None

    @property
    def instant(self) -> datetime | None:
        """Returns the aware instant in UTC, or the naive local time; None without a date or without a clock."""
        if self.day is None or self.clock is None:
            return None
        return moment(self.day, self.clock, self.offset)


_NOTHING = Stamp(None, None)


def moment(day: date, clock: int, offset: int | None = None) -> datetime | None:
    """Returns a day with a time of day: in UTC with an offset, else naive. None outside the calendar."""
    try:
        local = datetime.combine(day, time()) + timedelta(seconds=clock)
        return local if offset is None else (local - timedelta(seconds=offset)).replace(tzinfo=UTC)
    except OverflowError:
        return None


def date_numbers(text: str) -> Triple | None:
    """Returns the numbers of a date whose order is open or shown by its year; None for any other text."""
    found = _NUMBERS.fullmatch(_plain(text)) if len(text) <= MAX_STAMP else None
    if found is None:
        return None
    first, mark, second, third, rest = found.groups()
    year = first if len(first) == len("2000") else third
    if len(year) in {1, 3} or (len(year) == len("2000") and int(year) < _FIRST_YEAR):  # 0001 is no 2001
        return None
    return Triple(int(first), mark.strip(), int(second), int(third), rest or "")


def parse_stamp(text: str, order: DateOrder | str = "") -> Stamp:
    """Returns the date and time of day in a cell, each None if missing or invalid.

    `order` is for numbers whose order is ambiguous; "" is day, month, year.
    """
    return _parse_stamp(text, order) if len(text) <= MAX_STAMP else _NOTHING


@lru_cache(maxsize=16384)
def _parse_stamp(text: str, order: str) -> Stamp:
    try:
        stamp = _stamp(_plain(text), order)
    except (ValueError, OverflowError):
        return _NOTHING
    if stamp.day is not None and stamp.day <= _LAST_DAY_OF_CLOCKS and stamp.clock is not None:
        return Stamp(None, stamp.clock, stamp.offset)
    return stamp


def _plain(text: str) -> str:
    """Returns a text with digits of any width and script converted to ASCII, and without invisible characters."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_MARKS_OF_DATES)
    seen = (letter for letter in folded if unicodedata.category(letter) != "Cf")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in seen).strip()


def _stamp(text: str, order: str) -> Stamp:  # noqa: PLR0911  # one for each way of writing
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        clock = None if hour is None else _clock_seconds(int(hour), int(minute), int(second or 0))
        return Stamp(date(int(year), int(month), int(day)), clock, _offset(zone))
    if (numbers := date_numbers(text)) is not None:
        return _with_rest(_ordered(numbers, order), numbers.rest)
    if (clock_only := parse_clock(text)).clock is not None:
        return clock_only
    if found := _MONTH_SECOND.fullmatch(text):
        return _with_rest(date(_year(found[3]), _month(found[2]), int(found[1])), found[4])
    if found := _MONTH_FIRST.fullmatch(text):
        return _with_rest(date(_year(found[3]), _month(found[1]), int(found[2])), found[4])
    if found := _SERIAL.fullmatch(text):
        seconds = round(float(f"0.{found[2]}") * _DAY_SECONDS) if found[2] else None
        return Stamp(_EXCEL_EPOCH + int(found[1]) * DAY, seconds)
    if _UNIX.fullmatch(text):
        return _unix(text)
    return _NOTHING


def _with_rest(day: date, rest: str | None) -> Stamp:
    if not rest or not rest.strip():
        return Stamp(day, None)
    clock = parse_clock(rest.strip())
    if clock.clock is None:
        raise ValueError
    return Stamp(day, clock.clock, clock.offset)


def parse_clock(text: str) -> Stamp:
    """Returns the time of day in a cell without a date."""
    found = _CLOCK.fullmatch(text) if len(text) <= MAX_STAMP else None
    if found is None or (found[2] is None and found[4] is None and (found[5] or "").lower() != "uhr"):
        return _NOTHING
    hour = int(found[1])
    if (half := found[4]) is not None and hour <= _NOON:
        hour = hour % _NOON + (_NOON if half in "Pp" else 0)
    try:
        return Stamp(None, _clock_seconds(hour, int(found[2] or 0), int(found[3] or 0)), _offset(found[6]))
    except ValueError:
        return _NOTHING


def _clock_seconds(hour: int, minute: int, second: int) -> int:
    seconds = hour * _HOUR + minute * _MINUTE + min(second, _MINUTE - 1)
    if minute >= _MINUTE or second > _MINUTE or seconds > _DAY_SECONDS:
        raise ValueError
    return seconds


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone in {"Z", "UTC", "GMT"}:
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * _HOUR + int(digits[2:]) * _MINUTE
    return -seconds if zone.startswith("-") else seconds


def order_of(numbers: Triple) -> DateOrder | None:
    """Returns the order of a date's numbers, None if day and month are ambiguous."""
    if numbers.first > 31:  # noqa: PLR2004
        return "ymd"
    if numbers.first > _NOON >= numbers.second:
        return "dmy"
    if numbers.second > _NOON >= numbers.first:
        return "mdy"
    return None


def _ordered(numbers: Triple, order: str) -> date:
    order = "ymd" if numbers.first > 31 else "dmy" if numbers.mark == "." and order != "mdy" else order  # noqa: PLR2004
    if order == "ymd":
        return date(_year(numbers.first), numbers.second, numbers.third)
    if order == "mdy":
        return date(_year(numbers.third), numbers.first, numbers.second)
    return date(_year(numbers.third), numbers.second, numbers.first)


def _year(number: int | str) -> int:
    year = int(number)
    if year < 100:  # noqa: PLR2004
        year += _CENTURY if year < _TWO_DIGIT_YEARS_FROM else _CENTURY - 100
    if year < _FIRST_YEAR:
        raise ValueError
    return year


def _month(name: str) -> int:
    folded = fold_title(name)
    number = _MONTHS.get(folded[:_MONTH_LENGTH]) or _MONTHS.get(folded[:3])
    if number is None:
        raise ValueError
    return number


def _unix(text: str) -> Stamp:
    seconds = int(re.split("[.,]", text)[0])
    if abs(seconds) >= _MILLISECONDS_FROM:
        seconds //= 1000
    instant = from_unix(seconds)
    if instant is None:
        return _NOTHING
    return Stamp(instant.date(), instant.hour * _HOUR + instant.minute * _MINUTE + instant.second, 0)


def parse_time(text: str, order: DateOrder | str = "", *, is_bare: bool = False) -> Stamp:
    """Parses a start or end: like `parse_stamp`, and times of day that mean something else in other cells.

    These are `9h`, `9:30p`, and the fraction of a day; with `is_bare` also `9` and `0930`.
    """
    if is_bare and (bare := parse_bare_clock(text)).clock is not None:
        return bare
    stamp = parse_stamp(text, order)
    if stamp.day is not None or stamp.clock is not None:
        return stamp
    found = _SHORT_CLOCK.fullmatch(_plain(text)) if len(text) <= MAX_STAMP else None
    return _parse_fraction(text) if found is None else _short_clock(found[1], found[2], found[3])


def parse_bare_clock(text: str) -> Stamp:
    """Returns the time of day for hours, or hours and minutes, without a separator: `9`, `930`, `0930`."""
    found = _BARE_CLOCK.fullmatch(text) if len(text) <= MAX_STAMP else None
    return _NOTHING if found is None else _short_clock(found[1], found[2])


def _short_clock(hour: str, minute: str | None, half: str | None = None) -> Stamp:
    return parse_clock(f"{hour}:{minute or '00'}{f' {half}m' if half else ''}")


def parse_dotted_clock(text: str) -> Stamp:
    """Returns the time of day for hours, minutes and seconds with points; in a column of dates that would be a date."""
    found = _DOTTED_CLOCK.fullmatch(text) if len(text) <= MAX_STAMP else None
    return parse_clock(text) if found else _NOTHING


def _parse_fraction(text: str) -> Stamp:
    """Returns the time of day for a fraction of a day, which a spreadsheet writes for a cell without a format."""
    found = _FRACTION.fullmatch(text) if len(text) <= MAX_STAMP else None
    return Stamp(None, round(float(f"0.{found[1]}") * _DAY_SECONDS)) if found else _NOTHING


def from_unix(seconds: object) -> datetime | None:
    """Returns the instant (UTC, whole seconds) for Unix seconds; None before 1973 and outside the calendar."""
    try:
        whole = int(float(seconds))  # type: ignore[arg-type]
        return datetime.fromtimestamp(whole, tz=UTC) if whole >= _FIRST_UNIX else None
    except (OverflowError, ValueError, OSError, TypeError):
        return None
