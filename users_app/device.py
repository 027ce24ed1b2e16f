"""Reads the device's settings from cookies that `static/js/device.js` sets. Their content is not trusted."""

import re
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.translation import get_language_from_request

from users_app.models import Clock, DateFormat, User, WeekStart
from users_app.zones import show_same_times, zone_names

ZONE_COOKIE = "timezone"
FORMATS_COOKIE = "formats"
"""The cookie with clock, first weekday and order of dates, such as `12.6.month`; each may be empty."""

_DISMISSED_ZONE = "kept_despite"
_CLOCKS = {each.value: each for each in Clock}
_WEEK_STARTS = {str(each.value): each for each in WeekStart}
_DATE_FORMATS = {each.value: each for each in DateFormat}


# Data of the Unicode CLDR about regions, where it differs from the defaults.
_HOMES = {"ja": "JP", "ko": "KR", "zh": "CN", "sv": "SE", "lt": "LT", "hu": "HU", "he": "IL"}
# fmt: off
_WITH_12_HOURS = {
    "US", "CA", "AU", "NZ", "IN", "PK", "BD", "PH", "MY", "SG", "EG", "SA", "AE", "JO", "KW", "QA", "OM", "BH", "LB",
    "KR", "TW", "HK", "CO", "VE",
}
_FROM_SUNDAY = {
    "US", "CA", "MX", "BR", "JP", "KR", "TW", "HK", "IN", "IL", "PH", "CO", "PE", "VE", "ZA", "PT", "SG", "TH", "ID",
    "PK", "BD", "KE", "SA",
}
_FROM_SATURDAY = {"EG", "DZ", "JO", "KW", "QA", "OM", "BH", "LY", "IQ", "IR", "AF"}
# fmt: on
_FIRST_DAYS = {
    **dict.fromkeys(_FROM_SUNDAY, WeekStart.SUNDAY),
    **dict.fromkeys(_FROM_SATURDAY, WeekStart.SATURDAY),
}
_DATE_ORDERS = {
    **dict.fromkeys(["US", "PH"], DateFormat.MONTH_FIRST),
    **dict.fromkeys(["SE", "LT", "HU", "CN", "JP", "KR", "TW", "CA"], DateFormat.ISO),
}


class DeviceSettings(TypedDict):
    """Settings guessed from the device, for a new user."""

    timezone: str
    clock: Clock
    week_start: WeekStart
    date_format: DateFormat


def device_zone_name(request: HttpRequest) -> str | None:
    """Returns the time zone of this device, None if it sent none or an unknown one."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    return name if name in zone_names() else None


def guess_settings(request: HttpRequest) -> DeviceSettings:
    """Returns settings guessed from the cookies of this device, with defaults for what is missing or unknown.

    In the first request there are no cookies yet; Accept-Language serves as well.
    """
    parts = request.COOKIES.get(FORMATS_COOKIE, "").split(".")
    clock, week_start, dates = parts if len(parts) == 3 else ("", "", "")  # noqa: PLR2004
    region = _region(request)
    return DeviceSettings(
        timezone=device_zone_name(request) or "UTC",
        clock=_CLOCKS.get(clock, Clock.HOURS_12 if region in _WITH_12_HOURS else Clock.HOURS_24),
        week_start=_WEEK_STARTS.get(week_start, _FIRST_DAYS.get(region, WeekStart.MONDAY)),
        date_format=_DATE_FORMATS.get(dates, _DATE_ORDERS.get(region, DateFormat.DAY_FIRST)),
    )


def _region(request: HttpRequest) -> str:
    """Returns the region of the first accepted language, such as `US`, or the main region of the language, else ""."""
    tag = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?", tag)
    return "" if found is None else (found[2] or _HOMES.get(found[1].lower(), "")).upper()


def writes_decimal_commas(request: HttpRequest) -> bool:
    """Returns whether the language of this device has decimal commas, which its spreadsheets then expect."""
    return bool(get_format("DECIMAL_SEPARATOR", lang=get_language_from_request(request)) == ",")


def differing_zone(request: HttpRequest, *, now: datetime) -> str | None:
    """Returns the device's zone if it differs in time from the user's zone, unless the user chose to keep that."""
    zone, user = device_zone_name(request), request.user
    if zone is None or not isinstance(user, User) or request.session.get(_DISMISSED_ZONE) == zone:
        return None
    return None if show_same_times(zone, user.timezone, now=now) else zone


def keep_zone(request: HttpRequest, zone: str) -> None:
    """Stores, for this browser, that the user keeps their zone while the device is in `zone`."""
    if zone in zone_names():
        request.session[_DISMISSED_ZONE] = zone
