"""Start, Switch, Continue and Stop. The times are those of the server, unless the line has times."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.formatting import format_added, format_date, format_end
from sessions_app.forms.timer import ContinueForm, StartForm, StopAtForm, StopForm
from sessions_app.models import TimeSession
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.budgets import with_budget_note
from sessions_app.pages.context import PageContext
from sessions_app.pages.day import day_page
from sessions_app.selectors.forgotten import find_forgotten
from sessions_app.selectors.recent import find_latest
from sessions_app.selectors.sessions import find_running, find_session, get_session
from sessions_app.services.validation import SessionInput
from sessions_app.timekeeping.durations import format_words
from sessions_app.timekeeping.periods import day_of
from timetracker.errors import ConflictError, NotFoundError
from timetracker.pages import (
    SeeOther,
    button_to_service,
    form_to_service,
    next_url,
    now_of,
    redirect_back,
    respond,
    wants_fragment,
)
from timetracker.texts import clean_text
from users_app.guests import call_as_user, current_user
from users_app.models import User


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Starts the session of the line, or adds it if it has an end. The same form sent twice makes one session."""
    page = PageContext.of(request)
    form = StartForm(request.POST, user=page.user, now=page.now, catalogue=page.catalogue)
    try:
        written = form_to_service(form, lambda: _start_or_add(request, form), catch_conflict=False)
    except NotFoundError:
        return redirect_back(request)  # the form was sent twice, and its guest is not accessible to this browser
    except ConflictError:
        page = PageContext.of(request)  # of the guest created by the same form, which was sent twice
        if _is_sent_twice(page.user, form):
            return redirect_back(request)
        form.ask_again("name", _("This page has started its session already. Press again to start this one."))
        written = None
    if written is None:
        if wants_fragment(request):
            return _bar(request, form)
        return day_page(request, page, page.today, start_form=form, status=422)
    message, *sessions = written
    add_undo_message(request, message, *sessions)
    return redirect_back(request)


@require_POST
def session_continue(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Starts a session with the same name, project and tags. The same click sent twice starts one session."""
    user = require_user(request)
    session = get_session(user, session_id)
    form = ContinueForm(request.POST)
    form.is_valid()
    new_id, start = (form.cleaned_data.get(field) for field in ("id", "at"))
    if new_id is not None and find_session(user, new_id) is not None:
        return redirect_back(request)
    switch = button_to_service(
        request, lambda: services.continue_session(user, WEB, session_id, new_id=new_id, start=start)
    )
    if switch is not None:
        add_undo_message(request, _("Started “%(name)s”.") % {"name": session}, switch.started)
    return redirect_back(request) if wants_fragment(request) else SeeOther(reverse("today"))


@require_POST
def continue_latest(request: HttpRequest) -> HttpResponse:
    """Starts a session like the finished one that began last."""
    latest = find_latest(require_user(request))
    if latest is None:
        messages.info(request, _("There is nothing to continue yet."))
        return redirect_back(request)
    return session_continue(request, latest.id)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stops the session that the page showed as running. If it was stopped elsewhere, that stop stays."""
    form = StopForm(request.POST)
    user = current_user(request)
    if user is None or not form.is_valid():
        messages.info(request, _("Nothing was stopped."))
        return redirect_back(request)
    values = form.cleaned_data
    stopped = services.stop_timer(
        user, WEB, session_id=values["id"], end=values["end"], discard=values["discard"]
    ).stopped
    if stopped is None:
        messages.info(request, _already_stopped(user, values["id"]))
    elif values["discard"]:
        add_undo_message(request, _("Discarded “%(name)s”. In Trash for 30 days.") % {"name": stopped}, stopped)
    else:
        add_undo_message(request, with_budget_note(_stopped(stopped), user, stopped, now_of(request)), stopped)
    return redirect_back(request)


@require_POST
def stop_at(request: HttpRequest) -> HttpResponse:
    """Stops the running session at a typed time."""
    page = PageContext.of(request)
    running = find_running(page.user)
    if running is None:
        messages.info(request, _("This was already stopped. Nothing changed here."))
        return redirect_back(request)
    form = StopAtForm(request.POST, session=running, user=page.user, now=page.now)
    switch = form_to_service(
        form,
        lambda: services.stop_timer(page.user, WEB, session_id=running.id, end=form.cleaned_data["end"]),
        catch_conflict=False,
    )
    if switch is not None:
        stopped = switch.stopped or running
        add_undo_message(request, with_budget_note(_stopped(stopped), page.user, stopped, page.now), switch.stopped)
        return redirect_back(request)
    if find_forgotten(page.user, running, now=page.now) is None:
        # The card is gone, so the form's errors are shown as a message.
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect_back(request)
    return day_page(request, page, page.today, stop_at_form=form, status=422)


def _bar(request: HttpRequest, form: StartForm) -> HttpResponse:
    """Responds with the timer bar alone, with the errors of a rejected form."""
    context = {"form": form, "start_form": form, "here": next_url(request)}
    return respond(request, "timer/_answered_bar.html", context, status=422)


def _is_sent_twice(user: User, form: StartForm) -> bool:
    """Returns whether the session exists, and is running if the form starts one: then the form was sent twice."""
    session = find_session(user, form.cleaned_data["id"])
    name = clean_text(form.session_fields["name"], "name", TimeSession.NAME_LENGTH, [])
    if session is None or session.deleted_at is not None or session.name != name:
        return False
    return form.reading.kind == "add" or session.is_running


def _already_stopped(user: User, session_id: UUID) -> str:
    session = find_session(user, session_id)
    if session is None or session.end is None:
        return _("This was already stopped. Nothing changed here.")
    time = format_end(session.start, session.end, session.zone, user)
    return _("This was already stopped at %(time)s. Nothing changed here.") % {"time": time}


def _start_or_add(request: HttpRequest, form: StartForm) -> tuple[str, *tuple[TimeSession | None, ...]]:
    return call_as_user(request, lambda user: _add(user, form) if form.reading.kind == "add" else _start(user, form))


def _start(user: User, form: StartForm) -> tuple[str, TimeSession | None, TimeSession | None]:
    fields: SessionInput = {**form.session_fields}
    start = form.reading.start or form.cleaned_data.get("at")
    if start is not None:
        fields["start"] = start
    switch = services.start_timer(user, WEB, session_id=form.cleaned_data["id"], if_running="guess", **fields)
    sentences = [_("Started “%(name)s”.") % {"name": switch.started}, *_created(form)]
    if switch.stopped is not None:
        sentences.insert(0, _stopped(switch.stopped))
    return " ".join(sentences), switch.started, switch.stopped


def _add(user: User, form: StartForm) -> tuple[str, TimeSession]:
    reading = form.reading
    fields: SessionInput = {
        **form.session_fields,
        "start": reading.start,  # type: ignore[typeddict-item]  # a reading that adds has both
        "end": reading.end,
    }
    session = services.save_session(user, WEB, session_id=form.cleaned_data["id"], **fields)
    message = " ".join([format_added(session, user), *_created(form)])
    if session.first_date != day_of(form.now, user.zone):
        address = reverse("day", args=[session.first_date])
        label = _("Show %(day)s") % {"day": format_date(session.first_date, user, has_weekday=True)}
        message = format_html('{} <a href="{}" hx-boost="false">{}</a>', message, address, label)
    return with_budget_note(message, user, session, form.now), session


def _created(form: StartForm) -> Iterator[str]:
    """Yields sentences about the entries that the changeset created, too, since Undo removes them."""
    if name := form.session_fields.get("project_name"):
        yield _("Created project “%(name)s”.") % {"name": name}
    if names := form.new_tags:
        message = ngettext("Created tag “%(names)s”.", "Created tags “%(names)s”.", len(names))
        yield message % {"names": ", ".join(names)}


def _stopped(session: TimeSession) -> str:
    if session.needs_end_check and session.end is not None:
        values = {"name": session, "time": format_end(session.start, session.end, session.zone, session.user)}
        return _("Ended “%(name)s” at %(time)s, by our guess; check that end time.") % values
    return _("Stopped after %(duration)s.") % {"duration": format_words(session.duration_seconds or 0)}
