"""Deletes users together with everything that belongs to them."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.dispatch import Signal

from users_app.models import MergedGuest, Notice, User
from users_app.services.accounts import end_access
from users_app.services.notices import tell_of_deletion

access_ended = Signal()
"""Sent with `user` when nobody can reach their data any more, after that transaction: who keeps rows removes them."""


def remove_users(ids: Iterable[UUID]) -> None:
    """Deletes users and the guests merged into them, their sessions, projects, tokens and their history for good."""
    ids = list(ids)
    ids += MergedGuest.objects.filter(user__in=ids, undone_at=None).values_list("guest_id", flat=True)
    with transaction.atomic():
        # Locked first, as by every changeset: nothing can be added while the rest is deleted.
        list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        User.objects.filter(pk__in=ids).delete()


def delete_user(user: User, *, now: datetime) -> None:
    """Ends all access to a user's data at once, for good; then their rows go, those of very many by housekeeping."""
    begin_deletion(user, now=now)
    access_ended.send(User, user=user)


def begin_deletion(user: User, *, now: datetime, is_told: bool = True) -> None:
    """Ends all access to a user's data at once, for good, and lets the e-mail go. The rows are removed afterwards.

    A mail tells the user, if they want any, unless `is_told` is false.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if is_told and locked.email and locked.wants_notices:
            transaction.on_commit(partial(tell_of_deletion, locked.email))
        end_access(locked)
        for rows in (Notice.objects, EmailAddress.objects, Authenticator.objects):
            rows.filter(user=locked).delete()
        locked.email, locked.display_name, locked.is_active, locked.deletion_began_at = None, "", False, now
        locked.is_staff = locked.is_superuser = False
        locked.set_unusable_password()
        locked.save()
