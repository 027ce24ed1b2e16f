"""Undo of one changeset, from any device, without touching later changes."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import (
    AddressedReport,
    Change,
    Changeset,
    Client,
    Project,
    Source,
    Tag,
    TimeSession,
    VersionedModel,
)
from sessions_app.selectors.sessions import find_running
from sessions_app.services.changeset import MAX_UNDOABLE_FOR, UNDOABLE_FOR, Actor, ChangesetWriter, changeset
from sessions_app.services.identities import is_of_import
from sessions_app.services.merging import give_back
from sessions_app.services.undo_parts import Undone, undo_in_parts
from sessions_app.services.undo_rows import (
    RowState,
    check_as_left,
    check_state_possible,
    find_rows,
    keeps_times,
    missing_references,
    state_before,
)
from timetracker import clock
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User
from users_app.services.merged import find_merge

MAX_UNDOABLE = 20
MAX_WHOLE = 1_000
"""The most changes that are undone in one transaction, all or nothing."""
_PAGE = 100


def undoable_changesets(user: User, *, now: datetime) -> list[Changeset]:
    """Returns the changesets that can be undone, latest first: at most 20 of the last 24 hours. One query.

    Imports of that time are included without being counted. Left out are changesets that were undone, that undid
    another, or that wrote a row removed for good since.
    """
    found: list[Changeset] = []
    count = 0
    for each in _standing_changesets(user, now):
        if each.undoes_id is None and _is_undoable(each, now):
            found.append(each)
            count += each.source != Source.IMPORT
        if count == MAX_UNDOABLE:
            break
    return found


def undoable_ids(user: User, *, now: datetime) -> set[UUID]:
    """Returns the ids of all changesets that can be undone: `undoable_changesets`, `undoable_imports` and undos."""
    found: set[UUID] = set()
    count = 0
    for each in _standing_changesets(user, now):
        if _is_undoable(each, now):
            found.add(each.id)
            count += each.undoes_id is None and each.source != Source.IMPORT
        if count == MAX_UNDOABLE:
            break
    return found | {each.id for each in undoable_imports(user, now=now)}


def undoable_imports(user: User, *, now: datetime) -> list[Changeset]:
    """Returns the imports of the last 30 days that can be undone, latest first. One query, and one for each import."""
    lately = Changeset.objects.filter(user=user, at__gt=now - MAX_UNDOABLE_FOR, at__lte=now)
    found = lately.filter(source=Source.IMPORT, undoes=None, undoable_until__gt=now)
    return [each for each in found.order_by("-at", "-revision") if not _is_undone(each)]


def undo_changeset(
    user: User,
    actor: Actor,
    changeset_id: UUID | None = None,
    *,
    is_listed_only: bool = False,
    seconds: float | None = None,
) -> Undone:
    """Undoes a changeset, the latest by default. Undoing an undo is redo.

    Each row gets the state from before the changeset; rows that it created go to the Trash. Raises NotFoundError when
    there is nothing to undo (any more), and ConflictError `changed_since` when one of its rows was changed later,
    `timer_running` when a second session would run, `in_use` when a project that sessions refer to would be deleted,
    and `name_taken` when another entry has the name by now. With `is_listed_only`, raises `changed_since` also for a
    changeset that is not in `undoable_ids`.

    More than MAX_WHOLE changes are undone in parts, for about `seconds` if given; rows that change between two parts
    are left as they are. So are the rows of an import that were changed since.
    """
    now = clock.now()
    target = _find_merge(user, changeset_id, now) or _choose_checked(
        user, changeset_id, now, is_listed_only=is_listed_only
    )
    if find_merge(user, target.id, now=now) is not None:
        return _undo_merge(user, actor, target)
    if target.count > MAX_WHOLE or target.unfinished is not None or is_of_import(target):
        return undo_in_parts(user, actor, target, seconds=seconds)
    with changeset(user, actor) as changes:
        undone = _choose_checked(user, changeset_id or target.id, changes.at, is_listed_only=is_listed_only)
        changes.undoes = undone.id
        # Sorted in Python: with ORDER BY, SQLite would read all changes in that order.
        written = sorted(Change.objects.filter(user=user, changeset=undone.id), key=attrgetter("revision", "number"))
        rows = _rows_as_left(user, written)
        first_states = {change.object_id: change.before for change in reversed(written)}
        states = [(row, state_before(changes, row, first_states[row.id])) for row in rows.values()]
        states.sort(key=lambda each: _position(*each, is_new=first_states[each[0].id] is None))
        for is_session, group in groupby(states, key=lambda each: isinstance(each[0], TimeSession)):
            if is_session:
                _undo_sessions(changes, list(group))
            else:
                _undo_entries(changes, list(group), first_states)
        return Undone(undone, changes.id)


def _choose_checked(user: User, changeset_id: UUID | None, now: datetime, *, is_listed_only: bool) -> Changeset:
    if is_listed_only:
        _check_listed(user, changeset_id, now)
    return _choose(user, changeset_id, now)


def _find_merge(user: User, changeset_id: UUID | None, now: datetime) -> Changeset | None:
    """Returns the changeset with this id if it is a merge of a guest, which can be undone for longer than others."""
    if changeset_id is None or find_merge(user, changeset_id, now=now) is None:
        return None
    return Changeset.objects.get(user=user, id=changeset_id)


def _undo_merge(user: User, actor: Actor, target: Changeset) -> Undone:
    if actor.source != Source.WEB:
        raise NotFoundError(_("This is undone on the page, which shows a new recovery code."))
    with changeset(user, actor) as changes:
        merged = find_merge(user, target.id, now=changes.at)
        if merged is None:
            raise NotFoundError(_("There is nothing to undo."))
        changes.undoes = target.id
        return Undone(target, changes.id, guest=give_back(changes, merged))


def _check_listed(user: User, changeset_id: UUID | None, now: datetime) -> None:
    if changeset_id in undoable_ids(user, now=now):
        return
    if changeset_id is None or not Changeset.objects.filter(user=user, id=changeset_id).exists():
        raise NotFoundError
    message = _("This cannot be undone any more: it is undone already, too old, or not among the last 20.")
    raise ConflictError("changed_since", message)


def _choose(user: User, changeset_id: UUID | None, now: datetime) -> Changeset:
    if changeset_id is None:
        for each in _standing_changesets(user, now):
            if each.undoes_id is None and _is_undoable(each, now):
                return each
        raise NotFoundError(_("There is nothing to undo."))
    found = Changeset.objects.filter(user=user, id=changeset_id).first()
    # A changeset whose rows were removed for good since gets an error of its own, below.
    is_lately = found is not None and found.undoable_until is not None and found.at > now - UNDOABLE_FOR
    if found is None or not (is_lately or _is_undoable(found, now)) or _is_undone(found):
        raise NotFoundError(_("This cannot be undone any more: it is undone already, or too old."))
    return found


def _is_undone(candidate: Changeset) -> bool:
    """Returns whether the changeset is undone by one that is not undone itself. A query for each level of undo."""
    return any(not _is_undone(each) for each in Changeset.objects.filter(user=candidate.user_id, undoes=candidate))


def _is_undoable(candidate: Changeset, now: datetime) -> bool:
    return candidate.undoable_until is not None and candidate.undoable_until > now


def _standing_changesets(user: User, now: datetime) -> Iterator[Changeset]:
    """Yields the changesets of the last 24 hours, latest first, without purges and changesets that are undone.

    The order is that of revisions, which is right even if the server's clock was set back in between. They are read in
    pages, because outside a transaction PostgreSQL sends all rows of a query at once.
    """
    undone: set[UUID] = set()
    latest = Changeset.objects.filter(user=user).order_by("-revision")
    page = list(latest[:_PAGE])
    while page:
        for each in page:
            if each.at <= now - UNDOABLE_FOR:
                return
            if each.undoable_until is None or each.id in undone:
                continue
            if each.undoes_id is not None:
                undone.add(each.undoes_id)
            yield each
        page = list(latest.filter(revision__lt=page[-1].revision)[:_PAGE]) if len(page) == _PAGE else []


def _rows_as_left(user: User, changes: Collection[Change]) -> dict[UUID, VersionedModel]:
    """Returns the rows of a changeset by id. Raises ConflictError `changed_since` unless they are as it left them."""
    left = {change.object_id: change for change in changes}
    found = find_rows(user, left.values())
    for object_id, change in left.items():
        check_as_left(found.get(object_id), change)
    return found


def _position(row: VersionedModel, state: RowState, *, is_new: bool) -> tuple[int, bool]:
    """Returns the sort key of a row for undo.

    Rows that others refer to are restored first, or deleted last if the changeset created them. A session that stops
    running comes before one that runs again, since there may never be two.
    """
    order = [Client, Tag, Project, TimeSession]
    if isinstance(row, AddressedReport):  # nothing refers to it; a default is unset before another one is set
        return len(order), bool(state.get("is_default")) and state["deleted_at"] is None
    if is_new and not isinstance(row, TimeSession):
        return len(order) + 1 + order[::-1].index(type(row)), False
    return order.index(type(row)), state.get("end", "") is None


def _undo_entries(
    changes: ChangesetWriter, entries: list[tuple[Any, RowState]], first_states: Mapping[UUID, object]
) -> None:
    for entry, state in entries:
        is_made = first_states[entry.id] is None
        if not is_made and state["deleted_at"] is None:
            _check_references_exist(changes.user, [state])
        check_state_possible(changes.user, entry, state, is_made=is_made)
        changes.change(entry, Change.Action.UNDO, state)


def _undo_sessions(changes: ChangesetWriter, sessions: list[tuple[Any, RowState]]) -> None:
    _check_references_exist(changes.user, [state for _session, state in sessions])
    changes.change_all((each for each in sessions if keeps_times(*each)), Change.Action.UNDO)
    for session, state in sessions:
        if keeps_times(session, state):
            continue  # written above
        running = find_running(changes.user) if state.get("end", "") is None else None
        if running is not None and running.id != session.id:
            message = _("“%(name)s” is running. Stop it first, then undo.")
            raise ConflictError("timer_running", message % {"name": running})
        changes.change(session, Change.Action.UNDO, state)


def _check_references_exist(user: User, states: Collection[Mapping[str, Any]]) -> None:
    """Raises ConflictError `changed_since` when a project, client or tag that a row referred to was deleted since."""
    for entry in missing_references(user, states).values():
        message = _("“%(name)s” was deleted after that. Undo that first.")
        raise ConflictError("changed_since", message % {"name": entry or ""})
