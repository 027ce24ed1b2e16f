"""The time zones a person may choose: the names of the IANA database."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


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


def zone_label(name: str) -> str:
    """What people call a zone: `Buenos Aires` for America/Argentina/Buenos_Aires."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def names_by_region() -> dict[str, tuple[str, ...]]:
    """All names under the regions that they begin with, in the order of their places; what has no region under ``."""
    regions: dict[str, list[str]] = {}
    for name in sorted(zone_names(), key=lambda name: name.partition("/")[2]):
        region = name.partition("/")[0]
        regions.setdefault(region if region in _REGIONS else "", []).append(name)
    return {region: tuple(regions[region]) for region in (*_REGIONS, "")}


def show_same_times(one: str, other: str, *, now: datetime) -> bool:
    """Whether the clocks of two zones agree for a year from `now`, as those of two names for one zone do."""
    first, second = zone_or_utc(one), zone_or_utc(other)
    weeks = (now + timedelta(weeks=number) for number in range(53))
    return one == other or all(
        each.astimezone(first).utcoffset() == each.astimezone(second).utcoffset() for each in weeks
    )


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone of that name, or UTC when a newer system wrote one that this system's data lacks."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
