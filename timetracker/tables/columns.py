"""What a table is made of, and its values as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

CHUNK = 16 * 1024
"""Characters of text that are sent at once, about."""

_HOUR = 3600
_HOURS_PLACES = 4

Kind = Literal["text", "integer", "hours", "date", "instant", "money", "rate", "boolean"]

Value = str | int | Decimal | date | datetime | bool | None
"""Of the column's kind: `integer` and `hours` take int, `money` and `rate` Decimal, `date` date, `instant` an aware
datetime, `boolean` bool. A str is text in any column, as in a row of totals; None is an empty cell."""

Row = Sequence[Value]
"""As many values as there are columns, in their order."""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names it to programs (JSON, CSV), `title` to people (workbooks).

    A column of `hours` holds whole seconds and is written in hours. `digits` are the decimal places of money that a
    workbook shows; a rate may have up to two more.
    """

    key: str
    title: str
    kind: Kind = "text"
    digits: int = 2


def plain_hours(seconds: int) -> Decimal:
    """Whole seconds as hours, rounded to four places. Of 3600 seconds none lies halfway between two of them."""
    return round(Decimal(seconds) / _HOUR, _HOURS_PLACES)


def plain(value: Decimal | date | datetime) -> str:
    """All digits and never an exponent, ISO 8601, or RFC 3339 in UTC: `2026-11-23T09:00:00Z`."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()


def encoded_chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """`parts` joined to pieces of about `CHUNK` in UTF-8. Half a surrogate pair becomes a question mark."""
    waiting: list[str] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= CHUNK:
            yield "".join(waiting).encode(errors="replace")
            waiting.clear()
            size = 0
    if waiting:
        yield "".join(waiting).encode(errors="replace")
