"""Hourly rates and amounts of money. All results are exact and independent of the context of `decimal`.

A rate is a Decimal of 0 or more, below RATE_LIMIT, with at most MAX_RATE_DECIMALS decimals; its currency is a separate
field. An amount has exactly the decimals of its currency's minor unit.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import lcm
from types import MappingProxyType
from typing import Literal

CURRENCY_LENGTH = 3
MAX_RATE_DIGITS = 12  # before and after the point
MAX_RATE_DECIMALS = 4
RATE_LIMIT = 100_000_000

# ISO 4217, list one, up to amendment 180 (2026-01-01): https://www.six-group.com/en/products-services/
# financial-information/market-reference-data/data-standards.html. Left out: funds, metals, units of account, XTS, XXX.
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
    CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
    TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

# The number of decimals of the minor unit of each currency in use, by code, in order of codes.
CURRENCIES: Mapping[str, int] = MappingProxyType(
    dict(
        sorted(
            [(code, 0) for code in _WITHOUT_DECIMALS.split()]
            + [(code, 2) for code in _WITH_TWO_DECIMALS.split()]
            + [(code, 3) for code in _WITH_THREE_DECIMALS.split()]
        )
    )
)

LIKELY_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "INR", "JPY", "CNY", "BRL", "SEK", "PLN")


def find_currencies(typed: str, *, most: int) -> list[str]:
    """Returns at most `most` currency codes: those that begin with `typed`, then those that contain it.

    Without typed text, returns the most usual currencies.
    """
    typed = typed.strip().upper()
    if not typed:
        return [*LIKELY_CURRENCIES][:most]
    found = [code for code in CURRENCIES if typed in code]
    return sorted(found, key=lambda code: not code.startswith(typed))[:most]


_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"

# Thousands in groups of three by one separator, or none; then perhaps decimals after another one.
_TYPED = re.compile(
    r"""
    (?P<minus>[-\N{MINUS SIGN}])?
    (?=[.,]?[0-9])
    (?P<whole>
        [0-9]*
        | [1-9][0-9]{0,2} (?P<group>[\ '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}.,])
          [0-9]{3} (?: (?P=group)[0-9]{3} )*
    )
    (?: (?!(?P=group)) [.,] (?P<decimals>[0-9]+) )?
    """,
    re.VERBOSE,
)
_LEADS_A_GROUP = re.compile(r"[1-9][0-9]{0,2}")
_GROUP_LENGTH = 3


class RateError(ValueError):
    """Raised for typed text that is not a rate, with a `reason`.

    "ambiguous" means that a single separator may be of thousands or of decimals: 1,200 and 1.200.
    """

    def __init__(self, reason: Literal["not_a_number", "negative", "too_precise", "too_large", "ambiguous"]) -> None:
        super().__init__(reason)
        self.reason = reason


def calculate_amount(parts: Iterable[tuple[int, Decimal]], currency: str) -> Decimal:
    """Returns the amount of `parts`, each a pair of seconds (0 or more) and a rate per hour.

    The sum is rounded once, half up, to the minor unit of `currency`, so it may differ from the sum of the amounts
    of each part. Raises ValueError for an unknown currency.
    """
    return amount_of(calculate_minor_units(parts, currency), currency)


def calculate_minor_units(parts: Iterable[tuple[int, Decimal]], currency: str) -> int:
    """Returns the amount of `parts` as `calculate_amount` does, in minor units of the currency."""
    units_per_whole: int = 10 ** _decimals_of(currency)
    numerator, denominator = 0, 1  # whole numbers are several times faster than `Fraction`
    for seconds, rate in parts:
        top, bottom = rate.as_integer_ratio()
        shared = lcm(denominator, bottom)
        numerator = numerator * (shared // denominator) + seconds * top * (shared // bottom)
        denominator = shared
    return (2 * units_per_whole * numerator + 3600 * denominator) // (2 * 3600 * denominator)


def amount_of(minor_units: int, currency: str) -> Decimal:
    """Returns a number of minor units as an amount. Raises ValueError for an unknown currency."""
    return Decimal(f"{minor_units}E-{_decimals_of(currency)}")


def format_amount(amount: Decimal, currency: str) -> str:
    """Returns text such as `1,234.50 EUR`, with a no-break space; U+2212 is the minus sign of a negative amount.

    Raises ValueError for an unknown currency, and for an amount with more decimals than the minor unit.
    """
    decimals = _decimals_of(currency)
    if len(_significant_decimals(amount)) > decimals:
        raise ValueError(f"An amount of {currency} has at most {decimals} decimals.")
    return _format_number(amount, decimals, currency)


def format_rate(rate: Decimal, currency: str) -> str:
    """Returns text such as `80.00 EUR`, with more decimals than the minor unit if the rate has them: `33.3333 EUR`.

    Raises ValueError for an unknown currency.
    """
    return _format_number(rate, max(_decimals_of(currency), len(_significant_decimals(rate))), currency)


def format_rate_input(rate: Decimal) -> str:
    """Returns a rate as the value of a form field: `80`, `80.50`, `33.3330`.

    There are never three decimals, since `parse_rate` would find these ambiguous.
    """
    decimals = len(_significant_decimals(rate))
    return f"{rate:.{decimals + decimals % 2}f}"


def parse_rate(text: str) -> Decimal | None:
    """Returns the rate that `text` means, or None when it is blank.

    The decimal separator may be a point or a comma; thousands may be grouped by the other one, a blank or an
    apostrophe: `80`, `80,5`, `1 200`, `1,200.50`, `1.200,50`. Raises RateError; if there are several reasons, the
    first in the order not_a_number, negative, ambiguous, too_precise, too_large.
    """
    text = text.strip()
    if not text:
        return None
    typed = _TYPED.fullmatch(text)
    if typed is None:
        raise RateError("not_a_number")
    whole, decimals = typed["whole"], typed["decimals"] or ""
    if typed["minus"]:
        raise RateError("negative")
    if len(decimals) == _GROUP_LENGTH and _LEADS_A_GROUP.fullmatch(whole):
        raise RateError("ambiguous")
    if len(decimals) > MAX_RATE_DECIMALS:
        raise RateError("too_precise")
    rate = Decimal(f"{re.sub('[^0-9]', '', whole)}.{decimals}")
    if rate >= RATE_LIMIT:
        raise RateError("too_large")
    return rate


def _decimals_of(currency: str) -> int:
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise ValueError(f"“{currency}” is not a currency of ISO 4217.") from None


def _significant_decimals(number: Decimal) -> str:
    """Returns the digits after the point, without zeros at the end."""
    return f"{number:f}".partition(".")[2].rstrip("0")


def _format_number(number: Decimal, decimals: int, currency: str) -> str:
    return f"{_MINUS * (number < 0)}{number.copy_abs():,.{decimals}f}{_NO_BREAK_SPACE}{currency}"
