"""Restructuring a session: splitting it, merging it with a neighbour, moving it, inserting another into it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.formatting import format_date
from sessions_app.forms.restructuring import InsertForm, MoveForm, SplitForm
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.context import PageContext
from sessions_app.pages.session import leave_session_page, session_page
from sessions_app.selectors.sessions import get_session
from timetracker.errors import NotFoundError
from timetracker.pages import SeeOther, button_to_service, form_to_service, redirect_back


@require_POST
def session_split(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Splits a session in two."""
    page = PageContext.of(request)
    session = get_session(page.user, session_id)
    form = SplitForm(request.POST, session=session, user=page.user, now=page.now)
    halves = form_to_service(form, lambda: services.split_session(page.user, WEB, session_id, form.cleaned_data["at"]))
    if halves is None:
        return session_page(request, page, session, split_form=form, status=422)
    add_undo_message(request, _("Split “%(name)s” in two.") % {"name": session}, *halves)
    return redirect_back(request)


@require_POST
def session_merge(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Merges a session with its neighbour `other`."""
    user = require_user(request)
    try:
        other = get_session(user, UUID(request.POST.get("other", "")))
    except ValueError:
        raise NotFoundError from None
    session = get_session(user, session_id)
    merged = button_to_service(request, lambda: services.merge_sessions(user, WEB, session_id, other.id))
    if merged is not None:
        add_undo_message(request, _("Merged “%(name)s” and “%(other)s”.") % {"name": session, "other": other}, merged)
    return leave_session_page(request, session)


@require_POST
def session_move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Moves a session to another day."""
    page = PageContext.of(request)
    session = get_session(page.user, session_id)
    form = MoveForm(request.POST, today=page.today)
    moved = form_to_service(
        form,
        lambda: services.move_session(
            page.user, WEB, session_id, form.cleaned_data["day"], occurrence=form.cleaned_data["occurrence"]
        ),
    )
    if moved is None:
        if form.has_error("day", "ambiguous_time"):
            form.ask_occurrence()
        return session_page(request, page, session, move_form=form, status=422)
    day = form.cleaned_data["day"]
    values = {"name": session, "date": format_date(day, page.user, has_weekday=True)}
    add_undo_message(request, _("Moved “%(name)s” to %(date)s.") % values, moved)
    return SeeOther(reverse("day", args=[day]))


@require_POST
def session_insert(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Inserts a new session into this one."""
    page = PageContext.of(request)
    session = get_session(page.user, session_id)
    form = InsertForm(request.POST, session=session, user=page.user, now=page.now)
    new = form_to_service(
        form,
        lambda: services.insert_session(
            page.user, WEB, session_id, **{name: form.cleaned_data[name] for name in ("name", "start", "end")}
        ),
    )
    if new is None:
        return session_page(request, page, session, insert_form=form, status=422)
    add_undo_message(request, _("Inserted “%(new)s” into “%(host)s”.") % {"new": new, "host": session}, new)
    return redirect_back(request)
