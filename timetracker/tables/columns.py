"""The columns, rows and cell values of a table, and the values as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

CHUNK = 16 * 1024
"""The approximate number of characters in a chunk of a response."""

_HOUR = 3600
_HOURS_DECIMALS = 4

ColumnType = Literal["text", "integer", "hours", "date", "local_time", "instant", "money", "rate", "boolean"]

CellValue = str | int | Decimal | date | datetime | bool | None
"""A value of the type of its column: `integer` and `hours` take int, `money` and `rate` Decimal, `date` date, `instant`
an aware datetime, `local_time` a naive one, `boolean` bool. A str is text in any column, as in a row of totals; None is
an empty cell."""

Row = Sequence[CellValue]
"""The values of one row, one for each column, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `key` is its name for programs (JSON, CSV), `title` its heading for readers (workbooks).

    A column of `hours` holds whole seconds and is written in hours. `digits` is the number of decimals of money that a
    workbook shows; a rate may show up to two more.
    """

    key: str
    title: str
    type: ColumnType = "text"
    digits: int = 2


def decimal_hours(seconds: int) -> Decimal:
    """Returns whole seconds as hours, rounded to four decimals.

    The rounding mode does not matter, since no number of seconds lies halfway between two such decimals.
    """
    return round(Decimal(seconds) / _HOUR, _HOURS_DECIMALS)


def format_plain(value: Decimal | date | datetime) -> str:
    """Returns a number with all its digits and no exponent, dates and local times as ISO 8601, instants in UTC."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime(tzinfo=None):
            return value.isoformat()
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()


def encoded_chunks(parts: Iterable[str]) -> Iterator[bytes]:
    """Yields `parts` in UTF-8, joined to pieces of about CHUNK characters. Lone surrogates become question marks."""
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
