"""Notices about sessions that were left running."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from sessions_app.models import TimeSession
from sessions_app.selectors.forgotten import find_forgotten
from sessions_app.selectors.sessions import find_running
from users_app.models import Notice, User
from users_app.services.notices import add_notice


def note_forgotten_sessions(*, now: datetime) -> None:
    """Writes a notice for each session running past its user's limit; only one notice for each session, ever."""
    is_running = Exists(TimeSession.objects.for_user(OuterRef("pk")).filter(end=None))
    wanting = User.objects.filter(is_running, email__isnull=False, is_active=True, wants_notices=True)
    for user in wanting.iterator(chunk_size=100):
        running = find_running(user)
        if running is not None and find_forgotten(user, running, now=now) is not None:
            hours = str(running.seconds_at(now) // 3600)
            details = {"name": running.name, "hours": hours}
            add_notice(user, Notice.Kind.FORGOTTEN, now=now, about=running.id, details=details)
