"""Saved reports: saving, listing, renaming and deleting them."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import services
from sessions_app.forms.saved_reports import NewSavedReportForm, SavedReportForm
from sessions_app.models import SavedReport
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.context import PageContext
from sessions_app.selectors.saved_reports import get_saved_report, saved_reports_of
from timetracker.pages import SeeOther, form_to_service, respond
from users_app.guests import call_as_user


@require_http_methods(["GET", "HEAD", "POST"])
def saved_report_list(request: HttpRequest) -> HttpResponse:
    """Lists the saved reports. A POST saves one, and redirects to it."""
    if request.method != "POST":
        return _list_page(request)
    form = NewSavedReportForm(request.POST)
    save = partial(call_as_user, request, services.save_report, actor=WEB)
    report = form_to_service(form, lambda: save(**form.cleaned_data), conflict_field="name")
    if report is None:
        return _list_page(request, form, status=422)
    add_undo_message(request, _("Saved the report “%(name)s”.") % {"name": report}, report)
    return SeeOther(_address_of(report))


@require_http_methods(["GET", "HEAD", "POST"])
def saved_report_detail(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Shows and changes the name of a saved report."""
    user = require_user(request)
    report = get_saved_report(user, report_id)
    if request.method != "POST":
        return _detail_page(request, report, SavedReportForm(initial=vars(report)))
    form = SavedReportForm(request.POST)
    edit = partial(services.edit_report, user, WEB, report_id)
    changed = form_to_service(form, lambda: edit(**form.cleaned_data), conflict_field="name")
    if changed is None:
        return _detail_page(request, report, form, status=422)
    add_undo_message(request, _("Changed “%(name)s”.") % {"name": changed}, changed)
    return SeeOther(reverse("saved_report_list"))


@require_POST
def saved_report_delete(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Deletes a saved report. The sessions in it stay as they are."""
    report = services.delete_report(require_user(request), WEB, report_id)
    add_undo_message(request, _("Deleted the saved report “%(name)s”.") % {"name": report}, report)
    return SeeOther(reverse("saved_report_list"))


def _list_page(request: HttpRequest, form: NewSavedReportForm | None = None, *, status: int = 200) -> HttpResponse:
    page = PageContext.of(request)
    context = {
        "tab": "reports",
        "here": reverse("saved_report_list"),
        "saved": [] if page.is_anonymous else saved_reports_of(page.user),
        "form": form,
    }
    return respond(request, "reports/saved_report_list.html", context, status=status)


def _detail_page(
    request: HttpRequest, report: SavedReport, form: SavedReportForm, *, status: int = 200
) -> HttpResponse:
    here = reverse("saved_report_detail", args=[report.id])
    context = {"tab": "reports", "here": here, "report": report, "form": form}
    return respond(request, "reports/saved_report_detail.html", context, status=status)


def _address_of(report: SavedReport) -> str:
    return f"{reverse('reports')}?{report.query}"
