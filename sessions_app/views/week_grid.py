"""The grid of a week, with a duration to type for each project and day."""

import datetime as dt
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.formatting import format_rounding_note, format_week, list_amounts
from sessions_app.models import TimeSession
from sessions_app.pages.actions import WEB, add_undo_message
from sessions_app.pages.by_project import read_by_project
from sessions_app.pages.context import PageContext
from sessions_app.pages.week_grid import Todo, note_errors, read_grid, read_typed
from sessions_app.timekeeping.periods import week_period
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError
from timetracker.pages import SeeOther, respond
from users_app.guests import call_as_user, leads_to_sign_in_where_closed
from users_app.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def week_grid(request: HttpRequest, date: dt.date) -> HttpResponse:
    """Shows the grid of the week around a date. A POST writes all changed cells as one changeset, or none (422)."""
    page = PageContext.of(request)
    period = week_period(date, week_start=page.user.week_start)
    if date != period.first:
        return HttpResponseRedirect(reverse("week_grid", args=[period.first]))
    with snapshot():
        overview = page.read_overview(period)
        grid = read_grid(page, period, overview)
        figures = read_by_project(page, period).total
    if request.method == "POST":
        todo = read_typed(grid, request.POST.dict(), page.user)
        written: list[TimeSession] = []
        if todo and not grid.has_errors:
            try:
                outcomes = call_as_user(request, _save_all, todo=todo)
                written = [each for each in outcomes if isinstance(each, TimeSession)]
            except services.OperationsFailedError as error:
                note_errors(todo, error.outcomes)
        if not grid.has_errors:
            count = len(written)
            text = ngettext("Saved %(count)d cell of the week.", "Saved %(count)d cells of the week.", count)
            add_undo_message(request, text % {"count": count}, *written)
            return SeeOther(reverse("week_grid", args=[period.first]))
    total = overview.totals.of(period)
    days = [(day, overview.totals.on(day)) for day in period.dates()]
    sums = [(total.seconds, [each.seconds for _day, each in days]), (total.seconds, [row.seconds for row in grid.rows])]
    sums += [(row.seconds, [cell.seconds for cell in row.cells]) for row in grid.rows]
    for index, (_day, of_day) in enumerate(days):
        sums.append((of_day.seconds, [row.cells[index].seconds for row in grid.rows]))
    context = {
        "tab": "week",
        "way": "grid",
        "label": format_week(period.first, page.user, this_year=page.today.year),
        "grid": grid,
        "period": period,
        "days": days,
        "total": total,
        "figures": figures,
        "amounts": list_amounts(figures.amounts),
        "rounding_note": format_rounding_note(sums, page.user.duration_format),
        "is_present": page.today in period,
        "previous": period.first - dt.timedelta(days=7),
        "next": period.end,
    }
    return respond(request, "periods/week_grid.html", context, status=422 if grid.has_errors else 200)


def _save_all(user: User, *, todo: list[Todo]) -> list[TimeSession | DomainError]:
    return services.run_operations(user, WEB, [partial(save, user) for _cell, save in todo], atomic=True)
