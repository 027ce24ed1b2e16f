"""Imports an export, as one changeset that can be undone."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import ACCOUNT, SESSIONS
from sessions_app.account_export.reading import AccountExport, read_account_export
from sessions_app.account_export.validation import FieldValues
from sessions_app.models import (
    VERSIONED_MODELS,
    Change,
    Client,
    Kind,
    Project,
    Source,
    Tag,
    TimeSession,
    VersionedModel,
)
from sessions_app.models.catalogue import CatalogueEntry, folded_name
from sessions_app.services.changeset import BATCH_SIZE, Actor, ChangesetWriter, changeset
from timetracker import clock
from timetracker.errors import ConflictError
from users_app.models import User
from users_app.services.preferences import save_preferences


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: how many of each kind it added, and how many were there already.

    `changeset_id` is what it is undone by, None when nothing was added; the settings, if they were taken over, stay.
    """

    added: Counter[Kind] = field(default_factory=Counter)
    present: Counter[Kind] = field(default_factory=Counter)
    has_settings: bool = False
    changeset_id: UUID | None = None


def import_account_export(user: User, actor: Actor, file: IO[bytes]) -> ImportSummary:
    """Adds what an export has and the account lacks, all of it or nothing. The same file a second time adds nothing.

    Rows keep their ids, versions and instants. An id that another user has is replaced by one that is derived from
    it and the user's id. A client, project or tag whose name exists already is not added; the existing one is used.
    What the account has stays as it is. Settings are imported only into an account without anything else.

    Raises InvalidInputError, at the field `file`, which says what is wrong where; ConflictError `timer_running`
    when a second session would run, `id_taken` when both ids of a row are in use.
    """
    now = clock.now()
    export = read_account_export(file, now=now)
    # Validated before the lock is taken, so that no other request waits for it.
    deque(export.sessions(now=now), maxlen=0)
    with changeset(user, replace(actor, source=Source.IMPORT)) as changes:
        is_empty = not any(model._default_manager.filter(user=user).exists() for model in VERSIONED_MODELS.values())  # noqa: SLF001
        if is_empty:
            save_preferences(user, **export.settings)
        summary = _Import(changes, export).run()
        return replace(summary, has_settings=is_empty, changeset_id=changes.id if summary.added.total() else None)


@dataclass(frozen=True, slots=True)
class _Target:
    """The row of the account that a row of the file stands for: an existing one (`is_here`), or the one to be added."""

    id: UUID
    is_here: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class _Import:
    changes: ChangesetWriter
    export: AccountExport
    summary: ImportSummary = field(default_factory=ImportSummary)
    ids: dict[type[CatalogueEntry], dict[UUID, UUID | None]] = field(default_factory=dict)
    """By the id in the file, the id in the account; None for a row that was deleted in the account, so that nothing
    refers to it again."""

    def run(self) -> ImportSummary:
        # Rows that others refer to come first.
        for model in (Client, Tag, Project):
            self.ids[model] = {}
            self._add(model, self._new_entries(model))
        self._add(TimeSession, self._new_sessions())
        return self.summary

    def _add(self, model: type[VersionedModel], rows: Iterable[VersionedModel]) -> None:
        self.summary.added[model.KIND] += self.changes.add_all(rows, Change.Action.IMPORT)

    def _new_entries(self, model: type[CatalogueEntry]) -> Iterator[CatalogueEntry]:
        names = dict(model.objects.for_user(self.changes.user).not_deleted().values_list("folded_name", "id"))
        entries = enumerate(self.export.entries[model], start=1)
        for _number, values, target in _with_targets(self.changes.user, model, entries):
            is_active = values["deleted_at"] is None
            was_deleted_here = target.is_deleted and is_active
            namesake = names.get(folded_name(values["name"])) if is_active else None
            is_new = not target.is_here and namesake is None
            self.ids[model][values["id"]] = (
                target.id if is_new or (target.is_here and not was_deleted_here) else namesake
            )
            if is_new:
                if model is Project:
                    values["client_id"] = self.ids[Client].get(values["client_id"])
                yield model.new(**{**values, "id": target.id}, user=self.changes.user)
            else:
                self.summary.present[model.KIND] += 1

    def _new_sessions(self) -> Iterator[TimeSession]:
        sessions = self.export.sessions(now=self.changes.at)
        for line, values, target in _with_targets(self.changes.user, TimeSession, sessions):
            if target.is_here:
                self.summary.present[Kind.SESSION] += 1
                continue
            if values["end"] is None:
                self._check_none_running(line)
            values["project_id"] = self.ids[Project].get(values["project_id"])
            values["tag_ids"] = {here for each in values["tag_ids"] if (here := self.ids[Tag][each]) is not None}
            yield TimeSession.new(**{**values, "id": target.id}, user=self.changes.user)

    def _check_none_running(self, line: int) -> None:
        if TimeSession.objects.for_user(self.changes.user).find_running() is not None:
            message = _("%(file)s, line %(line)d: This session is running, and so is another one here. Stop it first.")
            raise ConflictError("timer_running", message % {"file": SESSIONS, "line": line})


def _with_targets(
    user: User, model: type[VersionedModel], rows: Iterable[tuple[int, FieldValues]]
) -> Iterator[tuple[int, FieldValues, _Target]]:
    """Yields each row with its target. One query for hundreds of rows."""
    rest = iter(rows)
    while part := list(islice(rest, BATCH_SIZE)):
        targets = _find_targets(user, model, [values["id"] for _number, values in part])
        for number, values in part:
            yield number, values, targets[values["id"]]


def _find_targets(user: User, model: type[VersionedModel], ids: Collection[UUID]) -> dict[UUID, _Target]:
    """Returns the target of each id of the file: the row with this id or with the derived one, else the first free id.

    Raises ConflictError `id_taken` when neither is free, which does not happen by chance.
    """
    candidates = {each: (each, uuid5(user.id, str(each))) for each in ids}
    wanted = [each for pair in candidates.values() for each in pair]
    # The only query that sees ids of other users; it reads no more than that they are in use.
    rows = model._default_manager.filter(id__in=wanted)  # noqa: SLF001
    rows_by_id = {each: (owner == user.id, at) for each, owner, at in rows.values_list("id", "user_id", "deleted_at")}
    targets: dict[UUID, _Target] = {}
    for row_id, pair in candidates.items():
        here = next((each for each in pair if each in rows_by_id and rows_by_id[each][0]), None)
        free = next((each for each in pair if each not in rows_by_id), None)
        if here is not None:
            targets[row_id] = _Target(here, is_here=True, is_deleted=rows_by_id[here][1] is not None)
        elif free is not None:
            targets[row_id] = _Target(free, is_here=False)
        else:
            file = SESSIONS if model is TimeSession else ACCOUNT
            message = _("%(file)s: The id %(id)s cannot be used on this server. Replace it by another one.")
            raise ConflictError("id_taken", message % {"file": file, "id": row_id})
    return targets
