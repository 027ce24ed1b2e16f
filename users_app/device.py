"""Reads what a browser tells of its device in cookies, which `static/js/device.js` sets and which are not trusted."""

from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.translation import get_language_from_request

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
    """Settings that are derived from the device, for a user who chose none yet."""

    timezone: str
    clock: Clock
    week_start: WeekStart
    date_format: DateFormat


def device_zone_name(request: HttpRequest) -> str | None:
    """Returns the zone of this device, if it sent one that is known."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return name if name in zone_names() else None


def guess_settings(request: HttpRequest) -> DeviceSettings:
    """Returns settings by the zone and language of this device; defaults for what it did not send, or is not known."""
    parts = request.COOKIES.get(FORMATS_COOKIE, "").split(".")
    clock, week_start, dates = parts if len(parts) == 3 else ("", "", "")  # noqa: PLR2004
    return DeviceSettings(
        timezone=device_zone_name(request) or "UTC",
        clock=_CLOCKS.get(clock, Clock.HOURS_24),
        week_start=_WEEK_STARTS.get(week_start, WeekStart.MONDAY),
        date_format=_DATE_FORMATS.get(dates, DateFormat.DAY_FIRST),
    )


def writes_decimal_commas(request: HttpRequest) -> bool:
    """Tells whether the language of this device writes decimal commas, so that its spreadsheets read them."""
    return bool(get_format("DECIMAL_SEPARATOR", lang=get_language_from_request(request)) == ",")


def differing_zone(request: HttpRequest, *, now: datetime) -> str | None:
    """Returns the zone of this device if the user's zone shows other times, unless they chose to keep that one."""
    zone, user = device_zone_name(request), request.user
    if zone is None or not isinstance(user, User) or request.session.get(_DISMISSED_ZONE) == zone:
        return None
    return None if show_same_times(zone, user.timezone, now=now) else zone


def keep_zone(request: HttpRequest, zone: str) -> None:
    """Stores, for this browser, that the user keeps their zone while the device is in `zone`."""
    if zone in zone_names():
        request.session[_DISMISSED_ZONE] = zone
