"""The import of an account export, as one changeset that can be undone."""

import hashlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import IO
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.account_export.contents import SESSIONS
from sessions_app.account_export.reading import AccountExport, read_account_export
from sessions_app.account_export.targets import find_targets, with_targets
from sessions_app.account_export.validation import FieldValues
from sessions_app.models import (
    VERSIONED_MODELS,
    AddressedReport,
    Change,
    Changeset,
    Client,
    Kind,
    Project,
    SavedReport,
    Source,
    Tag,
    TimeSession,
    replace_ids,
)
from sessions_app.models.catalogue import CatalogueEntry, folded_name
from sessions_app.selectors.sessions import find_running
from sessions_app.services.changeset import MAX_UNDOABLE_FOR, Actor, ChangesetWriter
from sessions_app.services.identities import store_identities
from sessions_app.services.parts import CHUNK, Progress, State, Step, begin_work, go_on, unfinished_work
from sessions_app.timekeeping.periods import seconds_between
from timetracker import clock
from timetracker.errors import ConflictError
from timetracker.storage.disk import check_room
from users_app.models import User
from users_app.services.preferences import save_preferences

ACCOUNT_IMPORT = "account_import"
_IMPORT = Change.Action.IMPORT
_MODELS = tuple(VERSIONED_MODELS.values())


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The result of an import: for each kind, the number of rows added, and of those that existed already.

    `changeset_id` is None if nothing was added. Undoing the changeset leaves imported settings. While `is_finished` is
    False, `parts.go_on` imports the rest.
    """

    added: Counter[Kind] = field(default_factory=Counter)
    present: Counter[Kind] = field(default_factory=Counter)
    has_settings: bool = False
    changeset_id: UUID | None = None
    is_finished: bool = True


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """An export that was completely read and validated. `digest` identifies the file."""

    export: AccountExport
    digest: str
    running_line: int | None


def check_account_export(file: IO[bytes]) -> CheckedExport:
    """Validates a whole export, without a lock, so that no writer waits for it.

    Raises InvalidInputError at the field `file`, with error and position; NoRoomError before reading anything.
    """
    check_room()
    now = clock.now()
    export = read_account_export(file, now=now)
    running_line = None
    for line, values in export.sessions(now=now):
        if values["end"] is None:
            running_line = line
    deque(export.identities(), maxlen=0)
    file.seek(0)
    return CheckedExport(export, hashlib.file_digest(file, "sha256").hexdigest(), running_line)  # type: ignore[arg-type]


@dataclass(slots=True)
class ImportPreview:
    """The preview of an import: new finished sessions with their seconds and span, and the names of new entries.

    Sessions in the file's Trash are not counted. `present` sessions exist in the account already; of these, `edited`
    were changed here since the export, and `deleted` are in the Trash here, but not in the file.
    """

    created: int = 0
    present: int = 0
    edited: int = 0
    deleted: int = 0
    running: int = 0
    seconds: int = 0
    first_start: datetime | None = None
    last_end: datetime | None = None
    new_names: dict[Kind, list[str]] = field(default_factory=dict)


def preview_account_export(user: User, checked: CheckedExport) -> ImportPreview:
    """Returns the preview of an import, without writing. Raises ConflictError as `import_account_export` does."""
    _check_none_running(user, checked)
    preview = ImportPreview()
    for model in (Client, Project, Tag):
        names = set(model.objects.for_user(user).not_deleted().values_list("folded_name", flat=True))
        entries = enumerate(checked.export.entries[model], start=1)
        preview.new_names[model.KIND] = [
            values["name"]
            for _number, values, target in with_targets(user, model, entries)
            if not target.is_here and (values["deleted_at"] is not None or folded_name(values["name"]) not in names)
        ]
    for _line, values, target in with_targets(user, TimeSession, checked.export.sessions(now=clock.now())):
        start, end = values["start"], values["end"]
        is_deleted = values["deleted_at"] is not None
        if target.is_here:
            preview.present += 1
            is_deleted_here = target.is_deleted and not is_deleted
            preview.deleted += is_deleted_here
            preview.edited += not is_deleted_here and target.version > values["version"]
        elif end is None:
            preview.running += 1
        elif not is_deleted:
            preview.created += 1
            preview.seconds += seconds_between(start, end)
            preview.first_start = min(preview.first_start or start, start)
            preview.last_end = max(preview.last_end or end, end)
    return preview


def import_account_export(
    user: User, actor: Actor, file: IO[bytes] | CheckedExport, *, seconds: float | None = None
) -> ImportSummary:
    """Adds the rows of an export that the account lacks, in parts. Importing the same file again adds nothing.

    Rows keep their ids, versions and instants. An id that another user has is replaced by one derived from it and the
    user's id. For a client, project or tag whose name exists, the existing one is used. Existing rows are not changed.
    Settings are imported only into an empty account. Stops after about `seconds`, if given. An interrupted import goes
    on when the same file is imported again.

    Raises InvalidInputError at the field `file`, with error and position; ConflictError `timer_running` when a second
    session would run, `id_taken` when both ids of a row are in use; NoRoomError. Then nothing is added.
    """
    check_room()
    checked = file if isinstance(file, CheckedExport) else check_account_export(file)
    _check_none_running(user, checked)
    deque(with_targets(user, TimeSession, checked.export.sessions(now=clock.now())), maxlen=0)
    step = _Import(checked)
    earlier = next((each for each in unfinished_work(user) if _is_of(each, checked)), None)
    if earlier is not None:
        progress = go_on(user, actor, earlier.id, step=step, seconds=seconds)
    else:
        state: State = {"digest": checked.digest, "running_line": checked.running_line, "has_settings": False}
        state |= {"line": 0, "identity_line": 0, "added": {}, "present": {}}
        actor = replace(actor, source=Source.IMPORT)
        progress = begin_work(
            user, actor, ACCOUNT_IMPORT, state, step=step, seconds=seconds, undoable_for=MAX_UNDOABLE_FOR
        )
    return summary_of(progress)


def summary_of(progress: Progress) -> ImportSummary:
    """Returns the result of an import so far."""
    added, present = (
        Counter({Kind(kind): count for kind, count in progress.state[name].items()}) for name in ("added", "present")
    )
    changeset_id = progress.changeset_id if added.total() or not progress.is_finished else None
    return ImportSummary(added, present, progress.state["has_settings"], changeset_id, progress.is_finished)


def step_to_go_on(file: IO[bytes], state: State) -> Step:
    """Returns the step to go on with an import of this same file, which was validated before."""
    export = read_account_export(file, now=clock.now())
    return _Import(CheckedExport(export, state["digest"], state.get("running_line")))


def _is_of(earlier: Changeset, checked: CheckedExport) -> bool:
    state = earlier.unfinished or {}
    return bool(state.get("kind") == ACCOUNT_IMPORT and state.get("digest") == checked.digest)


def _check_none_running(user: User, checked: CheckedExport) -> None:
    running = find_running(user) if checked.running_line is not None else None
    if running is None:
        return
    ((_line, values, target),) = with_targets(user, TimeSession, _running_of(checked))
    if not target.is_here and values["end"] is None:
        message = _("%(file)s, line %(line)d: This session is running, and so is another one here. Stop it first.")
        raise ConflictError("timer_running", message % {"file": SESSIONS, "line": checked.running_line})


def _running_of(checked: CheckedExport) -> Iterator[tuple[int, FieldValues]]:
    return (each for each in checked.export.sessions(now=clock.now()) if each[0] == checked.running_line)


class _Import:
    """The step of an import: first all entries, to which sessions refer, then hundreds of sessions at a time."""

    def __init__(self, checked: CheckedExport) -> None:
        self._checked = checked
        self._ids: dict[type[CatalogueEntry], dict[UUID, UUID | None]] = {}
        """By the id in the file, the id in the account; None for a row that was deleted in the account, so that nothing
        refers to it again."""
        self._sessions: Iterator[tuple[int, FieldValues]] = iter(())
        self._identities: Iterator[tuple[int, tuple[str, UUID]]] = iter(())
        self._has_sessions = False

    def go_to(self, _state: State) -> None:
        """Begins the file again. Rows that the state has as done are skipped when read."""
        self._ids, self._has_sessions = {}, False

    def __call__(self, changes: ChangesetWriter, state: State) -> bool:
        if not self._ids:
            self._begin(changes, state)
        if not self._has_sessions:
            self._add_sessions(changes, state)
        # Each call makes progress, so that work with a new step for each part comes to the end, too.
        return self._hold_identities(changes, state) if self._has_sessions else False

    def _begin(self, changes: ChangesetWriter, state: State) -> None:
        user = changes.user
        if not state["line"] and not any(model.objects.for_user(user).exists() for model in _MODELS):
            save_preferences(user, **self._checked.export.settings)
            state["has_settings"] = True
        for model in (Client, Tag, Project):  # in the order of references
            self._ids[model] = {}
            _count(state, "added", model.KIND, changes.add_all(self._new_entries(changes, state, model), _IMPORT))
        for kind in self._checked.export.reports:
            _count(state, "added", kind.KIND, changes.add_all(self._new_reports(changes, state, kind), _IMPORT))
        self._sessions = self._checked.export.sessions(now=changes.at, after=state["line"])
        identities = self._checked.export.identities()
        self._identities = (each for each in identities if each[0] > state["identity_line"])

    def _new_entries(
        self, changes: ChangesetWriter, state: State, model: type[CatalogueEntry]
    ) -> Iterator[CatalogueEntry]:
        names = dict(model.objects.for_user(changes.user).not_deleted().values_list("folded_name", "id"))
        entries = enumerate(self._checked.export.entries[model], start=1)
        for _number, read, target in with_targets(changes.user, model, entries):
            values = {**read}
            is_active = values["deleted_at"] is None
            was_deleted_here = target.is_deleted and is_active
            namesake = names.get(folded_name(values["name"])) if is_active else None
            is_new = not target.is_here and namesake is None
            self._ids[model][values["id"]] = (
                target.id if is_new or (target.is_here and not was_deleted_here) else namesake
            )
            if is_new:
                if model is Project:
                    values["client_id"] = self._ids[Client].get(values["client_id"])
                yield model.new(**{**values, "id": target.id}, user=changes.user)
            elif not state["line"]:
                _count(state, "present", model.KIND, 1)

    def _new_reports(
        self, changes: ChangesetWriter, state: State, model: type[AddressedReport]
    ) -> Iterator[AddressedReport]:
        """Yields saved reports, which do not replace the default, and share links, which open nothing."""
        defaults = SavedReport.objects.for_user(changes.user).not_deleted().filter(is_default=True)
        has_default = defaults.exists()
        rows = enumerate(self._checked.export.reports[model], start=1)
        for _number, values, target in with_targets(changes.user, model, rows):
            if not target.is_here:
                query = replace_ids(values["query"], lambda kind, entry_id: self._ids[kind].get(entry_id))
                changed = {"id": target.id, "query": query}
                if has_default and model is SavedReport:
                    changed["is_default"] = False
                yield model.new(**{**values, **changed}, user=changes.user)
            elif not state["line"]:
                _count(state, "present", model.KIND, 1)

    def _add_sessions(self, changes: ChangesetWriter, state: State) -> None:
        chunk = list(islice(self._sessions, CHUNK))
        _count(state, "added", Kind.SESSION, changes.add_all(self._new_sessions(changes, state, chunk), _IMPORT))
        if chunk:
            state["line"] = chunk[-1][0]
        self._has_sessions = len(chunk) < CHUNK

    def _hold_identities(self, changes: ChangesetWriter, state: State) -> bool:
        """Stores the identities of imported sessions, with the sessions' ids in this account."""
        chunk = list(islice(self._identities, CHUNK))
        if chunk:
            targets = find_targets(changes.user, TimeSession, {session_id for _line, (_known, session_id) in chunk})
            pairs = [((known,), targets[session_id].id) for _line, (known, session_id) in chunk]
            store_identities(changes.user, pairs)
            state["identity_line"] = chunk[-1][0]
        return len(chunk) < CHUNK

    def _new_sessions(
        self, changes: ChangesetWriter, state: State, chunk: list[tuple[int, FieldValues]]
    ) -> Iterator[TimeSession]:
        for line, values, target in with_targets(changes.user, TimeSession, chunk):
            if target.is_here:
                _count(state, "present", Kind.SESSION, 1)
                continue
            if values["end"] is None and line == self._checked.running_line:
                _check_none_running(changes.user, self._checked)
            values["project_id"] = self._ids[Project].get(values["project_id"])
            values["tag_ids"] = {here for each in values["tag_ids"] if (here := self._ids[Tag][each]) is not None}
            yield TimeSession.new(**{**values, "id": target.id}, user=changes.user)


def _count(state: State, name: str, kind: Kind, count: int) -> None:
    if count:
        state[name] = {**state[name], kind.value: state[name].get(kind.value, 0) + count}
