"""The identities of imported sessions: an import holds them, undoing it frees them, doing it again holds them again."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from sessions_app.models import ImportIdentity
from sessions_app.services.compiled import insert_rows
from users_app.models import User


def hold_identities(user: User, made: Iterable[tuple[Collection[str], UUID]]) -> None:
    """Notes what new sessions are known by, given with their ids. What an earlier one is known by stays with it."""
    insert_rows(
        [
            ImportIdentity(user_id=user.id, identity=identity, session_id=session_id)
            for identities, session_id in made
            for identity in identities
        ],
        ignores_conflicts=True,  # the same entry with an id of the tool, and without
    )


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


def move_identities(source: User, target: User, session_ids: Collection[UUID] | None = None) -> None:
    """Gives another user what these sessions are known by, or all of a user's, gone ones too. Two statements.

    What the other user holds already stays with their session: here it counts as freed.
    """
    moved = ImportIdentity.objects.filter(user=source) if session_ids is None else _of(source, session_ids)
    held = ImportIdentity.objects.filter(user=target, identity=OuterRef("identity"), is_freed=False)
    moved.filter(Exists(held), is_freed=False).update(is_freed=True)
    moved.update(user=target)


def _of(user: User, session_ids: Collection[UUID]) -> QuerySet[ImportIdentity]:
    return ImportIdentity.objects.filter(user=user, session_id__in=session_ids)
