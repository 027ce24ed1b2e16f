"""One session: all of it, its history, and the presses that reshape it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import services
from sessions_app.catalogue import read_catalogue
from sessions_app.forms.session import InsertForm, MoveForm, RetimeForm, SelectionForm, SessionForm, SplitForm
from sessions_app.models import TimeSession
from sessions_app.neighbours import find_neighbours, read_history
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.page import WEB, SeeOther, Visit, back, came_from, render_page, say_done
from sessions_app.writing import write_date, write_time
from timetracker.errors import ConflictError, DomainError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.forms import add_domain_errors
from users_app.guests import current_user
from users_app.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """All fields of a session. A change to a state that is gone is answered with both states, and nothing is lost."""
    visit = Visit.of(request)
    # What was typed for one that was deleted meanwhile is kept, and the reason said.
    session = _find(visit.user, session_id, in_trash=request.method == "POST")
    if request.method != "POST":
        return render_session(request, visit, session)
    form = SessionForm(request.POST, session=session, user=visit.user, now=visit.now)
    if form.is_valid():
        try:
            versions = frozenset([form.cleaned_data["version"]])
            saved = services.edit_session(visit.user, WEB, session_id, versions=versions, **form.changes)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error(None, error.message)
        except StaleVersionError:
            return _conflict(request, visit, session, form)
        else:
            say_done(request, _("Saved “%(name)s”.") % {"name": saved}, saved)
            return back(request)
    return render_session(request, visit, session, form=form, status=422)


def render_session(
    request: HttpRequest, visit: Visit, session: TimeSession, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of a session; a form that was refused is shown as it was typed."""
    fresh: dict[str, Any] = {"session": session, "user": visit.user, "now": visit.now}
    context = {
        "session": session,
        "came_from": came_from(request),
        "form": SessionForm(**fresh),
        "split_form": SplitForm(**fresh),
        "move_form": MoveForm(today=visit.today, initial={"day": session.first_date}),
        "insert_form": InsertForm(**fresh),
        "neighbours": find_neighbours(visit.user, session),
        "changes": read_history(visit.user, session),
        "catalogue": read_catalogue(visit.user),
        **forms,
    }
    overview = visit.overview(day_period(visit.today), limit=0)
    return render_page(request, "session_edit.html", visit, overview, context, status=status)


def _conflict(request: HttpRequest, visit: Visit, session: TimeSession, form: SessionForm) -> HttpResponse:
    """Both states, side by side: what was typed, and what the session is now."""
    now = SessionForm(session=session, user=visit.user, now=visit.now)
    both = [
        {"label": form[name].label, "yours": form[name].value(), "theirs": now[name].initial}
        for name in form.fields
        if form.fields[name].show_hidden_initial
        and (name in form.changed_data or str(now[name].initial) != request.POST.get(f"initial-{name}", ""))
    ]
    sent = [(key, value) for key, value in request.POST.items() if key not in {"version", "csrfmiddlewaretoken"}]
    overview = visit.overview(day_period(visit.today), limit=0)
    context = {"session": session, "both": both, "sent": sent, "came_from": came_from(request)}
    return render_page(request, "session_conflict.html", visit, overview, context, status=409)


@require_POST
def session_split(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Cuts a session in two."""
    visit = Visit.of(request)
    session = _find(visit.user, session_id)
    form = SplitForm(request.POST, session=session, user=visit.user, now=visit.now)
    if form.is_valid():
        at = form.cleaned_data["at"]
        if first := _try(form, lambda: services.split_session(visit.user, WEB, session_id, at)[0]):
            say_done(request, _("Split “%(name)s” in two.") % {"name": session}, first)
            return back(request)
    return render_session(request, visit, session, split_form=form, status=422)


@require_POST
def session_move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to another day."""
    visit = Visit.of(request)
    session = _find(visit.user, session_id)
    form = MoveForm(request.POST, today=visit.today)
    if form.is_valid():
        day, occurrence = form.cleaned_data["day"], form.cleaned_data["occurrence"]
        if moved := _try(form, lambda: services.move_session(visit.user, WEB, session_id, day, occurrence=occurrence)):
            values = {"name": session, "date": write_date(day, visit.user, has_weekday=True)}
            say_done(request, _("Moved “%(name)s” to %(date)s.") % values, moved)
            return SeeOther(reverse("day", args=[day]))
        if form.has_error("day", "ambiguous_time"):
            form.ask_occurrence()
    return render_session(request, visit, session, move_form=form, status=422)


@require_POST
def session_insert(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Puts a new session inside this one."""
    visit = Visit.of(request)
    host = _find(visit.user, session_id)
    form = InsertForm(request.POST, session=host, user=visit.user, now=visit.now)
    if form.is_valid():
        values = form.cleaned_data
        fields = {name: values[name] for name in ("name", "start", "end")}
        if new := _try(form, lambda: services.insert_session(visit.user, WEB, session_id, **fields)):
            say_done(request, _("Inserted “%(new)s” into “%(host)s”.") % {"new": new, "host": host}, new)
            return back(request)
    return render_session(request, visit, host, insert_form=form, status=422)


@require_POST
def session_retime(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves an edge of a session to an instant that the page offered: over a gap, out of an overlap."""
    user = _known(request)
    session = _find(user, session_id)
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
        return "" if instant is None else write_time(instant, session.zone, user)

    if start is not None:
        values = {"name": session, "old": time(session.start), "new": time(start)}
        return _("Start of “%(name)s” moved from %(old)s to %(new)s.") % values
    values = {"name": session, "old": time(session.end), "new": time(end)}
    return _("End of “%(name)s” moved from %(old)s to %(new)s.") % values


@require_POST
def session_continue(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Starts a session with the same name."""
    user = _known(request)
    session = _find(user, session_id)
    said = _("Started “%(name)s”.") % {"name": session}
    _do(request, lambda: services.continue_session(user, WEB, session_id).started, said)
    return SeeOther(reverse("today"))


@require_POST
def session_duplicate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The same session once more."""
    user = _known(request)
    session = _find(user, session_id)
    said = _("Duplicated “%(name)s”.") % {"name": session}
    _do(request, lambda: services.duplicate_session(user, WEB, session_id), said)
    return back(request)


@require_POST
def session_merge(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Makes one session of this and its neighbour `other`."""
    user = _known(request)
    try:
        other = _find(user, UUID(request.POST.get("other", "")))
    except ValueError:
        raise NotFoundError from None
    session = _find(user, session_id)
    said = _("Merged “%(name)s” and “%(other)s”.") % {"name": session, "other": other}
    _do(request, lambda: services.merge_sessions(user, WEB, session_id, other.id), said)
    return _back_from(request, session)


@require_POST
def session_delete(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to the Trash; nothing is asked, it can be undone."""
    user = _known(request)
    session = services.delete_session(user, WEB, session_id)
    values = {"name": session, "duration": format_words(session.duration_seconds or 0)}
    say_done(request, _("Deleted “%(name)s”, %(duration)s. In Trash for 30 days.") % values, session)
    return _back_from(request, session)


@require_POST
def session_confirm(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """“Still going”, or “the guessed end is right”."""
    user = _known(request)
    session = _find(user, session_id)
    confirm = services.confirm_running if session.is_running else services.confirm_end
    said = _("“%(name)s” goes on.") if session.is_running else _("The end of “%(name)s” is right.")
    _do(request, lambda: confirm(user, WEB, session_id), said % {"name": session})
    return back(request)


@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Does one thing to many sessions, as one press that is undone as one."""
    user = _known(request)
    form = SelectionForm(request.POST)
    if not form.is_valid():
        messages.info(request, _("Choose one or more sessions first."))
        return back(request)
    try:
        ids = [UUID(each) for each in form.cleaned_data["session"]]
    except ValueError:
        raise NotFoundError from None
    do = form.cleaned_data["do"]
    try:
        if do == "delete":
            sessions = services.delete_sessions(user, WEB, ids)
            said = ngettext("Deleted %(count)d session.", "Deleted %(count)d sessions.", len(ids))
        else:
            sessions = services.edit_sessions(user, WEB, ids, billable=do == "billable")
            said = ngettext("Changed %(count)d session.", "Changed %(count)d sessions.", len(ids))
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        say_done(request, said % {"count": len(ids)}, *sessions)
    return back(request)


def _back_from(request: HttpRequest, session: TimeSession) -> HttpResponse:
    """To where the form was, but to the session's day when that is its own page, which may be gone."""
    is_own_page = str(session.id) in came_from(request)
    return SeeOther(reverse("day", args=[session.first_date])) if is_own_page else back(request)


def _known(request: HttpRequest) -> User:
    user = current_user(request)
    if user is None:
        raise NotFoundError
    return user


def _find(user: User, session_id: UUID, *, in_trash: bool = False) -> TimeSession:
    session: TimeSession | None = TimeSession.objects.for_user(user).filter(id=session_id).first()
    if session is None or (session.deleted_at is not None and not in_trash):
        raise NotFoundError
    return session


def _try(form: Any, press: Callable[[], TimeSession]) -> TimeSession | None:
    """A session that the press wrote; None when it was refused, and the form says why."""
    try:
        return press()
    except InvalidInputError as error:
        add_domain_errors(form, error)
    except ConflictError as error:
        form.add_error(None, error.message)
    return None


def _do(request: HttpRequest, press: Callable[[], TimeSession | None], said: str) -> None:
    """Does it and says so with Undo, or says why not; there is nothing typed to keep."""
    try:
        session = press()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        say_done(request, said, session)
