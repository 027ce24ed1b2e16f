"""Deletes users together with everything that belongs to them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from users_app.models import MergedGuest, User


def remove_users(ids: Iterable[UUID]) -> None:
    """Deletes users and the guests merged into them, their sessions, projects, tokens and their history for good."""
    ids = list(ids)
    ids += MergedGuest.objects.filter(user__in=ids, undone_at=None).values_list("guest_id", flat=True)
    with transaction.atomic():
        # Locked first, as by every changeset: nothing can be added while the rest is deleted.
        list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        User.objects.filter(pk__in=ids).delete()
