"""Duplicating, splitting, merging and inserting sessions, and moving them to another day, each as one changeset."""

from collections.abc import Container
from datetime import date, datetime
from typing import Unpack, cast
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import Change, TimeSession
from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from sessions_app.services.checks import get_session_to_change
from sessions_app.services.resolving import resolve_fields
from sessions_app.services.validation import (
    LAST_INSTANT,
    SessionFields,
    SessionInput,
    check_times_given,
    clean_fields,
    whole_second,
)
from sessions_app.timekeeping.local_times import AmbiguousTimeError, NonexistentTimeError, to_instant
from timetracker.errors import ConflictError, FieldError, InvalidInputError
from users_app.models import User


def duplicate_session(user: User, actor: Actor, session_id: UUID) -> TimeSession:
    """Copies a finished session with its times. Raises ConflictError `timer_running` for the running one."""
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id)
        if session.is_running:
            raise ConflictError("timer_running", _("A running session cannot be duplicated. Stop it first."))
        return changes.create(None, _fields_of(session), Change.Action.DUPLICATE)


def split_session(
    user: User, actor: Actor, session_id: UUID, at: datetime, *, versions: Container[int] | None = None
) -> tuple[TimeSession, TimeSession]:
    """Splits a session at an instant inside it. The second part of a running session is running."""
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id, versions=versions)
        at = whole_second(at)
        if not session.start < at < (session.end or changes.at):
            message = _("This is not between the start and the end. Give a time inside the session.")
            raise InvalidInputError(FieldError("at", "out_of_range", message))
        rest: SessionFields = {**_fields_of(session), "start": at}
        first = changes.change(session, Change.Action.SPLIT, {"end": at, "needs_end_check": False})
        return first, changes.create(None, rest, Change.Action.SPLIT)


def merge_sessions(user: User, actor: Actor, session_id: UUID, other_id: UUID) -> TimeSession:
    """Merges two neighbours into one session, from the earlier start to the later end, the gap included.

    The earlier session keeps its id, name, zone, project and rate, and gets the other's where it has none. Notes and
    tags are joined; the result is billable if either was. The later session goes to the Trash. Raises ConflictError
    `not_neighbours` when a third session begins between them.
    """
    with changeset(user, actor) as changes:
        pair = [get_session_to_change(user, session_id), get_session_to_change(user, other_id)]
        first, second = sorted(pair, key=lambda session: (session.start, session.id))
        if first.id == second.id:
            raise InvalidInputError(FieldError("other", "does_not_match", _("Choose another session to merge with.")))
        _check_adjacent(user, first, second)
        last = max(first, second, key=lambda session: session.end or LAST_INSTANT)
        fields: SessionFields = {
            "name": first.name or second.name,
            "note": "\n".join(note for note in (first.note, second.note) if note),
            "tag_ids": tuple(sorted({*first.tag_ids, *second.tag_ids})),
            "billable": first.billable or second.billable,
            "end": last.end,
            "confirmed_at": last.confirmed_at,
            "needs_end_check": last.needs_end_check,
        }
        if first.project_id is None and second.project_id is not None:
            fields["project_id"] = second.project_id
        if first.hourly_rate is None and second.hourly_rate is not None:
            fields |= {
                "hourly_rate": second.hourly_rate,
                "currency": second.currency,
                "rate_is_override": second.rate_is_override,
            }
        fields = clean_fields(fields, now=changes.at, before=first)
        ended: SessionFields = {"end": max(changes.at, second.start)} if second.is_running else {}
        changes.change(second, Change.Action.MERGE, {**ended, "deleted_at": changes.at})
        return changes.change(first, Change.Action.MERGE, fields)


def move_session(
    user: User, actor: Actor, session_id: UUID, day: date, *, occurrence: int | None = None
) -> TimeSession:
    """Moves a session to another day, with the same time of day in its zone, and the same length.

    Of a running session only the start moves. When the clock changed at that time of that day, raises InvalidInputError
    `nonexistent_time` or, unless `occurrence` is 1 or 2, `ambiguous_time`.
    """
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id)
        local = session.start.astimezone(session.zone)
        if local.date() == day:
            return session
        fields: SessionFields = {}
        try:
            fields["start"] = to_instant(datetime.combine(day, local.time()), session.zone, occurrence=occurrence)
            if session.end is not None:
                fields["end"] = fields["start"] + (session.end - session.start)
        except OverflowError:
            raise InvalidInputError(FieldError("day", "out_of_range", _("Give a day nearer to today."))) from None
        except NonexistentTimeError as error:
            raise InvalidInputError(FieldError("day", "nonexistent_time", _skipped(error))) from None
        except AmbiguousTimeError as error:
            raise InvalidInputError(FieldError("day", "ambiguous_time", _twice(error))) from None
        return changes.change(session, Change.Action.MOVE, clean_fields(fields, now=changes.at, before=session))


def insert_session(
    user: User, actor: Actor, host_id: UUID, *, versions: Container[int] | None = None, **fields: Unpack[SessionInput]
) -> TimeSession:
    """Inserts a new session into another, the host, which is split or shortened to make room.

    `start` and `end` are required, within the host, and may not cover all of it. The host may be running.
    """
    check_times_given(fields, "start", "end")
    with changeset(user, actor) as changes:
        host = get_session_to_change(user, host_id, versions=versions)
        host_end = host.end
        given: SessionInput = {"timezone": host.timezone, **fields}
        resolved = resolve_fields(changes, clean_fields(given, now=changes.at))
        start, end = resolved["start"], resolved["end"]
        if end is None or start < host.start or end > (host_end or changes.at):
            message = _("This is not inside the other session. Give times between its start and its end.")
            raise InvalidInputError(FieldError("start", "out_of_range", message))
        if start == host.start and end == host_end:
            message = _("This would cover all of the other session. Change that one instead.")
            raise InvalidInputError(FieldError("start", "covers_all", message))
        _make_room(changes, host, start, end)
        return changes.create(None, resolved, Change.Action.INSERT)


def _skipped(error: NonexistentTimeError) -> str:
    message = _("%(time)s did not exist on that day: the clock was put forward and went on at %(resumes)s.")
    return message % {"time": f"{error.local:%H:%M}", "resumes": f"{error.resumes_at:%H:%M}"}


def _twice(error: AmbiguousTimeError) -> str:
    message = _("%(time)s came twice on that day: the clock was put back. Say which you mean.")
    return message % {"time": f"{error.local:%H:%M}"}


def _make_room(changes: ChangesetWriter, host: TimeSession, start: datetime, end: datetime) -> None:
    """Removes `[start, end)` from the host; what remains after `end` becomes another session."""
    if start == host.start:
        changes.change(host, Change.Action.INSERT, {"start": end})
        return
    tail: SessionFields = {**_fields_of(host), "start": end}
    changes.change(host, Change.Action.INSERT, {"end": start, "needs_end_check": False})
    if end != tail["end"]:
        changes.create(None, tail, Change.Action.INSERT)


def _fields_of(session: TimeSession) -> SessionFields:
    """Returns the fields that a copy of a session takes over, with the end and the marks about it."""
    names = (name for name in TimeSession.TRACKED_FIELDS if name != "deleted_at")
    return cast("SessionFields", {name: getattr(session, name) for name in names})


def _check_adjacent(user: User, first: TimeSession, second: TimeSession) -> None:
    """Raises ConflictError `not_neighbours` when a third session begins between them, by start, then id."""
    between = (
        TimeSession.objects.for_user(user)
        .not_deleted()
        .filter(start__gte=first.start, start__lte=second.start)
        .exclude(start=first.start, id__lte=first.id)
        .exclude(start=second.start, id__gte=second.id)
    )
    if between.exists():
        raise ConflictError("not_neighbours", _("Another session begins between these two. Merge neighbours only."))
