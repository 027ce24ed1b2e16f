"""Time stamps: when somebody was last here, only for those who want it, and when a token or feed was last used."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from users_app.models import Credential, User

SEEN_PRECISION = timedelta(minutes=1)
USED_PRECISION = timedelta(minutes=15)


def update_last_seen(user: User | None, *, now: datetime) -> None:
    """Notes that this person uses a page at `now`, at most once a minute."""
    if user is None or not user.notes_last_seen:
        return
    if user.last_seen_at is not None and now - user.last_seen_at < SEEN_PRECISION:
        return
    # No reason to refuse the page: the next one notes it.
    with suppress(OperationalError), transaction.atomic():
        User.objects.filter(pk=user.pk, notes_last_seen=True).update(last_seen_at=now)


def update_last_used(credential: Credential, *, now: datetime) -> None:
    """Notes that a token or feed is used at `now`, at most every 15 minutes."""
    if credential.last_used_at is not None and now - credential.last_used_at < USED_PRECISION:
        return
    # No reason to refuse what it is used for: the next use notes it.
    with suppress(OperationalError), transaction.atomic():
        type(credential)._default_manager.filter(pk=credential.pk).update(last_used_at=now)  # noqa: SLF001
