"""Reads single sessions of a user, and whether there are any."""

from uuid import UUID

from sessions_app.models import TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.timekeeping.periods import Period
from timetracker.db.compiled import CompiledGet
from timetracker.errors import NotFoundError
from users_app.models import User

MAX_TRASH = 500


def find_session(user: User, session_id: UUID) -> TimeSession | None:
    """Returns a session of the user by its id, in the Trash or not, else None."""
    return TimeSession.objects.for_user(user).filter(id=session_id).first()


def get_session(user: User, session_id: UUID, *, in_trash: bool = False) -> TimeSession:
    """Returns a session of the user, with `in_trash` also one in the Trash. Raises NotFoundError."""
    session = find_session(user, session_id)
    if session is None or (session.deleted_at is not None and not in_trash):
        raise NotFoundError
    return session


def find_running(user: User) -> TimeSession | None:
    """Returns the running session of the user, else None."""
    # Not first(): a unique constraint allows one row at most, and ORDER BY with LIMIT could make the planner read the
    # index of that order.
    return next(iter(_running(user_id=user.pk)), None)


_running = CompiledGet(lambda user_id: TimeSession.objects.for_user(user_id).running(), user_id=UUID(int=1))


def has_sessions(user: User) -> bool:
    """Returns whether the user has any sessions, the Trash included."""
    return TimeSession.objects.for_user(user).exists()


def has_sessions_in(user: User, period: Period, where: SessionFilter) -> bool:
    """Returns whether any session of the period passes the filter. At most three queries."""
    sessions = TimeSession.objects.for_user(user).matching(where)
    reads = (sessions.within_one_day, sessions.crossing, sessions.open_or_long)
    return any(read(period).exists() for read in reads)


def read_trash(user: User) -> list[TimeSession]:
    """Returns the sessions in the Trash, the latest deleted first, at most 500."""
    return list(TimeSession.objects.for_user(user).in_trash().order_by("-deleted_at")[:MAX_TRASH])
