"""What a report says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sessions_app.reports.dimensions import GroupValue
from sessions_app.reports.query import ReportQuery


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a line, a group of lines or a whole report.

    `seconds` are those that were tracked, `rounded_seconds` what the rounding makes of them, `billable_seconds` the
    rounded ones of billable sessions, `running_seconds` those tracked of the running session. `amounts` by currency.
    """

    seconds: int = 0
    rounded_seconds: int = 0
    billable_seconds: int = 0
    running_seconds: int = 0
    session_count: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def rounding_difference_seconds(self) -> int:
        """What rounding added, or took away where it is negative."""
        return self.rounded_seconds - self.seconds

    def share_of(self, whole: "Figures") -> float:
        """Which part of the whole's rounded time this is, 0 to 1; 0 of nothing."""
        return self.rounded_seconds / whole.rounded_seconds if whole.rounded_seconds else 0.0


@dataclass(frozen=True, slots=True)
class LinePart:
    """What a line has at one price; of that the amount is reckoned. Without a rate it has no amount."""

    billable: bool
    hourly_rate: Decimal | None
    currency: str
    seconds: int
    rounded_seconds: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line: where it stands in each dimension of the report, its numbers, and the prices they are made of."""

    key: tuple[GroupValue, ...]
    figures: Figures
    parts: tuple[LinePart, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The lines that stand together in the first dimension, and their sum. With one dimension, each its own line."""

    key: GroupValue
    figures: Figures
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as of `now`: its total is the sum of `lines`, except that a session on several of them counts once."""

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
        """The currencies of its amounts, in order of their codes."""
        return tuple(sorted(self.total.amounts))
