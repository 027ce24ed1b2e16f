"""By what sessions of other tools are known again: a second import adds nothing."""

from collections.abc import Collection
from itertools import chain
from typing import Literal
from uuid import UUID

from sessions_app.imports.candidates import Candidate
from sessions_app.models import TimeSession
from sessions_app.services.identities import held_identities, ids_of_export
from users_app.models import User

Standing = Literal["new", "unchanged", "edited", "deleted"]
"""What a row is to the account: not here, here as it came, changed here since, or deleted here."""

_VERSION_OF_IMPORT = 1


def find_standings(user: User, candidates: Collection[Candidate]) -> list[Standing]:
    """Returns what each of the candidates is to the account, in their order.

    A query, and one more when any is here or was downloaded here.
    """
    if not candidates:
        return []
    identities = [identity for each in candidates for identity in each.known_by]
    sessions = dict(held_identities(user, identities))
    exported = {
        each.exported_id: ids_of_export(user, each.exported_id) for each in candidates if each.exported_id is not None
    }
    if not sessions and not exported:
        return ["new"] * len(candidates)
    rows = TimeSession.objects.for_user(user).filter(
        id__in={*sessions.values(), *chain.from_iterable(exported.values())}
    )
    states = {row_id: (version, at) for row_id, version, at in rows.values_list("id", "version", "deleted_at")}
    return [
        _standing(each, sessions, states, () if each.exported_id is None else exported[each.exported_id])
        for each in candidates
    ]


def _standing(
    candidate: Candidate,
    sessions: dict[str, UUID],
    states: dict[UUID, tuple[int, object]],
    ids_here: Collection[UUID],
) -> Standing:
    session_id = next((sessions[each] for each in candidate.known_by if each in sessions), None)
    if session_id is None:
        here = next((states[each] for each in ids_here if each in states), None)
        if here is None:
            return "new"
        return "unchanged" if here[1] is None else "deleted"  # nothing tells at which version it was downloaded
    version, deleted_at = states.get(session_id, (0, True))
    if deleted_at is not None:
        return "deleted"
    return "unchanged" if version == _VERSION_OF_IMPORT else "edited"
