"""Start, Switch and Stop. The server sets the times on arrival, unless the line says when."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.formatting import format_added, format_time
from sessions_app.forms.timer import StartForm, StopAtForm, StopForm
from sessions_app.models import TimeSession
from sessions_app.selectors.forgotten import find_forgotten
from sessions_app.services.validation import SessionFields
from sessions_app.timekeeping.durations import format_words
from sessions_app.views.page_context import WEB, PageContext, back, say_done
from sessions_app.views.periods import render_day
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError
from timetracker.form_fields import add_domain_errors
from users_app.guests import current_user, user_for_write
from users_app.models import User


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Starts what the line says, or adds it when it is over. The same press twice makes one session."""
    page = PageContext.of(request)
    form = StartForm(request.POST, user=page.user, now=page.now, catalogue=page.catalogue)
    if form.is_valid():
        try:
            with user_for_write(request) as user:
                said, *sessions = _add(user, form) if form.reading.kind == "add" else _start(user, form)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except NotFoundError:
            return back(request)  # a stranger pressed twice: the guest that the first press made has this session
        except ConflictError:
            if _is_sent_twice(page.user, form):
                return back(request)
            form.add_error("name", _("This page has started its session already. Press again to start this one."))
            form.data = {**form.data, "id": str(uuid7())}
        else:
            say_done(request, said, *sessions)
            return back(request)
    return render_day(request, page, page.today, start_form=form, status=422)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stops the session that the page showed as running; if it was stopped elsewhere, that stop stands."""
    form = StopForm(request.POST)
    user = current_user(request)
    if user is None or not form.is_valid():
        messages.info(request, _("Nothing was stopped."))
        return back(request)
    values = form.cleaned_data
    stopped = services.stop_timer(
        user, WEB, session_id=values["id"], end=values["end"], discard=values["discard"]
    ).stopped
    if stopped is None:
        messages.info(request, _already_stopped(user, values["id"]))
    elif values["discard"]:
        say_done(request, _("Discarded “%(name)s”. In Trash for 30 days.") % {"name": stopped}, stopped)
    else:
        say_done(request, _stopped(stopped), stopped)
    return back(request)


@require_POST
def stop_at(request: HttpRequest) -> HttpResponse:
    """Stops the running session at a typed time."""
    page = PageContext.of(request)
    running = TimeSession.objects.for_user(page.user).find_running()
    if running is None:
        messages.info(request, _("This was already stopped. Nothing changed here."))
        return back(request)
    form = StopAtForm(request.POST, session=running, user=page.user, now=page.now)
    if form.is_valid():
        try:
            stopped = services.stop_timer(page.user, WEB, session_id=running.id, end=form.cleaned_data["end"]).stopped
        except InvalidInputError as error:
            add_domain_errors(form, error)
        else:
            say_done(request, _stopped(stopped or running), stopped)
            return back(request)
    if find_forgotten(page.user, running, now=page.now) is None:
        # The card is gone, and with it the place of the form's own errors.
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back(request)
    return render_day(request, page, page.today, stop_at_form=form, status=422)


def _is_sent_twice(user: User, form: StartForm) -> bool:
    """Pressed twice, not gone back to: the session is there, and runs if it should."""
    sessions = TimeSession.objects.for_user(user)
    there = sessions.not_deleted() if form.reading.kind == "add" else sessions.running()
    return there.filter(id=form.cleaned_data["id"], name=form.session_fields["name"]).exists()


def _already_stopped(user: User, session_id: UUID) -> str:
    session = TimeSession.objects.for_user(user).filter(id=session_id).first()
    if session is None or session.end is None:
        return _("This was already stopped. Nothing changed here.")
    time = format_time(session.end, session.zone, user)
    return _("This was already stopped at %(time)s. Nothing changed here.") % {"time": time}


def _start(user: User, form: StartForm) -> tuple[str, TimeSession | None, TimeSession | None]:
    fields: SessionFields = {**form.session_fields}
    if form.reading.start is not None:
        fields["start"] = form.reading.start
    switch = services.start_timer(user, WEB, session_id=form.cleaned_data["id"], if_running="guess", **fields)
    said = [_("Started “%(name)s”.") % {"name": switch.started}, *_made(form)]
    if switch.stopped is not None:
        said.insert(0, _stopped(switch.stopped))
    return " ".join(said), switch.started, switch.stopped


def _add(user: User, form: StartForm) -> tuple[str, TimeSession]:
    reading = form.reading
    fields: SessionFields = {
        **form.session_fields,
        "start": reading.start,  # type: ignore[typeddict-item]  # a reading that adds has both
        "end": reading.end,
    }
    session = services.save_session(user, WEB, session_id=form.cleaned_data["id"], **fields)
    return " ".join([format_added(session, user), *_made(form)]), session


def _made(form: StartForm) -> Iterator[str]:
    """What else a press made, so that it is known what Undo takes back."""
    if name := form.session_fields.get("project_name"):
        yield _("Created project “%(name)s”.") % {"name": name}
    if names := form.new_tags:
        said = ngettext("Created tag “%(names)s”.", "Created tags “%(names)s”.", len(names))
        yield said % {"names": ", ".join(names)}


def _stopped(session: TimeSession) -> str:
    if session.needs_end_check and session.end is not None:
        values = {"name": session, "time": format_time(session.end, session.zone, session.user)}
        return _("Ended “%(name)s” at %(time)s, by our guess; check that end time.") % values
    return _("Stopped after %(duration)s.") % {"duration": format_words(session.duration_seconds or 0)}
