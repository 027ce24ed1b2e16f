"""The page of a session, which several views answer with when they reject a form on it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions_app.forms.restructuring import InsertForm, MoveForm, SplitForm
from sessions_app.forms.sessions import SessionForm
from sessions_app.models import TimeSession
from sessions_app.pages.context import PageContext
from sessions_app.selectors.history import read_history
from sessions_app.selectors.neighbours import find_neighbours
from timetracker.money import calculate_amount
from timetracker.pages import SeeOther, next_url, redirect_back, respond


def session_page(
    request: HttpRequest, page: PageContext, session: TimeSession, *, status: int = 200, **rejected: Any
) -> HttpResponse:
    """Responds with all of a session and its history; a rejected form, by its name, keeps what was typed."""
    fresh: dict[str, Any] = {"session": session, "user": page.user, "now": page.now}
    context = {
        "session": session,
        "next_url": next_url(request),
        "form": SessionForm(catalogue=page.catalogue, **fresh),
        "split_form": SplitForm(**fresh),
        "move_form": MoveForm(today=page.today, initial={"day": session.first_date}),
        "insert_form": InsertForm(**fresh),
        "neighbours": find_neighbours(page.user, session),
        "amount": _amount(session, page.now),
        "changes": read_history(page.user, session.id),
        **rejected,
    }
    return respond(request, "sessions/session_edit.html", context, status=status)


def leave_session_page(request: HttpRequest, session: TimeSession) -> SeeOther:
    """Redirects back, but to the session's day from the session's page, since the session may be in the Trash now."""
    is_its_page = str(session.id) in next_url(request)
    return SeeOther(reverse("day", args=[session.first_date])) if is_its_page else redirect_back(request)


def _amount(session: TimeSession, now: datetime) -> dict[str, Decimal]:
    """Returns what the session is worth, by currency; nothing when it is not billable or has no rate."""
    if not session.billable or session.hourly_rate is None:
        return {}
    parts = [(session.seconds_at(now), session.hourly_rate)]
    return {session.currency: calculate_amount(parts, session.currency)}


def compare_states(form: SessionForm, now: SessionForm, sent: Mapping[str, str]) -> list[dict[str, str]]:
    """Returns label, `yours` and `theirs` of each field that the user changed, or that was changed meanwhile."""
    yours = {name: _shown(form[name]) for name in form.fields}
    changed = set(form.changed_data)
    if "project_name" in changed:
        yours["project_id"] = yours["project_name"]
        changed.add("project_id")
    return [
        {"label": str(form[name].label), "yours": yours[name], "theirs": _shown(now[name])}
        for name in form.fields
        if form.fields[name].show_hidden_initial
        and (name in changed or str(now[name].value()) != sent.get(f"initial-{name}", ""))
    ]


def _shown(field: BoundField) -> str:
    """Returns what a field has, as it reads on the page."""
    value = field.value()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    names = dict(getattr(field.field, "choices", ()))
    return str(names.get(str(value), value))
