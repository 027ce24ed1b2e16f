"""The query of a report, and the queries of its drill-downs."""

from dataclasses import dataclass, field, replace

from sessions_app.models.querysets import SessionFilter
from sessions_app.reports.dimensions import MAX_DIMENSIONS, Dimension, GroupValue, period_of
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import Rounding


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """The query of a report: period, grouping, filter and rounding. Weeks begin on `week_start`, as in `date.weekday`.

    Raises ValueError for more than MAX_DIMENSIONS dimensions, or for a repeated one.
    """

    period: Period
    group_by: tuple[Dimension, ...] = ()
    where: SessionFilter = field(default_factory=SessionFilter)
    rounding: Rounding = field(default_factory=Rounding)
    week_start: int = 0

    def __post_init__(self) -> None:
        if len(self.group_by) > MAX_DIMENSIONS or len(set(self.group_by)) < len(self.group_by):
            raise ValueError("A report groups by up to three dimensions, each once.")


def drill_down(query: ReportQuery, key: tuple[GroupValue, ...]) -> ReportQuery:
    """Returns the query for the sessions of a line, or of a group if `key` has only the first value.

    The period is restricted to the line's day, week or month, and the filter to its client, project, tags or name.
    """
    period, where = query.period, query.where
    for dimension, value in zip(query.group_by, key, strict=False):
        match dimension:
            case "day" | "week" | "month":
                whole = period_of(dimension, value, week_start=query.week_start)  # type: ignore[arg-type]
                period = Period(max(period.first, whole.first), min(period.end, whole.end))
            case "client":
                where = replace(where, client=value or "none")  # type: ignore[arg-type]  # ids, as the next ones
            case "project":
                where = replace(where, project=value or "none")  # type: ignore[arg-type]
            case "tag":
                where = replace(where, only_tag_ids=frozenset(value))  # type: ignore[arg-type]
            case "name":
                where = replace(where, name=value)  # type: ignore[arg-type]
    return replace(query, period=period, where=where)
