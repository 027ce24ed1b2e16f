"""What undo does to the identities of imported sessions: undoing an import frees them, doing it again holds them."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from sessions_app.models import ImportIdentity
from users_app.models import User


def free_identities(user: User, session_ids: Collection[UUID]) -> None:
    """Lets the entries that these sessions were made of come in again."""
    _of(user, session_ids).update(is_freed=True)


def hold_identities_again(user: User, session_ids: Collection[UUID]) -> set[UUID]:
    """Holds what was freed; returns the sessions that came in again meanwhile as others, and must not come back."""
    freed = _of(user, session_ids).filter(is_freed=True)
    others = ImportIdentity.objects.filter(user=user, identity=OuterRef("identity"), is_freed=False)
    taken = set(freed.filter(Exists(others)).values_list("session_id", flat=True))
    freed.exclude(session_id__in=taken).update(is_freed=False)
    return taken


def _of(user: User, session_ids: Collection[UUID]) -> QuerySet[ImportIdentity]:
    return ImportIdentity.objects.filter(user=user, session_id__in=session_ids)
