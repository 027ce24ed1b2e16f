"""What stands beside a day: the week as bars and the month by project."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sessions_app.pages.charts import (
    MAX_PROJECT_BARS,
    Bar,
    Goals,
    Ink,
    Parts,
    ProjectBar,
    goals_of,
    project_bars,
    stacked_bars,
    sum_parts,
)
from sessions_app.pages.context import PageContext
from sessions_app.selectors.project_days import read_project_days
from sessions_app.timekeeping.periods import Period, month_period

WEEK_HEIGHT = 64


@dataclass(frozen=True, slots=True)
class Side:
    """The present week and month, in pixels and seconds. `others` is how many projects the month has beyond those."""

    bars: list[Bar]
    goals: Goals | None
    month: Period
    last_date: date
    month_seconds: int
    projects: list[ProjectBar]
    others: int


def read_parts(page: PageContext, period: Period) -> Parts:
    """Reads the seconds of each project on each day of a period. Two queries; none for a stranger."""
    return {} if page.is_anonymous else read_project_days(page.user, period, now=page.now)


def read_side(page: PageContext, inks: dict[UUID | None, Ink]) -> Side:
    """Reads the present week and month, which are one range of days. Two queries."""
    week, month = page.this_week, month_period(page.today)
    parts = read_parts(page, Period(min(week.first, month.first), max(week.end, month.end)))
    of_month = sum_parts(parts, month)
    return Side(
        bars=stacked_bars(page.totals, week, parts, inks, height=WEEK_HEIGHT, day_goal=page.user.day_goal_seconds),
        goals=goals_of(page.user, page.totals, week, height=WEEK_HEIGHT),
        month=month,
        last_date=month.end - timedelta(days=1),
        month_seconds=sum(of_month.values()),
        projects=project_bars(of_month, inks),
        others=max(0, len(of_month) - MAX_PROJECT_BARS),
    )
