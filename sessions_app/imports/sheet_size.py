"""Checks the size of a workbook's sheets before reading them, since the reader has all cells of a sheet in memory."""

import io
import re
from typing import IO

from sessions_app.imports.archives import check_unpacked_sizes, open_zip
from sessions_app.imports.rows import UnreadableFileError
from sessions_app.timekeeping.messages import Message, gettext_noop

MAX_UNPACKED = 400_000_000
MAX_CELLS = 8_000_000
_ALPHABET = 26
_CHUNK = 1024 * 1024
_OVERLAP = 40
_ROW = re.compile(rb"<row[^>]{0,30}?\br=\"([0-9]{1,9})\"")
_WIDE_CELL = re.compile(rb"\br=\"([A-Z]{2,4})([0-9]{1,9})\"")
_CELL = re.compile(rb"\br=\"[A-Z]([0-9]{4,9})\"")
_TOO_LARGE = gettext_noop("This workbook is larger than can be read at once. Save it as CSV, or in parts.")


def check_size(data: bytes) -> None:
    """Raises UnreadableFileError for a workbook with too many cells, empty ones included."""
    with open_zip(io.BytesIO(data), MAX_UNPACKED) as archive:
        check_unpacked_sizes(data, archive)
        for part in archive.infolist():
            if part.filename.lower().startswith("xl/worksheets/") and part.filename.lower().endswith(".xml"):
                with archive.open(part) as sheet:
                    rows, columns = _size(sheet)
                if rows * columns > MAX_CELLS:
                    raise UnreadableFileError("spreadsheet", Message(_TOO_LARGE))


def _size(sheet: IO[bytes]) -> tuple[int, int]:
    rows, columns, rest = 0, _ALPHABET, b""
    while chunk := sheet.read(_CHUNK):
        text = rest + chunk
        for pattern in (_ROW, _CELL):
            rows = max(rows, max((int(found[1]) for found in pattern.finditer(text)), default=0))
        for found in _WIDE_CELL.finditer(text):
            columns, rows = max(columns, _column(found[1])), max(rows, int(found[2]))
        rest = text[-_OVERLAP:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _ALPHABET + letter - 64
    return number
