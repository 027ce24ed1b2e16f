"""The time by project on the pages of a month and a week, taken from reports of their days."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sessions_app.formatting import list_amounts
from sessions_app.pages.charts import Ink, Parts
from sessions_app.pages.context import PageContext
from sessions_app.reports import Dimension, Figures, Group, Report, ReportQuery, percents_of, read_report, sum_figures
from sessions_app.timekeeping.periods import Period

MAX_MONTH_PROJECTS = 8
"""The most projects of a month with a separate bar; all others share one."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project's time in a period. `percent` is its share, `seconds` are by day, `address` is that of its sessions."""

    ink: Ink
    figures: Figures
    amounts: tuple[str, ...]
    percent: int
    seconds: tuple[int, ...]
    address: str


@dataclass(frozen=True, slots=True)
class OtherProjects:
    """The sum of the projects of a month without a separate bar."""

    count: int
    figures: Figures
    amounts: tuple[str, ...]
    percent: int


def read_by_project(page: PageContext, period: Period, *then_by: Dimension) -> Report:
    """Reads the report of a period by project, then by `then_by`. Two queries; none without a user."""
    query = ReportQuery(period, ("project", *then_by), week_start=page.user.week_start)
    return Report(query, page.now, (), Figures()) if page.is_anonymous else read_report(page.user, query, now=page.now)


def project_rows(report: Report, inks: Mapping[UUID | None, Ink], *, limit: int | None = None) -> list[ProjectRow]:
    """Returns the first rows of a report by project, or by project and day, in its order: the longest first."""
    percents = percents_of(report)
    return [_row(report, group, inks, percents[group.key,]) for group in report.groups[:limit]]


def other_projects(report: Report, *, after: int) -> OtherProjects | None:
    """Returns the sum of the rows after the first `after`; None if there are none."""
    groups = report.groups[after:]
    if not groups:
        return None
    figures = sum_figures([group.figures for group in groups], session_count=0)  # no row of a month shows it
    percents = percents_of(report)
    share = sum(percents[group.key,] for group in groups)
    return OtherProjects(len(groups), figures, list_amounts(figures.amounts), share)


def parts_by_day(report: Report) -> Parts:
    """Returns the seconds of each project on each day, from a report by project and day."""
    parts: defaultdict[date, dict[UUID | None, int]] = defaultdict(dict)
    for line in report.lines:
        if line.figures.seconds:
            project_id, day = line.key
            parts[day][project_id] = line.figures.seconds  # type: ignore[index]  # of these dimensions
    return parts


def report_address(period: Period) -> str:
    """Returns the query string of the report of a period by project."""
    return urlencode({"from": period.first, "to": period.end - _DAY, "group": "project"})


def _row(report: Report, group: Group, inks: Mapping[UUID | None, Ink], share: int) -> ProjectRow:
    by_day = {line.key[1]: line.figures.seconds for line in group.lines} if report.query.group_by[1:] else {}
    return ProjectRow(
        inks.get(group.key, inks[None]),  # type: ignore[arg-type]  # an id, as the first dimension has it
        group.figures,
        list_amounts(group.figures.amounts),
        share,
        tuple(by_day.get(day, 0) for day in report.query.period.dates()) if by_day else (),
        f"{report_address(report.query.period)}&{urlencode({'at': group.key or 'none'})}",
    )
