"""How times and lengths read on a page: lengths by `timekeeping.durations`, times in the zone they belong to."""

from datetime import date, datetime

from django import template

from sessions_app.models import TimeSession
from sessions_app.timekeeping import durations
from users_app.models import User

register = template.Library()

register.filter("clock", durations.format_clock)
register.filter("elapsed", durations.format_elapsed)
register.filter("words", durations.format_words)


@register.filter
def iso(instant: datetime) -> str:
    """`2026-11-23T08:00:00+00:00`, for scripts and `<time>`."""
    return instant.isoformat()


@register.filter
def time_in(instant: datetime, owner: TimeSession | User) -> str:
    """`9:12`: the wall clock at that instant in the zone of a session or person."""
    local = instant.astimezone(owner.zone)
    return f"{local.hour}:{local.minute:02}"


@register.filter
def date_in(instant: datetime, owner: TimeSession | User) -> date:
    """The date at that instant in the zone of a session or person."""
    return instant.astimezone(owner.zone).date()


@register.filter
def seconds_at(session: TimeSession, now: datetime) -> int:
    """The length of a session; of a running one up to `now`."""
    return session.seconds_at(now)


@register.filter
def days_after_start(session: TimeSession) -> int:
    """How many days later than it began a session ended; one that ended at midnight ended on the day before it."""
    return 0 if session.last_date is None else (session.last_date - session.first_date).days
