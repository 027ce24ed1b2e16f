"""Which period a query means."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from sessions_app.timekeeping.periods import Period, PeriodUnit, day_of, period_around
from timetracker.api.problems import InvalidQueryError
from users_app.models import User

MAX_RANGE_YEARS = 5


def read_period(query: dict[str, Any], user: User, now: datetime) -> Period:
    """Returns the period that a valid query asks for. Raises InvalidQueryError `range`."""
    try:
        if "from" in query:
            return _range(query["from"], query["to"])
        around = query.get("date") or day_of(now, user.zone)
        duration: PeriodUnit = query.get("duration", "day")
        return period_around(around, duration, week_start=user.week_start, offset=query.get("offset", 0))
    except (ValueError, OverflowError) as error:
        where = "to" if "from" in query else "offset" if "offset" in query else "date"
        raise InvalidQueryError({where: [serializers.ErrorDetail(str(error), code="range")]}) from None


def _range(first: date, end: date) -> Period:
    """Returns the dates up to, not including, `end`. Raises ValueError when they are none or too many."""
    if end > _years_later(first, MAX_RANGE_YEARS):
        raise ValueError(_("From “from” to “to” is at most 5 years. Ask for less."))
    return Period(first, end)


def _years_later(day: date, years: int) -> date:
    """Returns the same day so many years later; 1 March for 29 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def same_period(query: dict[str, Any], period: Period) -> dict[str, object]:
    """Returns parameters that ask for this very period also when today is over."""
    return {} if "from" in query else {"date": period.first, "offset": None}
