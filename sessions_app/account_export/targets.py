"""Finds the rows of an account that the rows of an export correspond to."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import ACCOUNT, SESSIONS
from sessions_app.account_export.validation import FieldValues
from sessions_app.models import TimeSession, VersionedModel
from sessions_app.services.changeset import BATCH_SIZE
from sessions_app.services.identities import ids_of_export, undone_imports
from timetracker.errors import ConflictError
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Target:
    """The row of the account that a row of the file corresponds to: an existing row (`is_here`), or one to be added."""

    id: UUID
    is_here: bool
    is_deleted: bool = False
    version: int = 0


def with_targets(
    user: User, model: type[VersionedModel], rows: Iterable[tuple[int, FieldValues]]
) -> Iterator[tuple[int, FieldValues, Target]]:
    """Yields each row with its target. Takes one query for hundreds of rows."""
    rest = iter(rows)
    while part := list(islice(rest, BATCH_SIZE)):
        targets = find_targets(user, model, [values["id"] for _number, values in part])
        for number, values in part:
            yield number, values, targets[values["id"]]


def find_targets(user: User, model: type[VersionedModel], ids: Collection[UUID]) -> dict[UUID, Target]:
    """Returns the target of each id of the file: the row with this id or the derived id, else the first free of these.

    A row that the undo of an import deleted is ignored, but its id is not free. When both ids are such, the id derived
    from the second is tried. Raises ConflictError `id_taken` when no id is free, which does not happen by chance.
    """
    candidates = {each: ids_of_export(user, each) for each in ids}
    wanted = [each for pair in candidates.values() for each in pair]
    # The only query that reads rows of other users. It uses nothing but the fact that their ids are taken.
    rows = model.objects.filter(id__in=wanted)
    read = rows.values_list("id", "user_id", "deleted_at", "version")
    rows_by_id = {each: (owner == user.id, at, version) for each, owner, at, version in read}
    deleted = [each for each, (is_theirs, at, _version) in rows_by_id.items() if is_theirs and at is not None]
    undone = undone_imports(user, deleted) if deleted else set()
    targets: dict[UUID, Target] = {}
    undone_twice: dict[UUID, UUID] = {}
    for row_id, pair in candidates.items():
        here = next((each for each in pair if each in rows_by_id and rows_by_id[each][0] and each not in undone), None)
        free = next((each for each in pair if each not in rows_by_id), None)
        if here is not None:
            _is_theirs, deleted_at, version = rows_by_id[here]
            targets[row_id] = Target(here, is_here=True, is_deleted=deleted_at is not None, version=version)
        elif free is not None:
            targets[row_id] = Target(free, is_here=False)
        elif pair[1] in undone:
            undone_twice[row_id] = pair[1]
        else:
            file = SESSIONS if model is TimeSession else ACCOUNT
            message = _("%(file)s: The id %(id)s cannot be used on this server. Replace it by another one.")
            raise ConflictError("id_taken", message % {"file": file, "id": row_id})
    if undone_twice:
        later = find_targets(user, model, undone_twice.values())
        targets |= {row_id: later[derived] for row_id, derived in undone_twice.items()}
    return targets
