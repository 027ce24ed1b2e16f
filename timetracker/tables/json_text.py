"""Builds JSON of a table while its rows are read."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise

from timetracker.tables.columns import Column, Row, decimal_hours, encoded_chunks, format_plain


def json_chunks(
    columns: Sequence[Column], rows: Iterable[Row], *, name: str, head: Mapping[str, object] | None = None
) -> Iterator[bytes]:
    """Yields one object: the members of `head`, then `name` with the list of rows, as objects with the columns' keys.

    Hours are numbers with four decimals, money and rates strings with all their digits, dates ISO 8601, instants
    RFC 3339 in UTC. `head` may hold values of these types, lists and mappings, and must not have the key `name`.
    """
    return encoded_chunks(_parts(columns, rows, name, head or {}))


def _parts(columns: Sequence[Column], rows: Iterable[Row], name: str, head: Mapping[str, object]) -> Iterator[str]:
    yield "{"
    for key, value in head.items():
        yield f"{_dump(key)}:{_dump(value)},"
    yield f"{_dump(name)}:["
    separator = "\n"
    for row in rows:
        cells = zip(columns, row, strict=True)
        yield separator + _dump({column.key: _value(column, value) for column, value in cells})
        separator = ",\n"
    yield "\n]}\n"


def _value(column: Column, value: object) -> object:
    if column.type == "hours" and isinstance(value, int):
        return float(decimal_hours(value))
    return value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date):
        return format_plain(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")
