"""Taking back what one press did, from any device, without touching what happened later."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from sessions_app.models import (
    VERSIONED_MODELS,
    Change,
    Client,
    Project,
    Tag,
    TimeSession,
    VersionedModel,
    prefetch_tags,
)
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services.catalogue import check_name_free, check_not_in_use
from sessions_app.services.changeset import BATCH_SIZE, Actor, ChangesetWriter, changeset
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User

UNDOABLE_FOR = timedelta(hours=24)
MAX_UNDOABLE = 20
SHOWN_CHANGES = 10


@dataclass(frozen=True, slots=True)
class Batch:
    """What one press did, at an instant (UTC): `count` changes, of which `changes` has those that were read, in order.

    `undoes` is the batch that this one took back, if it did that.
    """

    id: UUID
    at: datetime
    undoes: UUID | None
    change_ids: tuple[int, ...]
    is_lost: bool = False
    """Whether something of it was removed for good later."""
    changes: tuple[Change, ...] = ()

    @property
    def count(self) -> int:
        """How many changes it is made of."""
        return len(self.change_ids)


def undoable_changesets(user: User, *, now: datetime) -> list[Batch]:
    """The presses that can be undone, latest first: at most 20 of the last 24 hours, without those undone.

    What touched a session that was removed for good since is not among them. Each has its first ten changes. Two
    queries.
    """
    presses = (batch for batch in _recent_batches(user, now) if batch.undoes is None and not batch.is_lost)
    found = list(islice(presses, MAX_UNDOABLE))
    shown = [change_id for batch in found for change_id in batch.change_ids[:SHOWN_CHANGES]]
    changes = Change.objects.filter(user=user).in_bulk(shown)
    return [
        replace(batch, changes=tuple(changes[change_id] for change_id in batch.change_ids[:SHOWN_CHANGES]))
        for batch in found
    ]


def undo_changeset(user: User, actor: Actor, batch_id: UUID | None = None) -> Batch:
    """Takes back one press, the latest unless another is named, exactly; undoing an undo does it again.

    What was made goes to the Trash. Raises NotFoundError when there is nothing (any more) to undo, ConflictError
    `changed_since` when something of it was changed later, `timer_running` when a second session would run, `in_use`
    when a project would go that sessions have, and `name_taken` when another has its name by now.
    """
    with changeset(user, actor) as changes:
        batch = _choose(user, batch_id, changes.at)
        undo = replace(changes, undoes=batch.id)
        rows = _present_states(user, batch)
        first_states = {change.object_id: change.before for change in reversed(batch.changes)}
        befores = [(row, _state_before(changes, row, first_states[row.id])) for row in rows.values()]
        befores.sort(key=lambda each: _turn(*each, is_made=first_states[each[0].id] is None))
        for is_session, group in groupby(befores, key=lambda each: isinstance(each[0], TimeSession)):
            if is_session:
                _undo_sessions(undo, list(group))
            else:
                _undo_entries(undo, list(group), first_states)
        return batch


def _choose(user: User, batch_id: UUID | None, now: datetime) -> Batch:
    for batch in _recent_batches(user, now):
        if batch.id == batch_id or (batch_id is None and batch.undoes is None and not batch.is_lost):
            changes = Change.objects.filter(user=user, batch=batch.id, at=batch.at).order_by("id")
            return replace(batch, changes=tuple(changes))
    if batch_id is None:
        raise NotFoundError(_("There is nothing to undo."))
    raise NotFoundError(_("This cannot be undone any more: it is undone already, or older than a day."))


def _recent_batches(user: User, now: datetime) -> Iterator[Batch]:
    """The batches of the last 24 hours that stand, undone ones left out, latest first. Reads no more than is asked."""
    changes = Change.objects.filter(user=user, at__gt=now - UNDOABLE_FOR).order_by("-id")
    heads = changes.annotate(is_purge=Q(after__isnull=True)).values_list(
        "batch", "id", "object_id", "is_purge", "at", "undoes"
    )
    undone: set[UUID] = set()
    gone: set[UUID] = set()
    for batch_id, group in groupby(heads.iterator(chunk_size=100), key=itemgetter(0)):
        if batch_id in undone:
            continue
        _batches, ids, objects, is_purge, instants, undoes = zip(*group, strict=True)
        purged = {object_id for object_id, gone_for_good in zip(objects, is_purge, strict=True) if gone_for_good}
        is_lost = not gone.isdisjoint(objects)
        gone |= purged
        if undoes[0] is not None:
            undone.add(undoes[0])
        if not purged:
            yield Batch(batch_id, instants[0], undoes[0], ids[::-1], is_lost)


def _present_states(user: User, batch: Batch) -> dict[UUID, VersionedModel]:
    """The sessions and entries of a batch, which must be as it left them."""
    left = {change.object_id: change for change in batch.changes}
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


def _state_before(changes: ChangesetWriter, row: VersionedModel, before: dict[str, object] | None) -> dict[str, Any]:
    """What a row had before the batch; what was made goes to the Trash, and if it runs it ends now."""
    if before is not None:
        return row.read_tracked(before)
    ended = {"end": max(changes.at, row.start)} if isinstance(row, TimeSession) and row.is_running else {}
    return {**ended, "deleted_at": changes.at}


def _turn(row: VersionedModel, before: dict[str, Any], *, is_made: bool) -> tuple[int, bool]:
    """In which order rows are taken back: what others need comes first and goes last.

    And what stops running goes before what runs again: at no moment may two run.
    """
    order = [Client, Tag, Project, TimeSession]
    if is_made and not isinstance(row, TimeSession):
        return len(order) + order[::-1].index(type(row)), False
    return order.index(type(row)), before.get("end", "") is None


def _undo_entries(
    changes: ChangesetWriter, entries: list[tuple[Any, dict[str, Any]]], made: Mapping[UUID, object]
) -> None:
    for entry, before in entries:
        if made[entry.id] is None:
            check_not_in_use(changes.user, entry)
        elif before["deleted_at"] is None:
            _check_references_exist(changes.user, [before])
            check_name_free(changes.user, type(entry), before["name"], but=entry)
        changes.change(entry, Change.Action.UNDO, before)


def _undo_sessions(changes: ChangesetWriter, sessions: list[tuple[Any, dict[str, Any]]]) -> None:
    _check_references_exist(changes.user, [before for _session, before in sessions])
    changes.change_all((each for each in sessions if _keeps_times(*each)), Change.Action.UNDO)
    for session, before in sessions:
        if _keeps_times(session, before):
            continue  # written above
        running = TimeSession.objects.for_user(changes.user).find_running() if before.get("end", "") is None else None
        if running is not None and running.id != session.id:
            message = _("“%(name)s” is running. Stop it first, then undo.")
            raise ConflictError("timer_running", message % {"name": running})
        changes.change(session, Change.Action.UNDO, before)


def _keeps_times(session: TimeSession, before: Mapping[str, Any]) -> bool:
    """Whether nothing changes that something is derived from, so that many can be written at once."""
    return all(getattr(session, name) == before.get(name, getattr(session, name)) for name in _TIMES)


_TIMES = ("start", "end", "timezone")


def _check_references_exist(user: User, befores: Collection[Mapping[str, Any]]) -> None:
    """Raises ConflictError `changed_since` when a project, client or tag that something had was deleted since.

    What goes back to the Trash may have what is deleted, too, unless that was removed for good.
    """
    needed = {need for before in befores for need in _needs(before)}
    not_deleted = {need for before in befores if before["deleted_at"] is None for need in _needs(before)}
    for model in (Project, Client, Tag):
        ids = {object_id for each, object_id in needed if each is model}
        found = model.objects.for_user(user).in_bulk(ids) if ids else {}
        for each in ids:
            if each not in found or (found[each].deleted_at is not None and (model, each) in not_deleted):
                message = _("“%(name)s” was deleted after that. Undo that first.")
                raise ConflictError("changed_since", message % {"name": found.get(each, "")})


def _needs(before: Mapping[str, Any]) -> Iterator[tuple[type[CatalogueEntry], UUID]]:
    """What a session or project of these fields is of."""
    for model, name in ((Project, "project_id"), (Client, "client_id")):
        if before.get(name) is not None:
            yield model, before[name]
    for tag_id in before.get("tag_ids", ()):
        yield Tag, tag_id
