"""Deletion of users with all of their data."""

from collections.abc import Callable, Iterable
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
"""Sent with `user` after the transaction that ended all access to their data. Receivers remove the user's rows."""


def remove_users(ids: Iterable[UUID]) -> None:
    """Deletes users and the guests merged into them for good, with sessions, catalogue, tokens and history."""
    ids = list(ids)
    ids += MergedGuest.objects.filter(user__in=ids, undone_at=None).values_list("guest_id", flat=True)
    with transaction.atomic():
        # Locked first, as every changeset does, so that nothing can be added meanwhile.
        list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        User.objects.filter(pk__in=ids).delete()


def delete_user(user: User, *, now: datetime, check: Callable[[User], None] | None = None) -> None:
    """Ends all access to a user's data for good, then removes rows; housekeeping removes those of very many.

    `check` gets the present user, locked, and may raise before anything is written.
    """
    begin_deletion(user, now=now, check=check)
    access_ended.send(User, user=user)


def begin_deletion(
    user: User, *, now: datetime, sends_notice: bool = True, check: Callable[[User], None] | None = None
) -> None:
    """Ends all access to a user's data for good, and frees the e-mail address. The rows are removed afterwards.

    Sends a mail to a user who wants mails, unless `sends_notice` is false. `check` is as in `delete_user`.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if check is not None:
            check(locked)
        if sends_notice and locked.email and locked.wants_notices:
            transaction.on_commit(partial(tell_of_deletion, locked.email))
        end_access(locked)
        for rows in (Notice.objects, EmailAddress.objects, Authenticator.objects):
            rows.filter(user=locked).delete()
        locked.email, locked.display_name, locked.is_active, locked.deletion_began_at = None, "", False, now
        locked.is_staff = locked.is_superuser = False
        locked.set_unusable_password()
        locked.save()
