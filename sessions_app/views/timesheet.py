"""A timesheet for a client: a page to print, and the same as PDF."""

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.forms.reports import TimesheetForm
from sessions_app.reports.timesheet import read_timesheet
from sessions_app.reports.timesheet_pdf import TimesheetData, render_pdf
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.downloads import check_form, name_period
from sessions_app.views.page_context import PageContext, render_page
from timetracker.db.snapshot import snapshot
from timetracker.errors import DomainError


@require_safe
def timesheet(request: HttpRequest) -> HttpResponse:
    """The timesheet of the client or project in the address; until there is one, only the question for whom."""
    page = PageContext.of(request)
    problem, sheet = "", None
    with snapshot():
        form = _read_form(request, page)
        overview = page.overview(day_period(page.today), limit=0)
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
    return render_page(request, "reports/timesheet.html", page, overview, context)


@require_safe
def timesheet_pdf(request: HttpRequest) -> HttpResponseBase:
    """The same timesheet as a file. Raises DomainError for an address that asks for none."""
    page = PageContext.of(request)
    with snapshot():
        form = _read_form(request, page)
        check_form(form)
        sheet = _read(form, page)
    if sheet is None:
        raise DomainError("invalid", _("A timesheet is for a client or a project. Choose one."))
    response = FileResponse(
        BytesIO(render_pdf(sheet)),
        as_attachment=True,
        filename=f"timesheet-{name_period(form.period)}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _read_form(request: HttpRequest, page: PageContext) -> TimesheetForm:
    return TimesheetForm(request.GET, user=page.user, today=page.today, catalogue=page.catalogue)


def _read(form: TimesheetForm, page: PageContext) -> TimesheetData | None:
    if not form.is_for_somebody:
        return None
    return read_timesheet(page.user, form.query, now=page.now, catalogue=page.catalogue)
