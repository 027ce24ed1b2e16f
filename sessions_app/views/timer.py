"""Start, Switch and Stop. The server sets the times on arrival."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.forms import StartForm, StopForm, add_domain_errors
from sessions_app.timekeeping.durations import format_words
from sessions_app.views.page import WEB, Visit, back
from sessions_app.views.periods import render_day
from timetracker.errors import ConflictError, InvalidInputError
from users_app.guests import current_user, user_for_writing


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Starts a session; what runs ends at the same instant. The same press twice makes one session."""
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            switch = services.start_timer(
                user_for_writing(request), WEB, session_id=form.cleaned_data["id"], name=form.cleaned_data["name"]
            )
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError:
            return back(request)  # pressed twice, or reloaded: the session is there
        else:
            if switch.stopped is not None:
                messages.success(request, _stopped(switch.stopped.seconds_at(switch.at)))
            return back(request)
    visit = Visit.of(request)
    return render_day(request, visit, visit.today, start_form=form, status=422)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stops the session that the page showed as running; if it was stopped elsewhere, that stop stands."""
    form = StopForm(request.POST)
    user = current_user(request)
    if user is None or not form.is_valid():
        return back(request)
    stopped = services.stop_timer(user, WEB, session_id=form.cleaned_data["id"]).stopped
    if stopped is None:
        messages.info(request, _("This was already stopped. Nothing changed here."))
    else:
        messages.success(request, _stopped(stopped.duration_seconds or 0))
    return back(request)


def _stopped(seconds: int) -> str:
    return _("Stopped after %(duration)s.") % {"duration": format_words(seconds)}
