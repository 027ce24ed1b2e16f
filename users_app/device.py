"""What a browser tells of its device by cookies, set by `static/js/device.js`. Nothing of it is believed unread."""

from typing import TypedDict

from django.http import HttpRequest

from users_app.models import Clock, DateFormat, WeekStart
from users_app.zones import zone_names

ZONE_COOKIE = "timezone"
FORMATS_COOKIE = "formats"
"""Clock, first weekday and order of dates, as in `12.6.month`; each may be empty."""

_CLOCKS = {each.value: each for each in Clock}
_WEEK_STARTS = {str(each.value): each for each in WeekStart}
_DATE_FORMATS = {each.value: each for each in DateFormat}


class Guess(TypedDict):
    """Settings of somebody who was not asked yet."""

    timezone: str
    clock: Clock
    week_start: WeekStart
    date_format: DateFormat


def device_zone_name(request: HttpRequest) -> str | None:
    """The zone of this device, if it told one that we know."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return name if name in zone_names() else None


def guess_settings(request: HttpRequest) -> Guess:
    """Settings by the zone and language of this device; our defaults where it told nothing that we know."""
    parts = request.COOKIES.get(FORMATS_COOKIE, "").split(".")
    clock, week_start, dates = parts if len(parts) == 3 else ("", "", "")  # noqa: PLR2004
    return Guess(
        timezone=device_zone_name(request) or "UTC",
        clock=_CLOCKS.get(clock, Clock.HOURS_24),
        week_start=_WEEK_STARTS.get(week_start, WeekStart.MONDAY),
        date_format=_DATE_FORMATS.get(dates, DateFormat.DAY_FIRST),
    )
