"""Presses that reshape a session by something typed: where to split it, the day to move it to, what to put inside."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.formatting import format_date
from sessions_app.forms.restructuring import InsertForm, MoveForm, SplitForm
from sessions_app.models import TimeSession
from sessions_app.views.page_context import WEB, PageContext, SeeOther, back, say_done
from sessions_app.views.session_edit import find_session, render_session
from timetracker.errors import ConflictError, InvalidInputError
from timetracker.form_fields import add_domain_errors


@require_POST
def session_split(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Cuts a session in two."""
    page = PageContext.of(request)
    session = find_session(page.user, session_id)
    form = SplitForm(request.POST, session=session, user=page.user, now=page.now)
    if form.is_valid():
        at = form.cleaned_data["at"]
        if first := _try(form, lambda: services.split_session(page.user, WEB, session_id, at)[0]):
            say_done(request, _("Split “%(name)s” in two.") % {"name": session}, first)
            return back(request)
    return render_session(request, page, session, split_form=form, status=422)


@require_POST
def session_move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to another day."""
    page = PageContext.of(request)
    session = find_session(page.user, session_id)
    form = MoveForm(request.POST, today=page.today)
    if form.is_valid():
        day, occurrence = form.cleaned_data["day"], form.cleaned_data["occurrence"]
        if moved := _try(form, lambda: services.move_session(page.user, WEB, session_id, day, occurrence=occurrence)):
            values = {"name": session, "date": format_date(day, page.user, has_weekday=True)}
            say_done(request, _("Moved “%(name)s” to %(date)s.") % values, moved)
            return SeeOther(reverse("day", args=[day]))
        if form.has_error("day", "ambiguous_time"):
            form.ask_occurrence()
    return render_session(request, page, session, move_form=form, status=422)


@require_POST
def session_insert(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Puts a new session inside this one."""
    page = PageContext.of(request)
    host = find_session(page.user, session_id)
    form = InsertForm(request.POST, session=host, user=page.user, now=page.now)
    if form.is_valid():
        values = form.cleaned_data
        fields = {name: values[name] for name in ("name", "start", "end")}
        if new := _try(form, lambda: services.insert_session(page.user, WEB, session_id, **fields)):
            say_done(request, _("Inserted “%(new)s” into “%(host)s”.") % {"new": new, "host": host}, new)
            return back(request)
    return render_session(request, page, host, insert_form=form, status=422)


def _try(form: Any, service: Callable[[], TimeSession]) -> TimeSession | None:
    """A session that the press wrote; None when it was refused, and the form says why."""
    try:
        return service()
    except InvalidInputError as error:
        add_domain_errors(form, error)
    except ConflictError as error:
        form.add_error(None, error.message)
    return None
