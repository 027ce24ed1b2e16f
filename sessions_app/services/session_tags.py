"""Writes which tags sessions have."""

from collections.abc import Sequence

from sessions_app.models import SessionTag, TimeSession
from sessions_app.services.compiled import insert_rows
from users_app.models import User


def insert_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Writes the tags of sessions that are new."""
    insert_rows(
        [
            SessionTag(user_id=user.id, session_id=session.id, tag_id=tag_id)
            for session in sessions
            for tag_id in session.tag_ids
        ]
    )


def store_tags(user: User, sessions: Sequence[TimeSession]) -> None:
    """Writes the tags of sessions in place of those that they had."""
    SessionTag.objects.filter(user=user, session__in=[session.id for session in sessions]).delete()
    insert_tags(user, sessions)
