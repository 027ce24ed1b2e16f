"""What a browser tells of its device by cookies, set by `static/js/device.js`. Nothing of it is believed unread."""

from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest

from users_app.models import Clock, DateFormat, User, WeekStart
from users_app.zones import show_same_times, zone_names

ZONE_COOKIE = "timezone"
FORMATS_COOKIE = "formats"
"""Clock, first weekday and order of dates, as in `12.6.month`; each may be empty."""

_DISMISSED_ZONE = "kept_despite"
_CLOCKS = {each.value: each for each in Clock}
_WEEK_STARTS = {str(each.value): each for each in WeekStart}
_DATE_FORMATS = {each.value: each for each in DateFormat}


class DeviceSettings(TypedDict):
    """Settings of somebody who was not asked yet."""

    timezone: str
    clock: Clock
    week_start: WeekStart
    date_format: DateFormat


def device_zone_name(request: HttpRequest) -> str | None:
    """The zone of this device, if it told one that we know."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return name if name in zone_names() else None


def guess_settings(request: HttpRequest) -> DeviceSettings:
    """Settings by the zone and language of this device; our defaults where it told nothing that we know."""
    parts = request.COOKIES.get(FORMATS_COOKIE, "").split(".")
    clock, week_start, dates = parts if len(parts) == 3 else ("", "", "")  # noqa: PLR2004
    return DeviceSettings(
        timezone=device_zone_name(request) or "UTC",
        clock=_CLOCKS.get(clock, Clock.HOURS_24),
        week_start=_WEEK_STARTS.get(week_start, WeekStart.MONDAY),
        date_format=_DATE_FORMATS.get(dates, DateFormat.DAY_FIRST),
    )


def differing_zone(request: HttpRequest, *, now: datetime) -> str | None:
    """The zone of this device if somebody's own shows other times, and they did not say that it shall stay."""
    zone, user = device_zone_name(request), request.user
    if zone is None or not isinstance(user, User) or request.session.get(_DISMISSED_ZONE) == zone:
        return None
    return None if show_same_times(zone, user.timezone, now=now) else zone


def keep_zone(request: HttpRequest, zone: str) -> None:
    """Remembers, for this browser, that the person's zone shall stay while the device is in `zone`."""
    if zone in zone_names():
        request.session[_DISMISSED_ZONE] = zone
