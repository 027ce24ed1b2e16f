"""The page of a session, which several views answer with when they reject a form on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from sessions_app.forms.restructuring import InsertForm, MoveForm, SplitForm
from sessions_app.forms.sessions import SessionForm
from sessions_app.models import TimeSession
from sessions_app.pages.context import PageContext
from sessions_app.selectors.history import read_history
from sessions_app.selectors.neighbours import find_neighbours
from timetracker.pages import came_from, respond


def session_page(
    request: HttpRequest, page: PageContext, session: TimeSession, *, status: int = 200, **rejected: Any
) -> HttpResponse:
    """Responds with all of a session and its history; a rejected form, by its name, keeps what was typed."""
    fresh: dict[str, Any] = {"session": session, "user": page.user, "now": page.now}
    context = {
        "session": session,
        "came_from": came_from(request),
        "form": SessionForm(catalogue=page.catalogue, **fresh),
        "split_form": SplitForm(**fresh),
        "move_form": MoveForm(today=page.today, initial={"day": session.first_date}),
        "insert_form": InsertForm(**fresh),
        "neighbours": find_neighbours(page.user, session),
        "changes": read_history(page.user, session.id),
        **rejected,
    }
    return respond(request, "sessions/session_edit.html", context, status=status)
