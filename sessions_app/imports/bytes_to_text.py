"""Decodes files: finds the encoding from the first bytes, and never fails at invalid characters."""

import codecs
import csv
import io
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from sessions_app.imports.code_pages import code_page_of
from sessions_app.imports.rows import UnreadableFileError
from sessions_app.timekeeping.messages import Message, gettext_noop

HEAD = 64 * 1024
"""The number of bytes from which the encoding, the delimiter and the kind of a file are detected."""
MAX_LINE = 4 * 1024 * 1024
"""The most characters of a line, more than any real row has."""
MAX_LINES_OF_RECORD = 5_000
"""The most lines of a record, more than any real description has: beyond, a quote was never closed."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NULS_OF_UTF16 = 0.25
_FEW_NULS_OF_UTF16 = 0.02
"""The least part of zero bytes in UTF-16 text: that of digits and punctuation in a table in a non-Latin script."""
_MAX_CONTROLS = 0.05
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
_EMPTY = gettext_noop("This file is empty.")
_LONG_LINE = gettext_noop("Line %(line)s is longer than any row of a table. Is this the file that was exported?")
_NOT_TEXT = gettext_noop("This is no text: the tool's export is a CSV, JSON, XML, XLSX or ZIP file.")

# Descriptions may be longer than the default limit of the module.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decodes bytes that are not UTF-8 as Windows-1252, byte by byte, so that mixed files are read, too."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_windows_1252(byte) for byte in wrong), error.end


def _windows_1252(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:  # five bytes are undefined
        return chr(byte)


codecs.register_error("imports.windows_1252", _as_windows_1252)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read repeatedly from its beginning. A file object allows one reading at a time only."""

    data: bytes | Path | IO[bytes]

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Opens the file at its beginning."""
        match self.data:
            case bytes():
                yield io.BytesIO(self.data)
            case Path():
                with self.data.open("rb") as file:
                    yield file
            case _:
                self.data.seek(0)
                yield self.data

    def head(self) -> bytes:
        """Returns the first HEAD bytes."""
        with self.open() as file:
            return file.read(HEAD)


def encoding_of(head: bytes) -> str:
    """Returns the encoding of a text, detected from its first bytes; "utf-8" also for Windows-1252, also in places.

    Raises UnreadableFileError for an empty file, or one that is not text.
    """
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "") or _utf16_without_bom(head) or "utf-8"
    text = head.decode(encoding, "replace" if encoding.startswith("utf-16") else "ignore").strip("\ufeff\0 \t\r\n")
    if not text:
        raise UnreadableFileError("empty", Message(_EMPTY))
    controls = sum(ord(letter) in _CONTROLS for letter in text)
    if controls > len(text) * _MAX_CONTROLS or text.startswith(("%PDF", "{\\rtf")):
        raise UnreadableFileError("not_text", Message(_NOT_TEXT))
    return (code_page_of(head) or encoding) if encoding == "utf-8" else encoding


def _utf16_without_bom(head: bytes) -> str:
    """Returns the UTF-16 variant whose zero bytes are at the positions in `head`, "" if none.

    If there are few zeros, which may be strays in another encoding, the bytes must also decode without an error.
    """
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, encoding = (odd, "utf-16-le") if odd > even else (even, "utf-16-be")
    if most <= 4 * min(odd, even):
        return ""
    half = len(head) // 2
    if most > half * _NULS_OF_UTF16 or (most > half * _FEW_NULS_OF_UTF16 and _is_text(head, encoding)):
        return encoding
    return ""


def _is_text(head: bytes, encoding: str) -> bool:
    """Returns whether the first bytes decode without an error, to several lines."""
    try:
        return "\n" in codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False


@contextmanager
def open_text(source: Source, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Opens a file as text with its original line ends, NULs and byte order mark."""
    errors = "imports.windows_1252" if encoding == "utf-8" else "replace"
    with source.open() as file:
        text = io.TextIOWrapper(file, encoding, errors, newline="")
        try:
            yield text
        finally:
            text.detach()  # closing it would close the caller's file


def read_text(source: Source, encoding: str) -> str:
    """Returns the whole text, for formats that cannot be read in parts."""
    with open_text(source, encoding) as text:
        return text.read().removeprefix("\ufeff").replace("\0", "")


def text_lines(source: Source, encoding: str) -> Iterator[str]:
    """Yields the lines of a text with their ends, but without NULs and byte order mark.

    Raises UnreadableFileError at a line of MAX_LINE characters.
    """
    with open_text(source, encoding) as text:
        for number, line in enumerate(iter(partial(text.readline, MAX_LINE), ""), start=1):
            if len(line) == MAX_LINE:
                raise UnreadableFileError("malformed_file", Message(_LONG_LINE, {"line": str(number)}))
            if "\0" in line or "\ufeff" in line:
                yield line.replace("\0", "").replace("\ufeff", "")
            else:
                yield line


class _RecordLines:
    """An iterator of lines for `csv.reader`, which can read lines of a wrong record again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES_OF_RECORD:
            raise csv.Error
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(line)
        return line

    def swallowed(self, delimiter: str, width: int) -> bool:
        """Returns whether a line after the first has enough cells to be a record itself."""
        return any(line.count(delimiter) >= width - 1 for line in self.taken[1:])

    def has_escaped_quotes(self) -> bool:
        """Returns whether a quote follows a backslash, which PHP writes in place of a doubled quote."""
        return any('\\"' in line for line in self.taken)

    def give_back(self) -> None:
        """Puts all lines of the record except the first back, to be read again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _with_escaped_quotes(lines: list[str], delimiter: str, width: int) -> list[str]:
    """Returns the cells of a record in which quotes after a backslash do not end a cell; none if it is not valid so."""
    try:
        cells = next(csv.reader(lines, delimiter=delimiter, escapechar="\\"), [])
    except csv.Error:
        return []
    return cells if len(cells) == width else []


def _is_strict(lines: list[str], delimiter: str) -> bool:
    """Returns whether no text follows a closing quote."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _cut(line: str, delimiter: str) -> list[str]:
    """Returns the cells of a line that is split at every delimiter."""
    return [_unquoted(cell) for cell in line.rstrip("\r\n").split(delimiter)]


def _unquoted(cell: str) -> str:
    is_quoted = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"') if is_quoted else cell


def _unwrapped(cell: str, delimiter: str) -> list[str]:
    """Returns the cells of a whole record that a spreadsheet quoted as one cell."""
    try:
        return next(csv.reader(cell.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []


def csv_records(lines: Iterator[str], delimiter: str, width: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yields the records of a CSV with the number of their first line, from 1; blank records are left out.

    A record of several lines, one of which would be a record itself, was made by a stray quote if it does not have
    `width` cells, or has text after a closing quote. Then only its first line is yielded, split at every delimiter, so
    that no record is lost. With a width of 0, every record is taken as it is. A record that a spreadsheet with another
    delimiter quoted as a single cell is split.
    """
    source = _RecordLines(lines)
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        source.number += len(source.taken)
        source.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if width > 1 and len(cells) != width and source.has_escaped_quotes():
            cells = _with_escaped_quotes(source.taken, delimiter, width) or cells
        if len(cells) == 1 and width != 1 and delimiter in cells[0]:
            inner = _unwrapped(cells[0], delimiter)
            cells = inner if width in {0, len(inner)} else cells
        if len(source.taken) > 1 and (
            not cells
            or (
                width > 1
                and source.swallowed(delimiter, width)
                and (len(cells) != width or not (source.has_escaped_quotes() or _is_strict(source.taken, delimiter)))
            )
        ):
            source.give_back()
            cells = _cut(source.taken[0], delimiter)
            reader = csv.reader(source, delimiter=delimiter)
        elif (
            len(source.taken) == 1 and 1 < width != len(cells) and len(cut := _cut(source.taken[0], delimiter)) == width
        ):
            cells = cut
        if any(cells):
            yield source.number + 1, cells
