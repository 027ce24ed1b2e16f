"""The result of a report: its figures, lines and groups."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sessions_app.reports.dimensions import GroupValue
from sessions_app.reports.query import ReportQuery
from sessions_app.timekeeping.apportioning import apportion


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a line, a group of lines or a whole report.

    `seconds` is the tracked time, `rounded_seconds` the rounded time, `billable_seconds` the rounded time of billable
    sessions, `running_seconds` the tracked time of the running session. `amounts` are by currency.
    """

    seconds: int = 0
    rounded_seconds: int = 0
    billable_seconds: int = 0
    running_seconds: int = 0
    session_count: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def rounding_difference_seconds(self) -> int:
        """The seconds that rounding added; negative if it removed some."""
        return self.rounded_seconds - self.seconds

    def share_of(self, whole: "Figures") -> float:
        """Returns the share of these figures in the rounded time of `whole`, from 0 to 1; 0 if that has none."""
        return self.rounded_seconds / whole.rounded_seconds if whole.rounded_seconds else 0.0


def sum_figures(figures: Collection[Figures], *, session_count: int) -> Figures:
    """Returns the sum of figures. `session_count` is not summed, since a session may be in several of them."""
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in figures:
        for currency, amount in each.amounts.items():
            amounts[currency] += amount
    return Figures(
        sum(each.seconds for each in figures),
        sum(each.rounded_seconds for each in figures),
        sum(each.billable_seconds for each in figures),
        sum(each.running_seconds for each in figures),
        session_count,
        dict(sorted(amounts.items())),
    )


@dataclass(frozen=True, slots=True)
class LinePart:
    """The part of a line in a cell, that is, in the time of one project, or none, at one rate.

    `amount` is the part of the cell's amount; None if the cell is not billable or has no rate.
    """

    project_id: UUID | None
    billable: bool
    hourly_rate: Decimal | None
    currency: str
    seconds: int
    rounded_seconds: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its group value in each dimension of the report, its figures, and its parts of cells."""

    key: tuple[GroupValue, ...]
    figures: Figures
    parts: tuple[LinePart, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The lines with the same value in the first dimension, and their sum. With one dimension, a single line."""

    key: GroupValue
    figures: Figures
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as of `now`. Its total is the sum of its lines, except that each session is counted once."""

    query: ReportQuery
    now: datetime
    groups: tuple[Group, ...]
    total: Figures

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, in order."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the amounts, in order of their codes."""
        return tuple(sorted(self.total.amounts))


def percents_of(report: Report) -> dict[tuple[GroupValue, ...], int]:
    """Returns shares of the rounded time in whole percent, by key: `()` for the total, `(value,)` for a group.

    By largest remainders, groups add up to the total, which is 100 unless there is no time, and lines to their group.
    """
    percents: dict[tuple[GroupValue, ...], int] = {(): 100 if report.total.rounded_seconds else 0}
    percents |= apportion(percents[()], {(each.key,): each.figures.rounded_seconds for each in report.groups})
    for group in report.groups:
        percents |= apportion(percents[group.key,], {each.key: each.figures.rounded_seconds for each in group.lines})
    return percents
