"""Tables of any size as CSV, JSON and workbooks. Rows are read once, one after the other, and never all kept."""

from timetracker.tables.columns import Column, Kind, Row, Value
from timetracker.tables.csv_text import csv_chunks, unguard
from timetracker.tables.json_text import json_chunks
from timetracker.tables.responses import Format, table_response
from timetracker.tables.workbook import TooManyRowsError, xlsx_file

__all__ = [
    "Column",
    "Format",
    "Kind",
    "Row",
    "TooManyRowsError",
    "Value",
    "csv_chunks",
    "json_chunks",
    "table_response",
    "unguard",
    "xlsx_file",
]
