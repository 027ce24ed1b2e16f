"""Arranges stretches of time beside each other, so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]
"""From one number, such as of seconds, up to but not including another that is larger."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The `column`, from 0, of `columns` that are equally wide."""

    column: int
    columns: int


def arrange_in_columns(spans: Sequence[Span]) -> list[Slot]:
    """Returns the slot of each span, in the order they were given: the first column that is free where it begins.

    Spans that overlap, each other or a third, share as few columns as there can be; what touches nothing has the width
    to itself.
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
