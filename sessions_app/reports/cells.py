"""The cells of a report, and the parts of each line and session in them.

A cell is a combination of project (or none), billable or not, rate and currency. Its counted seconds are rounded as the
query says, and its amount is calculated once. Both are apportioned to lines, so that every grouping has the same total.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from sessions_app.reports.dimensions import GroupValue, group_value_of_session, tie_order
from sessions_app.reports.query import ReportQuery
from sessions_app.selectors.totals import Cell, SplitSession
from sessions_app.timekeeping.apportioning import ONE, Order, apportion_by_level, share_of, whole_number
from sessions_app.timekeeping.rounding import Rounding
from timetracker.money import amount_of, calculate_minor_units

LineKey = tuple[GroupValue, ...]


class Atom(NamedTuple):
    """Seconds of a cell on one line: of sessions that the database summed, or of one session on one day.

    `day` is set only if days are rounded. `weight` is the counted time: if sessions are rounded, their rounded seconds
    in units of 1/ONE; else the seconds.
    """

    key: LineKey
    cell: Cell
    day: date | None
    seconds: int
    weight: int


class Part(NamedTuple):
    """The part of a line or session in one or more cells: tracked seconds, counted seconds and amount.

    The amount is in minor units of the cells' currency; None without one.
    """

    seconds: int
    rounded_seconds: int
    minor_units: int | None

    def plus(self, other: "Part") -> "Part":
        """Returns the sum of two parts, of which both have an amount, or neither."""
        amounts = self.minor_units, other.minor_units
        minor_units = None if None in amounts else sum(amounts)  # type: ignore[arg-type]
        return Part(self.seconds + other.seconds, self.rounded_seconds + other.rounded_seconds, minor_units)

    def amount(self, currency: str) -> Decimal | None:
        """Returns the amount in the currency of the cell."""
        return None if self.minor_units is None else amount_of(self.minor_units, currency)


@dataclass(slots=True)
class _Sums:
    seconds: defaultdict[LineKey, int] = field(default_factory=lambda: defaultdict(int))
    weights: defaultdict[LineKey, int] = field(default_factory=lambda: defaultdict(int))
    by_day: defaultdict[date, defaultdict[LineKey, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )


class Cells:
    """All cells of a report. Call `add` for all atoms first, then the other methods."""

    def __init__(self, query: ReportQuery) -> None:
        self._query = query
        self._sums: defaultdict[Cell, _Sums] = defaultdict(_Sums)
        self._parts: dict[Cell, dict[LineKey, Part]] = {}

    def add(self, atom: Atom) -> None:
        """Adds the seconds of an atom to its cell."""
        sums = self._sums[atom.cell]
        sums.seconds[atom.key] += atom.seconds
        if atom.day is None:
            sums.weights[atom.key] += atom.weight
        else:
            sums.by_day[atom.day][atom.key] += atom.seconds

    def parts(self) -> dict[Cell, dict[LineKey, Part]]:
        """Returns the parts of lines in each cell. Call it after adding all atoms."""
        orders = [partial(tie_order, dimension) for dimension in self._query.group_by]
        for cell, sums in self._sums.items():
            counted, weights = self._count(sums)
            minor_units = None
            if cell.billable and cell.hourly_rate is not None:
                minor_units = calculate_minor_units([(counted, cell.hourly_rate)], cell.currency)
            self._parts[cell] = apportion_parts(weights, sums.seconds, counted, minor_units, orders)
        return self._parts

    def part(self, cell: Cell, key: LineKey) -> Part:
        """Returns the part of a line in a cell, from `parts`."""
        return self._parts[cell][key]

    def weight(self, atom: Atom) -> int:
        """Returns the weight of an atom in its cell. Call it after adding all atoms."""
        if atom.day is None:
            return atom.weight
        tracked = sum(self._sums[atom.cell].by_day[atom.day].values())
        return share_of(self._query.rounding.apply(tracked), atom.seconds, tracked)

    def _count(self, sums: _Sums) -> tuple[int, Mapping[LineKey, int]]:
        """Returns the counted seconds of a cell, and the weights of its lines."""
        rounding = self._query.rounding
        if is_by_session(rounding):
            return whole_number(sum(sums.weights.values())), sums.weights
        if not is_by_day(rounding):
            return rounding.apply(sum(sums.seconds.values())), sums.weights
        counted = 0
        weights: defaultdict[LineKey, int] = defaultdict(int)
        for by_line in sums.by_day.values():
            tracked = sum(by_line.values())
            of_day = rounding.apply(tracked)
            counted += of_day
            for key, seconds in by_line.items():
                weights[key] += share_of(of_day, seconds, tracked)
        return counted, weights


def apportion_parts(
    weights: Mapping[Any, int],
    seconds: Mapping[Any, int],
    counted: int,
    minor_units: int | None,
    orders: Sequence[Order],
) -> dict[Any, Part]:
    """Returns the part of each key when counted seconds and an amount are apportioned by weights."""
    rounded = apportion_by_level(counted, weights, orders)
    amounts: Mapping[Any, int | None] = (
        dict.fromkeys(weights) if minor_units is None else apportion_by_level(minor_units, weights, orders)
    )
    return {key: Part(seconds[key], rounded[key], amounts[key]) for key in weights}


def split_atoms(split: SplitSession, query: ReportQuery) -> Iterator[tuple[date, Atom]]:
    """Yields an atom for each day of a split session in the query's period."""
    session, rounding = split.session, query.rounding
    cell = Cell.of(session)
    within = sum(split.seconds_by_date.values())
    weigh: Callable[[int], int] = (
        (lambda seconds: share_of(rounding.apply(within), seconds, within)) if is_by_session(rounding) else int
    )
    for day, seconds in split.seconds_by_date.items():
        key = tuple(group_value_of_session(each, session, day, week_start=query.week_start) for each in query.group_by)
        yield day, Atom(key, cell, day if is_by_day(rounding) else None, seconds, weigh(seconds))


def rounded_weight(seconds: int) -> int:
    """Returns the weight of seconds that are already rounded by session."""
    return seconds * ONE


def is_by_session(rounding: Rounding) -> bool:
    """Returns whether each session is rounded."""
    return bool(rounding) and rounding.unit == "session"


def is_by_day(rounding: Rounding) -> bool:
    """Returns whether each day of a cell is rounded."""
    return bool(rounding) and rounding.unit == "day"
