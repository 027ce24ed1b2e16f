"""The time zones that a user may choose: the names of the IANA database."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_ZONE_LENGTH = 64

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_names() -> frozenset[str]:
    """Returns all names to choose from, such as Europe/Berlin; not those of the machine's zone or leap seconds."""
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
    """Returns the name that pages show for a zone: `Buenos Aires` for America/Argentina/Buenos_Aires."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def names_by_region() -> dict[str, tuple[str, ...]]:
    """Returns all names by the region that they begin with, in order of labels; others are under ""."""
    regions: dict[str, list[str]] = {}
    for name in sorted(zone_names(), key=lambda name: name.partition("/")[2]):
        region = name.partition("/")[0]
        regions.setdefault(region if region in _REGIONS else "", []).append(name)
    return {region: tuple(regions[region]) for region in (*_REGIONS, "")}


def show_same_times(one: str, other: str, *, now: datetime) -> bool:
    """Tells whether the clocks of two zones agree for a year from `now`, as those of two names of one zone do."""
    first, second = zone_or_utc(one), zone_or_utc(other)
    weeks = (now + timedelta(weeks=number) for number in range(53))
    return one == other or all(
        each.astimezone(first).utcoffset() == each.astimezone(second).utcoffset() for each in weeks
    )


def zone_or_utc(name: str) -> ZoneInfo:
    """Returns the zone of that name, or UTC for a name that this system's data lacks, which a newer system stored."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Returns the instant (UTC) at which `day` is over in `zone`: the midnight after it, of two the first.

    Where clocks skip that midnight it is within the hour that they skip. Sessions need more, see `timekeeping`.
    """
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
