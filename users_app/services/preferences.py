"""The preferences of a user, and the one function that writes them."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from timetracker.errors import FieldError, InvalidInputError, NotFoundError
from timetracker.money_fields import RateFields, clean_rate
from timetracker.texts import clean_text
from users_app.models import User
from users_app.services.registration import field_errors

PREFERENCES = frozenset(
    {
        "display_name",
        "timezone",
        "clock",
        "week_start",
        "date_format",
        "duration_format",
        "long_session_hours",
        "notes_last_seen",
        "wants_notices",
        "theme",
        "day_goal_seconds",
        "week_goal_seconds",
        "hourly_rate",
        "currency",
    }
)


def save_preferences(user: User, **values: Any) -> User:
    """Saves preferences and returns the user. Sessions do not change: each keeps its time zone.

    Switching `notes_last_seen` off deletes the stored instant at once. Raises InvalidInputError, NotFoundError when the
    user was deleted, and TypeError for a name that is not a preference.
    """
    if unknown := values.keys() - PREFERENCES:
        raise TypeError(f"No preferences: {', '.join(sorted(unknown))}")
    errors: list[FieldError] = []
    if "display_name" in values:
        values["display_name"] = clean_text(values["display_name"], "display_name", User.NAME_LENGTH, errors)
    clean_rate(cast("RateFields", values), errors)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        if locked is None:
            raise NotFoundError
        for name, value in values.items():
            setattr(locked, name, value)
        errors += _invalid_fields(locked, values.keys() - {error.field for error in errors})
        if errors:
            raise InvalidInputError(*errors)
        if not locked.notes_last_seen:
            locked.last_seen_at = None
        locked.revision += 1
        locked.save(update_fields=[*values, "last_seen_at", "revision"])
    return locked


def _invalid_fields(user: User, names: set[str]) -> list[FieldError]:
    """Returns the errors of these fields of the model."""
    others = {field.name for field in User._meta.get_fields()} - names  # noqa: SLF001 - Django's public name for it
    try:
        user.clean_fields(exclude=others)
    except ValidationError as error:
        return field_errors(error)
    return []
