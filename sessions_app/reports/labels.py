"""Formats what reports say in words: periods, group values, rounding and the difference it makes."""

import datetime as dt
from uuid import UUID

from django.utils.dateformat import format as format_names
from django.utils.translation import gettext as _

from sessions_app.formatting import format_date
from sessions_app.reports.dimensions import Dimension, GroupValue
from sessions_app.reports.report import Figures
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.timekeeping.durations import format_exact
from sessions_app.timekeeping.periods import Period, day_period, month_period
from sessions_app.timekeeping.rounding import Rounding
from users_app.models import User

ALL_TIME = Period(dt.date(1970, 1, 1), dt.date(3000, 1, 1))
"""All dates that a session may have. A period that shares a bound with it is not limited there."""

_DAY = dt.timedelta(days=1)


def format_period(period: Period, user: User) -> str:
    """Returns `Mon 23 Nov 2026`, `November 2026`, `2026`, `16 Nov to 22 Nov 2026`, `All time` or `From …`."""
    first, last = period.first, period.end - _DAY
    if period == ALL_TIME:
        return _("All time")
    if first == ALL_TIME.first:
        return _("Until %(date)s") % {"date": format_date(last, user, has_year=True)}
    if period.end == ALL_TIME.end:
        return _("From %(date)s") % {"date": format_date(first, user, has_year=True)}
    return _format_bounded(period, first, last, user)


def _format_bounded(period: Period, first: dt.date, last: dt.date, user: User) -> str:
    if period == day_period(first):
        return format_date(first, user, has_weekday=True, has_year=True)
    if period == month_period(first):
        return format_names(first, "F Y")
    if (first.month, first.day, period.end) == (1, 1, dt.date(first.year + 1, 1, 1)):
        return f"{first.year}"
    return _("%(first)s to %(last)s") % {
        "first": format_date(first, user, has_year=first.year != last.year),
        "last": format_date(last, user, has_year=True),
    }


def format_group_value(dimension: Dimension, value: GroupValue, catalogue: Catalogue, user: User) -> str:
    """Returns the name of a line in a dimension: `Mon 23 Nov 2026`, `Week of 16 Nov 2026`, `Acme`, `No project`."""
    if isinstance(value, dt.date):
        return _format_dates(dimension, value, user)
    if isinstance(value, UUID):
        return catalogue.name(value)
    if isinstance(value, tuple):
        value = ", ".join(tag.name for tag in catalogue.tags_with(value))
    without = {"client": _("No client"), "project": _("No project"), "tag": _("No tag"), "name": _("(no name)")}
    return value or without[dimension]


def _format_dates(dimension: Dimension, first: dt.date, user: User) -> str:
    match dimension:
        case "day":
            return format_date(first, user, has_weekday=True, has_year=True)
        case "week":
            return _("Week of %(date)s") % {"date": format_date(first, user, has_year=True)}
        case _:
            return format_names(first, "F Y")


def format_rounding(rounding: Rounding) -> str:
    """Returns a sentence such as `Each session is rounded up to 15 min.`, or that nothing is rounded."""
    if not rounding:
        return _("Nothing is rounded.")
    sentences = {
        ("session", "up"): _("Each session is rounded up to %(minutes)d min."),
        ("session", "nearest"): _("Each session is rounded to the nearest %(minutes)d min."),
        ("session", "down"): _("Each session is rounded down to %(minutes)d min."),
        ("day", "up"): _("Each day of a project is rounded up to %(minutes)d min."),
        ("day", "nearest"): _("Each day of a project is rounded to the nearest %(minutes)d min."),
        ("day", "down"): _("Each day of a project is rounded down to %(minutes)d min."),
        ("project", "up"): _("Each project is rounded up to %(minutes)d min."),
        ("project", "nearest"): _("Each project is rounded to the nearest %(minutes)d min."),
        ("project", "down"): _("Each project is rounded down to %(minutes)d min."),
    }
    return sentences[rounding.unit, rounding.direction] % {"minutes": rounding.minutes}


def format_rounding_difference(figures: Figures) -> str:
    """Returns a sentence such as `Rounding adds 42 min.`, also for less or no difference."""
    values = {"duration": format_exact(abs(figures.rounding_difference_seconds))}
    if figures.rounding_difference_seconds > 0:
        return _("Rounding adds %(duration)s.") % values
    if figures.rounding_difference_seconds < 0:
        return _("Rounding takes away %(duration)s.") % values
    return _("Rounding changes nothing in the total.")


def format_period_slug(period: Period) -> str:
    """Returns a period for a file name, with its last day: `2026-11-01-2026-11-30`."""
    first, last = period.first, period.end - _DAY
    if period == ALL_TIME:
        return "all"
    if period.first == ALL_TIME.first:
        return f"until-{last}"
    if period.end == ALL_TIME.end:
        return f"from-{first}"
    return f"{first}-{last}" if first < last else f"{first}"
