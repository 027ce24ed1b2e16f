"""Converts tables with several starts and ends in a row, or ranges of times in a cell, to one pair in each row.

Time sheets kept by hand have a row for each day: In, Out, In, Out; or Start, End, Break start, Break end; or
`9:00-12:00, 13:00-17:00`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from sessions_app.imports.dates import MAX_STAMP, parse_bare_clock, parse_stamp, parse_time
from sessions_app.imports.tables import Record, Table
from sessions_app.imports.titles import FIELD_OF_TITLE, columns_of, fold_title
from sessions_app.timekeeping.messages import Message, gettext_noop

Pair = tuple[str, str]
"""The cells of a start and of an end."""

_SAMPLE = 100
_MOST = 0.7
_MAX_PAIRS = 12
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,2}(?![0-9])")
_PARTS_OF_DAY = frozenset({
    "morning", "noon", "afternoon", "evening", "night", "am", "pm", "shift", "block", "first", "second", "clock",
    "time", "morgens", "vormittag", "vormittags", "nachmittag", "nachmittags", "abend", "abends", "matin", "midi",
    "soir", "manana", "tarde", "noche", "mattina", "pomeriggio", "ochtend", "middag",
})  # fmt: skip
_BREAKS = frozenset({
    "break", "lunch", "pause", "pausen", "mittag", "mittags", "mittagspause", "pausa", "descanso", "almuerzo",
    "pranzo", "pauze", "przerwa",
})  # fmt: skip
_OF_ALL = ("duration", "decimal", "hours", "minutes", "seconds", "break", "id")
"""The fields that belong to a whole row, not to a pair."""

_BETWEEN_RANGES = re.compile(r"[,;/+&\n]")
_IN_RANGE = re.compile(r"\s*[\u2010-\u2015\u2212~→]\s*|\s+(?:-+|to|till|until|bis|à|au|al?|tot|do)\s+", re.IGNORECASE)
_HALF = re.compile(r"[ap]\.?\s?m\.?", re.IGNORECASE)
_SEVERAL = gettext_noop("Each row has up to %(count)s pairs of start and end: each pair becomes a session.")


def with_one_pair(table: Table) -> Table:
    """Returns the table with a record for each pair of start and end; the table itself if all records have one pair.

    Each pair is in the columns of the first. If a row has several, cells about the whole row, such as its sum, are left
    empty.
    """
    sample = [cells for _line, cells in islice(table.records(), _SAMPLE) if tuple(cells) != table.header]
    header = list(table.header)
    into: tuple[int, int]
    pairs_of: Callable[[Sequence[str]], list[Pair]]
    if ranges := _range_columns(table.header, sample):
        into, of_pairs, pairs_of = (ranges[0], len(header)), ranges, _ranges_of(ranges)
        header.append("")
    elif (columns := _pair_columns(table.header, sample)) is not None:
        into, of_pairs, pairs_of = columns.into, columns.columns, columns.pairs_of
    else:
        return table
    titled = columns_of(table.header)
    of_all = [titled[name] for name in _OF_ALL if name in titled]
    for column, title in zip(into, ("Start", "End"), strict=True):
        header[column] = title
    unfolding = _Unfolding(table, header, into, [*of_pairs, *of_all], of_pairs, pairs_of)
    remarks = table.remarks
    if (most := max(map(len, map(pairs_of, sample)))) > 1:
        remarks = (*remarks, Message(_SEVERAL, {"count": str(most)}))
    return replace(table, header=tuple(header), records_from_top=unfolding.records, remarks=remarks)


@dataclass(frozen=True, slots=True)
class _Unfolding:
    """The conversion of a table's records.

    `emptied` are the columns to empty if a row has several pairs, `of_pairs` those if it has one.
    """

    table: Table
    header: list[str]
    into: tuple[int, int]
    emptied: list[int]
    of_pairs: list[int]
    pairs_of: Callable[[Sequence[str]], list[Pair]]

    def records(self) -> Iterator[Record]:
        for line, cells in self.table.records_from_top():
            if line <= self.table.header_line or tuple(cells) == self.table.header:
                yield line, self.header
                continue
            filled = [*cells, *[""] * (len(self.header) - len(cells))]
            pairs = self.pairs_of(cells)
            for pair in pairs:
                record = list(filled)
                for column in self.emptied if len(pairs) > 1 else self.of_pairs:
                    record[column] = ""
                for column, text in zip(self.into, pair, strict=True):
                    record[column] = text
                yield line, record
            if not pairs:
                yield line, filled


def _range_columns(header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[int]:
    """Returns the columns of ranges; none if there are columns of starts or ends, or the ranges may have an offset."""
    if {"start", "end", "unix_start"} & columns_of(header).keys():
        return []
    return [column for column in range(len(header)) if _share(sample, column, lambda text: bool(_ranges(text)))]


@dataclass(frozen=True, slots=True)
class _PairColumns:
    """The alternating columns of starts and ends. With `has_breaks`, those between the first and last are of breaks."""

    columns: list[int]
    has_breaks: bool

    @property
    def into(self) -> tuple[int, int]:
        """The columns for each pair in the converted table."""
        return self.columns[0], self.columns[-1 if self.has_breaks else 1]

    def pairs_of(self, cells: Sequence[str]) -> list[Pair]:
        """Returns the pairs of a row. A break without its start or end is ignored."""
        texts = [cells[each].strip() if each < len(cells) else "" for each in self.columns]
        if self.has_breaks:
            breaks = zip(texts[1:-1:2], texts[2:-1:2], strict=True)
            texts = [texts[0], *(text for each in breaks if all(each) for text in each), texts[-1]]
        return [(start, end) for start, end in zip(texts[::2], texts[1::2], strict=True) if start or end]


def _pair_columns(header: Sequence[str], sample: Sequence[Sequence[str]]) -> _PairColumns | None:
    """Returns the columns of starts and ends that have times of day; None if there are not several."""
    found = [(*_field(title), column) for column, title in enumerate(header)]
    found = [each for each in found if each[0] in {"start", "end"}]
    outer, inner = ([each for each in found if each[1] is is_break] for is_break in (False, True))
    in_turn = [outer[0], *inner, *outer[1:]] if len(outer) == 2 else outer  # noqa: PLR2004
    fields = [field for field, is_break, _column in in_turn if not is_break]
    if not 4 <= len(in_turn) <= 2 * _MAX_PAIRS or len(in_turn) % 2 or fields != ["start", "end"] * (len(fields) // 2):  # noqa: PLR2004
        return None
    columns = [column for _field, _is_break, column in in_turn]
    filled = [column for column in columns if any("".join(cells[column : column + 1]).strip() for cells in sample)]
    are_alike = any(all(_share(sample, column, test) for column in filled) for test in (_is_only_clock, _is_stamp))
    pairs = _PairColumns(columns, has_breaks=bool(inner))
    if filled[:3] != columns[:3] or not are_alike or not _follow(map(pairs.pairs_of, sample)):
        return None
    return pairs


def _follow(rows: Iterable[list[Pair]]) -> bool:
    """Returns whether the pairs of most rows are consecutive, unlike planned and worked times, or two zones."""
    found = [
        (parse_time(first[1]).clock or 0) <= (parse_time(second[0]).clock or 0)
        for pairs in rows
        for first, second in pairwise(pairs)
    ]
    return sum(found) >= len(found) * _MOST


def _field(title: str) -> tuple[str, bool]:
    """Returns the field of a title, and whether it is about a break.

    A title is the name of a field, also with a number (`In 2`), or after a part of the day or a word for a break
    (`Lunch out`).
    """
    words = _NUMBER.sub(" ", fold_title(title).replace("pausen", "pausen ")).split()
    is_break = len(words) > 1 and words[0] in _BREAKS
    if len(words) > 1 and (is_break or _PARTS_OF_DAY.issuperset(words[:-1])):
        words = words[-1:]
    return FIELD_OF_TITLE.get(" ".join(words), ""), is_break


def _ranges_of(columns: Sequence[int]) -> Callable[[Sequence[str]], list[Pair]]:
    """Returns a function for the ranges of a row. It finds none if a cell has other text, which is then reported."""

    def ranges_of(cells: Sequence[str]) -> list[Pair]:
        found = [_ranges(text) for each in columns if each < len(cells) and (text := cells[each].strip())]
        return [pair for ranges in found for pair in ranges] if all(found) else []

    return ranges_of


def _ranges(text: str) -> list[Pair]:
    """Returns the ranges of times in a cell, none if it has other text."""
    if len(text) > _MAX_PAIRS * MAX_STAMP:
        return []
    found = [_range(part.strip()) for part in _BETWEEN_RANGES.split(text) if part.strip()]
    return [] if None in found else [each for each in found if each is not None]


def _range(text: str) -> Pair | None:
    """Returns start and end of a range such as `9:00 - 10:30`; where only the end has am or pm, it may be of both."""
    parts = _IN_RANGE.split(text)
    if len(parts) == 1:
        parts = text.split("-")
    if len(parts) != 2:  # noqa: PLR2004
        return None
    start, end = (part.strip() for part in parts)
    half = _HALF.search(end)
    if half is not None and _HALF.search(start) is None:
        with_half = parse_time(f"{start} {half[0]}").clock
        start = f"{start} {half[0]}" if with_half is not None and with_half < (parse_time(end).clock or 0) else start
    return (start, end) if _is_clock(start) and _is_clock(end) else None


def _is_clock(text: str) -> bool:
    return any(parse_time(text, order).clock is not None for order in ("dmy", "mdy"))


def _is_only_clock(text: str) -> bool:
    return parse_bare_clock(text).clock is not None or (_is_clock(text) and not _is_stamp(text))


def _is_stamp(text: str) -> bool:
    return any(parse_stamp(text, order).instant is not None for order in ("dmy", "mdy"))


def _share(sample: Sequence[Sequence[str]], column: int, test: Callable[[str], bool]) -> bool:
    cells = [text for cells in sample if column < len(cells) and (text := cells[column].strip())]
    return bool(cells) and sum(map(test, cells)) >= len(cells) * _MOST
