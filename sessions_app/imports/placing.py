"""The times of imported sessions: those of their rows, or for hours without times of day, where the day has room."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sessions_app.imports.candidates import Candidate
from sessions_app.services.hours import read_taken
from sessions_app.timekeeping.placing import start_on_day
from users_app.models import User
from users_app.zones import zone_or_utc

Times = tuple[datetime, datetime]
"""Start and end (UTC)."""


def times_of(user: User, candidates: Sequence[Candidate], now: datetime, earlier: Sequence[Times] = ()) -> list[Times]:
    """Returns start and end of each candidate; for hours without times of day, where the day has room.

    `earlier` are the times of previous candidates that are not stored. Up to three queries.
    """
    taken = [*_taken(user, [each for each in candidates if each.start is None], now), *earlier]
    times: list[Times] = []
    for each in candidates:
        if each.start is not None and each.end is not None:
            start, end = each.start, each.end
        else:
            length = timedelta(seconds=each.seconds)
            start = start_on_day(each.day, length, taken, zone_or_utc(each.timezone), now)
            end = start + length
        taken.append((start, end))
        times.append((start, end))
    return times


def _taken(user: User, without_clock: Sequence[Candidate], now: datetime) -> list[Times]:
    """Returns the intervals of the user's sessions on the days of these candidates."""
    if not without_clock:
        return []
    return read_taken(user, [each.day for each in without_clock], now=now)
