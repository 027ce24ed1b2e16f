"""Changesets: each write of a user's data is one transaction that locks the user, and can be undone as one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from sessions_app.models import Change, Changeset, SessionTag, Source, TimeSession, VersionedModel, prefetch_tags
from sessions_app.services.change_recorder import BeforeAndAfter, ChangeRecorder
from sessions_app.services.compiled import insert_row, insert_rows, lock_user, update_row
from sessions_app.services.limits import check_rows_count
from sessions_app.services.session_tags import insert_tags, store_tags
from sessions_app.services.validation import SessionFields
from timetracker import clock
from timetracker.db.compiled import new_instance
from timetracker.db.ids import uuid7
from timetracker.errors import NotFoundError
from users_app.models import AccessToken, User

Versioned = TypeVar("Versioned", bound=VersionedModel)

UNDOABLE_FOR = timedelta(hours=24)
MAX_UNDOABLE_FOR = timedelta(days=30)
"""How long an import can be undone. Nothing can be undone for longer."""
BATCH_SIZE = 400
"""The number of rows that one statement writes. SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: a user at a page, a script with one of the user's tokens, or an operator in the admin.

    `request` identifies a request that has an idempotency key, so that its repetition is recognised; "" for others.
    """

    source: Source
    token: AccessToken | None = None
    operator: User | None = None
    request: str = ""


class ChangesetWriter:
    """Writes rows of the locked `user`, with their changes, as one changeset. All rows get the instant `at` (UTC).

    `id` and `revision` are those of the changeset, if anything is written. Callers may set `undoes` to the id of the
    changeset that this one undoes, and `undoable_for` to the time for which this one can be undone (None: never). For a
    part of long work (`services.parts`), `earlier` is the changeset as its earlier parts left it, and `unfinished` the
    state to go on from.
    """

    def __init__(self, user: User, actor: Actor, at: datetime, earlier: Changeset | None = None) -> None:
        self.user, self.actor, self.at = user, actor, at
        self.earlier = earlier
        self.id = uuid7() if earlier is None else earlier.id
        self.revision = user.revision + 1
        self.undoes: UUID | None = None
        self.undoable_for: timedelta | None = UNDOABLE_FOR
        self.unfinished: dict[str, Any] | None = None
        self._is_request_remembered = False
        self._recorder = ChangeRecorder(user.pk, self.id, self.revision)

    # Single rows

    def create(self, session_id: UUID | None, fields: SessionFields, action: Change.Action) -> TimeSession:
        """Inserts a session. Raises NotFoundError when another user has a session with this id."""
        given: dict[str, Any] = {} if session_id is None else {"id": session_id}
        session = new_instance(TimeSession, source=self.actor.source, timezone=self.user.timezone, **given)
        session.user = self.user
        return self.add(session, {"tag_ids": (), **fields}, action, is_id_given=session_id is not None)

    def add(
        self, row: Versioned, fields: Mapping[str, object], action: Change.Action, *, is_id_given: bool = False
    ) -> Versioned:
        """Inserts a row. Raises NotFoundError when the id was given and another user has a row with it."""
        row.created_at = self.at
        try:
            return self._store(row, None, action, fields)
        except IntegrityError as error:  # the transaction, or the caller's savepoint, has to end now
            # The user's own rows were checked under the lock, so another user has the id, which must not be revealed.
            if not is_id_given:
                raise
            raise NotFoundError from error

    def change(self, row: Versioned, action: Change.Action, fields: Mapping[str, object]) -> Versioned:
        """Updates the fields that differ. If none does, writes nothing and leaves the version."""
        different = _different(row, fields)
        return self._store(row, row.snapshot(), action, different) if different else row

    # Many rows

    def change_all(self, changes: Iterable[tuple[TimeSession, Mapping[str, object]]], action: Change.Action) -> int:
        """Updates many sessions with a few statements for each BATCH_SIZE; returns how many had other values.

        Start, end and time zone cannot be changed this way, since dates and duration are derived from them.
        """
        rest, count = iter(changes), 0
        while chunk := list(islice(rest, BATCH_SIZE)):
            prefetch_tags([session for session, _fields in chunk])
            different = [(session, _different(session, fields)) for session, fields in chunk]
            to_write = [each for each in different if each[1]]
            self._store_all(to_write, action)
            count += len(to_write)
        return count

    def add_all(self, rows: Iterable[VersionedModel], action: Change.Action) -> int:
        """Inserts many rows of one model with a few statements for each BATCH_SIZE; returns their number.

        Rows are inserted with the versions and instants that they have; only derived fields are set. Their ids must be
        free. Raises InvalidInputError at `file` for more clients, projects or tags than a user may have.
        """
        rest, count = iter(rows), 0
        while chunk := list(islice(rest, BATCH_SIZE)):
            if not isinstance(chunk[0], TimeSession):
                check_rows_count(self.user, chunk)
            for row in chunk:
                row.set_derived_fields()
                row.changeset_id = self.id
            insert_rows(chunk)
            insert_tags(self.user, [row for row in chunk if isinstance(row, TimeSession)])
            self._recorder.record([(row, None, row.snapshot()) for row in chunk], action)
            count += len(chunk)
        return count

    def purge_all(self, rows: Sequence[VersionedModel]) -> None:
        """Removes up to BATCH_SIZE rows of one model for good, except their changes.

        Changesets that wrote one of the rows can no longer be undone.
        """
        sessions, ids = [row for row in rows if isinstance(row, TimeSession)], [row.id for row in rows]
        prefetch_tags(sessions)
        self._recorder.record([(row, row.snapshot(), None) for row in rows], Change.Action.PURGE)
        self._recorder.purged += ids
        for model in {type(row) for row in rows}:
            if model is TimeSession:
                SessionTag.objects.filter(user=self.user, session__in=ids).delete()
            model.objects.for_user(self.user).filter(id__in=ids).delete()

    def record_moved(self, states: list[BeforeAndAfter], action: Change.Action) -> None:
        """Records rows that come from another user (state before: None) or go to another (state after: None)."""
        self._recorder.record(states, action)

    def record_sessions(self, rows: QuerySet[TimeSession], action: Change.Action, **states: Combinable) -> None:
        """Records sessions that come or go, with an expression for their state `before` or `after`. One statement."""
        self._recorder.record_sessions(rows, action, states)

    # The changeset itself

    def increment_revision(self) -> None:
        """Increments the revision even if no change is recorded, because pages and API show something else now."""
        self._recorder.increments_revision = True

    def remember_request(self) -> None:
        """Writes the changeset even if nothing changes, so that a repeated request is recognised."""
        self._is_request_remembered = True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Rolls back what the block wrote, and only that, when the block raises."""
        before = self._recorder.copy()
        try:
            with transaction.atomic():
                yield
        except BaseException:
            self._recorder = before
            raise

    @property
    def count(self) -> int:
        """The number of changes written in this transaction so far."""
        return self._recorder.count

    def finish(self) -> None:
        """Writes the changeset and the user's revision at the end of the transaction, if there is anything to write."""
        is_stored = self._recorder.count or self._is_request_remembered or self.unfinished is not None
        if not (is_stored or self._recorder.increments_revision or self.earlier is not None):
            return
        self.user.revision = self.revision
        update_row(self.user, "revision")
        if self.earlier is not None:
            self._extend(self.earlier)
        elif is_stored:
            self._insert()
        self._end_undo_of_purged()

    def _insert(self) -> None:
        # The changes are there already: their foreign keys are checked at the end of the transaction.
        made = new_instance(
            Changeset,
            id=self.id,
            user_id=self.user.pk,
            revision=self.revision,
            at=self.at,
            source=self.actor.source,
            token_id=None if self.actor.token is None else self.actor.token.pk,
            operator_id=None if self.actor.operator is None else self.actor.operator.pk,
            summary=", ".join(self._recorder.summary),
            count=self._recorder.count,
            undoes_id=self.undoes,
            undoable_until=self._undoable_until(),
            request=self.actor.request,
            unfinished=self.unfinished,
        )
        insert_row(made)

    def _extend(self, earlier: Changeset) -> None:
        """Adds this part to the changeset of earlier parts. Two parts never overlap, since each locks the user."""
        if self._recorder.count:
            earlier.summary = earlier.summary or ", ".join(self._recorder.summary)
            earlier.count += self._recorder.count
            earlier.undoable_until = self._undoable_until()
        earlier.unfinished = self.unfinished
        update_row(earlier, "summary", "count", "undoable_until", "unfinished")

    def _undoable_until(self) -> datetime | None:
        if self.undoable_for is None or not self._recorder.count or self._recorder.purged:
            return None
        return self.at + self.undoable_for

    def _end_undo_of_purged(self) -> None:
        for begin in range(0, len(self._recorder.purged), BATCH_SIZE):
            ids = self._recorder.purged[begin : begin + BATCH_SIZE]
            touched = Change.objects.filter(user=self.user, object_id__in=ids).values("changeset")
            undoable = Changeset.objects.filter(user=self.user, at__gt=self.at - MAX_UNDOABLE_FOR, id__in=touched)
            undoable.filter(undoable_until__gt=self.at).update(undoable_until=self.at)

    def _store(
        self,
        row: Versioned,
        before: dict[str, object] | None,
        action: Change.Action,
        fields: Mapping[str, object],
    ) -> Versioned:
        self._set(row, fields)
        row.set_derived_fields()
        (insert_row if before is None else update_row)(row)
        if isinstance(row, TimeSession) and "tag_ids" in fields and (before is not None or row.tag_ids):
            store_tags(self.user, [row])
        self._recorder.record([(row, before, row.snapshot())], action)
        return row

    def _store_all(self, chunk: list[tuple[TimeSession, dict[str, object]]], action: Change.Action) -> None:
        alike: defaultdict[tuple[tuple[str, object], ...], list[UUID]] = defaultdict(list)
        states: list[BeforeAndAfter] = []
        for session, fields in chunk:
            before = session.snapshot()
            self._set(session, fields)
            states.append((session, before, session.snapshot()))
            columns = {name: value for name, value in fields.items() if name != "tag_ids"}
            if columns.keys() & {"name", "note"}:
                session.set_derived_fields()
                columns["search_text"] = session.search_text
            alike[tuple(columns.items())].append(session.id)
        for values, ids in alike.items():
            rows = TimeSession.objects.for_user(self.user).filter(id__in=ids)
            rows.update(version=F("version") + 1, updated_at=self.at, **dict(values))
        store_tags(self.user, [session for session, fields in chunk if "tag_ids" in fields])
        self._recorder.record(states, action)

    def _set(self, row: VersionedModel, fields: Mapping[str, object]) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = self.at
        row.changeset_id = self.id


def _different(row: VersionedModel, fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if getattr(row, name) != value}


@contextmanager
def changeset(user: User, actor: Actor) -> Iterator[ChangesetWriter]:
    """Opens a transaction, locks the user, yields the writer, and writes the changeset at the end.

    The clock is read after the lock, so the changesets of a user have their instants in order. Inside another changeset
    of the same user, yields the writer of that one. Raises NotFoundError when the user is gone.
    """
    outer = current_writer(user)
    if outer is not None:
        yield outer
        return
    with changeset_part(user, actor) as changes:
        yield changes


@contextmanager
def changeset_part(user: User, actor: Actor, changeset_id: UUID | None = None) -> Iterator[ChangesetWriter]:
    """Opens a transaction as `changeset` does; with `changeset_id`, for a further part of that changeset.

    Raises NotFoundError when the user or the changeset is gone.
    """
    with transaction.atomic():
        locked = lock_user(user_id=user.pk)
        if not locked:
            raise NotFoundError
        earlier = None if changeset_id is None else Changeset.objects.filter(user=user, id=changeset_id).first()
        if changeset_id is not None and earlier is None:
            raise NotFoundError
        changes = ChangesetWriter(locked[0], actor, clock.now(), earlier)
        mark = _current.set(changes)
        try:
            yield changes
        finally:
            _current.reset(mark)
        changes.finish()


def current_writer(user: User) -> ChangesetWriter | None:
    """Returns the writer of the user's changeset that is open in this context, None without one."""
    outer = _current.get()
    return outer if outer is not None and outer.user.pk == user.pk else None


_current: ContextVar[ChangesetWriter | None] = ContextVar("changeset", default=None)
