"""Writes an import in parts, as one changeset that can be undone for 30 days."""

import unicodedata
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sessions_app.imports.candidates import Candidate, read_candidates
from sessions_app.imports.catalogue import ImportCatalogue, is_note_cut, note_with_tags
from sessions_app.imports.files import Content, OpenFile, digest_of
from sessions_app.imports.identities import SeenRows, find_standings
from sessions_app.imports.placing import times_of
from sessions_app.imports.rejections import MAX_REJECTED, Rejection, rejection_of
from sessions_app.imports.rows import Answers, RejectedRow, SkippedRow
from sessions_app.models import Change, Source, TimeSession
from sessions_app.services.changeset import MAX_UNDOABLE_FOR, Actor, ChangesetWriter
from sessions_app.services.identities import store_identities
from sessions_app.services.parts import CHUNK, Progress, State, Step, begin_work, go_on, unfinished_work
from timetracker import clock
from timetracker.characters import clean_characters
from timetracker.db.compiled import new_instance
from timetracker.db.ids import uuid7
from timetracker.storage.disk import check_room
from users_app.models import User

IMPORT = "import"
_AHEAD = 5 * CHUNK
"""The number of rows read before a part, about as many as a part writes."""
_COUNTS = (
    "created", "unchanged", "edited", "deleted", "running", "rejected_count", "ignored", "total_seconds",
    "new_clients", "new_projects", "new_tags", "shortened",
)  # fmt: skip

_Read = tuple[int, Candidate | RejectedRow | SkippedRow]
"""The number of a file, and the result for one of its rows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an import so far. `counts` has the numbers of `_COUNTS`, and those of catalogue entries.

    `rejected` has the first MAX_REJECTED rows that this call rejected; if the call went on with an earlier one, without
    those of that one. `made` has the names of the clients, projects and tags that this call created.
    """

    counts: dict[str, int]
    rejected: Sequence[Rejection]
    first_start: datetime | None
    last_end: datetime | None
    changeset_id: UUID | None
    is_finished: bool
    made: tuple[Sequence[str], Sequence[str], Sequence[str]] = ((), (), ())


def run_import(
    user: User,
    actor: Actor,
    contents: Sequence[tuple[str, Content]],
    files: Sequence[OpenFile],
    answers: Answers,
    *,
    import_id: UUID | None = None,
    seconds: float | None = None,
) -> Outcome:
    """Adds the sessions that the account lacks. `files` are the results of `open_files` for `contents`.

    An interrupted import goes on when the same files are imported again with the same answers. Stops after about
    `seconds`, if given. `import_id` is the `Import` with the files, so that other processes can go on. Raises
    NoRoomError.
    """
    check_room()
    digest = digest_of(contents, answers)
    step = ImportStep(user, files, answers)
    earlier = next((each for each in unfinished_work(user) if (each.unfinished or {}).get("digest") == digest), None)
    if earlier is not None:
        assert earlier.unfinished is not None  # noqa: S101
        step.go_to(earlier.unfinished)
        return outcome_of(go_on(user, actor, earlier.id, step=step, seconds=seconds), step)
    state: State = {
        "digest": digest,
        "import": None if import_id is None else str(import_id),
        "file": 0,
        "line": 0,
        "first_start": None,
        "last_end": None,
        **dict.fromkeys(_COUNTS, 0),
    }
    actor = Actor(Source.IMPORT, token=actor.token, operator=actor.operator, request=actor.request)
    progress = begin_work(user, actor, IMPORT, state, step=step, seconds=seconds, undoable_for=MAX_UNDOABLE_FOR)
    return outcome_of(progress, step)


def outcome_of(progress: Progress, step: "ImportStep | None" = None) -> Outcome:
    """Returns the outcome of an import so far."""
    state = progress.state
    counts = {name: state.get(name, 0) for name in _COUNTS}
    first, last = (
        None if state.get(name) is None else datetime.fromisoformat(state[name]) for name in ("first_start", "last_end")
    )
    rejected, made = ([], ([], [], [])) if step is None else (step.rejected, step.made)
    return Outcome(counts, rejected, first, last, progress.changeset_id, progress.is_finished, made)


class ImportStep(Step):
    """A step that reads CHUNK rows, and writes the new ones with their catalogue entries and identities."""

    def __init__(self, user: User, files: Sequence[OpenFile], answers: Answers) -> None:
        self._files, self._answers = files, answers
        self._catalogue = ImportCatalogue(user, (each.found.catalogue for each in files if each.found is not None))
        self._revision = -1
        self._zones = [file.timezone(answers, user) for file in files]
        self._now = clock.now()
        self.rejected: list[Rejection] = []
        self._rows = self._read(0, 0)
        self._ahead: list[_Read] = []

    @property
    def made(self) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
        """The names of the created clients, projects and tags."""
        return self._catalogue.made

    def go_to(self, state: State) -> None:
        """Continues after the last row of another process.

        Reads the rows before it at once, for some seconds in a large file, and therefore not within a part.
        """
        self._rows = self._read(state["file"], state["line"])
        self._ahead = list(islice(self._rows, 1))

    def prepare(self) -> None:
        """Reads the rows of the next part outside of its transaction: this takes about as long as writing them."""
        self._ahead += islice(self._rows, max(0, _AHEAD - len(self._ahead)))

    def close(self) -> None:
        """Closes the iterators over the files, which stay open."""
        self._rows.close()

    def _read(self, first: int, after: int) -> Generator[_Read, None, None]:
        for number, file in enumerate(self._files):
            if number < first or file.found is None:
                continue
            rows = read_candidates(file.found, self._zones[number], self._now, after=after if number == first else 0)
            yield from ((number, row) for row in rows)

    def __call__(self, changes: ChangesetWriter, state: State) -> bool:
        if changes.revision != self._revision:
            self._read_catalogue(changes, state)
        chunk = self._next_rows()
        candidates: list[Candidate] = []
        for number, row in chunk:
            if isinstance(row, SkippedRow):
                state["ignored"] += 1
            elif isinstance(row, RejectedRow):
                state["rejected_count"] += 1
                if len(self.rejected) < MAX_REJECTED:
                    self.rejected.append(rejection_of(self._files[number].name, row))
            elif row.is_running:
                state["running"] += 1
            else:
                candidates.append(row)
        self._add(changes, state, candidates)
        if chunk:
            state["file"], state["line"] = _position_of(chunk[-1])
        return len(chunk) < CHUNK

    def _read_catalogue(self, changes: ChangesetWriter, state: State) -> None:
        """Reads the catalogue again if another write came since the last part, with the entries of earlier parts."""
        if changes.revision != self._revision + 1:  # another write came between, maybe of the catalogue
            self._catalogue.read()
        if self._revision < 0 and (state["file"] or state["line"]):  # another process began
            self._catalogue.read_made(changes.id)
        self._revision = changes.revision
        if state["file"] == state["line"] == 0:
            self._catalogue.add_told(each.found.catalogue for each in self._files if each.found is not None)

    def _next_rows(self) -> list[_Read]:
        """Returns CHUNK rows, and further ones with the line of the last row, since positions are lines."""
        rows, self._ahead = self._ahead[:CHUNK], self._ahead[CHUNK:]
        rows += islice(self._rows, CHUNK - len(rows))
        while len(rows) >= CHUNK:
            self._ahead = self._ahead or list(islice(self._rows, 1))
            if not self._ahead or _position_of(self._ahead[0]) != _position_of(rows[-1]):
                break
            rows.append(self._ahead.pop(0))
        return rows

    def _add(self, changes: ChangesetWriter, state: State, candidates: list[Candidate]) -> None:
        new: list[Candidate] = []
        seen = SeenRows()
        for candidate, standing in zip(candidates, find_standings(changes.user, candidates), strict=True):
            is_repeated = standing == "new" and seen.has(candidate)
            state["unchanged" if is_repeated else "created" if standing == "new" else standing] += 1
            if standing == "new" and not is_repeated:
                new.append(candidate)
                seen.add(candidate)
        keys = [(self._catalogue.project_key(each.row), self._catalogue.tag_keys(each.row)) for each in new]
        made = self._catalogue.create(changes)
        for name, count in zip(("new_clients", "new_projects", "new_tags"), made, strict=True):
            state[name] += count
        if not new:
            return
        times = times_of(changes.user, new, changes.at)
        sessions = [
            self._session(changes, candidate, time, *its_keys)
            for candidate, time, its_keys in zip(new, times, keys, strict=True)
        ]
        changes.add_all(sessions, Change.Action.IMPORT)
        store_identities(
            changes.user, ((each.all_identities(), session.id) for each, session in zip(new, sessions, strict=True))
        )
        state["total_seconds"] += sum(each.seconds for each in new)
        state["shortened"] = state.get("shortened", 0) + sum(is_note_cut(each.row) for each in new)
        starts, ends = zip(*times, strict=True)
        first, last = min(starts).isoformat(), max(ends).isoformat()
        state["first_start"] = min(state["first_start"] or first, first)
        state["last_end"] = max(state["last_end"] or last, last)

    def _session(
        self,
        changes: ChangesetWriter,
        candidate: Candidate,
        times: tuple[datetime, datetime],
        project_key: str,
        tag_keys: tuple[str, ...],
    ) -> TimeSession:
        row = candidate.row
        project = self._catalogue.project(project_key)
        rate, currency, is_override = self._catalogue.rate(row, project_key)
        billable = row.billable
        if billable is None:
            billable = project is not None and project.billable_by_default
        fields: dict[str, Any] = {
            "id": uuid7(),
            "user_id": changes.user.pk,
            "source": Source.IMPORT,
            "name": clean_session_text(row.name)[: TimeSession.NAME_LENGTH],
            "note": clean_session_text(note_with_tags(row))[: TimeSession.NOTE_LENGTH],
            "start": times[0],
            "end": times[1],
            "times_known": candidate.start is not None,
            "timezone": candidate.timezone,
            "project_id": None if project is None else project.id,
            "billable": billable,
            "hourly_rate": rate,
            "currency": currency,
            "rate_is_override": is_override,
            "version": 1,
            "created_at": changes.at,
            "updated_at": changes.at,
        }
        session = new_instance(TimeSession, **fields)
        session.tag_ids = self._catalogue.tag_ids(tag_keys)
        return session


def _position_of(read: _Read) -> tuple[int, int]:
    """Returns the number of the file and the line of a row."""
    number, row = read
    return number, (row.row if isinstance(row, Candidate) else row).line


def clean_session_text(text: str) -> str:
    """Returns a name or note as it is stored. Readers have already removed forbidden characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", clean_characters(text)).strip()
