"""One press of a person: a lock, an instant, a batch. What every service is made of."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sessions_app.models import Change, Source, TimeSession
from sessions_app.validation import SessionFields
from timetracker import clock
from timetracker.errors import ConflictError, NotFoundError, StaleVersionError
from timetracker.ids import uuid7
from users_app.models import AccessToken, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: the person at a page, one of their tokens, or an operator in the admin."""

    source: Source
    token: AccessToken | None = None
    operator: User | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """One press. All rows it writes share its instant and batch; `undoes` is the batch that it takes back, if any."""

    user: User
    actor: Actor
    at: datetime
    batch: UUID
    undoes: UUID | None = None

    def create(self, session_id: UUID | None, fields: SessionFields, action: Change.Action) -> TimeSession:
        """Writes a new session. Raises NotFoundError when somebody else has one with this id."""
        session = TimeSession(user=self.user, source=self.actor.source, timezone=self.user.timezone, created_at=self.at)
        if session_id is not None:
            session.id = session_id
        try:
            with transaction.atomic():
                return self._write(session, None, action, fields, None)
        except IntegrityError as error:
            # Own rows were looked at under the lock: the id is that of a stranger, which must not show.
            if session_id is None:
                raise
            raise NotFoundError from error

    def change(
        self,
        session: TimeSession,
        action: Change.Action,
        fields: SessionFields,
        *,
        deleted_at: datetime | Literal["kept"] | None = "kept",
    ) -> TimeSession:
        """Writes what differs; when nothing does, nothing is written and the version stays."""
        before = session.snapshot()
        deleted_at = session.deleted_at if deleted_at == "kept" else deleted_at
        if deleted_at == session.deleted_at and all(getattr(session, name) == value for name, value in fields.items()):
            return session
        return self._write(session, before, action, fields, deleted_at)

    def purge(self, session: TimeSession) -> None:
        """Removes a session for good; only the record of its changes is left."""
        self._record(session, session.snapshot(), Change.Action.PURGE, None)
        session.delete()

    def _write(
        self,
        session: TimeSession,
        before: dict[str, object] | None,
        action: Change.Action,
        fields: SessionFields,
        deleted_at: datetime | None,
    ) -> TimeSession:
        for name, value in fields.items():
            setattr(session, name, value)
        session.deleted_at = deleted_at
        session.version += 1
        session.updated_at = self.at
        session.derive()
        session.save(force_insert=before is None, force_update=before is not None)
        self._record(session, before, action, session.snapshot())
        session.written_in = self.batch
        return session

    def _record(
        self,
        session: TimeSession,
        before: dict[str, object] | None,
        action: Change.Action,
        after: dict[str, object] | None,
    ) -> None:
        Change.objects.create(
            user=self.user,
            session_id=session.id,
            batch=self.batch,
            undoes=self.undoes,
            action=action,
            source=self.actor.source,
            token=self.actor.token,
            operator=self.actor.operator,
            at=self.at,
            before=before,
            after=after,
        )


@contextmanager
def press(user: User, actor: Actor) -> Iterator[Press]:
    """A transaction in which this person is locked. The clock is read after the lock: instants follow its order."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        if locked is None:
            raise NotFoundError
        yield Press(locked, actor, clock.now(), uuid7())


def find_running(user: User) -> TimeSession | None:
    """The running session, if any."""
    # No first(): the database knows that there is one at most, and an order or a limit would only tempt its planner.
    return next(iter(TimeSession.objects.for_user(user).running()), None)


def get_session(user: User, session_id: UUID, *, versions: Container[int] | None = None) -> TimeSession:
    """A session to be changed. Raises NotFoundError, StaleVersionError, ConflictError `deleted` when in the Trash."""
    session = get_any_session(user, session_id)
    refuse_stale(session, versions)
    refuse_deleted(session)
    return session


def get_any_session(user: User, session_id: UUID) -> TimeSession:
    """A session, also one in the Trash. Raises NotFoundError."""
    try:
        session: TimeSession = TimeSession.objects.for_user(user).get(id=session_id)
    except TimeSession.DoesNotExist:
        raise NotFoundError from None
    return session


def refuse_taken(user: User, session_id: UUID | None) -> None:
    """Raises ConflictError `id_taken` when this person has a session with this id."""
    if session_id is not None and TimeSession.objects.for_user(user).filter(id=session_id).exists():
        raise ConflictError(
            "id_taken", _("There is a session with this id already. Use PUT to change it, or another id.")
        )


def refuse_stale(session: TimeSession | None, versions: Container[int] | None) -> None:
    """Raises StaleVersionError unless the session has one of the versions that the writer may have seen, if named."""
    if versions is not None and (session is None or session.version not in versions):
        raise StaleVersionError(session)


def refuse_deleted(session: TimeSession | None) -> None:
    """Raises ConflictError `deleted` for a session in the Trash."""
    if session is not None and session.deleted_at is not None:
        raise ConflictError("deleted", _("This session is in the Trash. Restore it first, or use another id."))


def refuse_second_running(user: User, fields: SessionFields, session: TimeSession | None) -> None:
    """Raises ConflictError `timer_running` when `fields` would make `session` run beside another."""
    becomes_running = "end" in fields and fields["end"] is None and not (session is not None and session.is_running)
    if becomes_running and find_running(user) is not None:
        raise ConflictError("timer_running", _("Another session is running. Stop it first, or give an end."))
