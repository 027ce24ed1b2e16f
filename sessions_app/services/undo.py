"""Taking back what one changeset wrote, from any device, without touching what happened later."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import (
    VERSIONED_MODELS,
    Change,
    Changeset,
    Client,
    Project,
    Tag,
    TimeSession,
    VersionedModel,
    prefetch_tags,
)
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services.catalogue import check_name_free, check_not_in_use
from sessions_app.services.changeset import BATCH_SIZE, UNDOABLE_FOR, Actor, ChangesetWriter, changeset
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User

MAX_UNDOABLE = 20

_State = dict[str, Any]
"""The tracked fields of a row, as an instance has them."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A changeset that was taken back, and the id of the changeset that did it, by which it is done again."""

    changeset: Changeset
    undone_by: UUID


def undoable_changesets(user: User, *, now: datetime) -> list[Changeset]:
    """Returns what can be undone, latest first: at most 20 changesets of the last 24 hours. One query.

    Left out are those that were undone, those that undid another, and those that wrote a row removed for good since.
    """
    found = _standing_changesets(user, now)
    return list(islice((each for each in found if each.undoes_id is None and _is_undoable(each, now)), MAX_UNDOABLE))


def undoable_ids(user: User, *, now: datetime) -> set[UUID]:
    """Returns the ids of the changesets of `undoable_changesets`, and of the undos among them. One query."""
    found: set[UUID] = set()
    count = 0
    for each in _standing_changesets(user, now):
        if _is_undoable(each, now):
            found.add(each.id)
            count += each.undoes_id is None
        if count == MAX_UNDOABLE:
            break
    return found


def undo_changeset(
    user: User, actor: Actor, changeset_id: UUID | None = None, *, is_listed_only: bool = False
) -> Undone:
    """Takes back one changeset exactly, the latest unless another is named. Undoing an undo does it again.

    With `is_listed_only` one that is not among `undoable_ids` is a ConflictError `changed_since`.

    What was made goes to the Trash. Raises NotFoundError when there is nothing (any more) to undo, and ConflictError
    `changed_since` when something of it was changed later, `timer_running` when a second session would run, `in_use`
    when a project would go that sessions have, and `name_taken` when another entry has its name by now.
    """
    with changeset(user, actor) as changes:
        if is_listed_only:
            _check_listed(user, changeset_id, changes.at)
        undone = _choose(user, changeset_id, changes.at)
        changes.undoes = undone.id
        written = list(Change.objects.filter(user=user, revision=undone.revision).order_by("number"))
        rows = _rows_as_left(user, written)
        first_states = {change.object_id: change.before for change in reversed(written)}
        states = [(row, _state_before(changes, row, first_states[row.id])) for row in rows.values()]
        states.sort(key=lambda each: _position(*each, is_new=first_states[each[0].id] is None))
        for is_session, group in groupby(states, key=lambda each: isinstance(each[0], TimeSession)):
            if is_session:
                _undo_sessions(changes, list(group))
            else:
                _undo_entries(changes, list(group), first_states)
        return Undone(undone, changes.id)


def _check_listed(user: User, changeset_id: UUID | None, now: datetime) -> None:
    if changeset_id in undoable_ids(user, now=now):
        return
    if changeset_id is None or not Changeset.objects.filter(user=user, id=changeset_id).exists():
        raise NotFoundError
    message = _("This cannot be undone any more: it is undone already, older than a day, or not among the last 20.")
    raise ConflictError("changed_since", message)


def _choose(user: User, changeset_id: UUID | None, now: datetime) -> Changeset:
    for each in _standing_changesets(user, now):
        is_latest = each.undoes_id is None and _is_undoable(each, now)
        if each.id == changeset_id or (changeset_id is None and is_latest):
            return each
    if changeset_id is None:
        raise NotFoundError(_("There is nothing to undo."))
    raise NotFoundError(_("This cannot be undone any more: it is undone already, or older than a day."))


def _is_undoable(candidate: Changeset, now: datetime) -> bool:
    return candidate.undoable_until is not None and candidate.undoable_until > now


def _standing_changesets(user: User, now: datetime) -> Iterator[Changeset]:
    """Yields the changesets of the last 24 hours, latest first, without purges and what was undone.

    Revisions tell what came later, also where the clock of the server was set back in between.
    """
    undone: set[UUID] = set()
    for each in Changeset.objects.filter(user=user).order_by("-revision").iterator(chunk_size=100):
        if each.at <= now - UNDOABLE_FOR:
            return
        if each.undoable_until is None or each.id in undone:
            continue
        if each.undoes_id is not None:
            undone.add(each.undoes_id)
        yield each


def _rows_as_left(user: User, changes: Collection[Change]) -> dict[UUID, VersionedModel]:
    """Reads the rows of a changeset; raises ConflictError `changed_since` unless they are as it left them."""
    left = {change.object_id: change for change in changes}
    found = _find(user, left.values())
    for object_id, change in left.items():
        row = found.get(object_id)
        if row is None:
            raise ConflictError("changed_since", _("One of its sessions was removed from the Trash for good."))
        if row.read_tracked(row.snapshot()) != row.read_tracked(change.after or {}):
            message = _("“%(name)s” was changed after that. Undo the later change first.")
            raise ConflictError("changed_since", message % {"name": row})
    return found


def _find(user: User, changes: Collection[Change]) -> dict[UUID, VersionedModel]:
    rows: list[VersionedModel] = []
    for kind, model in VERSIONED_MODELS.items():
        ids = [change.object_id for change in changes if change.kind == kind]
        for begin in range(0, len(ids), BATCH_SIZE):
            rows += model._default_manager.filter(user=user, id__in=ids[begin : begin + BATCH_SIZE])  # noqa: SLF001
    prefetch_tags([row for row in rows if isinstance(row, TimeSession)])
    return {row.id: row for row in rows}


def _state_before(changes: ChangesetWriter, row: VersionedModel, before: dict[str, object] | None) -> _State:
    """Returns what a row had before; what was made goes to the Trash, and if it runs it ends now."""
    if before is not None:
        return row.read_tracked(before)
    ended = {"end": max(changes.at, row.start)} if isinstance(row, TimeSession) and row.is_running else {}
    return {**ended, "deleted_at": changes.at}


def _position(row: VersionedModel, state: _State, *, is_new: bool) -> tuple[int, bool]:
    """Orders rows for undo: what others refer to comes back first and, when it was made, goes last.

    What stops running comes before what runs again, since at no moment may two run.
    """
    order = [Client, Tag, Project, TimeSession]
    if is_new and not isinstance(row, TimeSession):
        return len(order) + order[::-1].index(type(row)), False
    return order.index(type(row)), state.get("end", "") is None


def _undo_entries(
    changes: ChangesetWriter, entries: list[tuple[Any, _State]], first_states: Mapping[UUID, object]
) -> None:
    for entry, state in entries:
        if first_states[entry.id] is None:
            check_not_in_use(changes.user, entry)
        elif state["deleted_at"] is None:
            _check_references_exist(changes.user, [state])
            check_name_free(changes.user, type(entry), state["name"], but=entry)
        changes.change(entry, Change.Action.UNDO, state)


def _undo_sessions(changes: ChangesetWriter, sessions: list[tuple[Any, _State]]) -> None:
    _check_references_exist(changes.user, [state for _session, state in sessions])
    changes.change_all((each for each in sessions if _keeps_times(*each)), Change.Action.UNDO)
    for session, state in sessions:
        if _keeps_times(session, state):
            continue  # written above
        running = TimeSession.objects.for_user(changes.user).find_running() if state.get("end", "") is None else None
        if running is not None and running.id != session.id:
            message = _("“%(name)s” is running. Stop it first, then undo.")
            raise ConflictError("timer_running", message % {"name": running})
        changes.change(session, Change.Action.UNDO, state)


_TIMES = ("start", "end", "timezone")


def _keeps_times(session: TimeSession, state: Mapping[str, Any]) -> bool:
    """Returns whether nothing changes that something is derived from, so that many can be written at once."""
    return all(getattr(session, name) == state.get(name, getattr(session, name)) for name in _TIMES)


def _check_references_exist(user: User, states: Collection[Mapping[str, Any]]) -> None:
    """Raises ConflictError `changed_since` when a project, client or tag that a row had was deleted since.

    A row that goes back to the Trash may refer to a deleted entry, unless that was removed for good.
    """
    needed = {reference for state in states for reference in _references(state)}
    in_use = {reference for state in states if state["deleted_at"] is None for reference in _references(state)}
    for model in (Project, Client, Tag):
        ids = {object_id for each, object_id in needed if each is model}
        found = model.objects.for_user(user).in_bulk(ids) if ids else {}
        for each in ids:
            if each not in found or (found[each].deleted_at is not None and (model, each) in in_use):
                message = _("“%(name)s” was deleted after that. Undo that first.")
                raise ConflictError("changed_since", message % {"name": found.get(each, "")})


def _references(state: Mapping[str, Any]) -> Iterator[tuple[type[CatalogueEntry], UUID]]:
    """Yields the entries that a session or project of this state refers to."""
    for model, name in ((Project, "project_id"), (Client, "client_id")):
        if state.get(name) is not None:
            yield model, state[name]
    for tag_id in state.get("tag_ids", ()):
        yield Tag, tag_id
