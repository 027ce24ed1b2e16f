"""Serializers of request bodies about users and tokens."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from timetracker.api.fields import (
    ChoiceField,
    IdField,
    InstantField,
    MoneyField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
)
from timetracker.api.texts import WordedField
from timetracker.money import CURRENCY_LENGTH
from timetracker.shapes import keys_of
from users_app.api import shapes
from users_app.models import AccessToken, Clock, DateFormat, DurationFormat, Scope, Theme, User, WeekStart
from users_app.models.users import MAX_DAY_GOAL_SECONDS, MAX_WEEK_GOAL_SECONDS, MIN_GOAL_SECONDS
from users_app.zones import MAX_ZONE_LENGTH


class WeekdayField(ChoiceField):
    """The first day of a week, `monday` to `sunday`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=shapes.WEEKDAYS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return WeekStart[super().to_internal_value(data).upper()]


class NewUserSerializer(StrictSerializer):
    """What may be said of oneself at the first call: nothing is required."""

    id = IdField(required=False, source="user_id")
    displayName = TextField(source="display_name", max_length=User.NAME_LENGTH)
    timezone = TextField(allow_null=False, max_length=MAX_ZONE_LENGTH)
    weekStart = WeekdayField(required=False, source="week_start")


class UserSerializer(StrictSerializer):
    """The fields that users can change: their name and preferences."""

    ignored_keys = keys_of(shapes.User)

    displayName = TextField(source="display_name", max_length=User.NAME_LENGTH)
    timezone = TextField(allow_null=False, max_length=MAX_ZONE_LENGTH)
    weekStart = WeekdayField(required=False, source="week_start")
    clock = ChoiceField(choices=Clock.values, required=False)
    dateFormat = ChoiceField(choices=DateFormat.values, required=False, source="date_format")
    durationFormat = ChoiceField(choices=DurationFormat.values, required=False, source="duration_format")
    longSessionHours = StrictIntegerField(required=False, min_value=1, max_value=24, source="long_session_hours")
    notesLastSeen = StrictBooleanField(required=False, source="notes_last_seen")
    wantsNotices = StrictBooleanField(required=False, source="wants_notices", help_text="By e-mail, where it is sent.")
    theme = ChoiceField(choices=Theme.values, required=False, help_text="The colours of the pages.")
    dayGoalSeconds = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=MIN_GOAL_SECONDS,
        max_value=MAX_DAY_GOAL_SECONDS,
        source="day_goal_seconds",
        help_text="What you want to track in a day; null for no goal.",
    )
    weekGoalSeconds = StrictIntegerField(
        required=False,
        allow_null=True,
        min_value=MIN_GOAL_SECONDS,
        max_value=MAX_WEEK_GOAL_SECONDS,
        source="week_goal_seconds",
        help_text="What you want to track in a week; null for no goal.",
    )
    hourlyRate = MoneyField(required=False, allow_null=True, source="hourly_rate")
    currency = TextField(allow_null=False, max_length=CURRENCY_LENGTH)


class ConfirmSerializer(StrictSerializer):
    """That the user means it: their own id once more."""

    confirm = IdField()


class ScopesField(WordedField, serializers.ListField):
    """Some of the scopes, each once."""

    child = ChoiceField(choices=Scope.values)

    def to_internal_value(self, data: Any) -> list[Scope]:
        return [Scope(each) for each in dict.fromkeys(super().to_internal_value(data))]


class TokenSerializer(StrictSerializer):
    """What a new token may do."""

    ignored_keys = keys_of(shapes.Token)

    id = IdField(required=False, source="token_id")
    name = TextField(max_length=AccessToken.NAME_LENGTH)
    scopes = ScopesField(required=False, error_messages={"not_a_list": _('Give a list of scopes, such as ["read"].')})
    expiresAt = InstantField(required=False, allow_null=True, source="expires_at")
