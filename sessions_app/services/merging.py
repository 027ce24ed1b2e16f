"""Bringing a guest's sessions into an account, as one changeset, and giving them back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import (
    AddressedReport,
    Change,
    Changeset,
    Client,
    Project,
    SavedReport,
    SessionTag,
    Share,
    Tag,
    TimeSession,
    VersionedModel,
    prefetch_tags,
    replace_ids,
)
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services.changeset import BATCH_SIZE, Actor, ChangesetWriter, changeset
from sessions_app.services.identities import move_identities
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import MergedGuest, User
from users_app.services import merged as merged_guests

ENTRIES: tuple[type[CatalogueEntry], ...] = (Client, Tag, Project)
"""What others refer to comes first."""
REPORTS: tuple[type[AddressedReport], ...] = (SavedReport, Share)


MERGED_LATELY = gettext_lazy(
    "Another browser's sessions were brought into these less than 7 days ago, which can still be undone. These come "
    "along once the 7 days are over."
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a guest has: how many sessions (those in the Trash too), and whether one of them is running."""

    session_count: int
    is_running: bool
    has_entries: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to bring along."""
        return not (self.session_count or self.has_entries)


def count_held(guest: User) -> Held:
    """Counts what a guest has."""
    sessions = TimeSession.objects.for_user(guest)
    has_entries = any(model.objects.for_user(guest).exists() for model in (*ENTRIES, *REPORTS))
    return Held(sessions.count(), sessions.find_running() is not None, has_entries)


def has_lately_merged(guest: User, *, now: datetime) -> bool:
    """Tells whether another guest's sessions are a part of these and can be given back: that needs the guest as is."""
    return bool(merged_guests.undoable_merges(guest, now=now))


def merge_guest(account: User, actor: Actor, guest: User) -> MergedGuest:
    """Brings all that a guest has into the account, and returns what was done; a second time does nothing.

    Clients, projects and tags that the account has by name become those; the guest's own go to the Trash. Of two
    running sessions the guest's ends; of two default reports the guest's is no longer one. Rows keep their ids. Raises
    NotFoundError for who is no guest (any more), ConflictError `same_user`, and `merged_lately` for a guest whom
    another was merged into and may still be taken back from.
    """
    if account.pk == guest.pk:
        raise ConflictError("same_user", _("These are your sessions already."))
    with changeset(account, actor) as changes:
        done = MergedGuest.objects.filter(user=account, guest_id=guest.pk, undone_at=None).first()
        if done is not None:
            return done
        guest = _lock(guest)
        if not guest.is_guest or not guest.is_active:
            raise NotFoundError(_("These sessions cannot be brought along any more."))
        if has_lately_merged(guest, now=changes.at):
            raise ConflictError("merged_lately", str(MERGED_LATELY))
        changes.undoable_for = merged_guests.UNDOABLE_FOR
        move = _Move(changes, guest, Change.Action.MERGE)
        clashes = [str(entry.id) for model in ENTRIES for entry in _bring_entries(move, model)]
        _bring_reports(move)
        count = move.sessions(_brought(changes, guest))
        move_identities(guest, account)
        tokens, feeds = merged_guests.close_guest(guest, account)
        changes.mark_shown_state_changed()
        return MergedGuest.objects.create(
            guest_id=guest.pk,
            user=account,
            changeset_id=changes.id,
            at=changes.at,
            session_count=count,
            tokens=tokens,
            feeds=feeds,
            entries=clashes,
        )


def give_back(changes: ChangesetWriter, merged: MergedGuest) -> User:
    """Gives the rows of a merge back as they are now, within the account's changeset. Returns the guest.

    Entries that others of the account's rows refer to stay there, and the guest gets a copy. What was removed from the
    Trash for good is not given back. Raises NotFoundError when the guest is gone.
    """
    account, guest = changes.user, _lock(User(pk=merged.guest_id))
    Changeset.objects.filter(user=account, id=merged.changeset_id).update(undoable_until=changes.at)
    brought: defaultdict[str, set[UUID]] = defaultdict(set)
    of_merge = Change.objects.filter(user=account, changeset=merged.changeset_id)
    for kind, object_id in of_merge.values_list("kind", "object_id").iterator():
        brought[kind].add(object_id)
    changes.undoable_for = None
    with changeset(guest, changes.actor) as back:
        back.undoable_for = None
        move = _Move(back, account, Change.Action.UNDO, left=changes)
        for model in ENTRIES:
            _give_entries(move, model, brought, clashes={UUID(each) for each in merged.entries})
        for report in _reports(account):
            if report.id in brought[report.KIND]:
                move.row(report, query=move.query(report))
        sessions = TimeSession.objects.for_user(account).filter
        for part in _parts(brought[TimeSession.KIND]):
            move.sessions((each, {}) for each in list(sessions(id__in=part)))
            move_identities(account, guest, part)
        merged_guests.reopen_guest(back.user, merged, now=back.at)
        of_guest = Changeset.objects.filter(user=guest).values("id")
        MergedGuest.objects.filter(user=account, changeset_id__in=of_guest, undone_at=None).update(user=guest)
    return guest


def _lock(guest: User) -> User:
    """Locks a guest, after the account: in this order everywhere. Raises NotFoundError."""
    found = User.objects.select_for_update(no_key=True).filter(pk=guest.pk).first()
    if found is None:
        raise NotFoundError(_("These sessions are gone."))
    return found


@dataclass(slots=True)
class _Move:
    """Moves rows of `source` to the user of a changeset, and notes which entry stands for which."""

    changes: ChangesetWriter
    source: User
    action: Change.Action
    left: ChangesetWriter | None = None
    """The changeset of the source, when what leaves it is noted there."""
    stands_for: dict[UUID, UUID] = field(default_factory=dict)

    def entry(self, row: CatalogueEntry, **fields: Any) -> None:
        """Moves an entry; what it refers to has been moved before."""
        if isinstance(row, Project):
            fields["client_id"] = self.find(Client, row.client_id)
        self.row(row, **fields)

    def query(self, report: AddressedReport) -> str:
        """Returns the address of a report with the ids of the entries that stand for those in it."""
        return replace_ids(report.query, self._find_if_there)

    def row(self, row: VersionedModel, **fields: Any) -> None:
        """Moves a row, and changes these fields of it."""
        before = row.snapshot()
        row.user = self.changes.user
        for name, value in {**fields, **self._written(row)}.items():
            setattr(row, name, value)
        rows = type(row).objects.for_user(self.source).filter(id=row.id)
        rows.update(user=row.user, version=row.version, updated_at=row.updated_at, **fields)
        self._record([(row, before)])

    def copy(self, row: CatalogueEntry) -> UUID:
        """Copies an entry that stays. Returns the id of the copy."""
        values = {name: getattr(row, name) for name in row.TRACKED_FIELDS}
        if isinstance(row, Project):
            values["client_id"] = self.find(Client, row.client_id)
        made = type(row).new(id=uuid7(), user=self.changes.user)
        self.changes.add(made, values, self.action)
        return made.id

    def find(self, model: type[CatalogueEntry], entry_id: UUID | None) -> UUID | None:
        """Returns the id of the entry that stands for one of the source, by its name; a copy where there is none."""
        if entry_id is None or entry_id in self.stands_for:
            return None if entry_id is None else self.stands_for[entry_id]
        row = model.objects.get(user=self.source, id=entry_id)
        here = model.objects.for_user(self.changes.user).not_deleted().filter(folded_name=row.folded_name).first()
        self.stands_for[entry_id] = here.id if here is not None else self.copy(row)
        return self.stands_for[entry_id]

    def _find_if_there(self, model: type[CatalogueEntry], entry_id: UUID) -> UUID | None:
        is_there = entry_id in self.stands_for or model.objects.for_user(self.source).filter(id=entry_id).exists()
        return self.find(model, entry_id) if is_there else None

    def sessions(self, rows: Iterable[tuple[TimeSession, dict[str, Any]]]) -> int:
        """Moves sessions, each with what else changes of it; returns how many. A few statements for hundreds."""
        rest, count = iter(rows), 0
        while chunk := list(islice(rest, BATCH_SIZE)):
            sessions = [session for session, _fields in chunk]
            prefetch_tags(sessions)
            states = [(cast("VersionedModel", each), each.snapshot()) for each in sessions]
            SessionTag.objects.filter(user=self.source, session__in=sessions).delete()
            alike: defaultdict[tuple[tuple[str, Any], ...], list[UUID]] = defaultdict(list)
            for session, fields in chunk:
                tag_ids = {cast("UUID", self.find(Tag, each)) for each in session.tag_ids}
                values = {**fields, "project_id": self.find(Project, session.project_id)}
                for name, value in {**values, **self._written(session)}.items():
                    setattr(session, name, value)
                session.user, session.tag_ids = self.changes.user, tag_ids
                session.set_derived_fields()
                if "end" in fields:
                    values |= {name: getattr(session, name) for name in ("last_date", "duration_seconds")}
                alike[tuple(values.items())].append(session.id)
            for columns, ids in alike.items():
                found = TimeSession.objects.for_user(self.source).filter(id__in=ids)
                at = self.changes.at
                found.update(user=self.changes.user, version=F("version") + 1, updated_at=at, **dict(columns))
            SessionTag.objects.bulk_create(
                SessionTag(user=self.changes.user, session=session, tag_id=tag_id)
                for session in sessions
                for tag_id in session.tag_ids
            )
            self._record(states)
            count += len(chunk)
        return count

    def _written(self, row: VersionedModel) -> dict[str, Any]:
        return {"version": row.version + 1, "updated_at": self.changes.at, "changeset_id": self.changes.id}

    def _record(self, states: Collection[tuple[VersionedModel, dict[str, Any]]]) -> None:
        self.changes.record_moved([(row, None, row.snapshot()) for row, _before in states], self.action)
        if self.left is not None:
            self.left.record_moved([(row, before, None) for row, before in states], self.action)


def _bring_entries(move: _Move, model: type[CatalogueEntry]) -> Iterator[CatalogueEntry]:
    """Moves the entries of a guest, and yields those that the account had by name."""
    account = move.changes.user
    names = dict(model.objects.for_user(account).not_deleted().values_list("folded_name", "id"))
    for row in list(model.objects.for_user(move.source).order_by("id")):
        here = names.get(row.folded_name) if row.deleted_at is None else None
        move.stands_for[row.id] = here or row.id
        if here is None:
            move.entry(row)
        else:
            move.entry(row, deleted_at=move.changes.at)
            yield row


def _bring_reports(move: _Move) -> None:
    """Moves saved reports and share links. The default of the account stays the default."""
    defaults = SavedReport.objects.for_user(move.changes.user).not_deleted().filter(is_default=True)
    has_default = defaults.exists()
    for report in _reports(move.source):
        fields = {"is_default": False} if isinstance(report, SavedReport) and has_default else {}
        move.row(report, query=move.query(report), **fields)


def _reports(user: User) -> list[AddressedReport]:
    return [report for model in REPORTS for report in model.objects.for_user(user).order_by("id")]


def _brought(changes: ChangesetWriter, guest: User) -> Iterator[tuple[TimeSession, dict[str, Any]]]:
    """Yields the sessions of a guest by BATCH_SIZE; the running one ends when the account has one, too."""
    has_running = TimeSession.objects.for_user(changes.user).find_running() is not None
    last = UUID(int=0)
    while part := list(TimeSession.objects.for_user(guest).filter(id__gt=last).order_by("id")[:BATCH_SIZE]):
        last = part[-1].id
        for session in part:
            ends = session.is_running and has_running
            yield session, {"end": max(changes.at, session.start)} if ends else {}


def _give_entries(
    move: _Move, model: type[CatalogueEntry], brought: dict[str, set[UUID]], *, clashes: Collection[UUID]
) -> None:
    account = move.source
    rows = [row for part in _parts(brought[model.KIND]) for row in model.objects.for_user(account).filter(id__in=part)]
    for row in sorted(rows, key=lambda each: each.id not in clashes):
        if row.id in clashes:
            move.stands_for[row.id] = row.id
            move.entry(row, deleted_at=None)
        elif not _is_used(account, row, brought):
            move.stands_for[row.id] = row.id
            move.entry(row)


def _is_used(account: User, row: CatalogueEntry, brought: dict[str, set[UUID]]) -> bool:
    """Tells whether a row that stays in the account refers to an entry."""
    if isinstance(row, Client):
        projects = Project.objects.for_user(account).filter(client=row)
        return any(each.id not in brought[Project.KIND] or _is_used(account, each, brought) for each in projects)
    if isinstance(row, Project):
        sessions = TimeSession.objects.for_user(account).filter(project=row)
        return _any_stays(sessions, brought[TimeSession.KIND], "id")
    return _any_stays(SessionTag.objects.filter(user=account, tag=row.id), brought[TimeSession.KIND], "session_id")


def _any_stays(rows: Any, leaving: set[UUID], name: str) -> bool:
    return any(each not in leaving for each in rows.values_list(name, flat=True).iterator())


def _parts(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(sorted(ids))
    while part := list(islice(rest, BATCH_SIZE)):
        yield part
