"""Taking back what one press did, from any device, without touching what happened later."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import RECORDED, Change, Client, Project, Recorded, Tag, TimeSession, read_tags
from sessions_app.models.organising import Named
from sessions_app.services.organising import refuse_taken_name, refuse_used
from sessions_app.services.press import AT_ONCE, Actor, Press, press
from sessions_app.validation import SessionFields
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User

UNDOABLE_FOR = timedelta(hours=24)
UNDOABLE_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """What one press did: its changes in order, all of the same instant."""

    changes: tuple[Change, ...]
    is_lost: bool = False
    """Whether something of it was removed for good later."""

    @property
    def id(self) -> UUID:
        """What the batch is undone by."""
        return self.changes[0].batch

    @property
    def at(self) -> datetime:
        """When (UTC)."""
        return self.changes[0].at

    @property
    def undoes(self) -> UUID | None:
        """The batch that this one took back, if it did that."""
        return self.changes[0].undoes


def undoable_batches(user: User, *, now: datetime) -> list[Batch]:
    """The presses that can be undone, latest first: at most 20 of the last 24 hours, without those undone. A query.

    What touched a session that was removed for good since is not among them.
    """
    presses = (batch for batch in _recent_batches(user, now) if batch.undoes is None and not batch.is_lost)
    return list(islice(presses, UNDOABLE_BATCHES))


def undo_batch(user: User, actor: Actor, batch_id: UUID | None = None) -> Batch:
    """Takes back one press, the latest unless another is named, exactly; undoing an undo does it again.

    What was made goes to the Trash. Raises NotFoundError when there is nothing (any more) to undo, ConflictError
    `changed_since` when something of it was changed later, `timer_running` when a second session would run, `in_use`
    when a project would go that sessions have, and `name_taken` when another has its name by now.
    """
    with press(user, actor) as this:
        batch = _choose(user, batch_id, this.at)
        undo = replace(this, undoes=batch.id)
        rows = _present_states(user, batch)
        first_states = {change.object_id: change.before for change in reversed(batch.changes)}
        for object_id in sorted(rows, key=lambda each: _turn(rows[each], first_states[each])):
            _take_back(undo, rows[object_id], first_states[object_id])
        return batch


def _choose(user: User, batch_id: UUID | None, now: datetime) -> Batch:
    if batch_id is None:
        latest = undoable_batches(user, now=now)
        if not latest:
            raise NotFoundError(_("There is nothing to undo."))
        return latest[0]
    for batch in _recent_batches(user, now):
        if batch.id == batch_id:
            return batch
    raise NotFoundError(_("This cannot be undone any more: it is undone already, or older than a day."))


def _recent_batches(user: User, now: datetime) -> Iterator[Batch]:
    """The batches of the last 24 hours that stand, undone ones left out, latest first. Reads no more than is asked."""
    changes = Change.objects.filter(user=user, at__gt=now - UNDOABLE_FOR).order_by("-id")
    undone: set[UUID] = set()
    gone: set[UUID] = set()
    for batch_id, group in groupby(changes.iterator(chunk_size=100), key=lambda change: change.batch):
        if batch_id in undone:
            continue
        latest_first = tuple(group)
        purged = {change.object_id for change in latest_first if change.after is None}
        batch = Batch(latest_first[::-1], is_lost=any(change.object_id in gone for change in latest_first))
        gone |= purged
        if batch.undoes is not None:
            undone.add(batch.undoes)
        if not purged:
            yield batch


def _present_states(user: User, batch: Batch) -> dict[UUID, Recorded]:
    """The sessions and items of a batch, which must be as it left them."""
    left = {change.object_id: change for change in batch.changes}
    found = _find(user, left.values())
    for object_id, change in left.items():
        row = found.get(object_id)
        if row is None:
            raise ConflictError("changed_since", _("One of its sessions was removed from the Trash for good."))
        if row.read_chosen(row.snapshot()) != row.read_chosen(change.after or {}):
            message = _("“%(name)s” was changed after that. Undo the later change first.")
            raise ConflictError("changed_since", message % {"name": row})
    return found


def _find(user: User, changes: Collection[Change]) -> dict[UUID, Recorded]:
    rows: list[Recorded] = []
    for kind, model in RECORDED.items():
        ids = [change.object_id for change in changes if change.kind == kind]
        for begin in range(0, len(ids), AT_ONCE):
            rows += model._default_manager.filter(user=user, id__in=ids[begin : begin + AT_ONCE])  # noqa: SLF001
    read_tags([row for row in rows if isinstance(row, TimeSession)])
    return {row.id: row for row in rows}


def _turn(row: Recorded, before: dict[str, object] | None) -> tuple[int, bool]:
    """In which order rows are taken back: what others need comes first and goes last.

    And what stops running goes before what runs again: at no moment may two run.
    """
    order = [Client, Tag, Project, TimeSession]
    if before is None and not isinstance(row, TimeSession):
        return len(order) + order[::-1].index(type(row)), False
    return order.index(type(row)), before is not None and before.get("end", "") is None


def _take_back(this: Press, row: Recorded, before: dict[str, object] | None) -> None:
    if before is None:
        if isinstance(row, Named):
            refuse_used(this.user, row)
        this.change(row, Change.Action.UNDO, _ended(this, row), deleted_at=this.at)
        return
    fields = row.read_chosen(before)
    deleted_at = fields.pop("deleted_at")
    if isinstance(row, Named):
        if deleted_at is None:
            refuse_taken_name(this.user, type(row), fields["name"], but=row)
            _refuse_what_is_gone(this.user, fields)
    else:
        _refuse_what_is_gone(this.user, fields)
        running = TimeSession.objects.for_user(this.user).find_running() if fields["end"] is None else None
        if running is not None and running.id != row.id:
            message = _("“%(name)s” is running. Stop it first, then undo.")
            raise ConflictError("timer_running", message % {"name": running})
    this.change(row, Change.Action.UNDO, fields, deleted_at=deleted_at)


def _refuse_what_is_gone(user: User, fields: Mapping[str, Any]) -> None:
    """Raises ConflictError `changed_since` when a project, client or tag that something had was deleted since."""
    needed: list[tuple[type[Named], Collection[UUID | None]]] = [
        (Project, [fields.get("project_id")]),
        (Client, [fields.get("client_id")]),
        (Tag, fields.get("tag_ids", ())),
    ]
    for model, asked in needed:
        ids = [each for each in asked if each is not None]
        if not ids:
            continue
        kept = {row.id: row for row in model._default_manager.filter(user=user, id__in=ids)}  # noqa: SLF001
        gone = [each for each in ids if each not in kept or kept[each].deleted_at is not None]
        if gone:
            message = _("“%(name)s” was deleted after that. Undo that first.")
            raise ConflictError("changed_since", message % {"name": kept.get(gone[0], "")})


def _ended(this: Press, row: Recorded) -> SessionFields:
    return {"end": max(this.at, row.start)} if isinstance(row, TimeSession) and row.is_running else {}
