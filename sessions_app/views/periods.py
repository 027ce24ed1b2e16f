"""Today, a day, a week, a month."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions_app.timekeeping.periods import Duration, Period, day_period, month_period, period_around, week_period
from sessions_app.totals import Total
from sessions_app.views.charts import bars
from sessions_app.views.page import Visit, render_page
from sessions_app.views.rows import KEPT_OVERLAPS, rows_of_day

HEAT_STEP_SECONDS = 2 * 60 * 60
HEAT_STEPS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar: its total, and how warm its colour is, 0 for nothing to 5 for over eight hours."""

    date: dt.date
    total: Total
    is_in_period: bool

    @property
    def heat(self) -> int:
        """A step for every two hours begun."""
        return min(-(-self.total.seconds // HEAT_STEP_SECONDS), HEAT_STEPS)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The present day in the person's zone."""
    visit = Visit.of(request)
    return render_day(request, visit, visit.today)


@require_safe
def day(request: HttpRequest, date: dt.date) -> HttpResponse:
    """Any day."""
    return render_day(request, Visit.of(request), date)


def render_day(request: HttpRequest, visit: Visit, date: dt.date, *, status: int = 200, **refused: Any) -> HttpResponse:
    """The page of a day, latest first; a refused form, by its name in the page, still has what was typed."""
    overview = visit.overview(day_period(date))
    context = {
        "tab": "today" if date == visit.today else "",
        "is_first_run": not overview.sessions and not visit.has_sessions,
        "date": date,
        "total": overview.totals.on(date),
        "rows": rows_of_day(overview, date, kept=request.session.get(KEPT_OVERLAPS, [])),
        "bars": bars(overview.totals, visit.this_week),
        "previous": date - dt.timedelta(days=1),
        "next": date + dt.timedelta(days=1),
        **refused,
    }
    return render_page(request, "day.html", visit, overview, context, status=status)


@require_safe
def week(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """The week around a date; its address is that of its first day."""
    visit = Visit.of(request)
    period = week_period(date or visit.today, week_start=visit.user.week_start)
    if date is not None and date != period.first:
        return HttpResponseRedirect(reverse("week", args=[period.first]))
    overview = visit.overview(period)
    context = {
        "total": overview.totals.of(period),
        "bars": bars(overview.totals, period),
        "days": [(each, overview.totals.on(each), overview.sessions_on(each)) for each in period.dates()],
        "tab": "week",
        **_around(period, "week", visit),
    }
    return render_page(request, "week.html", visit, overview, context)


@require_safe
def month(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """A calendar month as a calendar."""
    visit = Visit.of(request)
    period = month_period(date or visit.today)
    overview = visit.overview(period, limit=0)
    first = week_period(period.first, week_start=visit.user.week_start).first
    last = week_period(period.end - dt.timedelta(days=1), week_start=visit.user.week_start).end
    cells = [Cell(each, overview.totals.on(each), each in period) for each in Period(first, last).dates()]
    context = {
        "total": overview.totals.of(period),
        "weeks": [cells[index : index + 7] for index in range(0, len(cells), 7)],
        "busiest": max((cell for cell in cells if cell.is_in_period), key=lambda cell: cell.total.seconds),
        "tab": "month",
        **_around(period, "month", visit),
    }
    return render_page(request, "month.html", visit, overview, context)


def _around(period: Period, duration: Duration, visit: Visit) -> dict[str, object]:
    """The first days of the periods before and after, for the links, and whether this is the present one."""
    week_start = visit.user.week_start
    return {
        "period": period,
        "last_date": period.end - dt.timedelta(days=1),
        "is_present": visit.today in period,
        "previous": period_around(period.first, duration, week_start=week_start, offset=-1).first,
        "next": period_around(period.first, duration, week_start=week_start, offset=1).first,
    }
