"""What is in the Trash goes for good: when its person empties it, or after 30 days."""

from datetime import datetime, timedelta

from sessions_app.models import Source, TimeSession
from sessions_app.services.press import Actor, press
from users_app.models import User

KEPT_IN_TRASH_FOR = timedelta(days=30)


def empty_trash(user: User, actor: Actor) -> int:
    """Removes all sessions in the Trash for good, and tells how many. Their record of changes stays; no undo."""
    return _purge(user, actor, before=None)


def prune_trash(user: User, *, now: datetime) -> int:
    """Removes what has been in this person's Trash for 30 days, and tells how many."""
    due = TimeSession.objects.for_user(user).in_trash().filter(deleted_at__lte=now - KEPT_IN_TRASH_FOR)
    if not due.exists():
        return 0
    return _purge(user, Actor(Source.SYSTEM), before=now - KEPT_IN_TRASH_FOR)


def _purge(user: User, actor: Actor, *, before: datetime | None) -> int:
    with press(user, actor) as this:
        sessions = TimeSession.objects.for_user(user).in_trash()
        if before is not None:
            sessions = sessions.filter(deleted_at__lte=before)
        gone = list(sessions)
        for session in gone:
            this.purge(session)
        return len(gone)
