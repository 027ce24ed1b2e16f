"""Parses durations, decimals, rates and booleans in all formats that exports have."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from sessions_app.imports.titles import fold_title
from timetracker.money import CURRENCIES

Unit = Literal["hours", "minutes", "seconds", "days"]

SECONDS_IN: dict[Unit, int] = {"hours": 3600, "minutes": 60, "seconds": 1, "days": 86_400}
_RATE_LIMIT = 100_000_000
_RATE_STEP = Decimal("0.0001")
"""The precision of rates, as in `timetracker.money`. Cells of workbooks may have many more decimals."""
FOREVER = 10**9
"""A limit in seconds: more than any session has, and less than the maximum of a timedelta."""
_MAX_DIGITS = 30
_MAX_CELL = 64
"""The most characters of a cell with a number. Longer texts are not matched, nor cached."""
_THREE = 3

_CLOCK_STYLE = re.compile(
    r"(?P<minus>-)?(?:(?P<days>[0-9]{1,9})\s?(?:d|days?|Tage?|jours?)?[,\s]\s*)?(?P<first>[0-9]{1,30})\s?:\s?"
    r"(?P<second>[0-9]{1,2})(?::(?P<third>[0-9]{1,2})(?:[.,][0-9]+)?)?\s*(?P<unit>min|h|hrs?|[AaPp]\.?\s?[Mm]\.?)?"
)
_DOTTED = re.compile(r"-?[0-9]{1,4}\.[0-5][0-9]\.[0-5][0-9]")
_FIRST_DAYS = re.compile(
    r"(?:1899-12-3(?P<none>[01])|1900-01-(?P<days>[0-3][0-9]))(?: (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}))?"
)
_PARTS = re.compile(
    r"(?P<minus>-)?P?(?:(?P<days>[0-9.,]{1,30})\s?(?:d|days?|Tage?|jours?)\s?)?T?"
    r"(?:(?P<hours>[0-9.,]{1,30})\s?(?:h|hrs?|hours?|Std|Stunden?|heures?|horas?|ore)\.?,?\s?(?:(?P<rest>[0-9]{2})(?!\S))?)?"
    r"(?:(?P<minutes>[0-9.,]{1,30})\s?(?:m|mins?|minutes?|Minuten?)\.?,?\s?)?"
    r"(?:(?P<seconds>[0-9.,]{1,30})\s?(?:s|secs?|seconds?|Sek|Sekunden?)\.?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]{0,40}|[-+]?[.,][0-9]{1,30}")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3})")
_CODE = re.compile(r"\b([A-Z]{3})\b")
_SYMBOLS = {
    "€": "EUR",
    "EURO": "EUR",
    "£": "GBP",
    "$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "FR.": "CHF",
    "SFR": "CHF",
    "KČ": "CZK",
    "ZŁ": "PLN",
}

_YES = frozenset({
    "yes", "y", "true", "1", "ja", "j", "oui", "si", "sim", "x", "wahr", "vrai", "verdadero", "verdadeiro", "vero",
    "billable", "tak", "on", "prawda", "abrechenbar", "facturable", "kylla", "t",
    "да", "ano", "evet", "はい", "是",
})  # fmt: skip
_NO = frozenset({
    "no", "n", "false", "0", "nein", "non", "nao", "falsch", "faux", "falso", "nee", "nie", "off", "falsz", "f", "ei",
    "unbillable", "nonbillable", "нет", "ne", "hayir", "いいえ", "否",
})  # fmt: skip


def parse_bool(text: str) -> bool | None:
    """Returns the boolean in a cell, None for any other text."""
    return _parse_bool(text) if 0 < len(text) <= _MAX_CELL else None


@lru_cache(maxsize=512)
def _parse_bool(text: str) -> bool | None:
    folded = fold_title(text)
    if folded in _YES or text in {"✓", "✔", "1.0"}:
        return True
    if folded in _NO or folded.startswith(("non ", "not ", "nicht ")) or text in {"✗", "✘", "-", "0.0"}:
        return False
    return None


def number_in(text: str) -> str:
    """Returns the only number in a text (`EUR 1 250,00`) with its separators, "" if there is none, or several."""
    found = _NUMBER.findall(_BETWEEN_DIGITS.sub("", text)) if len(text) <= _MAX_CELL else ()
    return found[0].rstrip(".,") if len(found) == 1 else ""


def comma_evidence(number: str) -> bool | None:
    """Returns whether a number proves that the decimal separator is a comma (True) or a point (False), else None."""
    comma, point = number.count(","), number.count(".")
    if comma and point:
        return number.rfind(",") > number.rfind(".")
    if comma + point == 0:
        return None
    if comma + point > 1:  # groups of thousands
        return point > 0
    whole, decimals = re.split("[.,]", number)
    if len(decimals) != _THREE or whole.lstrip("+-") in {"", "0"}:
        return comma > 0
    return None


def is_open(number: str) -> bool:
    """Returns whether a number has different values with a decimal comma and a decimal point."""
    return comma_evidence(number) is None and ("," in number or "." in number)


def parse_decimal(text: str, *, comma: bool) -> Decimal | None:
    """Returns the number in a cell, with or without a currency; None without one.

    `comma` is the decimal separator for ambiguous numbers of the file.
    """
    number = number_in(text)
    if not number or len(number) > _MAX_DIGITS:
        return None
    shown = comma_evidence(number)
    has_comma = comma if shown is None else shown
    number = number.replace(".", "").replace(",", ".") if has_comma else number.replace(",", "")
    return Decimal(number) if number.count(".") <= 1 else None


def parse_rate(text: str, *, comma: bool) -> Decimal | None:
    """Returns the hourly rate above 0 in a cell, with at most four decimals; None without one."""
    rate = parse_decimal(text, comma=comma)
    if rate is None or not 0 < rate < _RATE_LIMIT:
        return None
    exact = rate.quantize(_RATE_STEP, ROUND_HALF_UP)
    return rate if rate == exact else exact


def parse_duration(text: str, unit: Unit | None) -> int | None:
    """Returns the whole seconds of a duration, from -FOREVER to FOREVER; None if it is invalid.

    `unit` is the unit of a bare number. Its only comma or point is the decimal separator, since no session lasts a
    thousand hours.
    """
    seconds = _parse_duration(text, unit) if 0 < len(text) <= _MAX_CELL else None
    return None if seconds is None else max(-FOREVER, min(seconds, FOREVER))


@lru_cache(maxsize=8192)
def _parse_duration(text: str, unit: Unit | None) -> int | None:
    if _DOTTED.fullmatch(text):
        text = text.replace(".", ":")
    if (found := _CLOCK_STYLE.fullmatch(text)) is not None:
        return _clock_style(found)
    if (found := _FIRST_DAYS.fullmatch(text)) is not None:
        return _of_first_days(found)
    if unit is not None and (number := _plain(text)) is not None:
        return _whole(number * SECONDS_IN[unit])
    if any(letter.isdigit() for letter in text) and (found := _PARTS.fullmatch(text)) is not None:
        return _in_parts(found)
    return None


def _clock_style(found: re.Match[str]) -> int | None:
    first, second, third = int(found["first"]), int(found["second"]), found["third"]
    unit = (found["unit"] or "")[:1].lower()
    if second >= 60 or int(third or 0) >= 60:  # noqa: PLR2004
        return None
    if found["unit"] == "min" and third is None:
        seconds = first * 60 + second
    else:
        if unit in {"a", "p"}:  # a duration that a spreadsheet took for a time of day
            first = first % 12 + (12 if unit == "p" else 0)
        seconds = first * 3600 + second * 60 + int(third or 0)
    seconds += int(found["days"] or 0) * 86_400
    return -seconds if found["minus"] else seconds


def _of_first_days(found: re.Match[str]) -> int | None:
    """Returns a length that a spreadsheet took for a moment: one of more than a day is in January of 1900."""
    clock = _parse_duration(found["clock"] or "0:00", None)
    return None if clock is None else int(found["days"] or found["none"]) * 86_400 + clock


def _in_parts(found: re.Match[str]) -> int | None:
    total = Decimal(0)
    for name, seconds in (("days", 86_400), ("hours", 3600), ("rest", 60), ("minutes", 60), ("seconds", 1)):
        if found[name] is None:
            continue
        number = _plain(found[name].rstrip(","))
        if number is None:
            return None
        total += number * seconds
    return _whole(-total if found["minus"] else total)


def _plain(text: str) -> Decimal | None:
    """Returns a bare number with at most one comma or point, which is the decimal separator."""
    if len(text) > _MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        return None
    text = text.rstrip(".,")  # spreadsheets write a whole number as `2.` where decimals are optional
    shown = comma_evidence(text)
    if text.count(",") + text.count(".") > 1:
        text = text.replace("." if shown else ",", "")
    text = text.replace(",", ".")
    return Decimal(text) if text.count(".") < 2 else None  # noqa: PLR2004


def _whole(seconds: Decimal) -> int:
    return int(seconds.quantize(Decimal(1), ROUND_HALF_UP)) if abs(seconds) < Decimal(10) ** 25 else int(seconds)


def currency_in(text: str) -> str:
    """Returns the code of the currency in a text (`EUR`, `Euro - EUR`, `€`), "" without one."""
    return _currency_in(text) if 0 < len(text) <= _MAX_CELL else ""


@lru_cache(maxsize=512)
def _currency_in(text: str) -> str:
    upper = text.strip().upper()
    if found := [code for code in _CODE.findall(upper) if code in CURRENCIES]:
        return str(found[-1])
    return next((code for symbol, code in _SYMBOLS.items() if symbol in upper), "")
