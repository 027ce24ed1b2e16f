"""When somebody was last here: one time stamp, and only for those who want it."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from users_app.models import User

NOTED_EVERY = timedelta(minutes=1)


def note_seen(user: User | None, *, now: datetime) -> None:
    """Notes that this person uses a page at `now`, at most once a minute."""
    if user is None or not user.notes_last_seen:
        return
    if user.last_seen_at is not None and now - user.last_seen_at < NOTED_EVERY:
        return
    # No reason to refuse the page: the next one notes it.
    with suppress(OperationalError), transaction.atomic():
        User.objects.filter(pk=user.pk, notes_last_seen=True).update(last_seen_at=now)
