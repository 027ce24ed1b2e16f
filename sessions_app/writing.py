"""Times, dates and sentences about sessions, written as a person has chosen: for pages and their messages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_names
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sessions_app.models import TimeSession
from sessions_app.timekeeping import display
from sessions_app.timekeeping.durations import format_words
from users_app.models import User


def write_time(instant: datetime, zone: ZoneInfo, person: User) -> str:
    """The wall clock of `zone` at that instant: `15:30` or `3:30 pm`."""
    local = instant.astimezone(zone).time()
    return display.format_time(local, person.clock, am=pgettext("time", "am"), pm=pgettext("time", "pm"))


def write_date(day: date, person: User, *, has_weekday: bool = False, has_year: bool = False) -> str:
    """`18 Nov`, with weekday and year `Tue 18 Nov 2025`; or month first, or as 2025-11-18."""
    return display.format_date(
        day,
        person.date_format,
        month=format_names(day, "M"),
        weekday=format_names(day, "D") if has_weekday else "",
        has_year=has_year,
    )


def added(session: TimeSession, person: User) -> str:
    """What was added, so that a misreading is seen at once."""
    return _("Added “%(name)s”, %(date)s, %(start)s–%(end)s, %(duration)s.") % {
        "name": session,
        "date": write_date(session.first_date, person, has_weekday=True),
        "start": write_time(session.start, session.zone, person),
        "end": write_time(session.end or session.start, session.zone, person),
        "duration": format_words(session.duration_seconds or 0),
    }
