"""The identities of imported sessions: an import holds them, its undo frees them, redo holds them again."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, reduce
from operator import or_
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions_app.models import BATCH_SIZE, Change, Changeset, ImportIdentity, Source, TimeSession
from sessions_app.services.compiled import insert_columns
from timetracker.db.compiled import CompiledRead
from users_app.models import User

OF_TIMES, OF_TRAITS = "m", "v"
"""The first letters of the identities of similar times, and of traits."""
_SHARED = (OF_TIMES, "s", "b.", "w.", "i.")
"""The beginnings of the identities that different entries may share: those of times, also with some of the texts."""


def store_identities(user: User, made: Iterable[tuple[Collection[str], UUID]]) -> None:
    """Stores the identities of new sessions, given with the session's id. An identity that is held already stays."""
    pairs = [(identity, session_id) for identities, session_id in made for identity in identities]
    columns = {
        "user_id": user.id,
        "identity": [identity for identity, _session_id in pairs],
        "session_id": [session_id for _identity, session_id in pairs],
    }
    # An entry may have two identities: one with the id of its tool, one without.
    insert_columns(ImportIdentity, len(pairs), columns, ignores_conflicts=True)


def held_identities(user: User, identities: Sequence[str]) -> list[tuple[str, UUID]]:
    """Returns those of `identities` that are held, each with the id of its session. A query for each BATCH_SIZE."""
    found: list[tuple[str, UUID]] = []
    for begin in range(0, len(identities), BATCH_SIZE):
        some = list(identities[begin : begin + BATCH_SIZE])
        # SQL is compiled for 1, 2, 4 and so on up to BATCH_SIZE. The last one is repeated to fill the parameters.
        size = 1 << (len(some) - 1).bit_length()
        filled = [*some, *some[-1:] * (size - len(some))]
        found += _read_held(size)(user_id=user.pk, **{f"each_{number}": each for number, each in enumerate(filled)})
    return found


def is_any_held(user: User, first: str, last: str) -> bool:
    """Tells whether an identity from `first` to `last` is held. One query."""
    held = ImportIdentity.objects.filter(user=user, is_freed=False)
    return held.filter(identity__gte=first, identity__lte=last).exists()


def held_of(user: User, session_ids: Collection[UUID], kind: str) -> list[tuple[UUID, str]]:
    """Returns the held identities of sessions that begin with `kind`, each with the id of its session. One query."""
    if not session_ids:
        return []
    found = _of(user, set(session_ids)).filter(is_freed=False, identity__startswith=kind)
    return list(found.values_list("session_id", "identity"))


@cache
def _read_held(count: int) -> CompiledRead[tuple[str, UUID]]:
    """Returns the compiled query for `count` identities."""
    return CompiledRead(
        lambda user_id, **identities: ImportIdentity.objects.filter(
            user_id=user_id, identity__in=list(identities.values()), is_freed=False
        ).values_list("identity", "session_id"),
        user_id=UUID(int=1),
        **{f"each_{number}": f"example {number}" for number in range(count)},
    )


def ids_of_export(user: User, row_id: UUID) -> tuple[UUID, UUID]:
    """Returns the ids that an exported row may get in an account: its own, and another if that is in use."""
    return row_id, uuid5(user.id, str(row_id))


def undone_imports(user: User, row_ids: Collection[UUID]) -> set[UUID]:
    """Returns the ids of deleted rows that the undo of an import deleted, so that they can be imported again.

    Two queries, and those of `is_of_import` for each undo.
    """
    changes = Change.objects.filter(user=user, object_id__in=row_ids).order_by()
    # Sorted in Python: with ORDER BY, planners would read the whole history of the user.
    rows = sorted(changes.values_list("revision", "number", "object_id", "changeset"))
    latest = {object_id: changeset_id for _revision, _number, object_id, changeset_id in rows}
    undos = Changeset.objects.filter(user=user, id__in=set(latest.values()), undoes__isnull=False)
    found = {each.id for each in undos if is_of_import(each)}
    return {row_id for row_id, changeset_id in latest.items() if changeset_id in found}


def is_of_import(written: Changeset) -> bool:
    """Returns whether a changeset is an import, or undoes one, directly or at any level. A query for each level."""
    while written.undoes_id is not None:
        written = Changeset.objects.get(user=written.user_id, id=written.undoes_id)
    return written.source == Source.IMPORT


def came_in_again(user: User, session_ids: Collection[UUID]) -> set[UUID]:
    """Returns those of the sessions of an undone account import that another import has created again."""
    earlier = {ids_of_export(user, each)[1]: each for each in session_ids}
    rows = TimeSession.objects.for_user(user).filter(id__in=earlier).values_list("id", "deleted_at")
    found = {row_id: deleted_at is None for row_id, deleted_at in rows}
    again = {earlier[row_id] for row_id, is_here in found.items() if is_here}
    if deleted := [row_id for row_id, is_here in found.items() if not is_here]:
        again |= {earlier[each] for each in came_in_again(user, deleted)}
    return again


def free_identities(user: User, session_ids: Collection[UUID]) -> None:
    """Frees the identities of sessions, so that their entries can be imported again."""
    _of(user, session_ids).update(is_freed=True)


def restore_identities(user: User, session_ids: Collection[UUID]) -> set[UUID]:
    """Holds freed identities again. Returns the sessions that must not come back, since another import has theirs."""
    freed = _of(user, session_ids).filter(is_freed=True)
    others = ImportIdentity.objects.filter(user=user, identity=OuterRef("identity"), is_freed=False)
    is_shared = reduce(or_, (Q(identity__startswith=kind) for kind in _SHARED))
    taken = set(freed.exclude(is_shared).filter(Exists(others)).values_list("session_id", flat=True))
    freed.exclude(session_id__in=taken).exclude(is_shared & Exists(others)).update(is_freed=False)
    return taken


def move_identities(moved: QuerySet[ImportIdentity], target: User) -> None:
    """Moves the identities of moved sessions to another user. Two statements.

    An identity that the other user holds already arrives as freed.
    """
    held = ImportIdentity.objects.filter(user=target, identity=OuterRef("identity"), is_freed=False)
    moved.filter(Exists(held), is_freed=False).update(is_freed=True)
    moved.update(user=target)


def _of(user: User, session_ids: Collection[UUID]) -> QuerySet[ImportIdentity]:
    return ImportIdentity.objects.filter(user=user, session_id__in=session_ids)
