import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise

from timetracker.tables.columns import Column, Row, encoded_chunks, plain, plain_hours


def json_chunks(
    columns: Sequence[Column], rows: Iterable[Row], *, name: str, head: Mapping[str, object] | None = None
) -> Iterator[bytes]:
    """An object of what is in `head`, then `name` with a list of the rows, each an object by the columns' keys.

    Hours are numbers to four places, money and rates strings with all their digits, dates ISO 8601, instants RFC 3339
    in UTC. `head` may hold all of these, lists and mappings; it must not have the key `name`.
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
    if column.kind == "hours" and isinstance(value, int):
        return float(plain_hours(value))
    return value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date):
        return plain(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")
