"""Finds the rows of an import that the account has already, so that a second import adds nothing."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from sessions_app.account_export.targets import Target, find_targets
from sessions_app.imports.candidates import DIGITS_OF_MINUTE, Candidate, traits_in
from sessions_app.imports.likeness import are_similar, traits_of
from sessions_app.models import TimeSession
from sessions_app.services.identities import OF_TIMES, OF_TRAITS, held_identities, held_of, is_any_held
from users_app.models import User

Standing = Literal["new", "unchanged", "edited", "deleted"]
"""The state of a row in the account: not imported yet, unchanged since, edited since, or deleted."""

_VERSION_OF_IMPORT = 1


def find_standings(user: User, candidates: Collection[Candidate]) -> list[Standing]:
    """Returns the standing of each candidate, in order.

    One query, one more if any was imported before, and two if any was exported by this app. Rows of a table whose
    columns may change, and that are known by no identity, take one, and two more if others were imported of their days.
    """
    if not candidates:
        return []
    identities = [identity for each in candidates for identity in each.known_by]
    sessions = dict(held_identities(user, identities))
    exported_ids = {each.exported_id for each in candidates if each.exported_id is not None}
    found = [next((sessions[each] for each in row.known_by if each in sessions), None) for row in candidates]
    _find_similar(user, candidates, found)
    if not any(found) and not exported_ids:
        return ["new"] * len(candidates)
    exported = find_targets(user, TimeSession, exported_ids) if exported_ids else {}
    rows = TimeSession.objects.for_user(user).filter(id__in=set(filter(None, found)))
    states = {row_id: (version, at) for row_id, version, at in rows.values_list("id", "version", "deleted_at")}
    targets = (None if each.exported_id is None else exported[each.exported_id] for each in candidates)
    return [_standing(session_id, states, target) for session_id, target in zip(found, targets, strict=True)]


def _find_similar(user: User, candidates: Collection[Candidate], found: list[UUID | None]) -> None:
    """Adds the sessions of candidates that only similar traits show, unless another candidate has the same one."""
    similar = {
        each.similar: (number, each)
        for number, (each, session_id) in enumerate(zip(candidates, found, strict=True))
        if session_id is None and each.similar
    }
    if not similar or not is_any_held(user, _minute_in(min(similar)), f"{_minute_in(max(similar))}zz"):
        return
    taken = set(found)
    sessions = {
        identity: session_id for identity, session_id in held_identities(user, list(similar)) if session_id not in taken
    }
    traits = {session_id: traits_in(identity) for session_id, identity in held_of(user, sessions.values(), OF_TRAITS)}
    for identity, session_id in sessions.items():
        number, candidate = similar[identity]
        if session_id in traits and are_similar(traits_of(candidate.row), traits[session_id]):
            found[number] = session_id


def _minute_in(similar: str) -> str:
    """Returns the beginning of an identity with the minute of its start, which databases sort alike."""
    return similar[: len(OF_TIMES) + DIGITS_OF_MINUTE]


class SeenRows:
    """The rows of one import so far, of which those of other files may be repetitions."""

    def __init__(self) -> None:
        self._identities: set[int] = set()
        self._traits: dict[int, str] = {}

    def has(self, candidate: Candidate) -> bool:
        """Tells whether a row was added already."""
        if not self._identities.isdisjoint(map(hash, candidate.known_by)):
            return True
        traits = self._traits.get(hash(candidate.similar)) if candidate.similar else None
        return traits is not None and are_similar(traits, traits_of(candidate.row))

    def add(self, candidate: Candidate) -> None:
        """Adds a row."""
        self._identities.update(map(hash, candidate.identities))
        if candidate.similar:
            self._traits.setdefault(hash(candidate.similar), traits_of(candidate.row))


def _standing(session_id: UUID | None, states: dict[UUID, tuple[int, object]], exported: Target | None) -> Standing:
    if session_id is None:
        if exported is None or not exported.is_here:
            return "new"
        return "deleted" if exported.is_deleted else "unchanged"  # the version at the time of the download is unknown
    version, deleted_at = states.get(session_id, (0, True))
    if deleted_at is not None:
        return "deleted"
    return "unchanged" if version == _VERSION_OF_IMPORT else "edited"
