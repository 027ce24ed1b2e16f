"""Builds CSV (RFC 4180) that spreadsheets show and never run as formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from timetracker.tables.columns import CellValue, Column, Row, decimal_hours, encoded_chunks, format_plain

# What a spreadsheet may take for the beginning of a formula: OWASP's list, wide forms included.
# Apostrophes before it are part of the pattern, so that one more can always be told from those that were written.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


Separator = Literal["comma", "semicolon"]
_DECIMALS = {"hours", "money", "rate"}


class _Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> str: ...


class _Echo:
    """A file whose `write` returns the text, so that `csv.writer` can be used without a buffer."""

    def write(self, text: str) -> str:
        return text


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row], *, separator: Separator = "comma") -> Iterator[bytes]:
    """Yields a header of the columns' keys, then the rows: UTF-8 with a byte order mark, lines that end with CR LF.

    With "semicolon", cells are separated by semicolons, and decimals have a comma, as in most of Europe.

    Booleans are true and false, dates ISO 8601, instants RFC 3339 in UTC, hours have four decimals, money and rates
    all their digits; None is an empty cell.

    Text that a spreadsheet could take for a formula gets an apostrophe in front: text that begins with = + - @, also
    after blanks, or with TAB, CR or LF. To undo this, as `unguard` does, remove the first apostrophe of each cell that
    has such a beginning after its apostrophes. Numbers are never changed.
    """
    return encoded_chunks(_lines(columns, rows, separator))


def unguard(cell: str) -> str:
    """Returns the text that `csv_chunks` wrote as `cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _lines(columns: Sequence[Column], rows: Iterable[Row], separator: Separator) -> Iterator[str]:
    has_comma = separator == "semicolon"
    # `writerow` returns the result of the file's `write`.
    writer: _Writer = csv.writer(_Echo(), delimiter=";" if has_comma else ",")
    yield "\ufeff"
    yield writer.writerow(column.key for column in columns)
    for row in rows:
        cells = [_cell(column, value) for column, value in zip(columns, row, strict=True)]
        if has_comma:
            cells = [
                cell.replace(".", ",") if column.type in _DECIMALS else cell
                for column, cell in zip(columns, cells, strict=True)
            ]
        yield writer.writerow(cells)


def _cell(column: Column, value: CellValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if _FORMULA.match(value) else value
        case bool():
            return "true" if value else "false"
        case int():
            return str(decimal_hours(value)) if column.type == "hours" else str(value)
        case _:
            return format_plain(value)
