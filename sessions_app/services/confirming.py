"""Answers to a timer that was forgotten."""

from uuid import UUID

from sessions_app.models import Change, TimeSession
from sessions_app.services.changeset import Actor, changeset, get_session
from users_app.models import User


def confirm_running(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """“Still going”: the running session is not asked about until it has run as long again. One that ended stays."""
    with changeset(user, actor) as changes:
        session = get_session(user, session_id)
        if not session.is_running:
            return session
        return changes.change(session, Change.Action.CONFIRM, {"confirmed_at": changes.at})


def confirm_end(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """The guessed end of a session is right: it is no longer marked to be checked."""
    with changeset(user, actor) as changes:
        return changes.change(get_session(user, session_id), Change.Action.CONFIRM, {"needs_end_check": False})
