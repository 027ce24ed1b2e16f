"""One press of a person: a lock, an instant, a batch. What every service is made of."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from sessions_app.models import Change, SessionTag, Source, TimeSession, VersionedModel, prefetch_tags
from sessions_app.services.validation import SessionFields
from timetracker import clock
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, NotFoundError, StaleVersionError
from users_app.models import AccessToken, User

Row = TypeVar("Row", bound=VersionedModel)

BATCH_SIZE = 400
"""How many rows a statement writes; SQLite takes some hundred parameters."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: the person at a page, one of their tokens, or an operator in the admin.

    `request` tells what was sent with an idempotency key, so that it is known when it is sent again; "" for none.
    """

    source: Source
    token: AccessToken | None = None
    operator: User | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class ChangesetWriter:
    """One press. All rows it writes share its instant and batch; `undoes` is the batch that it takes back, if any."""

    user: User
    actor: Actor
    at: datetime
    batch: UUID
    undoes: UUID | None = None

    def create(self, session_id: UUID | None, fields: SessionFields, action: Change.Action) -> TimeSession:
        """Writes a new session. Raises NotFoundError when somebody else has one with this id."""
        session = TimeSession.new(id=session_id, user=self.user, source=self.actor.source, timezone=self.user.timezone)
        return self.add(session, {"tag_ids": (), **fields}, action, is_id_given=session_id is not None)

    def add(self, row: Row, fields: Mapping[str, object], action: Change.Action, *, is_id_given: bool = False) -> Row:
        """Writes a row for the first time. Raises NotFoundError when a stranger has one with the id that is given."""
        row.created_at = self.at
        try:
            with transaction.atomic():
                return self._write(row, None, action, fields)
        except IntegrityError as error:
            # Own rows were looked at under the lock: the id is that of a stranger, which must not show.
            if not is_id_given:
                raise
            raise NotFoundError from error

    def change(self, row: Row, action: Change.Action, fields: Mapping[str, object]) -> Row:
        """Writes what differs; when nothing does, nothing is written and the version stays."""
        different = _different(row, fields)
        return self._write(row, row.snapshot(), action, different) if different else row

    def change_all(self, changes: Iterable[tuple[TimeSession, Mapping[str, object]]], action: Change.Action) -> int:
        """Writes the fields of many sessions, and tells how many differed: a few statements for hundreds of them.

        Only fields that nothing is derived from, neither times nor zone.
        """
        rest, count = iter(changes), 0
        while chunk := list(islice(rest, BATCH_SIZE)):
            prefetch_tags([session for session, _fields in chunk])
            different = [(session, _different(session, fields)) for session, fields in chunk]
            to_write = [each for each in different if each[1]]
            self._write_all(to_write, action)
            count += len(to_write)
        return count

    def add_all(self, rows: Iterable[VersionedModel], action: Change.Action) -> int:
        """Writes rows of one model for the first time, and tells how many: a few statements for hundreds of them.

        All of each is as it is given, its version and instants too; only derived columns are set. Their ids are free.
        """
        rest, count = iter(rows), 0
        while chunk := list(islice(rest, BATCH_SIZE)):
            for row in chunk:
                row.derive()
                row.changeset_id = self.batch
            type(chunk[0])._default_manager.bulk_create(chunk)  # noqa: SLF001
            self._write_tags([row for row in chunk if isinstance(row, TimeSession)])
            Change.objects.bulk_create(self._change_of(row, None, action, row.snapshot()) for row in chunk)
            count += len(chunk)
        return count

    def purge(self, row: VersionedModel) -> None:
        """Removes a row for good; only the record of its changes is left."""
        Change.objects.bulk_create([self._change_of(row, row.snapshot(), Change.Action.PURGE, None)])
        if isinstance(row, TimeSession):
            SessionTag.objects.filter(user=self.user, session=row.id).delete()
        row.delete()

    def _write(
        self,
        row: Row,
        before: dict[str, object] | None,
        action: Change.Action,
        fields: Mapping[str, object],
    ) -> Row:
        self._set(row, fields)
        row.derive()
        row.save(force_insert=before is None, force_update=before is not None)
        if isinstance(row, TimeSession) and "tag_ids" in fields and (before is not None or row.tag_ids):
            self._write_tags([row])
        self._change_of(row, before, action, row.snapshot()).save(force_insert=True)
        return row

    def _write_all(self, chunk: list[tuple[TimeSession, dict[str, object]]], action: Change.Action) -> None:
        alike: defaultdict[tuple[tuple[str, object], ...], list[UUID]] = defaultdict(list)
        records = []
        for session, fields in chunk:
            before = session.snapshot()
            self._set(session, fields)
            records.append(self._change_of(session, before, action, session.snapshot()))
            columns = {name: value for name, value in fields.items() if name != "tag_ids"}
            alike[tuple(columns.items())].append(session.id)
        for values, ids in alike.items():
            rows = TimeSession.objects.for_user(self.user).filter(id__in=ids)
            rows.update(version=F("version") + 1, updated_at=self.at, **dict(values))
        self._write_tags([session for session, fields in chunk if "tag_ids" in fields])
        Change.objects.bulk_create(records)

    def _set(self, row: VersionedModel, fields: Mapping[str, object]) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = self.at
        row.changeset_id = self.batch

    def _write_tags(self, sessions: list[TimeSession]) -> None:
        SessionTag.objects.filter(user=self.user, session__in=[session.id for session in sessions]).delete()
        SessionTag.objects.bulk_create(
            SessionTag(user=self.user, session=session, tag_id=tag_id)
            for session in sessions
            for tag_id in session.tag_ids
        )

    def _change_of(
        self,
        row: VersionedModel,
        before: dict[str, object] | None,
        action: Change.Action,
        after: dict[str, object] | None,
    ) -> Change:
        return Change(
            user=self.user,
            kind=row.KIND,
            object_id=row.id,
            batch=self.batch,
            undoes=self.undoes,
            action=action,
            source=self.actor.source,
            token=self.actor.token,
            operator=self.actor.operator,
            request=self.actor.request,
            at=self.at,
            before=before,
            after=after,
        )


def _different(row: VersionedModel, fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if getattr(row, name) != value}


@contextmanager
def changeset(user: User, actor: Actor) -> Iterator[ChangesetWriter]:
    """A transaction in which this person is locked. The clock is read after the lock: instants follow its order.

    A press within a press of the same person is a part of it, of the same instant and batch.
    """
    outer = _present.get()
    if outer is not None and outer.user.pk == user.pk:
        yield outer
        return
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        if locked is None:
            raise NotFoundError
        changes = ChangesetWriter(locked, actor, clock.now(), uuid7())
        mark = _present.set(changes)
        try:
            yield changes
        finally:
            _present.reset(mark)


_present: ContextVar[ChangesetWriter | None] = ContextVar("press", default=None)


def get_session(user: User, session_id: UUID, *, versions: Container[int] | None = None) -> TimeSession:
    """A session to be changed. Raises NotFoundError, StaleVersionError, ConflictError `deleted` when in the Trash."""
    session = get_any_session(user, session_id)
    check_version(session, versions)
    check_not_deleted(session)
    return session


def get_any_session(user: User, session_id: UUID) -> TimeSession:
    """A session, also one in the Trash. Raises NotFoundError."""
    try:
        session: TimeSession = TimeSession.objects.for_user(user).get(id=session_id)
    except TimeSession.DoesNotExist:
        raise NotFoundError from None
    return session


def check_id_free(user: User, session_id: UUID | None) -> None:
    """Raises ConflictError `id_taken` when this person has a session with this id."""
    if session_id is not None and TimeSession.objects.for_user(user).filter(id=session_id).exists():
        raise ConflictError(
            "id_taken", _("There is a session with this id already. Use PUT to change it, or another id.")
        )


def check_version(row: VersionedModel | None, versions: Container[int] | None) -> None:
    """Raises StaleVersionError unless the row has one of the versions that the writer may have seen, if named."""
    if versions is not None and (row is None or row.version not in versions):
        raise StaleVersionError(row)


def check_not_deleted(session: TimeSession | None) -> None:
    """Raises ConflictError `deleted` for a session in the Trash."""
    if session is not None and session.deleted_at is not None:
        raise ConflictError("deleted", _("This session is in the Trash. Restore it first, or use another id."))


def check_none_running(user: User, fields: SessionFields, session: TimeSession | None) -> None:
    """Raises ConflictError `timer_running` when `fields` would make `session` run beside another."""
    becomes_running = "end" in fields and fields["end"] is None and not (session is not None and session.is_running)
    if becomes_running and TimeSession.objects.for_user(user).find_running() is not None:
        raise ConflictError("timer_running", _("Another session is running. Stop it first, or give an end."))
