"""Durations without times of day: adding and changing them, as the week grid does."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sessions_app.models import Change, TimeSession
from sessions_app.services.changeset import Actor, changeset
from sessions_app.services.checks import get_session_to_change
from sessions_app.services.resolving import resolve_fields
from sessions_app.services.sessions import edit_session
from sessions_app.services.validation import check_length, clean_fields
from sessions_app.timekeeping.periods import EARLIEST_DATE, LATEST_DATE, Period, day_period
from sessions_app.timekeeping.placing import start_on_day
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import User

_DAY = timedelta(days=1)


def add_hours(user: User, actor: Actor, *, day: date, length_seconds: int, project_id: UUID | None) -> TimeSession:
    """Adds a session of a given length, without known times, to a local day of the user, where the day has room.

    Raises InvalidInputError at `duration` when the day is shorter, and at `day` for a day that is out of range.
    """
    check_length(length_seconds, "duration")
    if not EARLIEST_DATE + _DAY <= day <= LATEST_DATE - 2 * _DAY:
        raise InvalidInputError(FieldError("day", "out_of_range", _("Give a day nearer to today.")))
    length = timedelta(seconds=length_seconds)
    with changeset(user, actor) as changes:
        taken = read_taken(user, [day], now=changes.at)
        start = start_on_day(day, length, taken, user.zone, changes.at)
        _check_within(day, start + length, user.zone)
        fields = clean_fields(
            {"start": start, "end": start + length, "project_id": project_id, "timezone": user.timezone},
            now=changes.at,
        )
        return changes.create(None, {**resolve_fields(changes, fields), "times_known": False}, Change.Action.CREATE)


def change_hours(
    user: User, actor: Actor, session_id: UUID, *, versions: Collection[int], length_seconds: int
) -> TimeSession:
    """Changes the length of a finished session within its day by moving its end.

    A session without known times is moved to where the day has room. Raises StaleVersionError unless the session has
    one of `versions`, and InvalidInputError at `duration` when it would end on a later day.
    """
    check_length(length_seconds, "duration")
    length = timedelta(seconds=length_seconds)
    with changeset(user, actor) as changes:
        session = get_session_to_change(user, session_id, versions=versions)
        day, zone = session.first_date, session.zone
        if session.times_known:
            _check_within(day, session.start + length, zone)
            return edit_session(user, actor, session_id, end=session.start + length)
        taken = read_taken(user, [day], now=changes.at, besides=session.id)
        start = start_on_day(day, length, taken, zone, changes.at)
        _check_within(day, start + length, zone)
        fields = clean_fields({"start": start, "end": start + length}, now=changes.at, before=session)
        return changes.change(session, Change.Action.EDIT, resolve_fields(changes, fields, session))


def read_taken(
    user: User, days: Iterable[date], *, now: datetime, besides: UUID | None = None
) -> list[tuple[datetime, datetime]]:
    """Returns the intervals (UTC) of the sessions on some local days and around them. Three queries."""
    days = list(days)
    period = Period(min(days) - _DAY, max(days) + 2 * _DAY)
    sessions = TimeSession.objects.for_user(user)
    found = [
        *sessions.starting_in(period).values_list("id", "start", "end"),
        *sessions.crossing(period).filter(first_date__lt=period.first).values_list("id", "start", "end"),
        *sessions.open_or_long(period).filter(first_date__lt=period.first).values_list("id", "start", "end"),
    ]
    return [(start, max(end or now, start)) for session_id, start, end in found if session_id != besides]


def _check_within(day: date, end: datetime, zone: ZoneInfo) -> None:
    if end > day_period(day).bounds(zone)[1]:
        message = _("This is more than the day has left. Give a shorter length, or enter it with its times.")
        raise InvalidInputError(FieldError("duration", "out_of_range", message))
