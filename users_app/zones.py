"""The time zones a person may choose: the names of the IANA database."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def zone_names() -> frozenset[str]:
    """All names that can be used, such as Europe/Berlin; not the files that tell of the machine or of leap seconds."""
    return frozenset(name for name in available_timezones() if name not in {"localtime", "Factory", "posixrules"})


def validate_zone(name: str) -> None:
    """Raises ValidationError (code `invalid_timezone`) unless `name` is one of `zone_names()`."""
    if name not in zone_names():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use an IANA name such as Europe/Berlin."),
            code="invalid_timezone",
            params={"name": name},
        )


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone of that name, or UTC when a newer system wrote one that this system's data lacks."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
