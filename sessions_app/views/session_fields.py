"""Inline editing of a field of a session: name, project, tags, start, end, duration, billable."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.forms.sessions import EDITED_ALONE, SessionForm
from sessions_app.models import TimeSession
from sessions_app.pages.actions import WEB, add_undo_message
from sessions_app.pages.context import PageContext
from sessions_app.pages.session import compare_states
from sessions_app.selectors.sessions import get_session
from timetracker.errors import StaleVersionError
from timetracker.pages import SeeOther, form_to_service, next_url, respond, wants_fragment


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit_field(request: HttpRequest, session_id: UUID, field: str) -> HttpResponse:
    """Edits one of `EDITED_ALONE` with a form that is a fragment or a page, and redirects to the row it came from.

    If the session was changed meanwhile (409), shows both values, and saves when sent again.
    """
    if field not in EDITED_ALONE:
        raise Http404
    page = PageContext.of(request)
    # A POST also finds a session that was deleted meanwhile, so that the form shows the reason with the typed values.
    session = get_session(page.user, session_id, in_trash=request.method == "POST")
    if field == "end" and session.is_running:
        raise Http404
    if request.method != "POST":
        return _form_response(request, field, _form(page, session, field))
    form = _form(page, session, field, request.POST)
    try:
        saved = form_to_service(
            form,
            lambda: services.edit_session(
                page.user, WEB, session_id, versions=frozenset([form.cleaned_data["version"]]), **form.changes
            ),
        )
    except StaleVersionError:
        form.present_version = session.version
        both = compare_states(form, _form(page, session, field), request.POST)
        return _form_response(request, field, form, status=409, both=both)
    if saved is None:
        return _form_response(request, field, form, status=422)
    add_undo_message(request, _("Saved “%(name)s”.") % {"name": saved}, saved)
    return SeeOther(f"{next_url(request)}#session-{session_id}")


def _form(page: PageContext, session: TimeSession, field: str, data: object = None) -> SessionForm:
    return SessionForm(data, session=session, catalogue=page.catalogue, user=page.user, now=page.now, only=field)


def _form_response(
    request: HttpRequest, field: str, form: SessionForm, *, status: int = 200, both: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Responds with the form: as a fragment in place of the value, else as a page."""
    is_fragment = wants_fragment(request)
    template = "sessions/_field_form.html" if is_fragment else "sessions/session_edit_field.html"
    context = {
        "field": field,
        "form": form,
        "session": form.session,
        "both": both,
        "next_url": next_url(request),
        "is_fragment": is_fragment,
    }
    response = respond(request, template, context, status=status)
    if request.method == "POST":
        # The response to a saved form replaces bar and day; this one replaces the form.
        response["HX-Retarget"] = response["HX-Reselect"] = f"#edit-{field}-{form.session.id}"
        response["HX-Reswap"] = "outerHTML"
    return response
