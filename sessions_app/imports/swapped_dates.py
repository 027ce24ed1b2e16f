"""Dates in workbooks of which a spreadsheet swapped day and month when it opened a CSV.

A spreadsheet that expects the month first makes 1 May of `05/01/2026`, which is 5 January, and leaves `13/01/2026` as a
text; one that expects the day first does the same to the dates of Americans.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sessions_app.imports.dates import date_numbers, order_of, parse_stamp

_MONTHS = 12
_FIRST_YEAR = 1901
"""The year from which a cell is a date; spreadsheets write clocks and lengths with days before it."""


def swap_back(rows: list[list[Any]]) -> int:
    """Swaps day and month in the dates of a sheet if a spreadsheet swapped them. Returns the number of dates changed.

    They were swapped if the texts in their column are dates that the spreadsheet could not read, all in one order, if
    no day of the others is above 12, and if the dates of successive rows are nearer to each other with that.
    """
    dates: dict[int, dict[int, date]] = defaultdict(dict)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date) and cell.year >= _FIRST_YEAR:
                dates[column][number] = cell
    possible = {column: found for column, found in dates.items() if all(each.day <= _MONTHS for each in found.values())}
    texts = {column: _texts(rows, column) for column in possible}
    if not any(_are_swapped(found, texts[column]) for column, found in possible.items()):
        return 0
    count = 0
    for column, found in possible.items():
        if texts[column] and not _are_swapped(found, texts[column]):
            continue
        for number, cell in found.items():
            rows[number][column] = _swapped(cell)
            count += cell.day != cell.month
    return count


def _texts(rows: Sequence[Sequence[Any]], column: int) -> dict[int, str]:
    """Returns the cells of a column that are dates as texts, by the number of their row."""
    cells = ((number, row[column]) for number, row in enumerate(rows) if column < len(row))
    return {number: cell for number, cell in cells if isinstance(cell, str) and date_numbers(cell.strip())}


def _are_swapped(dates: Mapping[int, date], texts: Mapping[int, str]) -> bool:
    orders = {order_of(found) for text in texts.values() if (found := date_numbers(text.strip()))}
    if orders not in ({"dmy"}, {"mdy"}):
        return False
    order = orders.pop() or ""
    known = {number: day for number, text in texts.items() if (day := parse_stamp(text.strip(), order).day)}
    as_they_are = {number: date(each.year, each.month, each.day) for number, each in dates.items()}
    swapped = {number: _swapped(each) for number, each in as_they_are.items()}
    return _days_between_rows(known | swapped) < _days_between_rows(known | as_they_are)


def _days_between_rows(days: Mapping[int, date]) -> int:
    """Returns the sum of the days from each row to the next."""
    return sum(abs((days[second] - days[first]).days) for first, second in pairwise(sorted(days)))


def _swapped(day: date) -> date:
    return day.replace(month=day.day, day=day.month)
