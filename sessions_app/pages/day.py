"""The page of a day, which the timer answers with, too, when it rejects a form of the frame."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from sessions_app.formatting import format_rounding_note
from sessions_app.pages.charts import bars
from sessions_app.pages.context import PageContext
from sessions_app.pages.day_rows import rows_of_day
from sessions_app.selectors.sessions import has_sessions
from sessions_app.timekeeping.periods import day_period
from timetracker.pages import respond

DISMISSED_OVERLAPS = "kept_overlaps"
"""In the log-in session: the keys of the overlaps that this browser does not ask about again."""


def day_page(
    request: HttpRequest, page: PageContext, date: dt.date, *, status: int = 200, **rejected: Any
) -> HttpResponse:
    """Responds with a day, its sessions latest first; a rejected form, by its name, keeps what was typed."""
    overview = page.read_overview(day_period(date))
    total, week = overview.totals.on(date), [overview.totals.on(each) for each in page.this_week.dates()]
    sums = [
        (total.seconds, [each.seconds for each in overview.sessions_on(date)]),
        (overview.totals.of(page.this_week).seconds, [each.seconds for each in week]),
    ]
    context = {
        "tab": "today" if date == page.today else "",
        "is_first_run": not overview.sessions and not has_sessions(page.user),
        "date": date,
        "total": total,
        "rows": rows_of_day(overview, date, dismissed=request.session.get(DISMISSED_OVERLAPS, [])),
        "rounding_note": format_rounding_note(sums, page.user.duration_format),
        "bars": bars(overview.totals, page.this_week),
        "previous": date - dt.timedelta(days=1),
        "next": date + dt.timedelta(days=1),
        **rejected,
    }
    return respond(request, "periods/day.html", context, status=status)
