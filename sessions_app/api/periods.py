"""Query parameters of the period."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from sessions_app.api.filters import FilterSerializer
from sessions_app.timekeeping.periods import Period, PeriodUnit, day_of, period_around
from timetracker.api.fields import ChoiceField, LocalDateField, WholeNumberField
from timetracker.api.problems import InvalidQueryError
from users_app.models import User

MAX_RANGE_YEARS = 5
PERIOD = {"duration", "date", "offset", "from", "to"}
"""The parameters that name a period."""


class PeriodSerializer(FilterSerializer):
    """Which period: the day, week or month around a date, or two dates; and which of its sessions."""

    duration = ChoiceField(choices=["day", "week", "month"], required=False, help_text="The period around `date`.")
    date = LocalDateField(required=False, help_text="A local date in the period; without it today.")
    offset = WholeNumberField(required=False, help_text="Moves the period: -1 is the one before.")
    to = LocalDateField(required=False, help_text="The first local date after the period.")

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be the name of an attribute.
        return {"from": LocalDateField(required=False, help_text="Its first local date."), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Requires `from` and `to` together, and without the other parameters."""
        has_dates = {"from", "to"} & attrs.keys()
        if len(has_dates) == 1:
            missing = ({"from", "to"} - has_dates).pop()
            raise serializers.ValidationError(
                {missing: [_range_error(_("Give both from and to; the day of “to” is not included."))]}
            )
        if has_dates and {"duration", "date", "offset"} & attrs.keys():
            raise serializers.ValidationError(
                {"from": [_range_error(_("Give either from and to, or duration with date and offset."))]}
            )
        return attrs


def read_period(
    query: Mapping[str, Any], user: User, now: datetime, *, max_years: int | None = MAX_RANGE_YEARS
) -> Period:
    """Returns the period of a validated query, of at most `max_years`. Raises InvalidQueryError `range`."""
    try:
        if "from" in query:
            return _range(query["from"], query["to"], max_years)
        around = query.get("date") or day_of(now, user.zone)
        duration: PeriodUnit = query.get("duration", "day")
        return period_around(around, duration, week_start=user.week_start, offset=query.get("offset", 0))
    except (ValueError, OverflowError) as error:
        where = "to" if "from" in query else "offset" if "offset" in query else "date"
        raise InvalidQueryError({where: [_range_error(str(error))]}) from None


def _range(first: date, end: date, max_years: int | None) -> Period:
    """Returns the period `[first, end)`. Raises ValueError if it is empty or too long."""
    period = Period(first, end)
    if max_years is not None and end > _years_later(first, max_years):
        raise ValueError(_("From “from” to “to” is at most %(years)d years. Ask for less.") % {"years": max_years})
    return period


def _range_error(message: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(message, code="range")


def _years_later(day: date, years: int) -> date:
    """Returns the same day `years` later; 1 March for 29 February if the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def same_period(query: dict[str, Any], period: Period) -> dict[str, object]:
    """Returns parameters for the same period that do not depend on the present day."""
    return {} if "from" in query else {"date": period.first, "offset": None}
