"""Decides whether a running session was forgotten, and guesses when its user stopped working."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sessions_app.timekeeping.periods import day_of, start_of_day

MIN_ABSENCE = timedelta(hours=1)
"""The shortest absence over midnight that makes a session look forgotten: after a shorter one, the user works late."""


@dataclass(frozen=True, slots=True)
class EndGuess:
    """The probable end of a forgotten session: when the user was last seen, or, without `was_seen`, the limit."""

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
    """Returns the probable end of a session that runs since `start`, or None unless it looks forgotten.

    A session looks forgotten when it has run for longer than `limit`, or over a local midnight of `zone` while the user
    was not seen for MIN_ABSENCE or more. Both count from `confirmed_at`, when the user last confirmed that the session
    goes on. All instants are aware. `last_seen` is None for users without a record of it. The guess is the time when
    the user was last seen, else the limit, and lies within `[start, now]`.
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
