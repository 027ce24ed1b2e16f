"""Writes which tags sessions have."""

from collections.abc import Sequence

from sessions_app.models import SessionTag, TimeSession
from sessions_app.services.compiled import insert_columns
from users_app.models import User


def insert_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Writes the tags of sessions that are new."""
    pairs = [(session.id, tag_id) for session in sessions for tag_id in session.tag_ids]
    session_ids, tag_ids = ([pair[number] for pair in pairs] for number in (0, 1))
    insert_columns(SessionTag, len(pairs), {"user_id": user.id, "session_id": session_ids, "tag_id": tag_ids})


def store_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Writes the tags of sessions in place of those that they had."""
    SessionTag.objects.filter(user=user, session__in=[session.id for session in sessions]).delete()
    insert_tags(user, sessions)
