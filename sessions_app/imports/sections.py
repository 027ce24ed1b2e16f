"""Joins tables that are below each other in one file: entries go on in the columns of the first, sums are left out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sessions_app.imports.dates import parse_stamp
from sessions_app.imports.tables import Record, Table, has_only_titles
from sessions_app.imports.titles import columns_of, fold_title
from sessions_app.timekeeping.messages import Message, gettext_noop

_LENGTHS = ("duration", "decimal", "hours", "minutes", "seconds")
_STARTS = ("start", "unix_start")
_ENDS = ("end", "end_date", "unix_end")
_DAYS = ("date", "start_date")
_TEXTS = ("description", "note", "project", "client", "task", "tags")
_MAX_SHOWN = 100
_MAX_REMARKS = 5
_MAX_SECTIONS = 200
"""How many tables may follow the first. Each is compared with all columns so far."""
_LEFT_OUT = gettext_noop(
    "From line %(line)s on is another table, without times of entries (%(titles)s): it is left out."
)


def with_one_header(table: Table) -> Table:
    """Returns a table whose records all have the columns of its header, which is longer if tables below need more.

    Reads all records once. JSON is left as it is, and so is a table without a header.
    """
    if not table.header_line:
        return table
    header, sections = list(table.header), dict[int, _Section]()
    first = columns_of(table.header)
    titles = [fold_title(title) for title in table.header]
    last: _Section | None = None
    count = 0
    for line, cells in table.records():
        if has_only_titles(cells):
            is_same = [fold_title(cell) for cell in cells[: len(titles)]] == titles
            count += not is_same
            if count > _MAX_SECTIONS:
                break
            last = _Section(line) if is_same else _section(line, cells, header, first)
            sections[line] = last
        elif last is not None and last.is_left_out and _is_entry(cells):
            del sections[last.line]  # its rows are rejected, each by itself
            last = None
    if not sections:
        return table
    remarks = [
        Message(_LEFT_OUT, {"line": str(each.line), "titles": ", ".join(each.titles)[:_MAX_SHOWN]})
        for each in sections.values()
        if each.is_left_out
    ]
    joined = _Joined(table, tuple(header), sections)
    return replace(
        table,
        header=tuple(header),
        records_from_top=joined.records,
        remarks=(*table.remarks, *remarks[:_MAX_REMARKS]),
    )


def _is_entry(cells: Sequence[str]) -> bool:
    """Tells whether a record has a date and two clocks, in whatever columns."""
    stamps = [stamp for cell in cells if (stamp := parse_stamp(cell.strip())) != (None, None, None)]
    clocks = sum(stamp.clock is not None for stamp in stamps)
    return any(stamp.day is not None for stamp in stamps) and clocks > 1


@dataclass(frozen=True, slots=True)
class _Section:
    """A table below the first, with the titles that its header has. Without any, it is the first one again.

    `columns` has the column of the first for each column of its header; without any, it is left out.
    """

    line: int
    titles: Sequence[str] = ()
    columns: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether the header of the first table is repeated."""
        return not self.titles

    @property
    def is_left_out(self) -> bool:
        """Whether the table has no entries."""
        return bool(self.titles) and not self.columns


def _section(line: int, cells: Sequence[str], header: list[str], first: Mapping[str, int]) -> _Section:
    """Returns the section that begins with a header. Columns that the first table lacks are added to `header`."""
    fields = columns_of(cells)
    titles = [cell.strip() for cell in cells if cell.strip()]
    if not _has_entries(fields, first):
        return _Section(line, titles)
    field_of = {column: name for name, column in fields.items()}
    by_title = {fold_title(title): column for column, title in reversed(list(enumerate(header))) if title.strip()}
    into: dict[int, int] = {}
    for column, cell in enumerate(cells):
        if not cell.strip():
            continue
        target = by_title.get(fold_title(cell), first.get(field_of.get(column, "")))
        if target is None or target in into.values():
            header.append(cell)
            target = len(header) - 1
        into[column] = target
    return _Section(line, titles, into)


def _has_entries(fields: Mapping[str, int], first: Mapping[str, int]) -> bool:
    """Tells whether a table has entries: starts with ends or lengths, or days with lengths, as the first one may have.

    If that has texts, so have they: days with lengths alone are sums.
    """

    def has(names: Collection[str]) -> bool:
        return any(each in fields for each in names)

    has_lengths = has(_LENGTHS)
    has_times = has(_STARTS) and (has(_ENDS) or has_lengths)
    has_days = has(_DAYS) and has_lengths and not any(each in first for each in _STARTS)
    return (has_times or has_days) and (has(_TEXTS) or not any(each in first for each in _TEXTS))


@dataclass(frozen=True, slots=True)
class _Joined:
    table: Table
    header: tuple[str, ...]
    sections: Mapping[int, _Section]

    def records(self) -> Iterator[Record]:
        section: _Section | None = None
        label: Record | None = None  # a cell alone may be what the next table is called
        for line, cells in self.table.records_from_top():
            if line in self.sections:
                section, label = self.sections[line], None
                if section.is_first:
                    section = None
                    yield line, cells
                continue
            if label is not None:
                yield label
                label = None
            if line == self.table.header_line:
                yield line, list(self.header)
            elif section is not None:
                if section.columns:
                    yield line, self._moved(cells, section.columns)
            elif line > self.table.header_line and sum(bool(cell.strip()) for cell in cells) == 1:
                label = line, cells
            else:
                yield line, cells
        if label is not None:
            yield label

    def _moved(self, cells: Sequence[str], columns: Mapping[int, int]) -> list[str]:
        moved = [""] * len(self.header)
        for column, target in columns.items():
            moved[target] = cells[column] if column < len(cells) else ""
        return moved
