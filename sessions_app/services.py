"""Every write of a session. Each press of a person is one transaction:

lock the person, read the clock, judge everything, then write the sessions and their rows of `Change` together. So two
presses of one person never overlap, and what a caller was told is on disk. All raise `timetracker.errors` and change
nothing when they do; `NotFoundError` stands for a session of somebody else as for one that never was.
"""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sessions_app.models import Change, Source, TimeSession
from sessions_app.validation import SessionFields, clean_fields
from timetracker import clock
from timetracker.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.ids import uuid7
from users_app.models import AccessToken, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: the person at a page, one of their tokens, or an operator in the admin."""

    source: Source
    token: AccessToken | None = None
    operator: User | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """What a press of Start or Stop did: the session it started, the one it stopped, and when (UTC)."""

    started: TimeSession | None
    stopped: TimeSession | None
    at: datetime


def start_timer(
    user: User,
    actor: Actor,
    *,
    session_id: UUID | None = None,
    if_running: Literal["stop", "fail"] = "stop",
    **fields: Unpack[SessionFields],
) -> Switch:
    """Starts a session, and ends the running one at the same instant.

    `start` may be given, in the past; it must not be before the start of the running session, which would end then.
    Raises ConflictError `timer_running` when one runs and `if_running` is "fail", `id_taken` for an id in use.
    """
    with _press(user, actor) as press:
        _refuse_taken(user, session_id)
        fields = clean_fields({"start": press.at, **fields, "end": None}, now=press.at)
        running = _running(user)
        stopped = None
        if running is not None:
            if if_running == "fail":
                raise ConflictError("timer_running", _("A session is running. Stop it first, or leave out ifRunning."))
            if fields["start"] < running.start:
                fields["start"] = _not_before(running, fields["start"], press.at)
            stopped = press.change(running, Change.Action.STOP, {"end": fields["start"]})
        started = press.create(session_id, fields, Change.Action.START)
        return Switch(started, stopped, press.at)


def stop_timer(
    user: User, actor: Actor, *, session_id: UUID | None = None, end: datetime | None = None, discard: bool = False
) -> Switch:
    """Ends the running session, now or at `end` (not in the future, not before its start). Never refused for its length.

    `session_id` stops only that one. Nothing to stop is no error: `stopped` is None and the first stop stands.
    `discard` moves it to the Trash in the same step.
    """
    with _press(user, actor) as press:
        running = _running(user)
        if running is None or (session_id is not None and running.id != session_id):
            return Switch(None, None, press.at)
        # The clock of a server may have been set back since the start.
        end = max(press.at, running.start) if end is None else end.astimezone(UTC).replace(microsecond=0)
        if end < running.start:
            raise InvalidInputError(
                FieldError("end", "end_not_after_start", _("The end is before the start. Give a later end."))
            )
        if end > max(press.at, running.start):
            raise InvalidInputError(
                FieldError("end", "in_future", _("This end hasn't come yet. Leave it out to stop now."))
            )
        if discard:
            stopped = press.change(running, Change.Action.DISCARD, {"end": end}, deleted_at=press.at)
        else:
            stopped = press.change(running, Change.Action.STOP, {"end": end})
        return Switch(None, stopped, press.at)


def save_session(
    user: User, actor: Actor, *, session_id: UUID | None = None, **fields: Unpack[SessionFields]
) -> TimeSession:
    """Adds a finished session; `start` and `end` are required. Raises ConflictError `id_taken` for an id in use."""
    with _press(user, actor) as press:
        _refuse_taken(user, session_id)
        return press.create(session_id, clean_fields(fields, now=press.at), Change.Action.CREATE)


def put_session(
    user: User,
    actor: Actor,
    session_id: UUID,
    *,
    versions: Container[int] | None = None,
    **fields: Unpack[SessionFields],
) -> tuple[TimeSession, bool]:
    """Makes the session with that id be what `fields` say, and tells whether it is new. Safe to repeat.

    `start` is required; what else is absent is empty, but for the zone, which a session keeps. `versions` are those the
    writer may have seen: StaleVersionError when the session has another, or is not there. Raises ConflictError
    `deleted` for one in the Trash, `timer_running` when `end` is None and another session runs.
    """
    with _press(user, actor) as press:
        session = TimeSession.objects.for_user(user).filter(id=session_id).first()
        _refuse_stale(session, versions)
        _refuse_deleted(session)
        fields = clean_fields(
            {"name": "", "note": "", "billable": False, "end": None, **fields}, now=press.at, before=session
        )
        _refuse_second_running(user, fields, session)
        if session is None:
            return press.create(session_id, fields, Change.Action.CREATE), True
        return press.change(session, Change.Action.EDIT, fields), False


def edit_session(
    user: User,
    actor: Actor,
    session_id: UUID,
    *,
    versions: Container[int] | None = None,
    **fields: Unpack[SessionFields],
) -> TimeSession:
    """Changes the given fields of a session, running or finished; the others stay. `versions` and errors as in `put_session`."""
    with _press(user, actor) as press:
        session = _get(user, session_id)
        _refuse_stale(session, versions)
        _refuse_deleted(session)
        fields = clean_fields(fields, now=press.at, before=session)
        _refuse_second_running(user, fields, session)
        return press.change(session, Change.Action.EDIT, fields)


def delete_session(
    user: User, actor: Actor, session_id: UUID, *, versions: Container[int] | None = None
) -> TimeSession:
    """Moves a session to the Trash; a running one ends now. Nothing happens to one that is there already."""
    with _press(user, actor) as press:
        session = _get(user, session_id)
        _refuse_stale(session, versions)
        if session.deleted_at is not None:
            return session
        fields: SessionFields = {"end": max(press.at, session.start)} if session.is_running else {}
        return press.change(session, Change.Action.DELETE, fields, deleted_at=press.at)


def restore_session(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """Takes a session out of the Trash. Nothing happens to one that is not in it."""
    with _press(user, actor) as press:
        session = _get(user, session_id)
        if session.deleted_at is None:
            return session
        return press.change(session, Change.Action.RESTORE, {}, deleted_at=None)


@dataclass(frozen=True, slots=True)
class _Press:
    """One press: its rows share the instant and the batch."""

    user: User
    actor: Actor
    at: datetime
    batch: UUID

    def create(self, session_id: UUID | None, fields: SessionFields, action: Change.Action) -> TimeSession:
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
        Change.objects.create(
            user=self.user,
            session_id=session.id,
            batch=self.batch,
            action=action,
            source=self.actor.source,
            token=self.actor.token,
            operator=self.actor.operator,
            at=self.at,
            before=before,
            after=session.snapshot(),
        )
        return session


@contextmanager
def _press(user: User, actor: Actor) -> Iterator[_Press]:
    """A transaction in which this person is locked; the clock is read after the lock, so that instants follow its order."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        if locked is None:
            raise NotFoundError
        yield _Press(locked, actor, clock.now(), uuid7())


def _running(user: User) -> TimeSession | None:
    return TimeSession.objects.for_user(user).running().first()


def _get(user: User, session_id: UUID) -> TimeSession:
    try:
        session: TimeSession = TimeSession.objects.for_user(user).get(id=session_id)
    except TimeSession.DoesNotExist:
        raise NotFoundError from None
    return session


def _refuse_taken(user: User, session_id: UUID | None) -> None:
    if session_id is not None and TimeSession.objects.for_user(user).filter(id=session_id).exists():
        raise ConflictError(
            "id_taken", _("There is a session with this id already. Use PUT to change it, or another id.")
        )


def _refuse_stale(session: TimeSession | None, versions: Container[int] | None) -> None:
    if versions is not None and (session is None or session.version not in versions):
        raise StaleVersionError(session)


def _refuse_deleted(session: TimeSession | None) -> None:
    if session is not None and session.deleted_at is not None:
        raise ConflictError("deleted", _("This session is in the Trash. Restore it first, or use another id."))


def _refuse_second_running(user: User, fields: SessionFields, session: TimeSession | None) -> None:
    becomes_running = "end" in fields and fields["end"] is None and not (session is not None and session.is_running)
    if becomes_running and _running(user) is not None:
        raise ConflictError("timer_running", _("Another session is running. Stop it first, or give an end."))


def _not_before(running: TimeSession, start: datetime, now: datetime) -> datetime:
    """The start of a session that follows `running`: refused when chosen too early, not when the clock was set back."""
    if start < now:
        raise InvalidInputError(
            FieldError(
                "start",
                "before_running",
                _("This start is before that of the running session. Give a later start, or stop that one first."),
            )
        )
    return running.start
