"""Creating, replacing, editing, deleting and restoring sessions, one or many."""

from collections.abc import Container, Iterable
from datetime import timedelta
from typing import Unpack
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import Change, TimeSession
from sessions_app.selectors.sessions import find_session, get_session
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.checks import (
    check_id_free,
    check_none_running,
    check_not_deleted,
    check_version,
    get_session_to_change,
)
from sessions_app.services.resolving import existing_references, resolve_fields, without_shown_rate
from sessions_app.services.validation import (
    LAST_INSTANT,
    SessionFields,
    SessionInput,
    check_length,
    check_times_given,
    clean_fields,
    set_end_by_length,
    whole_second,
)
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User


def save_session(
    user: User, actor: Actor, *, session_id: UUID | None = None, **fields: Unpack[SessionInput]
) -> TimeSession:
    """Creates a finished session. `start` is required, and `end` or `length_seconds`.

    Raises ConflictError `id_taken` for an id in use.
    """
    fields = set_end_by_length(fields)
    check_times_given(fields, "start", "end")
    with changeset(user, actor) as changes:
        check_id_free(user, session_id)
        return changes.create(
            session_id, resolve_fields(changes, clean_fields(fields, now=changes.at)), Change.Action.CREATE
        )


def put_session(
    user: User,
    actor: Actor,
    session_id: UUID,
    *,
    versions: Container[int | str] | None = None,
    creates_only: bool = False,
    keeps_shown_rate: bool = False,
    **fields: Unpack[SessionInput],
) -> tuple[TimeSession, bool]:
    """Creates or replaces the session with an id; returns the session and whether it is new. Safe to repeat.

    `start` is required. Other absent fields become empty, except the time zone and a rate given to this session, which
    stay, and `billable`, which follows the project. `keeps_shown_rate` ignores a rate equal to the present one, so that
    a client can send back what it read; otherwise that rate is given to this session.

    `versions` are those that the caller may have read. Raises StaleVersionError when the session is missing or has
    another version, and with `creates_only` when it exists; ConflictError `deleted` for a session in the Trash, and
    `timer_running` when `end` is None and another session is running.
    """
    check_times_given(fields, "start")
    fields = set_end_by_length(fields)
    fields = {"name": "", "note": "", "project_id": None, "tags": (), "end": None, **fields}
    with changeset(user, actor) as changes:
        session = find_session(user, session_id)
        check_version(session, () if creates_only and session is not None else versions)
        check_not_deleted(session)
        if session is not None:
            fields = without_shown_rate(fields, session) if keeps_shown_rate else fields
            return _edit(changes, session, fields, is_whole=True), False
        resolved = resolve_fields(changes, clean_fields(fields, now=changes.at))
        check_none_running(user, resolved, None)
        return changes.create(session_id, resolved, Change.Action.CREATE), True


def edit_session(
    user: User,
    actor: Actor,
    session_id: UUID,
    *,
    versions: Container[int | str] | None = None,
    keeps_shown_rate: bool = False,
    duration_seconds: int | None = None,
    **fields: Unpack[SessionInput],
) -> TimeSession:
    """Changes the given fields of a session, running or finished.

    `duration_seconds` moves the end of a finished session or the start of a running one, and cannot be given together
    with that field; `length_seconds` always sets the end. `versions`, `keeps_shown_rate` and errors are those of
    `put_session`.
    """
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id, versions=versions)
        fields = set_end_by_length(fields, session)
        fields = without_shown_rate(fields, session) if keeps_shown_rate else fields
        if duration_seconds is not None:
            fields = _with_duration(changes, session, fields, duration_seconds)
        return _edit(changes, session, fields)


def edit_sessions(
    user: User, actor: Actor, session_ids: Iterable[UUID], **fields: Unpack[SessionInput]
) -> list[TimeSession]:
    """Changes the given fields of many sessions, all or none, as one changeset."""
    with changeset(user, actor) as changes:
        return [_edit(changes, get_session_to_change(user, session_id), fields) for session_id in session_ids]


def delete_session(
    user: User, actor: Actor, session_id: UUID, *, versions: Container[int | str] | None = None
) -> TimeSession:
    """Moves a session to the Trash; a running session ends now. Does nothing if it is in the Trash."""
    with changeset(user, actor) as changes:
        session = get_session(user, session_id, in_trash=True)
        check_version(session, versions)
        return _delete(changes, session)


def delete_sessions(user: User, actor: Actor, session_ids: Iterable[UUID]) -> list[TimeSession]:
    """Moves many sessions to the Trash, all or none, as one changeset."""
    with changeset(user, actor) as changes:
        return [_delete(changes, get_session(user, session_id, in_trash=True)) for session_id in session_ids]


def restore_session(
    user: User, actor: Actor, session_id: UUID, *, versions: Container[int | str] | None = None
) -> TimeSession:
    """Takes a session out of the Trash, without a project or tags deleted since. Does nothing if it is not in there."""
    with changeset(user, actor) as changes:
        session = get_session(user, session_id, in_trash=True)
        check_version(session, versions)
        if session.deleted_at is None:
            return session
        project_id, tag_ids = existing_references(user, session)
        fields: SessionFields = {"project_id": project_id, "tag_ids": tag_ids, "deleted_at": None}
        return changes.change(session, Change.Action.RESTORE, fields)


def _edit(
    changes: ChangesetWriter, session: TimeSession, fields: SessionInput, *, is_whole: bool = False
) -> TimeSession:
    cleaned = clean_fields(fields, now=changes.at, before=session)
    resolved = resolve_fields(changes, cleaned, session, is_whole=is_whole)
    check_none_running(changes.user, resolved, session)
    if resolved.get("end", session.end) != session.end:
        resolved["needs_end_check"] = False  # a user who sets the end has checked it
    if any(resolved.get(name, getattr(session, name)) != getattr(session, name) for name in ("start", "end")):
        resolved["times_known"] = True
    return changes.change(session, Change.Action.EDIT, resolved)


def _delete(changes: ChangesetWriter, session: TimeSession) -> TimeSession:
    if session.deleted_at is not None:
        return session
    fields: SessionFields = {"end": max(changes.at, session.start)} if session.is_running else {}
    return changes.change(session, Change.Action.DELETE, {**fields, "deleted_at": changes.at})


def _with_duration(changes: ChangesetWriter, session: TimeSession, fields: SessionInput, seconds: int) -> SessionInput:
    """Returns `fields` with the end, or for a running session the start, that makes it last `seconds`."""
    moved = "start" if session.is_running else "end"
    if moved in fields or fields.get("end", session.end) != session.end:
        message = _("Give either the duration or the times, not both.")
        raise InvalidInputError(FieldError("duration", "does_not_match", message))
    check_length(seconds, "duration")
    length = timedelta(seconds=seconds)
    if session.is_running:
        return {**fields, "start": changes.at - length}
    # Avoids an overflow: validation reports a start at the end of the calendar.
    start = min(whole_second(fields.get("start", session.start)), LAST_INSTANT - length)
    return {**fields, "end": start + length}
