"""Tables of any size as CSV, JSON and workbooks. Rows are read once, one at a time, and not held in memory."""

from timetracker.tables.columns import CellValue, Column, ColumnType, Row
from timetracker.tables.csv_text import Separator, csv_chunks, unguard
from timetracker.tables.json_text import json_chunks
from timetracker.tables.responses import Format, table_response
from timetracker.tables.workbook import TooManyRowsError, xlsx_file

__all__ = [
    "CellValue",
    "Column",
    "ColumnType",
    "Format",
    "Row",
    "Separator",
    "TooManyRowsError",
    "csv_chunks",
    "json_chunks",
    "table_response",
    "unguard",
    "xlsx_file",
]
