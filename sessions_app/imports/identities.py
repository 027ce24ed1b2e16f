"""Finds the rows of an import that the account has already, so that a second import adds nothing."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from sessions_app.account_export.targets import Target, find_targets
from sessions_app.imports.candidates import Candidate
from sessions_app.models import TimeSession
from sessions_app.services.identities import held_identities
from users_app.models import User

Standing = Literal["new", "unchanged", "edited", "deleted"]
"""The state of a row in the account: not imported yet, unchanged since, edited since, or deleted."""

_VERSION_OF_IMPORT = 1


def find_standings(user: User, candidates: Collection[Candidate]) -> list[Standing]:
    """Returns the standing of each candidate, in order.

    One query, one more if any was imported before, and two if any was exported by this app.
    """
    if not candidates:
        return []
    identities = [identity for each in candidates for identity in each.known_by]
    sessions = dict(held_identities(user, identities))
    exported_ids = {each.exported_id for each in candidates if each.exported_id is not None}
    if not sessions and not exported_ids:
        return ["new"] * len(candidates)
    exported = find_targets(user, TimeSession, exported_ids) if exported_ids else {}
    rows = TimeSession.objects.for_user(user).filter(id__in=set(sessions.values()))
    states = {row_id: (version, at) for row_id, version, at in rows.values_list("id", "version", "deleted_at")}
    targets = (None if each.exported_id is None else exported[each.exported_id] for each in candidates)
    return [_standing(each, sessions, states, target) for each, target in zip(candidates, targets, strict=True)]


def _standing(
    candidate: Candidate,
    sessions: dict[str, UUID],
    states: dict[UUID, tuple[int, object]],
    exported: Target | None,
) -> Standing:
    session_id = next((sessions[each] for each in candidate.known_by if each in sessions), None)
    if session_id is None:
        if exported is None or not exported.is_here:
            return "new"
        return "deleted" if exported.is_deleted else "unchanged"  # the version at the time of the download is unknown
    version, deleted_at = states.get(session_id, (0, True))
    if deleted_at is not None:
        return "deleted"
    return "unchanged" if version == _VERSION_OF_IMPORT else "edited"
