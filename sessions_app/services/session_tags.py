"""Writes the tags of sessions."""

from collections.abc import Sequence

from sessions_app.models import SessionTag, TimeSession
from sessions_app.services.compiled import insert_columns
from users_app.models import User


def insert_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Inserts the tags of new sessions."""
    pairs = [(session.id, tag_id) for session in sessions for tag_id in session.tag_ids]
    session_ids, tag_ids = ([pair[number] for pair in pairs] for number in (0, 1))
    insert_columns(SessionTag, len(pairs), {"user_id": user.id, "session_id": session_ids, "tag_id": tag_ids})


def store_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Replaces the stored tags of sessions by their `tag_ids`."""
    SessionTag.objects.filter(user=user, session__in=[session.id for session in sessions]).delete()
    insert_tags(user, sessions)
