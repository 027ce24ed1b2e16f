"""Formats times, dates and durations on pages.

The tags follow the settings of the page's user (`page.user`). The filters do not: sentences have durations in words
whatever the setting, and the running clock shows its seconds.
"""

from datetime import date, datetime, timedelta
from typing import cast

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sessions_app.formatting import (
    format_amounts,
    format_date,
    format_hourly_rate,
    format_length,
    format_long_date,
    format_time,
    format_times,
    format_value,
    list_amounts,
)
from sessions_app.models import Change, TimeSession
from sessions_app.selectors import history
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping import durations
from users_app.models import Clock, DurationFormat, User

register = template.Library()

register.filter("clock", durations.format_clock)
register.filter("elapsed", durations.format_elapsed)
register.filter("words", durations.format_words)
register.filter("amounts", format_amounts)
register.filter("list_amounts", list_amounts)
register.filter("rate", format_hourly_rate)

_DATE_STYLES = {"short", "year", "weekday", "full", "long"}
_BILLABLE_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}


@register.simple_tag(takes_context=True)
def time_at(context: Context, instant: datetime, owner: TimeSession | User | None = None) -> str:
    """`{% time_at session.start session %}`: the local time `9:12` in the zone of a session, or of the user."""
    user = _user(context)
    return format_time(instant, (owner or user).zone, user)


@register.simple_tag(takes_context=True)
def hour_of(context: Context, hour: int) -> int:
    """`{% hour_of 15 %}`: `15`, or `3` on a 12-hour clock, for labels with little room."""
    return hour if _user(context).clock == Clock.HOURS_24 else (hour - 1) % 12 + 1


@register.simple_tag(takes_context=True)
def times_of(context: Context, session: TimeSession) -> str:
    """`{% times_of session %}`: `9:12–10:40` for a finished session; `length only` when its times are not known."""
    return format_times(session, _user(context))


@register.simple_tag(takes_context=True)
def date_of(context: Context, day: date, style: str = "short") -> str:
    """`{% date_of day %}`: `18 Nov`; with "year" `18 Nov 2025`, "weekday" `Tue 18 Nov`, "full" `Tue 18 Nov 2025`.

    With "long", for headings, `Tuesday, 18 November`, followed by the year unless it is the current one.
    """
    if style not in _DATE_STYLES:
        raise template.TemplateSyntaxError(f"date_of knows no style {style!r}")
    if style == "long":
        return format_long_date(day, _user(context), has_year=day.year != context["page"].today.year)
    return format_date(
        day, _user(context), has_weekday=style in {"weekday", "full"}, has_year=style in {"year", "full"}
    )


@register.simple_tag(takes_context=True)
def duration(context: Context, seconds: int) -> str:
    """`{% duration total.seconds %}`: `1:28`, `1 h 28 min` or `1.46`, for tables, totals and rows."""
    return format_length(seconds, _user(context))


@register.simple_tag(takes_context=True)
def duration_narrow(context: Context, seconds: int) -> str:
    """`{% duration_narrow total.seconds %}`: as `duration`, but never in words, for bars and the calendar's cells."""
    return format_length(seconds, _user(context), is_narrow=True)


@register.simple_tag(takes_context=True)
def billable_sign(context: Context, session: TimeSession) -> str:
    """`{% billable_sign session %}`: the sign of the session's currency, or of the user's: `€`; `$` for others."""
    return _BILLABLE_SIGNS.get(session.currency or _user(context).currency, "$")


@register.simple_tag(takes_context=True)
def counting(context: Context, seconds: int, *, is_narrow: bool = False) -> str:
    """`{% counting total.seconds %}`: as `duration`, and clock.js keeps it up to date while the running session counts.

    With `is_narrow=True` formatted as by `duration_narrow`.
    """
    user = _user(context)
    text = format_length(seconds, user, is_narrow=is_narrow)
    if context["frame"].running is None:
        return text
    style = user.duration_format
    if is_narrow and style == DurationFormat.WORDS:
        style = DurationFormat.CLOCK
    return format_html('<span data-counts="{}" data-style="{}">{}</span>', seconds, style, text)


@register.filter
def iso(instant: datetime) -> str:
    """`2026-11-23T08:00:00+00:00`, for scripts and `<time>`."""
    return instant.isoformat()


@register.filter
def seconds_at(session: TimeSession, now: datetime) -> int:
    """Returns the seconds of a session, up to `now` if it is running."""
    return session.seconds_at(now)


@register.filter
def days_after_start(session: TimeSession) -> int:
    """Returns the number of days from a session's first day to its last, which excludes an end at midnight."""
    return 0 if session.last_date is None else (session.last_date - session.first_date).days


@register.filter
def until(instant: datetime, length: timedelta) -> date:
    """Returns the date (UTC) that is `length` after an instant."""
    return (instant + length).date()


@register.simple_tag(takes_context=True)
def local_date(context: Context, instant: datetime) -> date:
    """`{% local_date instant as day %}`: the date of an instant in the user's zone."""
    return instant.astimezone(_user(context).zone).date()


@register.simple_tag(takes_context=True)
def last_seen(context: Context, instant: datetime) -> str:
    """`{% last_seen device.last_seen_at as seen %}`: `today, 9:12`, `yesterday, 9:12`, before `18 Nov 2025`."""
    user, today = _user(context), context["page"].today
    day, time = local_date(context, instant), format_time(instant, user.zone, user)
    if day == today:
        return _("today, %(time)s") % {"time": time}
    if day == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": time}
    return format_date(day, user, has_year=True)


@register.simple_tag(takes_context=True)
def differences(context: Context, change: Change, catalogue: Catalogue) -> list[str]:
    """Returns the changed fields of a change, each as `name: Draft → Letter`, with times in the user's zone."""
    user = _user(context)

    def format_instant(instant: datetime) -> str:
        day = format_date(instant.astimezone(user.zone).date(), user)
        return f"{day}, {format_time(instant, user.zone, user)}"

    return [
        f"{each.label}: {format_value(each.before, format_instant)} → {format_value(each.after, format_instant)}"
        for each in history.differences(change, catalogue)
    ]


def _user(context: Context) -> User:
    return cast("User", context["page"].user)
