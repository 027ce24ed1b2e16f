"""A timesheet for a client, as a page to print and as PDF."""

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.pages.context import PageContext
from sessions_app.reports.addresses import TimesheetForm
from sessions_app.reports.labels import format_period_slug
from sessions_app.reports.timesheet import read_timesheet
from sessions_app.reports.timesheet_pdf import TimesheetData, render_pdf
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError
from timetracker.http.downloads import limit_downloads
from timetracker.pages import respond


@require_safe
def timesheet(request: HttpRequest) -> HttpResponse:
    """Shows the timesheet of the client or project in the query; without one, only the form."""
    page = PageContext.of(request)
    problem, sheet = "", None
    with page.snapshot():
        form = _read_form(request, page)
        try:
            sheet = _read(form, page)
        except DomainError as error:
            problem = error.message
    context = {
        "tab": "reports",
        "form": form,
        "sheet": sheet,
        "problem": problem,
        "address": form.address(),
        "here": request.get_full_path(),
    }
    return respond(request, "reports/timesheet.html", context)


@require_safe
@limit_downloads
def timesheet_pdf(request: HttpRequest) -> HttpResponseBase:
    """Sends the same timesheet as a file. Raises DomainError without a client or project."""
    page = PageContext.of(request)
    with snapshot():
        form = _read_form(request, page)
        form.check()
        sheet = _read(form, page)
    if sheet is None:
        raise DomainError("invalid", _("A timesheet is for a client or a project. Choose one."))
    response = FileResponse(
        BytesIO(render_pdf(sheet)),
        as_attachment=True,
        filename=f"timesheet-{format_period_slug(form.period)}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _read_form(request: HttpRequest, page: PageContext) -> TimesheetForm:
    return TimesheetForm(request.GET, user=page.user, today=page.today, catalogue=page.catalogue)


def _read(form: TimesheetForm, page: PageContext) -> TimesheetData | None:
    if not form.has_client_or_project:
        return None
    return read_timesheet(page.user, form.query, now=page.now, catalogue=page.catalogue)
