"""The export of the account as one file, and its import."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sessions_app.account_export import build_account_export, check_account_export, import_account_export
from sessions_app.imports.waiting import keep_export
from sessions_app.pages.account_export import say_imported
from sessions_app.pages.actions import SECONDS_OF_WORK, WEB, going_on_url
from timetracker.errors import ConflictError, InvalidInputError
from timetracker.http.downloads import limit_downloads
from timetracker.pages import SeeOther, now_of, respond
from users_app.guests import leads_to_sign_in_where_closed, user_for_write, user_or_unsaved

_CONTEXT = {"tab": "settings", "section": "data"}


@require_safe
@leads_to_sign_in_where_closed
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
    """Imports an account export and redirects to the page with Undo, or asks for another file.

    An import that takes longer than some seconds goes on by itself on the page of unfinished work.
    """
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        return _invalid_file_page(request, _("Choose the ZIP file that you downloaded."), status=422)
    try:
        checked = check_account_export(upload.file)
        with user_for_write(request) as user:
            pass  # stores a guest first, since long work in parts cannot be a part of that transaction
        summary = import_account_export(user, WEB, checked, seconds=SECONDS_OF_WORK)
    except InvalidInputError as error:
        return _invalid_file_page(request, error.message, status=422)
    except ConflictError as error:
        return _invalid_file_page(request, error.message, status=error.status)
    if not summary.is_finished:
        keep_export(user, upload.file, checked.digest, now_of(request))
        return SeeOther(going_on_url(summary.changeset_id, reverse("settings_data")))
    say_imported(request, summary)
    return SeeOther(reverse("settings_data"))


def _invalid_file_page(request: HttpRequest, error: str, *, status: int) -> HttpResponse:
    context = {**_CONTEXT, "here": reverse("settings_data"), "file_errors": [error]}
    return respond(request, "account_export/data.html", context, status=status)
