"""Bringing in an export, as one press that can be undone."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import ACCOUNT, SESSIONS
from sessions_app.account_export.reading import AccountExport, read_account_export
from sessions_app.account_export.validation import Values
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
    """Adds what is in an export and not here, all of it or nothing. The same file again adds nothing.

    Rows keep their ids, versions and instants. An id that somebody else has is replaced by one that follows from it and
    the person; a client, project or tag whose name is here already is not added, that one is used. What is here stays
    as it is. Settings are taken over only where there is nothing else yet.

    Raises InvalidInputError, at the field `file`, with what is wrong where; ConflictError `timer_running` when a second
    session would run.
    """
    now = clock.now()
    export = read_account_export(file, now=now)
    deque(export.sessions(now=now), maxlen=0)  # all is judged before anybody has to wait for this press
    with changeset(user, replace(actor, source=Source.IMPORT)) as changes:
        is_empty = not any(model._default_manager.filter(user=user).exists() for model in VERSIONED_MODELS.values())  # noqa: SLF001
        if is_empty:
            save_preferences(user, **export.settings)
        summary = _Import(changes, export).run()
        return replace(summary, has_settings=is_empty, changeset_id=changes.id if summary.added.total() else None)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a row of the file is, or will be, among those of the person."""

    id: UUID
    is_here: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class _Import:
    changes: ChangesetWriter
    export: AccountExport
    summary: ImportSummary = field(default_factory=ImportSummary)
    ids: dict[type[CatalogueEntry], dict[UUID, UUID | None]] = field(default_factory=dict)
    """By the id in the file the id here; None for what was deleted here since, so that nothing gets it again."""

    def run(self) -> ImportSummary:
        # What others refer to comes first.
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
        for _number, values, home in _with_homes(self.changes.user, model, entries):
            is_kept = values["deleted_at"] is None
            is_given_up = home.is_deleted and is_kept
            namesake = names.get(folded_name(values["name"])) if is_kept else None
            is_new = not home.is_here and namesake is None
            self.ids[model][values["id"]] = home.id if is_new or (home.is_here and not is_given_up) else namesake
            if is_new:
                if model is Project:
                    values["client_id"] = self.ids[Client].get(values["client_id"])
                yield model.new(**{**values, "id": home.id}, user=self.changes.user)
            else:
                self.summary.present[model.KIND] += 1

    def _new_sessions(self) -> Iterator[TimeSession]:
        sessions = self.export.sessions(now=self.changes.at)
        for line, values, home in _with_homes(self.changes.user, TimeSession, sessions):
            if home.is_here:
                self.summary.present[Kind.SESSION] += 1
                continue
            if values["end"] is None:
                self._check_none_running(line)
            values["project_id"] = self.ids[Project].get(values["project_id"])
            values["tag_ids"] = {here for each in values["tag_ids"] if (here := self.ids[Tag][each]) is not None}
            yield TimeSession.new(**{**values, "id": home.id}, user=self.changes.user)

    def _check_none_running(self, line: int) -> None:
        if TimeSession.objects.for_user(self.changes.user).find_running() is not None:
            message = _("%(file)s, line %(line)d: This session is running, and so is another one here. Stop it first.")
            raise ConflictError("timer_running", message % {"file": SESSIONS, "line": line})


def _with_homes(
    user: User, model: type[VersionedModel], rows: Iterable[tuple[int, Values]]
) -> Iterator[tuple[int, Values, _Home]]:
    """Each row with its home. A query for hundreds of them."""
    rest = iter(rows)
    while part := list(islice(rest, BATCH_SIZE)):
        homes = _homes(user, model, [values["id"] for _number, values in part])
        for number, values in part:
            yield number, values, homes[values["id"]]


def _homes(user: User, model: type[VersionedModel], ids: Collection[UUID]) -> dict[UUID, _Home]:
    """The home of each id of the file: what is here under it, or under what replaced it, else the first that is free.

    Raises ConflictError `id_taken` when neither is, which nobody comes to by chance.
    """
    candidates = {each: (each, uuid5(user.id, str(each))) for each in ids}
    wanted = [each for pair in candidates.values() for each in pair]
    # The one look at ids of others: that they are in use is all that is read.
    rows = model._default_manager.filter(id__in=wanted)  # noqa: SLF001
    owners = {each: (owner == user.id, at) for each, owner, at in rows.values_list("id", "user_id", "deleted_at")}
    homes: dict[UUID, _Home] = {}
    for row_id, pair in candidates.items():
        here = next((each for each in pair if each in owners and owners[each][0]), None)
        free = next((each for each in pair if each not in owners), None)
        if here is not None:
            homes[row_id] = _Home(here, is_here=True, is_deleted=owners[here][1] is not None)
        elif free is not None:
            homes[row_id] = _Home(free, is_here=False)
        else:
            file = SESSIONS if model is TimeSession else ACCOUNT
            message = _("%(file)s: The id %(id)s cannot be used on this server. Replace it by another one.")
            raise ConflictError("id_taken", message % {"file": file, "id": row_id})
    return homes
