"""Taking back what one press did, from any device, without touching what happened later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import CHOSEN_FIELDS, Change, TimeSession, read_snapshot
from sessions_app.services.press import Actor, Press, find_running, press
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
    """Whether one of its sessions was removed for good later."""

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
    `changed_since` when one of its sessions was changed later and `timer_running` when a second session would run.
    """
    with press(user, actor) as this:
        batch = _choose(user, batch_id, this.at)
        undo = replace(this, undoes=batch.id)
        sessions = _present_states(user, batch)
        first_states = {change.session_id: change.before for change in reversed(batch.changes)}
        # What stops running goes first: at no moment may two run.
        for session_id in sorted(sessions, key=lambda each: _runs(first_states[each])):
            _take_back(undo, sessions[session_id], first_states[session_id])
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
        purged = {change.session_id for change in latest_first if change.after is None}
        batch = Batch(latest_first[::-1], is_lost=any(change.session_id in gone for change in latest_first))
        gone |= purged
        if batch.undoes is not None:
            undone.add(batch.undoes)
        if not purged:
            yield batch


def _present_states(user: User, batch: Batch) -> dict[UUID, TimeSession]:
    """The sessions of a batch, which must be as it left them."""
    left = {change.session_id: change.after for change in batch.changes}
    found = {session.id: session for session in TimeSession.objects.for_user(user).filter(id__in=left)}
    for session_id, after in left.items():
        session = found.get(session_id)
        if session is None:
            raise ConflictError("changed_since", _("One of its sessions was removed from the Trash for good."))
        if _chosen(session.snapshot()) != _chosen(after):
            message = _("“%(name)s” was changed after that. Undo the later change first.")
            raise ConflictError("changed_since", message % {"name": session})
    return found


def _take_back(this: Press, session: TimeSession, before: dict[str, object] | None) -> None:
    if before is None:
        this.change(session, Change.Action.UNDO, _ended(this, session), deleted_at=this.at)
        return
    fields = _chosen(read_snapshot(before))
    deleted_at = fields.pop("deleted_at")
    if fields["end"] is None:
        running = find_running(this.user)
        if running is not None and running.id != session.id:
            message = _("“%(name)s” is running. Stop it first, then undo.")
            raise ConflictError("timer_running", message % {"name": running})
    this.change(session, Change.Action.UNDO, cast("SessionFields", fields), deleted_at=deleted_at)


def _ended(this: Press, session: TimeSession) -> SessionFields:
    return {"end": max(this.at, session.start)} if session.is_running else {}


def _chosen(state: Mapping[str, Any] | None) -> dict[str, Any]:
    """What undo compares and brings back: not the version, nor when it was written."""
    return {} if state is None else {name: state[name] for name in CHOSEN_FIELDS}


def _runs(state: dict[str, object] | None) -> bool:
    return state is not None and state["end"] is None
