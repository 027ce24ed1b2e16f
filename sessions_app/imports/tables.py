"""Opens CSV and workbooks as tables: a header, and records of cells, with the lines they begin at."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sessions_app.imports.bytes_to_text import Source, csv_records, encoding_of, text_lines
from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.json_text import Element
from sessions_app.imports.rows import UnreadableFileError
from sessions_app.imports.sheet_size import MAX_CELLS, check_size
from sessions_app.imports.swapped_dates import swap_back
from sessions_app.imports.titles import FIELD_OF_TITLE, columns_of, fold_title, title_forms
from sessions_app.timekeeping.messages import Message, gettext_noop

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Record = tuple[int, list[str]]
"""The line at which a record begins, from 1, and its cells."""

_Range = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of the first cell and of the last, from 0."""

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 16_384
"""As many as spreadsheets have. Each title is compared with those of all tools."""
_RECORDS_BEFORE_HEADER = 30
_ENOUGH_TITLES = 2
_TIMES = frozenset({"start", "end"})
_DAYS = frozenset({"date", "start_date"})
_LENGTHS = frozenset({"duration", "decimal", "hours", "minutes", "seconds"})
_TEXTS = frozenset({"description", "note", "project", "client", "task"})
_PERIODS = frozenset({
    "week", "month", "quarter", "year", "weekday", "woche", "monat", "quartal", "jahr", "wochentag", "semaine", "mois",
    "annee", "semana", "mes", "ano", "settimana", "mese", "anno", "maand", "jaar",
})  # fmt: skip
"""The titles of periods in tables of sums, which are no fields of a session."""
_DIGIT = re.compile("[0-9]")
_MAX_TITLE = 60
_UNQUOTED = "\0"
_HALF_A_SECOND = timedelta(milliseconds=500)
"""Fractions of a day are never exact."""
_EXCEL_DAYS_OF_CLOCKS = date(1900, 1, 1)
_DAMAGED_WORKBOOK = gettext_noop("This workbook is damaged, or protected by a password. Save it again, or as CSV.")
_TOO_WIDE = gettext_noop("This table has more columns than can be read. Choose the detailed export of the tool.")
_NO_TABLE = gettext_noop("This workbook has no cells.")
_SWAPPED = gettext_noop(
    "A spreadsheet had swapped day and month in %(count)s cells, and left other dates as texts: they are swapped back."
)
_LINES_GO_ON = gettext_noop("The lines are counted through all sheets: line %(line)s is the first of “%(sheet)s”.")


@dataclass(frozen=True, slots=True)
class Table:
    """A header, the line it is at, and what yields all records, its own among them, from the first on.

    Raises UnreadableFileError for more than MAX_COLUMNS.
    """

    header: tuple[str, ...]
    header_line: int
    records_from_top: Callable[[], Iterator[Record]]
    delimiter: str = ""
    remarks: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        if len(self.header) > MAX_COLUMNS:
            raise UnreadableFileError("malformed_file", Message(_TOO_WIDE))

    def records(self, after: int = 0) -> Iterator[Record]:
        """Yields the records behind the header and behind line `after`. Each call reads the table again."""
        first = max(self.header_line, after)
        return (record for record in self.records_from_top() if record[0] > first)


def count_titles(cells: list[str]) -> int:
    """Returns how many cells are titles of known fields."""
    fields = {FIELD_OF_TITLE.get(form) for cell in cells[:200] if len(cell) < 60 for form in title_forms(cell)}  # noqa: PLR2004
    return len(fields - {None})


def csv_table(source: Source) -> Table:
    """Returns a text as a table, with the delimiter under which its header has the most known titles.

    Raises UnreadableFileError for what is empty, or no text.
    """
    head = source.head()
    encoding = encoding_of(head)

    def records(delimiter: str, width: int = 0) -> Iterator[Record]:
        lines = text_lines(source, encoding)
        if delimiter == _UNQUOTED:
            return unquoted_records(lines)
        return csv_records(lines, delimiter, width)

    def beginning(delimiter: str) -> list[Record]:
        return list(islice(records(delimiter), _RECORDS_BEFORE_HEADER))

    first = next(text_lines(source, encoding), "").strip()
    stated = first[4:5] if first.lower().startswith("sep=") else ""
    found = [(each, *find_header(beginning(each), skips_first=bool(stated))) for each in (stated or DELIMITERS)]
    delimiter, line, header, titles = max(found, key=lambda each: (each[3], len(each[2])))
    if delimiter == "\t" and [cell.strip() for cell in header] == ["key", "start", "stop", "tags", "description"]:
        delimiter = _UNQUOTED  # copied from a page: quotes are text
    if titles < _ENOUGH_TITLES and any(parse_stamp(cell.strip()).day for cell in header):
        line, header = line - 1, [str(number) for number in range(1, len(header) + 1)]  # the first row is one already
    return Table(tuple(header), line, lambda: records(delimiter, len(header)), delimiter)


def object_table(elements: list[Element]) -> Table:
    """Returns JSON objects as a table: a column for each key of the first hundred.

    An object in one of them that has times (`"timeInterval": {"start": …}`) lends it its keys, and one with a name the
    named ones in it (`"project": {"name": …, "customer": {"name": …}}`). Raises UnreadableFileError for too many cells,
    since each object has one for each key, if it has the key or not.
    """
    objects = [(line, _with_inner_keys(element)) for line, element in elements if isinstance(element, Mapping)]
    keys = tuple(dict.fromkeys(str(key) for _line, element in objects[:100] for key in element))
    if len(keys) * len(objects) > MAX_CELLS:
        raise UnreadableFileError("malformed_file", Message(_TOO_WIDE))
    records = [(line, [_json_text(element.get(key)) for key in keys]) for line, element in objects]
    return Table(keys, 0, _iterate(records))


def _with_inner_keys(element: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Returns an object with the keys of those in it that have a start or an end, and the names within named ones."""
    inner = [value for value in element.values() if isinstance(value, Mapping)]
    times = (value for value in inner if any(FIELD_OF_TITLE.get(fold_title(str(key))) in _TIMES for key in value))
    names = ({key: each for key, each in value.items() if _has_name(key, each)} for value in inner if "name" in value)
    return {key: value for each in (*names, *times, element) for key, value in each.items()} if inner else element


def _has_name(key: str, value: object) -> bool:
    """Tells whether a value in a named object is one that has a name, or the name of its client (`"clientName"`)."""
    if isinstance(value, Mapping):
        return "name" in value
    return isinstance(value, str) and FIELD_OF_TITLE.get(fold_title(key)) == "client"


def _json_text(value: object) -> str:
    match value:
        case bool() | None | float() | str():
            return value if isinstance(value, str) else _text(value)
        case list():
            return ", ".join(_json_text(each) for each in value)
        case Mapping():
            return _json_text(value.get("name", value.get("username")))
        case _:
            return str(value)


def unquoted_records(lines: Iterator[str]) -> Iterator[Record]:
    """Yields the records of lines whose cells are separated by tabs and never quoted."""
    for number, line in enumerate(lines, start=1):
        if cells := line.rstrip("\r\n"):
            yield number, cells.split("\t")


def find_header(records: list[Record], *, skips_first: bool = False) -> tuple[int, list[str], int]:
    """Returns line and cells of the header of a table, and how many titles of it are known.

    It is the record with the most known titles, or one before it that has more than half as many, and those of entries:
    the tables below each other may have different columns. Without titles, it is the first record with several cells.
    """
    candidates = records[1:] if skips_first else records
    best = max(candidates, key=lambda record: count_titles(record[1]), default=None)
    if best is not None and (titles := count_titles(best[1])) >= _ENOUGH_TITLES:
        above = (
            each for each in candidates if each[0] < best[0] and has_only_titles(each[1]) and _is_of_entries(each[1])
        )
        line, cells = next((each for each in above if 2 * count_titles(each[1]) > titles), best)
        return line, cells, count_titles(cells)
    several = next((record for record in candidates if sum(map(bool, record[1])) > 1), None)
    line, cells = several or (candidates[0] if candidates else (0, []))
    return line, cells, 0


def has_only_titles(cells: Sequence[str]) -> bool:
    """Tells whether a record is a header: no digit in it, several known titles, and few others."""
    if _DIGIT.search("".join(cells)):
        return False
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < _ENOUGH_TITLES or max(map(len, filled)) > _MAX_TITLE:
        return False
    known = count_titles(filled) + sum(fold_title(cell) in _PERIODS for cell in filled)
    return known >= _ENOUGH_TITLES and 2 * known > len(filled)


def _is_of_entries(header: Sequence[str]) -> bool:
    """Tells whether a header has starts, or days with lengths, and a text."""
    fields = columns_of(header).keys()
    return bool(fields & _TEXTS) and ("start" in fields or bool(fields & _DAYS and fields & _LENGTHS))


def workbook_table(source: Source) -> Table:
    """Returns the sheet of a workbook whose header has the most known titles, with those that have the same header.

    Hidden sheets are read only where no other has cells. Raises UnreadableFileError.
    """
    with source.open() as file:
        data = file.read()
    check_size(data)
    best, best_titles = list[_Sheet](), -1
    for sheet in _sheets(data):
        titles = count_titles(sheet.header)
        if titles > best_titles:
            best, best_titles = [sheet], titles
        elif titles >= _ENOUGH_TITLES and sheet.titles == best[0].titles:
            best.append(sheet)
    if not best:
        raise UnreadableFileError("empty", Message(_NO_TABLE))
    return _joined(best)


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    records: list[Record]
    header_line: int
    header: list[str]
    swapped: int = 0

    @property
    def titles(self) -> list[str]:
        """The titles by which two sheets are parts of one table."""
        return [fold_title(title) for title in self.header]


def _joined(sheets: list[_Sheet]) -> Table:
    """Returns sheets below each other, whose lines are counted through."""
    first, *others = sheets
    records, remarks = list(first.records), list[Message]()
    for sheet in others:
        above = records[-1][0]
        records += [(above + line, cells) for line, cells in sheet.records if line > sheet.header_line]
        remarks.append(Message(_LINES_GO_ON, {"sheet": sheet.name, "line": str(above + 1)}))
    if swapped := sum(sheet.swapped for sheet in sheets):
        remarks.append(Message(_SWAPPED, {"count": str(swapped)}))
    return Table(tuple(first.header), first.header_line, _iterate(records), remarks=tuple(remarks))


def _iterate(records: list[Record]) -> Callable[[], Iterator[Record]]:
    return lambda: iter(records)


def _sheets(data: bytes) -> Iterator[_Sheet]:
    """Yields the sheets that have cells: those that are seen, or else the hidden ones."""
    # 1 MB, which the server needs only now.
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for is_hidden in (False, True):
            names = [
                each.name
                for each in workbook.sheets_metadata
                if (each.visible != SheetVisibleEnum.Visible) is is_hidden
            ]
            is_empty = True
            for sheet in filter(None, (_sheet(workbook, name) for name in names)):
                is_empty = False
                yield sheet
            if not is_empty:
                return
    except (CalamineError, OSError, ValueError, OverflowError, zipfile.BadZipFile) as error:
        raise UnreadableFileError("spreadsheet", Message(_DAMAGED_WORKBOOK)) from error


def _sheet(workbook: "CalamineWorkbook", name: str) -> _Sheet | None:
    from python_calamine import WorksheetNotFound  # noqa: PLC0415  # as above

    try:
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
    except WorksheetNotFound:  # a sheet of charts
        return None
    _fill_merged_cells(rows, sheet.merged_cell_ranges or ())
    swapped = swap_back(rows)
    records = [(number, cells) for number, cells in enumerate(map(_texts, rows), start=1) if any(cells)]
    line, header, _titles = find_header(records[:_RECORDS_BEFORE_HEADER])
    return _Sheet(name, records, line, header, swapped) if records else None


def _fill_merged_cells(rows: list[list[Any]], ranges: Sequence[_Range]) -> None:
    """Gives a cell that is merged down to all its rows, as the date of a day has it; across, it is a title."""
    left_to_fill = sum(map(len, rows))  # no spreadsheet has ranges that overlap
    for (top, left), (bottom, right) in ranges:
        below = rows[top + 1 : bottom + 1] if left == right else []
        left_to_fill -= len(below)
        if left_to_fill < 0:
            return
        for row in below:
            row[left : left + 1] = rows[top][left : left + 1]


def _texts(row: list[Any]) -> list[str]:
    return [cell if isinstance(cell, str) else _text(cell) for cell in row]


def _text(cell: object) -> str:
    """Returns a cell as it would stand in a CSV: dates ISO 8601, durations as hours, minutes and seconds."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004
        case datetime():
            return _moment_text(cell)
        case time():
            return f"{datetime.combine(date.min, cell) + _HALF_A_SECOND:%H:%M:%S}"
        case timedelta():
            return _duration_text(cell)
        case _:
            return "" if cell is None else str(cell)


def _moment_text(cell: datetime) -> str:
    cell = (cell + _HALF_A_SECOND).replace(microsecond=0)
    if cell.date() < _EXCEL_DAYS_OF_CLOCKS:
        return f"{cell:%H:%M:%S}"
    if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return cell.isoformat(" ")


def _duration_text(cell: timedelta) -> str:
    seconds = round(cell.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
