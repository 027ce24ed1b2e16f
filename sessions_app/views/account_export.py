"""The export of the account as one file, and its import."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sessions_app.account_export import ImportSummary, build_account_export, check_account_export, import_account_export
from sessions_app.models import Kind
from sessions_app.pages.actions import WEB
from timetracker.downloads import limit_downloads
from timetracker.errors import ConflictError, InvalidInputError
from timetracker.pages import SeeOther, respond
from users_app.guests import user_for_write, user_or_unsaved

_CONTEXT = {"tab": "settings", "section": "data"}


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Shows the section of the settings with the ways in and out: export, import, Trash, Undo."""
    return respond(request, "account_export/data.html", _CONTEXT)


@require_safe
@limit_downloads
def account_export(request: HttpRequest) -> FileResponse:
    """Sends everything of the user as one ZIP."""
    file = build_account_export(user_or_unsaved(request))
    response = FileResponse(file, as_attachment=True, filename="timetracker-export.zip", content_type="application/zip")
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
def account_import(request: HttpRequest) -> HttpResponse:
    """Adds what is in an export and says so on the page with Undo, or asks for another file."""
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        return _invalid_file_page(request, _("Choose the ZIP file that you downloaded."), status=422)
    try:
        checked = check_account_export(upload.file)
        with user_for_write(request) as user:
            pass  # a guest is stored first: parts that others write between are no part of that transaction
        summary = import_account_export(user, WEB, checked)
    except InvalidInputError as error:
        return _invalid_file_page(request, error.message, status=422)
    except ConflictError as error:
        return _invalid_file_page(request, error.message, status=error.status)
    if summary.changeset_id is None:
        messages.info(
            request, _settings_only() if summary.has_settings else _("Everything in this file is here already.")
        )
    else:
        messages.success(request, _format_summary(summary), extra_tags=str(summary.changeset_id))
    return SeeOther(reverse("settings_data"))


def _invalid_file_page(request: HttpRequest, error: str, *, status: int) -> HttpResponse:
    context = {**_CONTEXT, "here": reverse("settings_data"), "file_errors": [error]}
    return respond(request, "account_export/data.html", context, status=status)


def _settings_only() -> str:
    return _("Your settings are those of the file now.")


def _format_summary(summary: ImportSummary) -> str:
    count = summary.added[Kind.SESSION]
    sentences = [ngettext("Imported %(count)d session.", "Imported %(count)d sessions.", count) % {"count": count}]
    if summary.added.total() > count:
        sentences.append(
            _("New projects: %(projects)d, clients: %(clients)d, tags: %(tags)d.")
            % {
                "projects": summary.added[Kind.PROJECT],
                "clients": summary.added[Kind.CLIENT],
                "tags": summary.added[Kind.TAG],
            }
        )
    if present := summary.present.total():
        sentences.append(
            ngettext("%(count)d entry was here already.", "%(count)d entries were here already.", present)
            % {"count": present}
        )
    if summary.has_settings:
        sentences.append(_settings_only())
    return " ".join(sentences)
