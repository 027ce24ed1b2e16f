"""Local times in a body, which are in the time zone of the same body, and must not be skipped or ambiguous."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from sessions_app.timekeeping.local_times import AmbiguousTimeError, NonexistentTimeError, readings, to_instant
from timetracker.api.instants import format_offset
from users_app.zones import validate_zone


def resolve_local_times(values: dict[str, Any]) -> dict[str, Any]:
    """Returns validated values with naive times, which are in `timezone`, replaced by instants (UTC).

    Raises REST framework's ValidationError for a local time without a zone, a skipped or ambiguous time, and an unknown
    zone.
    """
    local = {key: value for key, value in values.items() if isinstance(value, datetime) and value.tzinfo is None}
    if not local:
        return values
    if "timezone" not in values:
        raise serializers.ValidationError({key: [_without_zone(value)] for key, value in local.items()})
    name = values["timezone"]
    try:
        validate_zone(name)
    except ValidationError as error:
        raise serializers.ValidationError({"timezone": [_error(error.messages[0], "invalid_timezone")]}) from None
    zone, found, wrong = ZoneInfo(name), {}, {}
    for key, value in local.items():
        try:
            found[key] = to_instant(value, zone)
        except (NonexistentTimeError, AmbiguousTimeError) as error:
            wrong[key] = [_unclear(error, zone)]
        except OverflowError:
            wrong[key] = [_error(_("“%(time)s” is out of range.") % {"time": _iso(value)}, "invalid_instant")]
    if wrong:
        raise serializers.ValidationError(wrong)
    return {**values, **found}


def _without_zone(local: datetime) -> serializers.ErrorDetail:
    message = _(
        "“%(time)s” has no offset. Add one, as in 2026-11-23T08:00:00Z or 2026-11-23T09:00:00+01:00, or name the "
        "“timezone” of this time beside it."
    )
    return _error(message % {"time": _iso(local)}, "invalid_instant")


def _unclear(error: NonexistentTimeError | AmbiguousTimeError, zone: ZoneInfo) -> serializers.ErrorDetail:
    """Returns the error for a skipped or ambiguous time, with the possible meanings, the earlier first."""
    first, second = sorted(readings(error.local, zone))
    values = {
        "time": _iso(error.local),
        "zone": zone.key,
        "first": format_offset(first.astimezone(zone)),
        "second": format_offset(second.astimezone(zone)),
    }
    if isinstance(error, NonexistentTimeError):
        message = _("The clock of %(zone)s skipped %(time)s. Give %(first)s or %(second)s.")
        return _error(message % values, "nonexistent_time")
    message = _("The clock of %(zone)s showed %(time)s twice. Give %(first)s or %(second)s.")
    return _error(message % values, "ambiguous_time")


def _iso(local: datetime) -> str:
    return local.isoformat(timespec="minutes" if local.second == 0 else "seconds")


def _error(message: str, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(message, code=code)
