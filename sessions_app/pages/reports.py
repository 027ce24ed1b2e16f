"""What the address of a report asks for. Pages and downloads of a report have the same address."""

from dataclasses import replace

from django.http import Http404, HttpRequest

from sessions_app.pages.context import PageContext
from sessions_app.pages.report_table import read_key
from sessions_app.reports import Figures, GroupValue, ReportQuery, drill_down, read_report
from sessions_app.reports.addresses import ReportForm
from sessions_app.reports.labels import ALL_TIME
from sessions_app.timekeeping.periods import Period, period_before


def read_form(request: HttpRequest, page: PageContext) -> ReportForm:
    """Reads the query of the address."""
    return ReportForm(request.GET, user=page.user, today=page.today, catalogue=page.catalogue)


def previous_period(form: ReportForm) -> Period | None:
    """Returns the period to compare with, None if that of the report is without bounds."""
    period = form.period
    if period.first == ALL_TIME.first or period.end == ALL_TIME.end:
        return None
    try:
        before = period_before(period)
    except ValueError:  # off the calendar
        return None
    return before if before.first >= ALL_TIME.first else None


def read_previous_total(form: ReportForm, page: PageContext) -> Figures | None:
    """Reads the total of the same report of the period before, None if there is none. Two queries."""
    period = previous_period(form)
    if period is None:
        return None
    return read_report(page.user, replace(form.query, period=period), now=page.now).total


def read_key_and_query(request: HttpRequest, form: ReportForm) -> tuple[tuple[GroupValue, ...], ReportQuery]:
    """Reads the key of a line from the address (`at`) and returns it with the query of the sessions that make it.

    With `only=billable` these are the billable ones. Raises Http404 for a key that no line has.
    """
    key = read_key(form.query.group_by, request.GET.getlist("at"))
    try:
        query = drill_down(form.query, key)
    except (ValueError, OverflowError):  # a day outside the period
        raise Http404 from None
    if is_billable_only(request):
        query = replace(query, where=replace(query.where, billable=True))
    return key, query


def is_billable_only(request: HttpRequest) -> bool:
    """Says whether the drill-down is into a billable number."""
    return request.GET.get("only") == "billable"
