"""Whether a running session was forgotten, and when its person probably stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.periods import day_of, start_of_day

MIN_ABSENCE = timedelta(hours=1)
"""Who is missed over midnight for less than this is working late."""


@dataclass(frozen=True, slots=True)
class EndGuess:
    """When somebody probably stopped; `was_seen` tells a sighting from a mere limit."""

    at: datetime
    was_seen: bool


def guess_end(
    *,
    start: datetime,
    now: datetime,
    last_seen: datetime | None,
    confirmed_at: datetime | None,
    limit: timedelta,
    zone: ZoneInfo,
) -> EndGuess | None:
    """The probable end of a session that has run since `start`, or None while nothing speaks for it being forgotten.

    It was forgotten when it has run for longer than `limit`, or over a local midnight of `zone` with nobody there: no
    sighting for an hour or more around it. Both are counted from `confirmed_at`, when somebody last said that it goes
    on. All instants aware; `last_seen` None means that nobody looks. The guess is the last sighting, else the limit,
    and never after `now` or before `start`.
    """
    since = max(start, confirmed_at or start)
    seen = last_seen if last_seen is not None and since <= last_seen <= now else None
    is_too_long = now - since > limit
    if not (is_too_long or (last_seen is not None and _slept_over(seen or since, now, zone))):
        return None
    return EndGuess(seen, was_seen=True) if seen is not None else EndGuess(min(since + limit, now), was_seen=False)


def _slept_over(seen: datetime, now: datetime, zone: ZoneInfo) -> bool:
    today = day_of(now, zone)
    return seen < start_of_day(today, zone) and now - seen >= MIN_ABSENCE
