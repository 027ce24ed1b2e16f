"""Finds out whether the running session of a user was forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions_app.models import TimeSession
from sessions_app.timekeeping.end_guess import guess_end
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A running session that was probably forgotten, and its probable end (UTC). `was_seen` is as in `EndGuess`."""

    session: TimeSession
    guess: datetime
    was_seen: bool


def find_forgotten(user: User, running: TimeSession | None, *, now: datetime) -> Forgotten | None:
    """Returns the running session if it was probably forgotten, else None. No query; nothing is changed."""
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
