"""The pages of a day, a week and a month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from sessions_app.formatting import format_rounding_note, format_week, list_amounts
from sessions_app.pages.by_project import (
    MAX_MONTH_PROJECTS,
    other_projects,
    parts_by_day,
    project_rows,
    read_by_project,
    report_address,
)
from sessions_app.pages.calendar import week_calendar
from sessions_app.pages.charts import goals_of, hour_lines, inks_of, stacked_bars
from sessions_app.pages.context import PageContext
from sessions_app.pages.day import DISMISSED_OVERLAPS, day_page
from sessions_app.pages.day_rows import list_day
from sessions_app.reports import percents_of
from sessions_app.selectors.totals import Total
from sessions_app.timekeeping.periods import (
    Period,
    PeriodUnit,
    month_period,
    period_around,
    period_before,
    week_period,
)
from timetracker.db.snapshot import snapshot
from timetracker.pages import redirect_back, respond

CALENDAR_VIEW = "?view=calendar"
HEAT_STEP_SECONDS = 2 * 60 * 60
HEAT_STEPS = 5
MAX_DISMISSED = 200
WEEK_CHART_HEIGHT = 120


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of the calendar, with its total. The colour has steps from 0 for nothing to 5 for over eight hours."""

    date: dt.date
    total: Total
    is_in_period: bool

    @property
    def heat(self) -> int:
        """The step of the colour: one for every two hours begun, at most 5."""
        return min(-(-self.total.seconds // HEAT_STEP_SECONDS), HEAT_STEPS)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Shows the present day in the user's zone."""
    page = PageContext.of(request)
    return day_page(request, page, page.today)


@require_safe
def day(request: HttpRequest, date: dt.date) -> HttpResponse:
    """Shows any day."""
    return day_page(request, PageContext.of(request), date)


@require_safe
def week(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """Shows the week around a date: bars, projects by day, and folded sessions. The URL has the week's first day.

    One day is unfolded and shows its sessions like the page of a day: today, or that of `?day=` (empty: none). With
    `?view=calendar`, sessions are drawn at their times, in a column for each day.
    """
    page = PageContext.of(request)
    period = week_period(date or page.today, week_start=page.user.week_start)
    is_calendar = request.GET.get("view") == "calendar"
    address = reverse("week", args=[period.first]) + (CALENDAR_VIEW if is_calendar else "")
    if date is not None and date != period.first:
        return HttpResponseRedirect(address)
    here = request.path + (CALENDAR_VIEW if is_calendar else "")  # returning to “/week/” shows the present week
    if is_calendar:
        return respond(request, "periods/week_calendar.html", _calendar_context(page, period, here=here))
    with snapshot():
        overview = page.read_overview(period)
        inks = inks_of(page.catalogue)
        report = read_by_project(page, period, "day")
    rows = project_rows(report, inks)
    total = overview.totals.of(period)
    open_day = _open_day(request, period, today=page.today)
    dismissed = request.session.get(DISMISSED_OVERLAPS, [])
    days = [(each, overview.totals.on(each), overview.sessions_on(each)) for each in period.dates()]
    sums: list[tuple[int, Sequence[int]]] = [(total.seconds, [each.seconds for _date, each, _listed in days])]
    sums += [(each.seconds, [row.seconds for row in listed]) for _date, each, listed in days]
    sums += [(row.figures.seconds, list(row.seconds)) for row in rows]
    sums += [(total.seconds, [row.figures.seconds for row in rows])]
    context = {
        "label": format_week(period.first, page.user, this_year=page.today.year),
        "total": total,
        "figures": report.total,
        "amounts": list_amounts(report.total.amounts),
        "rows": rows,
        "busiest": max(days, key=lambda each: each[1].seconds)[0],
        "bars": stacked_bars(
            overview.totals,
            period,
            parts_by_day(report),
            inks,
            height=WEEK_CHART_HEIGHT,
            day_goal=page.user.day_goal_seconds,
        ),
        "hour_lines": hour_lines(
            overview.totals, period, height=WEEK_CHART_HEIGHT, day_goal=page.user.day_goal_seconds
        ),
        "goals": goals_of(page.user, overview.totals, period, height=WEEK_CHART_HEIGHT),
        "days": days,
        "open_day": open_day,
        "open_list": open_day and list_day(overview, open_day, is_today=open_day == page.today, dismissed=dismissed),
        "here": here + (f"?day={open_day or ''}" if "day" in request.GET else ""),
        "report_address": report_address(period),
        "rounding_note": format_rounding_note(sums, page.user.duration_format),
        "way": "table",
        "tab": "week",
        **_around(period, "week", page),
    }
    return respond(request, "periods/week.html", context)


def _open_day(request: HttpRequest, period: Period, *, today: dt.date) -> dt.date | None:
    """Returns the unfolded day of a week: the one in the URL, else today; None for none."""
    if "day" not in request.GET:
        return today if today in period else None
    try:
        day = dt.date.fromisoformat(request.GET["day"])
    except ValueError:
        return None
    return day if day in period else None


def _calendar_context(page: PageContext, period: Period, *, here: str) -> dict[str, object]:
    """Returns the context for the calendar of a week. Its figures are those of the week's report."""
    with snapshot():
        overview = page.read_overview(period)
        inks = inks_of(page.catalogue)
        report = read_by_project(page, period)
    calendar = week_calendar(overview, period, inks, zone=page.user.zone, now=page.now)
    total = overview.totals.of(period)
    sums = [(total.seconds, [day.total.seconds for day in calendar.days])]
    sums += [(day.total.seconds, [each.seconds for each in overview.sessions_on(day.date)]) for day in calendar.days]
    return {
        "here": here,
        "label": format_week(period.first, page.user, this_year=page.today.year),
        "total": total,
        "figures": report.total,
        "amounts": list_amounts(report.total.amounts),
        "calendar": calendar,
        "way": "calendar",
        "view": CALENDAR_VIEW,
        "rounding_note": format_rounding_note(sums, page.user.duration_format),
        "tab": "week",
        **_around(period, "week", page),
    }


@require_safe
def month(request: HttpRequest, date: dt.date | None = None) -> HttpResponse:
    """Shows a month: its days as a calendar, then the time of each project."""
    page = PageContext.of(request)
    period = month_period(date or page.today)
    before = period_before(period)
    with snapshot():
        totals = page.read_totals(before, period)
        report = read_by_project(page, period)
        inks = inks_of(page.catalogue)
    first = week_period(period.first, week_start=page.user.week_start).first
    last = week_period(period.end - dt.timedelta(days=1), week_start=page.user.week_start).end
    days = [MonthDay(each, totals.on(each), each in period) for each in Period(first, last).dates()]
    total = totals.of(period)
    before_seconds = totals.of(before).seconds
    parts = [
        [each.total.seconds for each in days if each.is_in_period],
        [group.figures.seconds for group in report.groups],
    ]
    context = {
        "total": total,
        "figures": report.total,
        "amounts": (amounts := list_amounts(report.total.amounts)),
        "total_row": {"figures": report.total, "percent": percents_of(report)[()], "amounts": amounts},
        "rows": project_rows(report, inks, limit=MAX_MONTH_PROJECTS),
        "others": other_projects(report, after=MAX_MONTH_PROJECTS),
        "before": {
            "seconds": before_seconds,
            "more": total.seconds - before_seconds,
            "less": before_seconds - total.seconds,
        },
        "report_address": report_address(period),
        "rounding_note": format_rounding_note([(total.seconds, each) for each in parts], page.user.duration_format),
        "weeks": [days[index : index + 7] for index in range(0, len(days), 7)],
        "busiest": max((each for each in days if each.is_in_period), key=lambda each: each.total.seconds),
        "tab": "month",
        **_around(period, "month", page),
    }
    return respond(request, "periods/month.html", context)


@require_POST
def overlap_keep(request: HttpRequest) -> HttpResponse:
    """Handles “Keep both”: this browser is not asked about these two sessions again."""
    dismissed = [*request.session.get(DISMISSED_OVERLAPS, []), request.POST.get("overlap", "")[:200]]
    request.session[DISMISSED_OVERLAPS] = dismissed[-MAX_DISMISSED:]
    return redirect_back(request)


def _around(period: Period, unit: PeriodUnit, page: PageContext) -> dict[str, object]:
    """Returns the first days of the previous and next period, for links, and whether this period is the present one."""
    week_start = page.user.week_start
    return {
        "period": period,
        "last_date": period.end - dt.timedelta(days=1),
        "is_present": page.today in period,
        "previous": period_around(period.first, unit, week_start=week_start, offset=-1).first,
        "next": period_around(period.first, unit, week_start=week_start, offset=1).first,
    }
