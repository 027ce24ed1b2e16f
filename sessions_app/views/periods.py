"""Today, a day, a week, a month."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions_app.selectors.totals import Total
from sessions_app.timekeeping.periods import Period, PeriodUnit, day_period, month_period, period_around, week_period
from sessions_app.views.charts import bars
from sessions_app.views.day_rows import DISMISSED_OVERLAPS, rows_of_day
from sessions_app.views.page_context import PageContext, render_page

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
    page = PageContext.of(request)
    return render_day(request, page, page.today)


@require_safe
def day(request: HttpRequest, date: dt.date) -> HttpResponse:
    """Any day."""
    return render_day(request, PageContext.of(request), date)


def render_day(
    request: HttpRequest, page: PageContext, date: dt.date, *, status: int = 200, **refused: Any
) -> HttpResponse:
    """The page of a day, latest first; a refused form, by its name in the page, still has what was typed."""
    overview = page.overview(day_period(date))
    context = {
        "tab": "today" if date == page.today else "",
        "is_first_run": not overview.sessions and not page.has_sessions,
        "date": date,
        "total": overview.totals.on(date),
        "rows": rows_of_day(overview, date, dismissed=request.session.get(DISMISSED_OVERLAPS, [])),
        "bars": bars(overview.totals, page.this_week),
        "previous": date - dt.timedelta(days=1),
        "next": date + dt.timedelta(days=1),
        **refused,
    }
    return render_page(request, "periods/day.html", page, overview, context, status=status)


@require_safe
def week(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """The week around a date; its address is that of its first day."""
    page = PageContext.of(request)
    period = week_period(date or page.today, week_start=page.user.week_start)
    if date is not None and date != period.first:
        return HttpResponseRedirect(reverse("week", args=[period.first]))
    overview = page.overview(period)
    context = {
        "total": overview.totals.of(period),
        "bars": bars(overview.totals, period),
        "days": [(each, overview.totals.on(each), overview.sessions_on(each)) for each in period.dates()],
        "tab": "week",
        **_around(period, "week", page),
    }
    return render_page(request, "periods/week.html", page, overview, context)


@require_safe
def month(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """A calendar month as a calendar."""
    page = PageContext.of(request)
    period = month_period(date or page.today)
    overview = page.overview(period, limit=0)
    first = week_period(period.first, week_start=page.user.week_start).first
    last = week_period(period.end - dt.timedelta(days=1), week_start=page.user.week_start).end
    cells = [Cell(each, overview.totals.on(each), each in period) for each in Period(first, last).dates()]
    context = {
        "total": overview.totals.of(period),
        "weeks": [cells[index : index + 7] for index in range(0, len(cells), 7)],
        "busiest": max((cell for cell in cells if cell.is_in_period), key=lambda cell: cell.total.seconds),
        "tab": "month",
        **_around(period, "month", page),
    }
    return render_page(request, "periods/month.html", page, overview, context)


def _around(period: Period, duration: PeriodUnit, page: PageContext) -> dict[str, object]:
    """The first days of the periods before and after, for the links, and whether this is the present one."""
    week_start = page.user.week_start
    return {
        "period": period,
        "last_date": period.end - dt.timedelta(days=1),
        "is_present": page.today in period,
        "previous": period_around(period.first, duration, week_start=week_start, offset=-1).first,
        "next": period_around(period.first, duration, week_start=week_start, offset=1).first,
    }
