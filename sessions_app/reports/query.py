"""What a report is asked for."""

from dataclasses import dataclass, field, replace

from sessions_app.models.querysets import SessionFilter
from sessions_app.reports.dimensions import MAX_DIMENSIONS, Dimension, GroupValue, period_of
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import Rounding


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """What a report is asked for. Weeks begin on `week_start`, numbered as by `date.weekday`.

    Raises ValueError for more than two dimensions or the same twice.
    """

    period: Period
    group_by: tuple[Dimension, ...] = ()
    where: SessionFilter = field(default_factory=SessionFilter)
    rounding: Rounding = field(default_factory=Rounding)
    week_start: int = 0

    def __post_init__(self) -> None:
        if len(self.group_by) > MAX_DIMENSIONS or len(set(self.group_by)) < len(self.group_by):
            raise ValueError("A report groups by up to two dimensions, each once.")


def drill_down(query: ReportQuery, key: tuple[GroupValue, ...]) -> ReportQuery:
    """The query of the sessions that make a line, or a group by the first of its values: a part of the same report.

    Its total is the line: what lies outside the line's day, week or month, or has another project, is left out.
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
