"""Writes that take longer than others may wait for: one changeset, written in parts that others write between.

Each part is a transaction of about PART_SECONDS, with a revision of its own. What is still to be done is stored with
it (`Changeset.unfinished`), so whatever ends the process leaves whole parts, marked as unfinished: anybody can go on
where they end, or undo them.
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
    present_writer,
    writer_of,
)
from timetracker.errors import NotFoundError
from users_app.models import User

PART_SECONDS = 0.1
"""After how long a part ends, with the step it is in. Others wait for one part at most, and then for their turn."""
CHUNK = 100
"""How many rows a step reads and writes: some hundredths of a second."""
PAUSE_SECONDS = 0.002
"""Between two parts other threads of the process come to their turn."""

State = dict[str, Any]
"""What a kind of work keeps between parts, as JSON: what was asked for, and where it is."""


class Step(Protocol):
    """Writes a little, in some hundredths of a second, and notes in `state` where it is. Returns whether that was all.

    It may raise a DomainError; then its part is not written, and what the parts before it wrote stays. One that holds
    files open has a method `close` as well, which is called at the end. One with a method `go_to` goes on from a state
    that another process came to, given to it outside the transaction; in place of any other a new one is made. One
    with a method `prepare` is asked before each part, outside its transaction, to read what it will write.
    """

    def __call__(self, changes: ChangesetWriter, state: State, /) -> bool: ...


Maker = Callable[[User, State], Step]
"""Makes the step of a kind of work, at its beginning or to go on; outside the transaction, so it may take its time."""

_makers: dict[str, Maker] = {}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is. `changeset_id` is what it is undone by and gone on with, None when nothing was written.

    `state` is the last one, with the counts that the kind of work keeps.
    """

    changeset_id: UUID | None
    is_finished: bool
    state: State


def kind_of_work(name: str) -> Callable[[Maker], Maker]:
    """Registers what makes the steps of a kind of work, so that it can be gone on with after a restart."""

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
    """Does the first parts of long work, all of them unless `seconds` end before. Raises what its steps raise.

    `step` is the one to use in place of the one that would be made. Inside another changeset of the same user all of it
    is a part of that.
    """
    return _Work(user, actor, {**state, "kind": kind}, step, undoable_for, undoes).run(None, seconds)


def go_on(
    user: User, actor: Actor, changeset_id: UUID, *, seconds: float | None = None, step: Step | None = None
) -> Progress:
    """Does the next parts of what was begun. Nothing when it is finished.

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
    """Returns what was begun and not finished, the latest first. One query."""
    # Sorted here: an order in the query makes SQLite walk all changesets in that order.
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
        """Whether another process came further than the step."""

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
        outer = present_writer(self.user)
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
        """Writes one part; None when another process went on meanwhile, whose state is taken over."""
        step = self._make_step()
        if (prepare := getattr(step, "prepare", None)) is not None:
            prepare()
        with writer_of(self.user, self.actor, changeset_id) as changes:
            if changes.earlier is not None and changes.earlier.unfinished != self.state:
                changes.unfinished = changes.earlier.unfinished
                if changes.unfinished is None:  # finished, or taken back
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
        """Returns what writes; made before time is counted, since it may read all that was written up to here."""
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
    """Takes the mark off unfinished work, which nobody will go on with: it is being taken back."""
    with changeset(user, actor) as changes:
        found = Changeset.objects.filter(user=user, id=changeset_id, unfinished__isnull=False)
        if found.update(unfinished=None):
            changes.mark_shown_state_changed()
