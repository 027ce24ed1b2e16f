"""Tables as workbooks of Excel (XLSX)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from timetracker.tables.columns import Column, Kind, Row, Value

MAX_ROWS = 1_048_576
"""Excel's limit for a sheet, the header and the totals included."""
MAX_CHARACTERS = 32_767
"""Excel's limit for a cell, in units of UTF-16."""
MAX_CHARACTERS_OF_SHEET = 31

_FIRST_YEAR = 1900
_HOUR = 3600
_FILTER_BUTTON = 3
_WIDTHS: dict[Kind, int] = {
    "text": 32,
    "integer": 10,
    "hours": 10,
    "date": 12,
    "instant": 20,
    "money": 14,
    "rate": 12,
    "boolean": 8,
}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RESERVED = "history"
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


class TooManyRowsError(ValueError):
    """More rows than a sheet of Excel holds. The message names the fix to people."""

    def __init__(self) -> None:
        message = _("A workbook holds at most %(most)s rows. Choose a shorter period, or CSV.")
        super().__init__(message % {"most": f"{MAX_ROWS:,}"})


def xlsx_file(
    columns: Sequence[Column], rows: Iterable[Row], *, totals: Callable[[], Row] | None = None, sheet: str = ""
) -> IO[bytes]:
    """A workbook of one sheet in a temporary file, at its beginning; closing deletes it. Only one row is in memory.

    Numbers, dates and booleans are what they are, hours unrounded; instants are in UTC, as Excel knows no zones. Text
    is never a formula, link or number. It is cut after 32,767 characters, Excel's limit; dates before 1900, which Excel
    does not know, are text. `totals` is called once all rows are written, and makes a last row.

    Raises TooManyRowsError before a row would be beyond Excel's limit. Then, and when `rows` raises, no file is left.
    """
    target = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with _workbook(target, sheet) as (book, page):
            last = _fill(book, page, columns, rows, totals)
            page.autofilter(0, 0, last, len(columns) - 1)
            page.freeze_panes(1, 0)
            page.repeat_rows(0)  # on every page when printed
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


@contextmanager
def _workbook(target: IO[bytes], sheet: str) -> Iterator[tuple[Any, Any]]:
    """A workbook and its sheet, written to `target` at the end."""
    with TemporaryDirectory() as folder:
        book = Workbook(target, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        page = book.add_worksheet(_sheet_name(sheet))
        try:
            yield book, page
            book.close()
        finally:
            # An abandoned workbook leaves its file of rows open.
            page.row_data_fh.close()


def _fill(
    book: Any, page: Any, columns: Sequence[Column], rows: Iterable[Row], totals: Callable[[], Row] | None
) -> int:
    """Writes all cells. Returns the number of the last row before the totals."""
    header = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(columns):
        page.set_column(place, place, max(_WIDTHS[column.kind], len(column.title) + _FILTER_BUTTON))
        page.write_string(0, place, _text(column.title), header)
    formats = [book.add_format(_look(column)) for column in columns]
    number = 0
    for number, row in enumerate(rows, start=1):
        _write_row(page, number, columns, row, formats)
    if totals is not None:
        formats = [book.add_format({**_look(column), "bold": True, "top": 1}) for column in columns]
        _write_row(page, number + 1, columns, totals(), formats)
    return number


def _write_row(page: Any, number: int, columns: Sequence[Column], row: Row, formats: Sequence[Any]) -> None:
    if number >= MAX_ROWS:
        raise TooManyRowsError
    for place, (column, value, look) in enumerate(zip(columns, row, formats, strict=True)):
        _write_cell(page, (number, place), column, value, look)


def _write_cell(page: Any, place: tuple[int, int], column: Column, value: Value, look: Any) -> None:
    match value:
        case None:
            page.write_blank(*place, None, look)
        case str():
            page.write_string(*place, _text(value), look)
        case bool():
            page.write_boolean(*place, value, look)
        case int():
            page.write_number(*place, value / _HOUR if column.kind == "hours" else value, look)
        case Decimal():
            page.write_number(*place, float(value), look)
        case date() if value.year < _FIRST_YEAR:
            page.write_string(*place, value.isoformat(), look)
        case datetime():
            page.write_datetime(*place, value.astimezone(UTC).replace(tzinfo=None), look)
        case date():
            page.write_datetime(*place, value, look)


def _look(column: Column) -> dict[str, str]:
    """The format of a column's cells. Points and commas in it are shown as whoever reads it is used to."""
    places = "." * bool(column.digits) + "0" * column.digits
    match column.kind:
        case "hours":
            shown = "0.00"
        case "integer":
            shown = "0"
        case "date":
            shown = "yyyy-mm-dd"
        case "instant":
            shown = "yyyy-mm-dd hh:mm:ss"
        case "money":
            shown = f"#,##0{places}"
        case "rate":
            shown = f"#,##0{places or '.'}##"
        case "text":
            shown = "@"  # stays text when somebody edits it
        case "boolean":
            shown = "General"
    return {"num_format": shown}


def _text(text: str) -> str:
    """`text` without what XML cannot hold, cut to what a cell does."""
    return _cut(_NOT_IN_XML.sub("\ufffd", text), MAX_CHARACTERS)


def _sheet_name(name: str) -> str | None:
    """`name` as Excel takes it: 31 characters, some not possible. None, for Excel's own name, when nothing is left."""
    name = _cut(_NOT_IN_SHEET_NAMES.sub(" ", name), MAX_CHARACTERS_OF_SHEET).strip(" '")
    return f"{name}_" if name.lower() == _RESERVED else name or None


def _cut(text: str, length: int) -> str:
    """The beginning of `text`, at most `length` units of UTF-16."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")
