"""Builds Excel workbooks (XLSX) of a table."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _

from timetracker.tables.columns import CellValue, Column, ColumnType, Row

MAX_ROWS = 1_048_576
"""The most rows of a sheet, the header and the totals included: a limit of Excel."""
MAX_CHARACTERS = 32_767
"""The longest text of a cell, in code units of UTF-16: a limit of Excel."""
MAX_CHARACTERS_OF_SHEET = 31

_FIRST_YEAR = 1900
_HOUR = 3600
_FILTER_BUTTON = 3
_WIDTHS: dict[ColumnType, int] = {
    "text": 32,
    "integer": 10,
    "hours": 10,
    "date": 12,
    "local_time": 20,
    "instant": 20,
    "money": 14,
    "rate": 12,
    "boolean": 8,
}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RESERVED = "history"
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


class TooManyRowsError(ValueError):
    """Raised for more rows than a sheet of Excel holds. The message tells users what to do."""

    def __init__(self) -> None:
        message = _("A workbook holds at most %(most)s rows. Choose a shorter period, or CSV.")
        super().__init__(message % {"most": f"{MAX_ROWS:,}"})


def xlsx_file(
    columns: Sequence[Column], rows: Iterable[Row], *, totals: Callable[[], Row] | None = None, sheet: str = ""
) -> IO[bytes]:
    """Returns a workbook of one sheet as a temporary file, positioned at its beginning; closing the file deletes it.

    Only one row is in memory at a time. Numbers, dates and booleans keep their types, hours are not rounded, and
    instants are written in UTC, since Excel has no time zones. Text is never taken for a formula, link or number, and
    is cut after MAX_CHARACTERS. Dates before 1900, which Excel does not have, are written as text. `totals` is called
    after the last row and returns one more, in bold.

    Raises TooManyRowsError before a row would exceed MAX_ROWS. Then, and when `rows` raises, no file is left.
    """
    target = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with _workbook(target, sheet) as (book, worksheet):
            last = _fill(book, worksheet, columns, rows, totals)
            worksheet.autofilter(0, 0, last, len(columns) - 1)
            worksheet.freeze_panes(1, 0)
            worksheet.repeat_rows(0)  # on every page when printed
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


@contextmanager
def _workbook(target: IO[bytes], sheet: str) -> Iterator[tuple[Any, Any]]:
    """Yields a workbook and its sheet, and writes them to `target` on leaving."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # takes 2 MB, and is seldom needed

    with TemporaryDirectory() as folder:
        book = Workbook(target, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        worksheet = book.add_worksheet(_sheet_name(sheet))
        try:
            yield book, worksheet
            book.close()
        finally:
            # XlsxWriter closes its temporary file of rows in `close` only, which an exception skips.
            worksheet.row_data_fh.close()


def _fill(
    book: Any, worksheet: Any, columns: Sequence[Column], rows: Iterable[Row], totals: Callable[[], Row] | None
) -> int:
    """Writes all cells and returns the number of the last row before the totals."""
    header = book.add_format({"bold": True, "bottom": 1})
    for index, column in enumerate(columns):
        worksheet.set_column(index, index, max(_WIDTHS[column.type], len(column.title) + _FILTER_BUTTON))
        worksheet.write_string(0, index, _cell_text(column.title), header)
    formats = [book.add_format(_cell_style(column)) for column in columns]
    row_number = 0
    for row_number, row in enumerate(rows, start=1):
        _add_row(worksheet, row_number, columns, row, formats)
    if totals is not None:
        formats = [book.add_format({**_cell_style(column), "bold": True, "top": 1}) for column in columns]
        _add_row(worksheet, row_number + 1, columns, totals(), formats)
    return row_number


def _add_row(worksheet: Any, row_number: int, columns: Sequence[Column], row: Row, formats: Sequence[Any]) -> None:
    if row_number >= MAX_ROWS:
        raise TooManyRowsError
    for index, (column, value, style) in enumerate(zip(columns, row, formats, strict=True)):
        _add_cell(worksheet, (row_number, index), column, value, style)


def _add_cell(worksheet: Any, cell: tuple[int, int], column: Column, value: CellValue, style: Any) -> None:
    match value:
        case None:
            worksheet.write_blank(*cell, None, style)
        case str():
            worksheet.write_string(*cell, _cell_text(value), style)
        case bool():
            worksheet.write_boolean(*cell, value, style)
        case int():
            worksheet.write_number(*cell, value / _HOUR if column.type == "hours" else value, style)
        case Decimal():
            worksheet.write_number(*cell, float(value), style)
        case date() if value.year < _FIRST_YEAR:
            worksheet.write_string(*cell, value.isoformat(), style)
        case datetime(tzinfo=None):
            worksheet.write_datetime(*cell, value, style)
        case datetime():
            worksheet.write_datetime(*cell, value.astimezone(UTC).replace(tzinfo=None), style)
        case date():
            worksheet.write_datetime(*cell, value, style)


def _cell_style(column: Column) -> dict[str, str]:
    """Returns the number format of a column's cells. Excel shows separators by the reader's locale."""
    decimals = "." * bool(column.digits) + "0" * column.digits
    match column.type:
        case "hours":
            shown = "0.00"
        case "integer":
            shown = "0"
        case "date":
            shown = "yyyy-mm-dd"
        case "local_time" | "instant":
            shown = "yyyy-mm-dd hh:mm:ss"
        case "money":
            shown = f"#,##0{decimals}"
        case "rate":
            shown = f"#,##0{decimals or '.'}##"
        case "text":
            shown = "@"  # the cell stays text when it is edited
        case "boolean":
            shown = "General"
    return {"num_format": shown}


def _cell_text(text: str) -> str:
    """Returns `text` without characters that XML cannot hold, cut to MAX_CHARACTERS."""
    return _truncate(_NOT_IN_XML.sub("\ufffd", text), MAX_CHARACTERS)


def _sheet_name(name: str) -> str | None:
    """Returns `name` as Excel accepts it: up to 31 characters, some forbidden. None stands for Excel's default name."""
    name = _truncate(_NOT_IN_SHEET_NAMES.sub(" ", name), MAX_CHARACTERS_OF_SHEET).strip(" '")
    return f"{name}_" if name.lower() == _RESERVED else name or None


def _truncate(text: str, length: int) -> str:
    """Returns the beginning of `text`, at most `length` code units of UTF-16, without cutting a surrogate pair."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")
