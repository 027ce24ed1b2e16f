"""Sessions as JSON, and what may be sent of them. Keys are the API contract's; `source` gives the domain's name."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from sessions_app.models import TimeSession
from sessions_app.overview import Position
from timetracker.api.fields import (
    ChoiceField,
    IdField,
    InstantField,
    LocalDateField,
    QuerySerializer,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from timetracker.api.pagination import limit_field


class SessionSerializer(StrictSerializer):
    """A session as it is sent out. `now` of the context is the instant up to which a running one has lasted."""

    id = IdField(read_only=True)
    sessionName = TextField(source="name")
    start = InstantField()
    end = InstantField(allow_null=True)
    running = serializers.BooleanField(source="is_running", read_only=True)
    durationSeconds = serializers.SerializerMethodField()
    timezone = TextField(allow_null=False)
    note = TextField()
    billable = StrictBooleanField(required=False)
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    version = serializers.IntegerField(read_only=True)
    createdAt = InstantField(source="created_at", read_only=True)
    updatedAt = InstantField(source="updated_at", read_only=True)

    def get_durationSeconds(self, session: TimeSession) -> int:  # noqa: N802
        return session.seconds_at(self.context["now"])


class ListedSessionSerializer(SessionSerializer):
    """A session in a list over a period."""

    secondsInPeriod = serializers.SerializerMethodField()

    def get_secondsInPeriod(self, session: TimeSession) -> int:  # noqa: N802
        seconds: int = self.context["seconds_in_period"][session.id]
        return seconds


class NewSessionSerializer(ListedSessionSerializer):
    """A finished session to be added. What was read can be sent: the list's own key is ignored as it is read-only."""

    id = IdField(required=False)
    end = InstantField()


class WholeSessionSerializer(ListedSessionSerializer):
    """All of a session, to be put under an id. An `end` of null keeps or makes it running."""

    id = IdField(required=False)


class StartSerializer(ListedSessionSerializer):
    """What a timer may be started with: nothing is required."""

    id = IdField(required=False)
    start = InstantField(required=False)
    end = None  # type: ignore[assignment]
    ifRunning = ChoiceField(choices=["stop", "fail"], default="stop", source="if_running")


class StopSerializer(StrictSerializer):
    """How a timer is to be stopped: nothing is required."""

    id = IdField(required=False, source="session_id")
    end = InstantField(required=False)
    discard = StrictBooleanField(required=False)


class CursorField(serializers.Field[Position, Any, str, Any]):
    """A place in a list, as text that means nothing to others."""

    default_error_messages = {
        "invalid_cursor": "This cursor is not one we gave. Leave it out to begin at the first page."
    }

    def to_internal_value(self, data: Any) -> Position:
        try:
            seconds, _dot, hexadecimal = base64.urlsafe_b64decode(str(data).encode()).decode().partition(".")
            return Position(datetime.fromtimestamp(int(seconds), tz=UTC), UUID(hexadecimal))
        except (ValueError, OverflowError, OSError, binascii.Error):
            self.fail("invalid_cursor")

    def to_representation(self, value: Position) -> str:
        return base64.urlsafe_b64encode(f"{int(value.start.timestamp())}.{value.id.hex}".encode()).decode()


class OverviewQuerySerializer(QuerySerializer):
    """Which period: the day, week or month around a date, or two dates."""

    duration = ChoiceField(choices=["day", "week", "month"], required=False)
    date = LocalDateField(required=False)
    offset = WholeNumberField(required=False)
    to = LocalDateField(required=False)
    limit = limit_field()
    cursor = CursorField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be the name of an attribute.
        return {**super().get_fields(), "from": LocalDateField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`from` and `to` come together, and without the others."""
        has_dates = {"from", "to"} & attrs.keys()
        if len(has_dates) == 1:
            missing = ({"from", "to"} - has_dates).pop()
            raise serializers.ValidationError(
                {missing: [_range_error(_("Give both from and to; the day of “to” is not included."))]}
            )
        if has_dates and {"duration", "date", "offset"} & attrs.keys():
            raise serializers.ValidationError(
                {"from": [_range_error(_("Give either from and to, or duration with date and offset."))]}
            )
        return attrs


def _range_error(message: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(message, code="range")
