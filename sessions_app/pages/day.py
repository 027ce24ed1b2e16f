"""The page of a day, with which the timer also answers a rejected form of the frame."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse

from sessions_app.formatting import format_rounding_note
from sessions_app.pages.charts import inks_of
from sessions_app.pages.context import PageContext
from sessions_app.pages.day_rows import list_day
from sessions_app.pages.side import read_side
from sessions_app.pages.timeline import timeline
from sessions_app.selectors.forgotten import find_forgotten
from sessions_app.selectors.sessions import has_sessions
from sessions_app.timekeeping.periods import day_period
from timetracker.db.snapshot import snapshot
from timetracker.pages import respond

DISMISSED_OVERLAPS = "kept_overlaps"
"""The key in the log-in session for the overlaps that this browser does not ask about again."""


def day_page(
    request: HttpRequest, page: PageContext, date: dt.date, *, status: int = 200, **rejected: Any
) -> HttpResponse:
    """Responds with a day, its sessions latest first. `rejected` are bound forms, by their name in the template."""
    with snapshot():
        overview = page.read_overview(day_period(date))
        inks = inks_of(page.catalogue)
        side = read_side(page, inks)
    forgotten = find_forgotten(page.user, overview.totals.running, now=page.now)
    listed = overview.sessions_on(date)
    total = overview.totals.on(date)
    sums = [
        (total.seconds, [each.seconds for each in listed]),
        (overview.totals.of(page.this_week).seconds, [bar.total.seconds for bar in side.bars]),
    ]
    context = {
        "tab": "today" if date == page.today else "",
        "is_first_run": not overview.sessions and not has_sessions(page.user),
        "date": date,
        "total": total,
        "timeline": timeline((each.session for each in listed), date, inks, zone=page.user.zone, now=page.now),
        "side": side,
        "list": list_day(
            overview,
            date,
            is_today=date == page.today,
            dismissed=request.session.get(DISMISSED_OVERLAPS, []),
            forgotten=None if forgotten is None else forgotten.session,
        ),
        "rounding_note": format_rounding_note(sums, page.user.duration_format),
        "previous": date - dt.timedelta(days=1),
        "next": date + dt.timedelta(days=1),
        **rejected,
    }
    return respond(request, "periods/day.html", context, status=status)
