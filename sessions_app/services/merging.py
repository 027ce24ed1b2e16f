"""Merging a guest into an account, as one changeset, and undoing the merge."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import (
    AddressedReport,
    Change,
    Changeset,
    Client,
    ImportIdentity,
    Kind,
    Project,
    SavedReport,
    SessionTag,
    Share,
    Tag,
    TimeSession,
    VersionedModel,
    replace_ids,
)
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.models.snapshots import session_snapshot
from sessions_app.selectors.sessions import find_running
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.identities import move_identities
from sessions_app.services.moved_sessions import MergedRows, SessionMover
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import MergedGuest, User
from users_app.services import merged as merged_guests

ENTRIES: tuple[type[CatalogueEntry], ...] = (Client, Tag, Project)
"""The models of the catalogue, each after those that it refers to."""
REPORTS: tuple[type[AddressedReport], ...] = (SavedReport, Share)


MERGED_LATELY = gettext_lazy(
    "Another browser's sessions were brought into these less than 7 days ago, which can still be undone. These come "
    "along once the 7 days are over."
)


@dataclass(frozen=True, slots=True)
class Held:
    """The data of a guest: the number of sessions, the Trash included, and whether one is running."""

    session_count: int
    is_running: bool
    has_entries: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to merge."""
        return not (self.session_count or self.has_entries)


def count_held(guest: User) -> Held:
    """Returns the counts of a guest's data."""
    sessions = TimeSession.objects.for_user(guest)
    has_entries = any(model.objects.for_user(guest).exists() for model in (*ENTRIES, *REPORTS))
    return Held(sessions.count(), find_running(guest) is not None, has_entries)


def has_lately_merged(guest: User, *, now: datetime) -> bool:
    """Returns whether another guest was merged into this one and can still be given back, which needs this guest."""
    return bool(merged_guests.undoable_merges(guest, now=now))


def merge_guest(account: User, actor: Actor, guest: User) -> MergedGuest:
    """Moves all data of a guest to the account, and returns the record of the merge. Merging again does nothing.

    Clients, projects and tags whose names the account has are replaced by the account's and go to the Trash. If both
    have a running session, the guest's ends; if both have a default report, the account's stays the default. Rows keep
    their ids. Raises NotFoundError if `guest` is no guest (any more), and ConflictError `same_user`, or `merged_lately`
    when another guest was merged into this one and can still be given back.
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
        mover = _RowMover(changes, guest, Change.Action.MERGE)
        clashes = {model: _move_entries(mover, model) for model in ENTRIES}
        _bring_reports(mover)
        count = _bring_sessions(mover, clashes)
        move_identities(ImportIdentity.objects.filter(user=guest), account)
        tokens, feeds = merged_guests.close_guest(guest, account)
        changes.increment_revision()
        return MergedGuest.objects.create(
            guest_id=guest.pk,
            user=account,
            changeset_id=changes.id,
            at=changes.at,
            session_count=count,
            tokens=tokens,
            feeds=feeds,
            entries=[str(each) for replacements in clashes.values() for each in replacements],
        )


def give_back(changes: ChangesetWriter, merged: MergedGuest) -> User:
    """Gives the rows of a merge back to the guest as they are now, within the account's changeset. Returns the guest.

    An entry that other rows of the account refer to stays there, and the guest gets a copy. Rows removed for good are
    lost. Raises NotFoundError when the guest is gone.
    """
    account, guest = changes.user, _lock(User(pk=merged.guest_id))
    of_merge = Changeset.objects.get(user=account, id=merged.changeset_id)
    Changeset.objects.filter(user=account, id=of_merge.id).update(undoable_until=changes.at)
    merged_rows = MergedRows(account, of_merge.revision)
    changes.undoable_for = None
    with changeset(guest, changes.actor) as back:
        back.undoable_for = None
        mover = _RowMover(back, account, Change.Action.UNDO, left=changes)
        _move_entries_back(mover, merged_rows, clashes={UUID(each) for each in merged.entries})
        for report in _reports(account, merged_rows):
            mover.move_row(report, query=mover.query_for(report))
        _give_sessions(mover, changes, merged_rows)
        identities = ImportIdentity.objects.filter(user=account)
        move_identities(merged_rows.of(identities, Kind.SESSION, "session_id"), guest)
        merged_guests.reopen_guest(back.user, merged, now=back.at)
        of_guest = Changeset.objects.filter(user=guest).values("id")
        MergedGuest.objects.filter(user=account, changeset_id__in=of_guest, undone_at=None).update(user=guest)
    return guest


def _lock(guest: User) -> User:
    """Locks a guest. To avoid deadlocks, the account is always locked first. Raises NotFoundError."""
    found = User.objects.select_for_update(no_key=True).filter(pk=guest.pk).first()
    if found is None:
        raise NotFoundError(_("These sessions are gone."))
    return found


@dataclass(slots=True)
class _RowMover:
    """Moves rows of `source` to the user of a changeset, and remembers which entries replace which."""

    changes: ChangesetWriter
    source: User
    action: Change.Action
    left: ChangesetWriter | None = None
    """A changeset of `source` that records the rows which leave it; None to record only their arrival."""
    replaced_by: dict[UUID, UUID] = field(default_factory=dict)

    def move_entry(self, row: CatalogueEntry, **fields: Any) -> None:
        """Moves an entry. The entries that it refers to must have been moved before."""
        if isinstance(row, Project):
            fields["client_id"] = self.find_replacement(Client, row.client_id)
        self.move_row(row, **fields)

    def query_for(self, report: AddressedReport) -> str:
        """Returns the query string of a report with the ids of replaced entries replaced."""
        return replace_ids(report.query, self._find_existing)

    def move_row(self, row: VersionedModel, **fields: Any) -> None:
        """Moves a row, and sets `fields` of it."""
        before = row.snapshot()
        row.user = self.changes.user
        for name, value in {**fields, **self._written(row)}.items():
            setattr(row, name, value)
        rows = type(row).objects.for_user(self.source).filter(id=row.id)
        rows.update(user=row.user, version=row.version, updated_at=row.updated_at, **fields)
        self._record([(row, before)])

    def copy_entry(self, row: CatalogueEntry) -> UUID:
        """Copies an entry that stays with the source. Returns the id of the copy."""
        values = {name: getattr(row, name) for name in row.TRACKED_FIELDS}
        if isinstance(row, Project):
            values["client_id"] = self.find_replacement(Client, row.client_id)
        made = type(row).new(id=uuid7(), user=self.changes.user)
        self.changes.add(made, values, self.action)
        return made.id

    def find_replacement(self, model: type[CatalogueEntry], entry_id: UUID | None) -> UUID | None:
        """Returns the id of the entry that replaces one of the source: one of the same name, or else a copy."""
        if entry_id is None or entry_id in self.replaced_by:
            return None if entry_id is None else self.replaced_by[entry_id]
        row = model.objects.get(user=self.source, id=entry_id)
        here = model.objects.for_user(self.changes.user).not_deleted().filter(folded_name=row.folded_name).first()
        self.replaced_by[entry_id] = here.id if here is not None else self.copy_entry(row)
        return self.replaced_by[entry_id]

    def _find_existing(self, model: type[CatalogueEntry], entry_id: UUID) -> UUID | None:
        is_there = entry_id in self.replaced_by or model.objects.for_user(self.source).filter(id=entry_id).exists()
        return self.find_replacement(model, entry_id) if is_there else None

    def replacements(self, model: type[CatalogueEntry], ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """Returns the ids that replace those of the source's entries; entries that were moved are left out."""
        found = {each: self.find_replacement(model, each) for each in ids}
        return {old: new for old, new in found.items() if new is not None and new != old}

    def _written(self, row: VersionedModel) -> dict[str, Any]:
        return {"version": row.version + 1, "updated_at": self.changes.at, "changeset_id": self.changes.id}

    def _record(self, states: Collection[tuple[VersionedModel, dict[str, Any]]]) -> None:
        self.changes.record_moved([(row, None, row.snapshot()) for row, _before in states], self.action)
        if self.left is not None:
            self.left.record_moved([(row, before, None) for row, before in states], self.action)


def _move_entries(mover: _RowMover, model: type[CatalogueEntry]) -> dict[UUID, UUID]:
    """Moves the entries of a guest. Returns the ids of the account's entries that replace those of the same name."""
    account = mover.changes.user
    names = dict(model.objects.for_user(account).not_deleted().values_list("folded_name", "id"))
    replacements: dict[UUID, UUID] = {}
    for row in list(model.objects.for_user(mover.source).order_by("id")):
        here = names.get(row.folded_name) if row.deleted_at is None else None
        mover.replaced_by[row.id] = here or row.id
        if here is None:
            mover.move_entry(row)
        else:
            mover.move_entry(row, deleted_at=mover.changes.at)
            replacements[row.id] = here
    return replacements


def _bring_reports(mover: _RowMover) -> None:
    """Moves saved reports and share links. The account's default report stays the default."""
    defaults = SavedReport.objects.for_user(mover.changes.user).not_deleted().filter(is_default=True)
    has_default = defaults.exists()
    for report in _reports(mover.source):
        fields = {"is_default": False} if isinstance(report, SavedReport) and has_default else {}
        mover.move_row(report, query=mover.query_for(report), **fields)


def _reports(user: User, merged_rows: MergedRows | None = None) -> list[AddressedReport]:
    """Returns the saved reports and share links of a user, or those of a merge."""
    found: list[AddressedReport] = []
    for model in REPORTS:
        rows = model.objects.for_user(user)
        found += (rows if merged_rows is None else merged_rows.of(rows, model.KIND)).order_by("id")
    return found


def _bring_sessions(mover: _RowMover, replacements: Mapping[type[CatalogueEntry], Mapping[UUID, UUID]]) -> int:
    """Moves the sessions of a guest and returns their number. Ends the running one if the account has one, too."""
    running = find_running(mover.source)
    if running is not None and find_running(mover.changes.user) is not None:
        running.end = max(mover.changes.at, running.start)
        running.set_derived_fields()
        running.save(update_fields=["end", "last_date", "duration_seconds"])  # the move records the change
    sessions = SessionMover(mover.changes, mover.source, mover.action)
    sessions.move_tags(replacements[Tag])
    return sessions.move(replacements[Project])


def _give_sessions(mover: _RowMover, left: ChangesetWriter, merged_rows: MergedRows) -> None:
    sessions = SessionMover(mover.changes, mover.source, mover.action, merged_rows)
    left.record_sessions(sessions.sessions, mover.action, before=session_snapshot(left.user))
    tags = sessions.tags.order_by().values_list("tag_id", flat=True).distinct()
    sessions.move_tags(mover.replacements(Tag, tags))
    projects = sessions.sessions.exclude(project=None).order_by().values_list("project_id", flat=True).distinct()
    sessions.move(mover.replacements(Project, projects))


def _move_entries_back(mover: _RowMover, merged_rows: MergedRows, *, clashes: Collection[UUID]) -> None:
    """Gives entries back, except those that other rows of the account refer to."""
    account = mover.source
    staying = TimeSession.objects.for_user(account).filter(~merged_rows.has(Kind.SESSION), project=OuterRef("id"))
    tags = SessionTag.objects.filter(~merged_rows.has(Kind.SESSION, "session_id"), user=account, tag=OuterRef("id"))
    projects = Project.objects.for_user(account).filter(client=OuterRef("id"))
    projects = projects.filter(~merged_rows.has(Kind.PROJECT) | Exists(staying))
    for model, uses in ((Client, projects), (Tag, tags), (Project, staying)):
        rows = merged_rows.of(model.objects.for_user(account), model.KIND)
        used = set(rows.filter(Exists(uses)).values_list("id", flat=True))
        for row in sorted(rows, key=lambda each: each.id not in clashes):
            if row.id in clashes:
                mover.replaced_by[row.id] = row.id
                mover.move_entry(row, deleted_at=None)
            elif row.id not in used:
                mover.replaced_by[row.id] = row.id
                mover.move_entry(row)
