"""Long work: one changeset written in parts, so that other writers do not wait for all of it.

Each part is a transaction of about PART_SECONDS with a revision of its own. The state to go on from is stored with each
part (`Changeset.unfinished`). If the process dies, whole parts are there, marked as unfinished: any process can go on
from them, or undo them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sessions_app.models import Changeset, Source
from sessions_app.services.changeset import (
    UNDOABLE_FOR,
    Actor,
    ChangesetWriter,
    changeset,
    changeset_part,
    current_writer,
)
from timetracker.errors import NotFoundError
from users_app.models import User

PART_SECONDS = 0.1
"""A part ends with the first step that ends after this time. Other writers wait for one part at most."""
CHUNK = 100
"""The number of rows that a step reads and writes, in some hundredths of a second."""
PAUSE_SECONDS = 0.002
"""The pause between two parts, in which other threads of the process can write."""

State = dict[str, Any]
"""The state of long work between its parts, as JSON: its parameters and its position. Its keys depend on the kind."""


class Step(Protocol):
    """A callable that does some hundredths of a second of work, updates `state`, and returns whether all is done.

    If it raises a DomainError, the part is rolled back, and earlier parts stay. It may have further methods:

    `close()` is called at the end, for example to close files.
    `prepare()` is called before each part, outside its transaction, to read what the part will write.
    `go_to(state)` is called outside a transaction when another process went further, to go on from its state. Without
    this method, a new step is made then.
    """

    def __call__(self, changes: ChangesetWriter, state: State, /) -> bool: ...


Maker = Callable[[User, State], Step]
"""Makes the step for new or continued work. It is called outside a transaction and may therefore take long."""

_makers: dict[str, Maker] = {}


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of long work. `changeset_id` serves to go on or to undo; None when nothing was written.

    `state` is the present state, with the counts of the kind of work.
    """

    changeset_id: UUID | None
    is_finished: bool
    state: State


def kind_of_work(name: str) -> Callable[[Maker], Maker]:
    """Registers the maker of a kind of work, so that the work can go on after a restart."""

    def register(maker: Maker) -> Maker:
        _makers[name] = maker
        return maker

    return register


def begin_work(
    user: User,
    actor: Actor,
    kind: str,
    state: State,
    *,
    step: Step | None = None,
    seconds: float | None = None,
    undoable_for: timedelta = UNDOABLE_FOR,
    undoes: UUID | None = None,
) -> Progress:
    """Begins long work and does all parts, or those that can be begun within `seconds`. Raises what its steps raise.

    `step` replaces the step that the maker would make. Inside another changeset of the same user, all of the work is
    done as part of that changeset.
    """
    return _Work(user, actor, {**state, "kind": kind}, step, undoable_for, undoes).run(None, seconds)


def go_on(
    user: User, actor: Actor, changeset_id: UUID, *, seconds: float | None = None, step: Step | None = None
) -> Progress:
    """Does the next parts of unfinished work; nothing if it is finished.

    Raises NotFoundError, and what its steps raise.
    """
    stored = Changeset.objects.filter(user=user, id=changeset_id).first()
    if stored is None:
        raise NotFoundError
    if stored.unfinished is None:
        return Progress(stored.id, is_finished=True, state={})
    state = stored.unfinished
    actor = replace(actor, source=Source(stored.source))
    work = _Work(user, actor, state, step, timedelta(seconds=state["undoable_for"]), stored.undoes_id)
    return work.run(changeset_id, seconds)


def unfinished_work(user: User) -> list[Changeset]:
    """Returns the changesets of unfinished work, latest first. One query."""
    # Sorted in Python: with ORDER BY, SQLite would read all changesets in that order.
    found = Changeset.objects.filter(user=user, unfinished__isnull=False)
    return sorted(found, key=lambda each: each.revision, reverse=True)


class _Work:
    def __init__(  # noqa: PLR0917  # private
        self,
        user: User,
        actor: Actor,
        state: State,
        step: Step | None,
        undoable_for: timedelta,
        undoes: UUID | None,
    ) -> None:
        self.user, self.actor, self.undoes, self.undoable_for = user, actor, undoes, undoable_for
        self.state = {**state, "undoable_for": undoable_for.total_seconds()}
        self.step = step
        self.is_behind = False
        """Whether another process went further than the step."""

    def run(self, changeset_id: UUID | None, seconds: float | None) -> Progress:
        try:
            return self._run(changeset_id, seconds)
        finally:
            self._close()

    def _close(self) -> None:
        if (close := getattr(self.step, "close", None)) is not None:
            close()
        self.step = None

    def _run(self, changeset_id: UUID | None, seconds: float | None) -> Progress:
        outer = current_writer(self.user)
        if outer is not None:
            return self._run_within(outer)
        self._make_step()
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            progress = self._run_part(changeset_id)
            if progress is not None:
                if progress.is_finished or (deadline is not None and time.monotonic() >= deadline):
                    return progress
                changeset_id = progress.changeset_id
            time.sleep(PAUSE_SECONDS)

    def _run_part(self, changeset_id: UUID | None) -> Progress | None:
        """Writes one part. Returns None when another process went on meanwhile, and takes over its state."""
        step = self._make_step()
        if (prepare := getattr(step, "prepare", None)) is not None:
            prepare()
        with changeset_part(self.user, self.actor, changeset_id) as changes:
            if changes.earlier is not None and changes.earlier.unfinished != self.state:
                changes.unfinished = changes.earlier.unfinished
                if changes.unfinished is None:  # finished or abandoned
                    return Progress(changeset_id, is_finished=True, state=self.state)
                self.state, self.is_behind = changes.unfinished, True
                return None
            changes.undoes, changes.undoable_for = self.undoes, self.undoable_for
            state = {**self.state}
            end = time.monotonic() + PART_SECONDS
            is_finished = step(changes, state)
            while not is_finished and time.monotonic() < end:
                is_finished = step(changes, state)
            changes.unfinished = None if is_finished else state
            is_stored = changeset_id is not None or changes.count or not is_finished
        self.state = state
        return Progress(changes.id if is_stored else None, is_finished, state)

    def _make_step(self) -> Step:
        """Returns the step. Making it is not counted as time of a part, since it may read all earlier parts."""
        if self.is_behind:
            self.is_behind = False
            if (go_to := getattr(self.step, "go_to", None)) is not None:
                go_to(self.state)
            else:
                self._close()
        self.step = self.step or _makers[self.state["kind"]](self.user, self.state)
        return self.step

    def _run_within(self, changes: ChangesetWriter) -> Progress:
        step = self._make_step()
        changes.undoes, changes.undoable_for = self.undoes, self.undoable_for
        while not step(changes, self.state):
            pass
        return Progress(changes.id if changes.count else None, is_finished=True, state=self.state)


def abandon(user: User, actor: Actor, changeset_id: UUID) -> None:
    """Marks unfinished work as finished, so that nobody goes on with it while it is being undone."""
    with changeset(user, actor) as changes:
        found = Changeset.objects.filter(user=user, id=changeset_id, unfinished__isnull=False)
        if found.update(unfinished=None):
            changes.increment_revision()
