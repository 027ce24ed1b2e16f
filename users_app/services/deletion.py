"""People leave, and all they had goes with them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from users_app.models import User


def remove_users(ids: Iterable[UUID]) -> None:
    """Removes people, their sessions, projects, tokens and the record of their changes for good."""
    ids = list(ids)
    with transaction.atomic():
        # Locked first, as by every press: none can add a session while the others are removed.
        list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        User.objects.filter(pk__in=ids).delete()
