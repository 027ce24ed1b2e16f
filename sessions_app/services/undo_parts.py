"""Undo in parts: of imports, of long work, and of very many changes. Rows that were changed since may be left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q

from sessions_app.models import Change, Changeset, Kind, Source, TimeSession, VersionedModel
from sessions_app.selectors.sessions import find_running
from sessions_app.services.changeset import Actor, ChangesetWriter
from sessions_app.services.identities import came_in_again, free_identities, is_of_import, restore_identities
from sessions_app.services.parts import CHUNK, Progress, State, Step, abandon, begin_work, kind_of_work
from sessions_app.services.undo_rows import (
    RowState,
    check_as_left,
    check_state_possible,
    find_rows,
    is_as_left,
    keeps_times,
    missing_references,
    references,
    state_before,
)
from timetracker.errors import ConflictError
from users_app.models import User

UNDO = "undo"
MAX_LISTED = 10
"""The most rows left as they are that are named to the user."""

_PHASES: tuple[tuple[Kind, bool | None], ...] = (
    (Kind.CLIENT, False),
    (Kind.TAG, False),
    (Kind.PROJECT, False),
    (Kind.SESSION, None),
    (Kind.REPORT, None),
    (Kind.SHARE, None),
    (Kind.PROJECT, True),
    (Kind.TAG, True),
    (Kind.CLIENT, True),
)
"""The order of undo: the kind of the rows, and whether the changeset created them (None: in either case).

Rows that others refer to are restored first, and deleted last.
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of undo: the changeset that was undone, and the id of the changeset that undid it.

    `left_count` is the number of rows left as they are because they were changed since; `left` names the first of them.
    While `is_finished` is False, `parts.go_on` undoes the rest. After the undo of a merge, `guest` is the user who got
    the rows back.
    """

    changeset: Changeset
    undone_by: UUID
    left_count: int = 0
    left: Sequence[str] = ()
    is_finished: bool = True
    guest: User | None = None


def undo_in_parts(user: User, actor: Actor, target: Changeset, *, seconds: float | None = None) -> Undone:
    """Undoes a changeset, which must not be undone already, in as many parts as `seconds` allow.

    Rows that were changed since are left if the changeset is an import or unfinished. Otherwise they raise
    ConflictError `changed_since`, and nothing is undone.
    """
    # The maximum is computed in Python: for MAX or DISTINCT, planners would read the whole history of the user.
    revisions = Change.objects.filter(user=user, changeset=target.id).values_list("revision", flat=True)
    state: State = {
        "target": str(target.id),
        "is_of_import": is_of_import(target),
        "phase": 0,
        "first": target.revision,
        "last": max(revisions.iterator(), default=target.revision),
        "after": [0, 0],
        "left_count": 0,
        "left": [],
        "running": [],
    }
    if target.source != Source.IMPORT and target.unfinished is None:
        _check_as_left(user, state)
    if target.unfinished is not None:
        abandon(user, actor, target.id)
    return _told(target, begin_work(user, actor, UNDO, state, undoes=target.id, seconds=seconds))


def _told(target: Changeset, progress: Progress) -> Undone:
    # The changeset counts as undone even if all of its rows were left.
    left_count, left = progress.state["left_count"], progress.state["left"]
    return Undone(target, progress.changeset_id or target.id, left_count, left, progress.is_finished)


@kind_of_work(UNDO)
def _make_step(_user: User, _state: State) -> Step:
    return _step


def _step(changes: ChangesetWriter, state: State) -> bool:
    """Undoes up to CHUNK changes."""
    if state["phase"] == len(_PHASES):
        return _end_running(changes, state)
    kind, is_new = _PHASES[state["phase"]]
    chunk = _next_changes(changes.user, state, kind, is_new=is_new)
    if not chunk:
        state["phase"], state["after"] = state["phase"] + 1, [0, 0]
        return False
    state["after"] = [chunk[-1].revision, chunk[-1].number]
    undoing = list(_net_changes(changes.user, state, chunk))
    rows = find_rows(changes.user, [last for _first, last in undoing])
    states: list[tuple[Any, RowState, bool]] = []
    for first, last in undoing:
        row = rows.get(first.object_id)
        if row is None or not is_as_left(row, last):
            _leave(state, row, last)
        else:
            states.append((row, state_before(changes, row, first.before), first.before is None))
    if kind == Kind.SESSION:
        _undo_sessions(changes, state, states)
    else:
        for entry, before, is_made in states:
            _undo_entry(changes, state, entry, before, is_made=is_made)
    return False


def _next_changes(user: User, state: State, kind: Kind, *, is_new: bool | None) -> list[Change]:
    revision, number = state["after"]
    changes = Change.objects.filter(user=user, revision__gte=max(revision, state["first"]), revision__lte=state["last"])
    changes = changes.filter(Q(revision__gt=revision) | Q(revision=revision, number__gt=number))
    if is_new is not None:
        changes = changes.filter(before__isnull=is_new)
    target = UUID(state["target"])
    return list(changes.filter(kind=kind, changeset=target).order_by("revision", "number")[:CHUNK])


def _net_changes(user: User, state: State, chunk: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """Yields the first and the last change of each object, which the changeset may have changed several times."""
    target = UUID(state["target"])
    ids = {change.object_id for change in chunk}
    # Filtered by object only, and sorted in Python: with revisions in WHERE or ORDER BY, planners would read the whole
    # history of the user for each hundred objects.
    within = Change.objects.filter(user=user, object_id__in=ids).order_by()
    ends: dict[UUID, tuple[Change, Change]] = {}
    for change in sorted(within, key=attrgetter("revision", "number")):
        if change.changeset_id == target:
            first, _last = ends.get(change.object_id, (change, change))
            ends[change.object_id] = first, change
    for change in chunk:
        first, last = ends[change.object_id]
        if first.pk == change.pk:
            yield first, last


def _undo_sessions(changes: ChangesetWriter, state: State, sessions: list[tuple[Any, RowState, bool]]) -> None:
    missing = missing_references(changes.user, [before for _session, before, _is_made in sessions]).keys()
    lacking = {
        session.id
        for session, before, _is_made in sessions
        if missing and any(each in missing for each in references(before))
    }
    # Sessions that undo deletes can be imported again if an import created them, however often it was undone and
    # redone; sessions that the user deleted cannot.
    gone = [session.id for session, before, _is_made in sessions if before["deleted_at"] and not session.deleted_at]
    if state.get("is_of_import", True):  # work that an earlier release began lacks the key
        free_identities(changes.user, gone)
    back = [
        session.id
        for session, before, _is_made in sessions
        if session.deleted_at and not before["deleted_at"] and session.id not in lacking
    ]
    came_again = came_in_again(changes.user, back) | restore_identities(changes.user, back) if back else set()
    together: list[tuple[Any, RowState]] = []
    for session, before, _is_made in sessions:
        if session.id in came_again or session.id in lacking:
            _leave(state, session)
        elif before.get("end", "") is None and not session.is_running:
            state["running"].append(str(session.id))  # done last, when no session of this changeset is running any more
        elif keeps_times(session, before):
            together.append((session, before))
        else:
            changes.change(session, Change.Action.UNDO, before)
    changes.change_all(together, Change.Action.UNDO)


def _end_running(changes: ChangesetWriter, state: State) -> bool:
    """Lets the session that was running before run again, unless another one is running now."""
    for each in state["running"]:
        session = TimeSession.objects.for_user(changes.user).filter(id=each).first()
        first = Change.objects.filter(user=changes.user, object_id=each, revision__gte=state["first"])
        before = first.filter(changeset=UUID(state["target"])).order_by("revision", "number")[0].before
        if session is None or find_running(changes.user) is not None:
            _leave(state, session)
        else:
            changes.change(session, Change.Action.UNDO, session.read_tracked(before or {}))
    state["running"] = []
    return True


def _undo_entry(changes: ChangesetWriter, state: State, entry: Any, before: RowState, *, is_made: bool) -> None:
    try:
        if not is_made and before["deleted_at"] is None and missing_references(changes.user, [before]):
            _leave(state, entry)
            return
        check_state_possible(changes.user, entry, before, is_made=is_made)
    except ConflictError:
        _leave(state, entry)
        return
    changes.change(entry, Change.Action.UNDO, before)


def _leave(state: State, row: VersionedModel | None, change: Change | None = None) -> None:
    """Counts a row that is left as it is, unless it was removed for good or is in the Trash anyway."""
    if row is None or (row.deleted_at is not None and change is not None):
        return
    state["left_count"] += 1
    if len(state["left"]) < MAX_LISTED:
        state["left"].append(str(row))


def _check_as_left(user: User, state: State) -> None:
    """Raises ConflictError `changed_since` unless all rows are as the changeset left them. Reads them in batches."""
    walk: State = {**state}
    for kind in Kind:
        walk["after"] = [0, 0]
        while chunk := _next_changes(user, walk, kind, is_new=None):
            walk["after"] = [chunk[-1].revision, chunk[-1].number]
            undoing = list(_net_changes(user, walk, chunk))
            rows = find_rows(user, [last for _first, last in undoing])
            for _first, last in undoing:
                check_as_left(rows.get(last.object_id), last)
