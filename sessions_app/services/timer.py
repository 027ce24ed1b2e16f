"""Starting, stopping, switching and continuing the timer, and a user's answers about a forgotten timer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Unpack
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import Change, TimeSession
from sessions_app.selectors.forgotten import find_forgotten
from sessions_app.selectors.sessions import find_running, get_session
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.checks import (
    check_id_free,
    get_session_to_change,
)
from sessions_app.services.resolving import existing_references, resolve_fields
from sessions_app.services.validation import SessionFields, SessionInput, clean_fields, whole_second
from timetracker.errors import ConflictError, FieldError, InvalidInputError
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Switch:
    """The result of starting or stopping: the session started, the session stopped, and the instant (UTC)."""

    started: TimeSession | None
    stopped: TimeSession | None
    at: datetime


def start_timer(
    user: User,
    actor: Actor,
    *,
    session_id: UUID | None = None,
    if_running: Literal["stop", "fail", "guess"] = "stop",
    **fields: Unpack[SessionInput],
) -> Switch:
    """Starts a session, and ends the running session at the same instant.

    `start` may be in the past, but not before the start of the running session. `if_running` "guess" ends a forgotten
    session when its user was last seen, if that is known, and marks it so that the user checks its end; a session that
    was not forgotten ends as with "stop". Raises ConflictError `timer_running` when a session is running and
    `if_running` is "fail", and `id_taken` for an id in use.
    """
    with changeset(user, actor) as changes:
        check_id_free(user, session_id)
        given: SessionInput = {"start": changes.at, **fields, "end": None}
        resolved = resolve_fields(changes, clean_fields(given, now=changes.at))
        running = find_running(user)
        stopped = None
        if running is not None:
            if if_running == "fail":
                raise ConflictError("timer_running", _("A session is running. Stop it first, or leave out ifRunning."))
            stopped = _end_before_next(changes, running, resolved, guess=if_running == "guess")
        started = changes.create(session_id, resolved, Change.Action.START)
        return Switch(started, stopped, changes.at)


def toggle_timer(user: User, actor: Actor, *, session_id: UUID | None = None, **fields: Unpack[SessionInput]) -> Switch:
    """Stops the running session now; if none is running, starts one as `start_timer` does."""
    with changeset(user, actor):
        if find_running(user) is not None:
            return stop_timer(user, actor)
        return start_timer(user, actor, session_id=session_id, **fields)


def stop_timer(
    user: User, actor: Actor, *, session_id: UUID | None = None, end: datetime | None = None, discard: bool = False
) -> Switch:
    """Ends the running session now or at `end` (not in the future, not before its start), whatever its length.

    With `session_id`, stops only that session. Without a session to stop nothing changes, and `stopped` is None: a
    repeated stop is no error. With `discard`, moves the session to the Trash in the same changeset.
    """
    with changeset(user, actor) as changes:
        running = find_running(user)
        if running is None or (session_id is not None and running.id != session_id):
            return Switch(None, None, changes.at)
        # The server's clock may have been set back since the start.
        end = max(changes.at, running.start) if end is None else whole_second(end)
        if end < running.start:
            raise InvalidInputError(
                FieldError("end", "end_not_after_start", _("The end is before the start. Give a later end."))
            )
        if end > max(changes.at, running.start):
            raise InvalidInputError(
                FieldError("end", "in_future", _("This end hasn't come yet. Leave it out to stop now."))
            )
        if discard:
            stopped = changes.change(running, Change.Action.DISCARD, {"end": end, "deleted_at": changes.at})
        else:
            stopped = changes.change(running, Change.Action.STOP, {"end": end})
        return Switch(None, stopped, changes.at)


def continue_session(
    user: User,
    actor: Actor,
    session_id: UUID,
    *,
    new_id: UUID | None = None,
    start: datetime | None = None,
    if_running: Literal["stop", "guess"] = "guess",
) -> Switch:
    """Starts a session with the name, note, project, tags and billable mark of another, in the user's present zone.

    The new session gets the present rate, unless the other has a rate of its own. A project or tag deleted since is
    left out. `start`, `if_running` and errors are those of `start_timer`. Continuing the running session changes
    nothing: `started` is None. Raises NotFoundError for a session in the Trash.
    """
    with changeset(user, actor) as changes:
        session = get_session(user, session_id)
        if session.is_running:
            return Switch(None, None, changes.at)
        project_id, tag_ids = existing_references(user, session)
        fields: SessionInput = {
            "name": session.name,
            "note": session.note,
            "project_id": project_id,
            "tag_ids": tag_ids,
            "billable": session.billable,
        }
        if start is not None:
            fields["start"] = start
        if session.rate_is_override:
            fields |= {"hourly_rate": session.hourly_rate, "currency": session.currency}
        return start_timer(user, actor, session_id=new_id, if_running=if_running, **fields)


def confirm_running(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """Records the answer “Still going”: the user is asked again only after as long a time. Ignores an ended session."""
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id)
        if not session.is_running:
            return session
        return changes.change(session, Change.Action.CONFIRM, {"confirmed_at": changes.at})


def confirm_end(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """Records that the guessed end of a session is right, so that the user is no longer asked to check it."""
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id)
        return changes.change(session, Change.Action.CONFIRM, {"needs_end_check": False})


def _end_before_next(
    changes: ChangesetWriter, running: TimeSession, fields: SessionFields, *, guess: bool
) -> TimeSession:
    """Ends the running session at the start of the next, or with `guess`, if forgotten, when its user was last seen.

    Sets `start` in `fields` to the start of the running session if the server's clock was set back since then.
    """
    forgotten = find_forgotten(changes.user, running, now=changes.at) if guess else None
    if forgotten is not None and forgotten.guess <= fields["start"]:
        return changes.change(running, Change.Action.STOP, {"end": forgotten.guess, "needs_end_check": True})
    if fields["start"] < running.start:
        fields["start"] = _not_before(running, fields["start"], changes.at)
    return changes.change(running, Change.Action.STOP, {"end": fields["start"]})


def _not_before(running: TimeSession, start: datetime, now: datetime) -> datetime:
    """Returns the start of the session after `running`. Raises InvalidInputError if it was given too early."""
    if start < now:
        message = _("This start is before that of the running session. Give a later start, or stop that one first.")
        raise InvalidInputError(FieldError("start", "before_running", message))
    return running.start
