"""Reads and checks of rows for undo, shared by undo at once and undo in parts."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import (
    VERSIONED_MODELS,
    Change,
    Client,
    Project,
    SavedReport,
    Tag,
    TimeSession,
    VersionedModel,
    prefetch_tags,
)
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services.catalogue import check_name_free, check_not_in_use
from sessions_app.services.changeset import BATCH_SIZE, ChangesetWriter
from sessions_app.services.saved_reports import check_default_free
from timetracker.errors import ConflictError
from users_app.models import User

RowState = dict[str, Any]
"""The tracked fields of a row, with values in the types of an instance."""


def find_rows(user: User, changes: Collection[Change]) -> dict[UUID, VersionedModel]:
    """Returns the present rows of changes by id, sessions with their tags."""
    rows: list[VersionedModel] = []
    for kind, model in VERSIONED_MODELS.items():
        ids = [change.object_id for change in changes if change.kind == kind]
        for begin in range(0, len(ids), BATCH_SIZE):
            rows += model.objects.for_user(user).filter(id__in=ids[begin : begin + BATCH_SIZE])
    prefetch_tags([row for row in rows if isinstance(row, TimeSession)])
    return {row.id: row for row in rows}


def is_as_left(row: VersionedModel, change: Change) -> bool:
    """Returns whether a row is as the change left it."""
    present, left = row.snapshot(), change.after or {}
    if all(name in left and present[name] == left[name] for name in row.TRACKED_FIELDS):
        return True  # the fast way, which suffices for most rows
    return bool(row.read_tracked(present) == row.read_tracked(left))


def check_as_left(row: VersionedModel | None, change: Change) -> None:
    """Raises ConflictError `changed_since` unless the row exists and is as the change left it."""
    if row is None:
        raise ConflictError("changed_since", _("A part of it was removed for good."))
    if not is_as_left(row, change):
        message = _("“%(name)s” was changed after that. Undo the later change first.")
        raise ConflictError("changed_since", message % {"name": row})


def state_before(changes: ChangesetWriter, row: VersionedModel, before: dict[str, object] | None) -> RowState:
    """Returns the state that undo gives to a row: the one before; for a created row the Trash, ended if running."""
    if before is not None:
        return row.read_tracked(before)
    ended = {"end": max(changes.at, row.start)} if isinstance(row, TimeSession) and row.is_running else {}
    return {**ended, "deleted_at": changes.at}


def missing_references(
    user: User, states: Collection[Mapping[str, Any]]
) -> dict[tuple[type[CatalogueEntry], UUID], CatalogueEntry | None]:
    """Returns the entries that `states` refer to and that were deleted since; None for one that was removed for good.

    A state in the Trash may refer to a deleted entry, but not to one that was removed for good.
    """
    needed = {reference for state in states for reference in references(state)}
    in_use = {reference for state in states if state["deleted_at"] is None for reference in references(state)}
    missing: dict[tuple[type[CatalogueEntry], UUID], CatalogueEntry | None] = {}
    for model in (Project, Client, Tag):
        ids = {object_id for each, object_id in needed if each is model}
        found = model.objects.for_user(user).in_bulk(ids) if ids else {}
        for each in ids:
            if each not in found or (found[each].deleted_at is not None and (model, each) in in_use):
                missing[model, each] = found.get(each)
    return missing


def references(state: Mapping[str, Any]) -> Iterator[tuple[type[CatalogueEntry], UUID]]:
    """Yields model and id of the entries that a session or project with this state refers to."""
    for model, name in ((Project, "project_id"), (Client, "client_id")):
        if state.get(name) is not None:
            yield model, state[name]
    for tag_id in state.get("tag_ids", ()):
        yield Tag, tag_id


def check_state_possible(user: User, row: VersionedModel, state: Mapping[str, Any], *, is_made: bool) -> None:
    """Raises ConflictError when an entry or saved report cannot have this state again.

    `in_use`: the row would be deleted, but others refer to it. `name_taken`: another entry has the name by now.
    `changed_since`: another saved report is the default by now.
    """
    if isinstance(row, CatalogueEntry):
        if is_made:
            check_not_in_use(user, row)
        elif state["deleted_at"] is None:
            check_name_free(user, type(row), state["name"], but=row)
    elif isinstance(row, SavedReport) and state.get("is_default") and state["deleted_at"] is None:
        check_default_free(user, but=row)


_TIMES = ("start", "end", "timezone")


def keeps_times(session: TimeSession, state: Mapping[str, Any]) -> bool:
    """Returns whether a state leaves start, end and time zone, so that `change_all` can write it."""
    return all(getattr(session, name) == state.get(name, getattr(session, name)) for name in _TIMES)
