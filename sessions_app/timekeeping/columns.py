"""Arranges overlapping spans of time in columns, so that none covers another when drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]
"""A half-open range of numbers, such as seconds; the second number is larger."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column, counted from 0, and the number of columns, which are equally wide."""

    column: int
    columns: int


def arrange_in_columns(spans: Sequence[Span]) -> list[Slot]:
    """Returns the slot of each span, in the order given: the first column that is free where the span begins.

    Spans that overlap, directly or through others, share the smallest possible number of columns. A span that overlaps
    no other has the full width.
    """
    columns = [0] * len(spans)
    groups: list[list[int]] = []
    free_from: list[int] = []  # where each column of the last group ends
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        begin, end = spans[index]
        if not free_from or begin >= max(free_from):
            groups.append([])
            free_from = []
        column = next((number for number, free in enumerate(free_from) if free <= begin), len(free_from))
        free_from[column : column + 1] = [end]
        columns[index] = column
        groups[-1].append(index)
    slots: dict[int, Slot] = {}
    for group in groups:
        count = 1 + max(columns[index] for index in group)
        slots |= {index: Slot(columns[index], count) for index in group}
    return [slots[index] for index in range(len(spans))]
