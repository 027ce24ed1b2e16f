"""Stores when a user was last seen, if they allow it, and when a token or feed was last used."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from users_app.models import Credential, User

SEEN_PRECISION = timedelta(minutes=1)
USED_PRECISION = timedelta(minutes=15)


def update_last_seen(user: User | None, *, now: datetime) -> None:
    """Stores that the user was seen at `now`, at most once a minute."""
    if user is None or not user.notes_last_seen:
        return
    if user.last_seen_at is not None and now - user.last_seen_at < SEEN_PRECISION:
        return
    # The page must not fail if the database is busy or cannot be written; the next page stores it.
    with suppress(DatabaseError), transaction.atomic():
        User.objects.filter(pk=user.pk, notes_last_seen=True).update(last_seen_at=now)


def update_last_used(credential: Credential, *, now: datetime) -> None:
    """Stores that a token or feed was used at `now`, at most every 15 minutes."""
    if credential.last_used_at is not None and now - credential.last_used_at < USED_PRECISION:
        return
    # The request must not fail if the database is busy or cannot be written; the next request stores it.
    with suppress(DatabaseError), transaction.atomic():
        type(credential)._default_manager.filter(pk=credential.pk).update(last_used_at=now)  # noqa: SLF001
