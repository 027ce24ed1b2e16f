"""Presses on one session for which nothing is typed: done, or the reason said, on the page they were on."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.formatting import format_time
from sessions_app.forms.restructuring import RetimeForm
from sessions_app.models import TimeSession
from sessions_app.timekeeping.durations import format_words
from sessions_app.views.page_context import WEB, SeeOther, back, came_from, require_user, say_done
from sessions_app.views.session_edit import find_session
from timetracker.errors import DomainError, NotFoundError
from users_app.models import User


@require_POST
def session_continue(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Starts a session with the same name."""
    user = require_user(request)
    session = find_session(user, session_id)
    said = _("Started “%(name)s”.") % {"name": session}
    _do(request, lambda: services.continue_session(user, WEB, session_id).started, said)
    return SeeOther(reverse("today"))


@require_POST
def session_duplicate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The same session once more."""
    user = require_user(request)
    session = find_session(user, session_id)
    said = _("Duplicated “%(name)s”.") % {"name": session}
    _do(request, lambda: services.duplicate_session(user, WEB, session_id), said)
    return back(request)


@require_POST
def session_merge(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Makes one session of this and its neighbour `other`."""
    user = require_user(request)
    try:
        other = find_session(user, UUID(request.POST.get("other", "")))
    except ValueError:
        raise NotFoundError from None
    session = find_session(user, session_id)
    said = _("Merged “%(name)s” and “%(other)s”.") % {"name": session, "other": other}
    _do(request, lambda: services.merge_sessions(user, WEB, session_id, other.id), said)
    return _back_from(request, session)


@require_POST
def session_delete(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to the Trash; nothing is asked, it can be undone."""
    user = require_user(request)
    session = services.delete_session(user, WEB, session_id)
    values = {"name": session, "duration": format_words(session.duration_seconds or 0)}
    say_done(request, _("Deleted “%(name)s”, %(duration)s. In Trash for 30 days.") % values, session)
    return _back_from(request, session)


@require_POST
def session_confirm(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """“Still going”, or “the guessed end is right”."""
    user = require_user(request)
    session = find_session(user, session_id)
    confirm = services.confirm_running if session.is_running else services.confirm_end
    said = _("“%(name)s” goes on.") if session.is_running else _("The end of “%(name)s” is right.")
    _do(request, lambda: confirm(user, WEB, session_id), said % {"name": session})
    return back(request)


@require_POST
def session_retime(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves an edge of a session to an instant that the page offered: over a gap, out of an overlap."""
    user = require_user(request)
    session = find_session(user, session_id)
    form = RetimeForm(request.POST)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("start", "end") if form.cleaned_data[name]}
        versions = frozenset([form.cleaned_data["version"]])
        _do(
            request,
            lambda: services.edit_session(user, WEB, session_id, versions=versions, **fields),
            _moved(session, user, **fields),
        )
    return back(request)


def _moved(session: TimeSession, user: User, *, start: datetime | None = None, end: datetime | None = None) -> str:
    def time(instant: datetime | None) -> str:
        return "" if instant is None else format_time(instant, session.zone, user)

    if start is not None:
        values = {"name": session, "old": time(session.start), "new": time(start)}
        return _("Start of “%(name)s” moved from %(old)s to %(new)s.") % values
    values = {"name": session, "old": time(session.end), "new": time(end)}
    return _("End of “%(name)s” moved from %(old)s to %(new)s.") % values


def _back_from(request: HttpRequest, session: TimeSession) -> HttpResponse:
    """To where the form was, but to the session's day when that is its own page, which may be gone."""
    is_own_page = str(session.id) in came_from(request)
    return SeeOther(reverse("day", args=[session.first_date])) if is_own_page else back(request)


def _do(request: HttpRequest, service: Callable[[], TimeSession | None], said: str) -> None:
    """Does it and says so with Undo, or says why not; there is nothing typed to keep."""
    try:
        session = service()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        say_done(request, said, session)
