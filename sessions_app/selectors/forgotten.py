"""Which running session was forgotten, by what we know of its person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions_app.models import TimeSession
from sessions_app.timekeeping.end_guess import guess_end
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A running session that was probably forgotten, and when it probably ended (UTC)."""

    session: TimeSession
    guess: datetime
    was_seen: bool


def find_forgotten(user: User, running: TimeSession | None, *, now: datetime) -> Forgotten | None:
    """Judges the running session of a person; asks no query. Nothing is changed by it."""
    if running is None:
        return None
    guess = guess_end(
        start=running.start,
        now=now,
        last_seen=user.last_seen_at.replace(microsecond=0) if user.last_seen_at and user.notes_last_seen else None,
        confirmed_at=running.confirmed_at,
        limit=timedelta(hours=user.long_session_hours),
        zone=running.zone,
    )
    return None if guess is None else Forgotten(running, guess.at, guess.was_seen)
