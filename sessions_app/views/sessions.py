"""Adding and editing sessions, by forms and buttons, and actions on many sessions."""

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import services
from sessions_app.formatting import format_added, format_date, format_end, format_time
from sessions_app.forms.sessions import AddSessionForm, RetimeForm, SelectionForm, SessionForm
from sessions_app.models import TimeSession
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.budgets import with_budget_note
from sessions_app.pages.context import PageContext
from sessions_app.pages.session import compare_states, leave_session_page, session_page
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.selectors.sessions import find_session, get_session
from sessions_app.services.validation import SessionInput
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.periods import day_of, week_period
from timetracker.characters import isolate
from timetracker.errors import ConflictError, NotFoundError, StaleVersionError
from timetracker.pages import SeeOther, button_to_service, form_to_service, next_url, now_of, redirect_back, respond
from users_app.guests import call_as_user, leads_to_sign_in_where_closed
from users_app.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def session_add(request: HttpRequest) -> HttpResponse:
    """Adds a finished session, with a form whose initial values are `?date=`, `start`, `end`, `name`.

    Redirects to the session's day, or back to a page of its week.
    """
    page = PageContext.of(request)
    if request.method != "POST":
        preset = {name: request.GET[name] for name in ("start", "end", "name") if name in request.GET}
        initial: dict[str, object] = {"date": page.today, **preset}
        with suppress(ValueError):
            initial["date"] = date.fromisoformat(request.GET.get("date", ""))
        form = AddSessionForm(catalogue=page.catalogue, user=page.user, now=page.now, initial=initial)
        if "start" in preset:  # filling a gap: only the name is missing
            form.fields["name"].widget.attrs["autofocus"] = True
        return _add_page(request, form)
    form = AddSessionForm(request.POST, catalogue=page.catalogue, user=page.user, now=page.now)
    try:
        session = form_to_service(form, lambda: _add(request, page, form), catch_conflict=False)
    except NotFoundError:
        return redirect_back(request)  # the form was sent twice, and its guest is not accessible to this browser
    except ConflictError:
        page = PageContext.of(request)  # of the guest created by the same form, which was sent twice
        if _is_sent_twice(page.user, form):
            return SeeOther(reverse("day", args=[form.cleaned_data["date"]]))
        form.ask_again(None, _("This page has added its session already. Press again to add this one, too."))
        session = None
    if session is None:
        return _add_page(request, form, status=422)
    add_undo_message(
        request, with_budget_note(format_added(session, page.user), session.user, session, page.now), session
    )
    week = week_period(session.first_date, week_start=page.user.week_start)
    shown = {reverse("week", args=[week.first]), *([reverse("week")] if week == page.this_week else [])}
    if next_url(request).partition("?")[0] in shown:
        return redirect_back(request)
    return SeeOther(reverse("day", args=[session.first_date]))


def _add(request: HttpRequest, page: PageContext, form: AddSessionForm) -> TimeSession:
    fields: SessionInput = {**form.session_fields, "timezone": page.user.timezone}
    session_id = form.cleaned_data["id"]
    return call_as_user(request, lambda user: services.save_session(user, WEB, session_id=session_id, **fields))


def _is_sent_twice(user: User, form: AddSessionForm) -> bool:
    """Returns whether the session exists already with the values of the form."""
    values = form.cleaned_data
    session = find_session(user, values["id"])
    if session is None or session.deleted_at is not None:
        return False
    return (session.start, session.end) == (values["start"], values["end"])


def _add_page(request: HttpRequest, form: AddSessionForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "next_url": next_url(request)}
    return respond(request, "sessions/session_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Edits all fields of a session. If it was changed meanwhile, shows the typed and the present values."""
    page = PageContext.of(request)
    # A POST also finds a session that was deleted meanwhile, so that the form shows the reason with the typed values.
    session = get_session(page.user, session_id, in_trash=request.method == "POST")
    if request.method != "POST":
        return session_page(request, page, session)
    form = SessionForm(request.POST, session=session, catalogue=page.catalogue, user=page.user, now=page.now)
    try:
        saved = form_to_service(
            form,
            lambda: services.edit_session(
                page.user, WEB, session_id, versions=frozenset([form.cleaned_data["version"]]), **form.changes
            ),
        )
    except StaleVersionError:
        return _conflict_page(request, page, session, form)
    if saved is None:
        return session_page(request, page, session, form=form, status=422)
    add_undo_message(request, _("Saved “%(name)s”.") % {"name": saved}, saved)
    return redirect_back(request)


def _conflict_page(request: HttpRequest, page: PageContext, session: TimeSession, form: SessionForm) -> HttpResponse:
    """Shows the typed and the present values side by side."""
    now = SessionForm(session=session, catalogue=page.catalogue, user=page.user, now=page.now)
    both = compare_states(form, now, request.POST)
    sent = [(key, value) for key, value in request.POST.items() if key not in {"version", "csrfmiddlewaretoken"}]
    context = {"session": session, "both": both, "sent": sent, "next_url": next_url(request)}
    return respond(request, "sessions/session_conflict.html", context, status=409)


@require_POST
def session_retime(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves one or both edges of a session to given instants: to fill a gap, resolve an overlap, or in the calendar."""
    user = require_user(request)
    session = get_session(user, session_id)
    # A button sends one value only; it has the version in its URL.
    form = RetimeForm(request.GET.dict() | request.POST.dict(), now=now_of(request))
    if form.is_valid():
        versions = frozenset([form.cleaned_data["version"]])
        moved = button_to_service(
            request, lambda: services.edit_session(user, WEB, session_id, versions=versions, **form.changes)
        )
        if moved is not None:
            start, end = form.changes.get("start"), form.changes.get("end")
            add_undo_message(request, _moved(session, user, start=start, end=end), moved)
    for reason in form.non_field_errors():
        messages.error(request, str(reason))
    return redirect_back(request)


def _moved(session: TimeSession, user: User, *, start: datetime | None = None, end: datetime | None = None) -> str:
    def time(instant: datetime | None) -> str:
        return "" if instant is None else format_end(session.start, instant, session.zone, user)

    if start is not None and end is not None:
        values = {
            "name": session,
            "date": format_date(day_of(start, session.zone), user, has_weekday=True),
            "start": format_time(start, session.zone, user),
            "end": format_end(start, end, session.zone, user),
        }
        return _("Moved “%(name)s” to %(date)s, %(start)s–%(end)s.") % values
    if start is not None:
        values = {"name": session, "old": time(session.start), "new": time(start)}
        return _("Start of “%(name)s” moved from %(old)s to %(new)s.") % values
    values = {"name": session, "old": time(session.end), "new": time(end)}
    return _("End of “%(name)s” moved from %(old)s to %(new)s.") % values


@require_POST
def session_duplicate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Duplicates a session."""
    user = require_user(request)
    session = get_session(user, session_id)
    copy = button_to_service(request, lambda: services.duplicate_session(user, WEB, session_id))
    if copy is not None:
        add_undo_message(request, _("Duplicated “%(name)s”.") % {"name": session}, copy)
    return redirect_back(request)


@require_POST
def session_delete(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to the Trash, without asking, since it can be undone."""
    user = require_user(request)
    session = services.delete_session(user, WEB, session_id)
    values = {"name": isolate(str(session)), "duration": format_words(session.duration_seconds or 0)}
    add_undo_message(request, _("Deleted “%(name)s”, %(duration)s. In Trash for 30 days.") % values, session)
    return leave_session_page(request, session)


@require_POST
def session_confirm(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Handles the answers “Still going” and “the guessed end is right”."""
    user = require_user(request)
    session = get_session(user, session_id)
    confirm = services.confirm_running if session.is_running else services.confirm_end
    message = _("“%(name)s” goes on.") if session.is_running else _("The end of “%(name)s” is right.")
    confirmed = button_to_service(request, lambda: confirm(user, WEB, session_id))
    if confirmed is not None:
        add_undo_message(request, message % {"name": session}, confirmed)
    return redirect_back(request)


@require_POST
def session_selection(request: HttpRequest) -> HttpResponse:
    """Applies an action to many sessions, as one changeset."""
    user = require_user(request)
    form = SelectionForm(request.POST, catalogue=read_catalogue(user))
    if not form.is_valid():
        gone = " ".join(map(str, form.errors.get("project_id", ())))
        messages.info(request, gone or _("Choose one or more sessions first."))
        return redirect_back(request)
    ids, do = form.cleaned_data["session"], form.cleaned_data["do"]
    if do == "delete":
        written = button_to_service(request, lambda: services.delete_sessions(user, WEB, ids))
        message = ngettext("Deleted %(count)d session.", "Deleted %(count)d sessions.", len(ids))
    else:
        fields: SessionInput = (
            {"project_id": form.cleaned_data["project_id"]} if do == "project" else {"billable": do == "billable"}
        )
        written = button_to_service(request, lambda: services.edit_sessions(user, WEB, ids, **fields))
        message = ngettext("Changed %(count)d session.", "Changed %(count)d sessions.", len(ids))
    if written is not None:
        add_undo_message(request, message % {"count": len(ids)}, *written)
    return redirect_back(request)
