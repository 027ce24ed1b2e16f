"""Any other table: columns are guessed by their titles, then by their cells, and a user says what they are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sessions_app.imports.dates import parse_bare_clock, parse_dotted_clock, parse_stamp, parse_time
from sessions_app.imports.layouts import Layout, twin_of_contents, without_breaks
from sessions_app.imports.numbers import parse_duration
from sessions_app.imports.pairs import with_one_pair
from sessions_app.imports.readers.tables import read_table
from sessions_app.imports.rows import Answers, Question, ReadFile, UnreadableFileError
from sessions_app.imports.tables import Table, count_titles, has_only_titles
from sessions_app.imports.titles import FIELD_OF_TITLE, columns_of, fold_title, is_label_of_total, title_forms
from sessions_app.timekeeping.messages import Message, gettext_noop

MAPPED = "mapped"
"""The tool of a table of no known tool."""
FIELDS = (
    "date", "start_date", "start", "end_date", "end", "duration", "decimal", "hours", "minutes", "seconds", "break",
    "description", "note", "client", "project", "task", "tags", "billable", "rate", "currency", "user", "email",
    "first_name", "last_name", "timezone", "id",
)  # fmt: skip
"""What a column may be."""

_TEXTS = ("description", "note")
"""The fields of a session's name and of its note."""
_SAMPLE = 100
_MOST = 0.7
_NAMES = frozenset({
    "name", "title", "subject", "summary", "session", "session name", "titel", "betreff", "bezeichnung", "titre", "nom",
    "intitule", "titulo", "asunto", "nombre", "titolo", "oggetto", "onderwerp", "naam",
})  # fmt: skip
"""Folded titles of a text that is short, beside one that tells more."""
_ENOUGH_TITLES = 2
_LAYOUT = Layout(
    tool=MAPPED,
    label="Table",
    number_unit=None,
    more_marks=";|",
    twin=twin_of_contents,
    has_any_columns=True,
    adjust=without_breaks,
)
_MAX_EXAMPLE = 30
_EMPTY = gettext_noop("This file holds no sessions.")
_UNKNOWN = gettext_noop(
    "This file is of no tool that is known here, and no column of it has dates. Choose the detailed export of the tool."
)


def read_mapped(table: Table, file_name: str, answers: Answers, now: datetime) -> ReadFile:
    """Returns a table by the columns in the answers, else by a guess, in which dates may be missing.

    Raises UnreadableFileError for a table without rows, for answers without dates, and where no cell is a date.
    """
    table = with_one_pair(table)
    sample = [cells for _line, cells in islice(table.records(), _SAMPLE)]
    if not sample and count_titles(list(table.header)) >= _ENOUGH_TITLES:
        raise UnreadableFileError("empty", Message(_EMPTY))
    columns = dict(answers.columns) or guess_columns(table)
    columns = {name: column for name, column in columns.items() if name in FIELDS and column < len(table.header)}
    has_dates = bool({"date", "start_date"} & columns.keys()) or (
        "start" in columns and (bool(answers.columns) or _share(sample, columns["start"], _has_day) > 0)
    )
    is_table = len(table.header) > 1 and any(_is_dated(cell.strip()) for cells in sample for cell in cells)
    if not has_dates and (answers.columns or not is_table):
        raise UnreadableFileError("unknown_format", Message(_UNKNOWN))
    found = read_table(table, _LAYOUT, file_name, answers, now, columns=columns, remarks=table.remarks)
    if answers.is_final:
        return found
    is_needed = not answers.columns and (
        not has_dates
        or count_titles(list(table.header)) < _ENOUGH_TITLES
        or not {"end", "end_date", "duration", "decimal", "hours", "minutes", "seconds"} & columns.keys()
    )
    asked = Question("columns", FIELDS, is_needed=is_needed, examples=_examples(sample, len(table.header)))
    return replace(found, questions=(asked, *found.questions))


def _examples(sample: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """Returns the beginning of the first filled cell of each column."""
    return tuple(
        next(
            (" ".join(cells[column].split())[:_MAX_EXAMPLE] for cells in sample if any(cells[column : column + 1])), ""
        )
        for column in range(width)
    )


def guess_columns(table: Table) -> dict[str, int]:
    """Returns the number of the column of each field, as far as titles or cells show it."""
    records = (cells for _line, cells in islice(table.records(), _SAMPLE))
    header = list(table.header)
    sample = [
        cells
        for cells in records
        if cells != header
        and not has_only_titles(cells)
        and not is_label_of_total(next(filter(None, map(str.strip, cells)), ""))
    ]
    sample = _without_remarks(sample, header)
    columns = {name: column for name, column in columns_of(table.header).items() if name in FIELDS}
    if count_titles(header) < _ENOUGH_TITLES:  # among others `A` is an end, as in Kimai's French; alone it is a letter
        columns = {name: column for name, column in columns.items() if len(fold_title(header[column])) > 1}
    columns = {name: column for name, column in columns.items() if _holds(name, sample, column)}
    _tell_dates_from_clocks(columns, table.header, sample)
    left = [column for column in range(min(len(table.header), 100)) if column not in columns.values()]
    _guess_times(columns, sample, left, _columns_called("end", table.header))
    columns = {name: column for name, column in columns.items() if name not in _TEXTS}
    columns |= dict(zip(_TEXTS, _titled_texts(table.header, columns.values()), strict=False))
    if "description" not in columns:
        texts = [
            column for column in left if column not in columns.values() and _share(sample, column, _is_text) >= _MOST
        ]
        columns.update(zip(("description",), texts, strict=False))
    return columns


def _without_remarks(sample: list[list[str]], header: Sequence[str]) -> list[list[str]]:
    """Returns the records with at least half as many cells as the fullest, or as there are titles."""
    titles, *filled = (sum(bool(cell.strip()) for cell in cells) for cells in (header, *sample))
    enough = min(titles, max(filled, default=0))
    return [cells for cells, count in zip(sample, filled, strict=True) if 2 * count >= enough]


def _titled_texts(header: Sequence[str], taken: Collection[int]) -> list[int]:
    """Returns the columns of texts by their titles: what is called a name first, then descriptions, then notes."""
    ranks: dict[int, int] = {}
    for number, title in enumerate(header):
        if number in taken:
            continue
        form = title_forms(title)[-1]
        if form in _NAMES:
            ranks[number] = 0
        elif (field := FIELD_OF_TITLE.get(form)) in _TEXTS:
            ranks[number] = 1 + _TEXTS.index(field)
    return sorted(ranks, key=lambda number: ranks[number])


def _holds(name: str, sample: Sequence[Sequence[str]], column: int) -> bool:
    """Tells whether a column that is called like a time has times."""
    if name in {"date", "start_date", "end_date"}:
        return _share(sample, column, _has_day) >= _MOST
    if name in {"start", "end"}:
        return _share(sample, column, _is_time) >= _MOST
    if name == "break":
        return _share(sample, column, _is_length) >= _MOST
    if name == "id":  # the same one in different rows is that of an employee or an order
        rows = {tuple(cells) for cells in sample if column < len(cells) and cells[column].strip()}
        return len(rows) == len({cells[column].strip() for cells in rows})
    return name != "tags" or _share(sample, column, _is_dated) < _MOST  # a German day is called Tag


def _tell_dates_from_clocks(columns: dict[str, int], header: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
    """Takes apart the dates and the clocks of starts, and of ends, whose columns have one title, or share it."""
    for name in ("start", "end"):
        shared = _columns_called(name, header)
        days = [column for column in shared if _share(sample, column, _is_dated) >= _MOST]
        clocks = [column for column in shared if _share(sample, column, _is_only_clock) >= _MOST]
        is_whole = bool(days) and _share(sample, days[0], _is_stamp) >= _MOST
        if days and clocks and not is_whole and f"{name}_date" not in columns:
            columns |= {f"{name}_date": days[0], name: clocks[0]}
    if "date" in columns and "end" in columns and not {"start_date", "end_date"} & columns.keys():
        before_end = columns["end"] - 1
        if before_end > columns["date"] and fold_title(header[before_end]) == fold_title(header[columns["date"]]):
            columns["end_date"] = before_end


def _columns_called(name: str, header: Sequence[str]) -> list[int]:
    """Returns the columns whose titles mean a field; one without a title shares that before it, as merged cells do."""
    found: list[int] = []
    for column, title in enumerate(header):
        is_shared = not title.strip() and found[-1:] == [column - 1]
        if is_shared or any(FIELD_OF_TITLE.get(form) == name for form in title_forms(title)):
            found.append(column)
    return found


def _guess_times(
    columns: dict[str, int], sample: Sequence[Sequence[str]], left: list[int], titled: Collection[int]
) -> None:
    """Guesses the columns of times by their cells; those `titled` as ends are no lengths of time."""
    stamps = [column for column in left if _share(sample, column, _is_stamp) >= _MOST]
    days = [column for column in left if column not in stamps and _share(sample, column, _is_dated) >= _MOST]
    clocks = [column for column in left if _share(sample, column, _is_clock) >= _MOST]
    is_dated = "start" in columns and _share(sample, columns["start"], _has_day) >= _MOST
    if not is_dated and not {"date", "start_date"} & columns.keys():
        for name, column in zip(("start", "end"), stamps, strict=False):
            columns.setdefault(name, column)
        for name, column in zip(("start_date", "end_date"), days, strict=False):
            columns.setdefault(name, column)
    if "start" not in columns and "end" not in columns:
        for name, column in zip(("start", "end"), clocks, strict=False):
            columns.setdefault(name, column)
    if not {"duration", "hours", "decimal", "minutes", "seconds", "end"} & columns.keys():
        taken = {*columns.values(), *titled}
        lengths = [each for each in left if each not in taken and _share(sample, each, _is_length) >= _MOST]
        if len(lengths) == 1:  # several may be two clocks, or an amount: that is asked
            columns["end" if _follows(sample, columns.get("start", -1), lengths[0]) else "duration"] = lengths[0]


def _follows(sample: Sequence[Sequence[str]], start: int, column: int) -> bool:
    """Tells whether most cells are clocks later than that of the start, as no length of work is."""
    rows = [cells for cells in sample if 0 <= start < len(cells) and column < len(cells)]
    clocks = [tuple(parse_time(cells[each].strip()).clock for each in (start, column)) for cells in rows]
    pairs = [(first, last) for first, last in clocks if first is not None and last is not None]
    return sum(first < last for first, last in pairs) > len(rows) * _MOST


def _share(sample: Sequence[Sequence[str]], column: int, test: Callable[[str], bool]) -> float:
    cells = [text for cells in sample if column < len(cells) and (text := cells[column].strip())]
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_dated(text: str) -> bool:
    return not text.isdigit() and _has_day(text)


def _has_day(text: str) -> bool:
    return any(parse_stamp(text, order).day is not None for order in ("dmy", "mdy"))


def _is_stamp(text: str) -> bool:
    return any(parse_stamp(text, order).instant is not None for order in ("dmy", "mdy"))


def _is_clock(text: str) -> bool:
    stamp = parse_stamp(text)
    return stamp.day is None and stamp.clock is not None


def _is_only_clock(text: str) -> bool:
    return not _has_day(text) and _is_time(text)


def _is_time(text: str) -> bool:
    return any(
        parse(text).clock is not None for parse in (parse_time, parse_dotted_clock, parse_bare_clock)
    ) or _has_day(text)


def _is_text(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


def _is_length(text: str) -> bool:
    return parse_duration(text, "hours") is not None
