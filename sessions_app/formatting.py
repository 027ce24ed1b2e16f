"""Formats times, dates and amounts as a user chose, for pages and their messages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_names
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from sessions_app.models import TimeSession
from sessions_app.timekeeping import display
from sessions_app.timekeeping.durations import format_clock, format_decimal, format_words, shown_seconds
from timetracker.characters import isolate
from timetracker.money import format_amount, format_rate, format_rate_input
from users_app.models import Clock, DateFormat, DurationFormat, User

COLOUR_NAMES = (
    gettext_lazy("Blue"),
    gettext_lazy("Harbour"),
    gettext_lazy("Teal"),
    gettext_lazy("Fern"),
    gettext_lazy("Moss"),
    gettext_lazy("Rust"),
    gettext_lazy("Rose"),
    gettext_lazy("Plum"),
)
"""The names of the colours of projects, from 1 on."""


class Priced(Protocol):
    """Anything that may have a rate."""

    hourly_rate: Decimal | None
    currency: str


def format_time(instant: datetime, zone: ZoneInfo, user: User) -> str:
    """Returns the time in `zone` at that instant: `15:30` or `3:30 pm`."""
    local = instant.astimezone(zone).time()
    if user.clock == Clock.HOURS_24:  # which needs no words: a page has hundreds of times
        return display.format_time(local, user.clock)
    return display.format_time(local, user.clock, am=pgettext("time", "am"), pm=pgettext("time", "pm"))


def format_end(start: datetime, end: datetime, zone: ZoneInfo, user: User) -> str:
    """Returns the time at `end`, with `(+1 day)` where that is on a later day of `zone` than `start`."""
    time = format_time(end, zone, user)
    days = (end.astimezone(zone).date() - start.astimezone(zone).date()).days
    if days == 0:
        return time
    if days == 1:
        return _("%(time)s (+1 day)") % {"time": time}
    return _("%(time)s (%(days)s days)") % {"time": time, "days": f"{days:+}"}


def format_times(session: TimeSession, user: User) -> str:
    """Returns the times of a finished session, `9:12–10:40`, or `length only` when they are not known."""
    times = session.clock_times()
    if times is None:
        return _("length only")
    start, end = times
    assert end is not None  # noqa: S101 - of a finished one
    return f"{format_time(start, session.zone, user)}–{format_time(end, session.zone, user)}"


def format_date(day: date, user: User, *, has_weekday: bool = False, has_year: bool = False) -> str:
    """Returns `18 Nov`, with weekday and year `Tue 18 Nov 2025`; or with the month first, or as 2025-11-18."""
    return display.format_date(
        day,
        user.date_format,
        month=format_names(day, "M"),
        weekday=format_names(day, "D") if has_weekday else "",
        has_year=has_year,
    )


def format_long_date(day: date, user: User, *, has_year: bool) -> str:
    """Returns `Tuesday, 18 November`, for a heading, with the year or without; or as the user has dates."""
    return display.format_date(
        day,
        user.date_format,
        month=format_names(day, "F"),
        weekday=f"{format_names(day, 'l')},",
        has_year=has_year,
    )


def format_week(first: date, user: User, *, this_year: int) -> str:
    """Returns the seven days from `first` on for a heading, with the year if it is another one.

    `23 to 29 November`, `November 23 to 29`, `30 December 2024 to 5 January 2025`; ISO dates whole.
    """
    last = first + timedelta(days=6)
    once = user.date_format if first.month == last.month else None  # the month, said with the day that it stands beside
    start = display.format_date(
        first,
        user.date_format,
        month="" if once == DateFormat.DAY_FIRST else format_names(first, "F"),
        has_year=first.year != last.year,
    ).strip()
    end = display.format_date(
        last,
        user.date_format,
        month="" if once == DateFormat.MONTH_FIRST else format_names(last, "F"),
        has_year=not first.year == last.year == this_year,
    ).strip()
    return _("%(first)s to %(last)s") % {"first": start, "last": end}


def format_length(seconds: int, user: User, *, is_narrow: bool = False) -> str:
    """Returns a length as the user has durations: `1:28`, `1 h 28 min` or `1.46`; `is_narrow` leaves no words."""
    if user.duration_format == DurationFormat.DECIMAL:
        return format_decimal(seconds)
    if user.duration_format == DurationFormat.WORDS and not is_narrow:
        return format_words(seconds) if seconds else "0 h"
    return format_clock(seconds)


def format_rounding_note(sums: Iterable[tuple[int, Iterable[int]]], style: str) -> str:
    """Returns the sentence for a page on which a total does not add up as it is shown; "" when all do.

    `sums` are totals, each with the parts that stand under it, in seconds. Each is rounded for itself.
    """
    if all(shown_seconds(total, style) == sum(shown_seconds(each, style) for each in parts) for total, parts in sums):
        return ""
    return _("Totals count every second, so they can differ from the sum of the rounded lengths shown.")


def list_amounts(amounts: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Returns `1,234.50 EUR` and `20.00 USD`, in the order of the codes: currencies are never added up."""
    return tuple(format_amount(amount, currency) for currency, amount in sorted(amounts.items()))


def format_amounts(amounts: Mapping[str, Decimal]) -> str:
    """Returns `1,234.50 EUR`, for several currencies `1,234.50 EUR + 20.00 USD`, for none ""."""
    return " + ".join(list_amounts(amounts))


def format_hourly_rate(priced: Priced) -> str:
    """Returns the rate of a session, project, client or user: `80.00 EUR`, `80` without a currency, else ""."""
    if priced.hourly_rate is None:
        return ""
    return (
        format_rate(priced.hourly_rate, priced.currency) if priced.currency else format_rate_input(priced.hourly_rate)
    )


def format_colour(colour: int) -> str:
    """Returns the name of a colour of projects, 1 to 8: `Teal` for 3."""
    return str(COLOUR_NAMES[colour - 1])


def format_value(value: object, format_instant: Callable[[datetime], str]) -> str:
    """Returns the value of a field: `yes`, `80.50`, `Draft`; `–` for none. `format_instant` formats instants."""
    match value:
        case None | "":
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return format_instant(value)
        case Decimal():
            return format_rate_input(value)
        case _:
            return str(value)


def format_added(session: TimeSession, user: User) -> str:
    """Returns the message after a session was added. It repeats the times, so that a misreading is noticed at once."""
    end = session.end or session.start
    return _("Added “%(name)s”, %(date)s, %(start)s–%(end)s, %(duration)s.") % {
        "name": isolate(str(session)),
        "date": format_date(session.first_date, user, has_weekday=True),
        "start": format_time(session.start, session.zone, user),
        "end": format_end(session.start, end, session.zone, user),
        "duration": format_words(session.duration_seconds or 0),
    }
