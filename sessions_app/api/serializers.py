"""Sessions as JSON, and what may be sent of them. Keys are the API contract's; `source` gives the domain's name."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from sessions_app.api.filters import FilterSerializer
from sessions_app.models import Tag, TimeSession
from sessions_app.models.catalogue import folded_name
from sessions_app.selectors.overview import Position
from timetracker.api.fields import (
    ChoiceField,
    IdField,
    InstantField,
    LocalDateField,
    StrictBooleanField,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
    WholeNumberField,
)
from timetracker.api.pagination import CursorField, limit_field
from users_app.models import User


def session_context(user: User, sessions: Collection[TimeSession], now: datetime) -> dict[str, Any]:
    """What a SessionSerializer has to know: the names of tags, and up to when a running session has lasted.

    A query for the names when there are tags, and one for the tags of a session that does not know them yet.
    """
    ids = {tag_id for session in sessions for tag_id in session.tag_ids}
    names = dict(Tag.objects.for_user(user).filter(id__in=ids).values_list("id", "name")) if ids else {}
    return {"now": now, "tag_names": names}


class TagNamesField(serializers.ListField):
    """The tags of a session by their names. In: a leading # may be there; what is new is made. Out: in their order."""

    child = TextField(allow_null=False)
    default_error_messages = {"not_a_list": gettext_lazy('Give a list of names, such as ["deep", "call"].')}

    def get_attribute(self, instance: Any) -> list[str]:
        names: dict[UUID, str] = self.context["tag_names"]
        return sorted((names[tag_id] for tag_id in instance.tag_ids), key=folded_name)


class SessionSerializer(StrictSerializer):
    """A session as it is sent out."""

    # Needs a `session_context`.

    id = IdField(read_only=True)
    sessionName = TextField(source="name", max_length=TimeSession.NAME_LENGTH)
    start = InstantField()
    end = InstantField(allow_null=True)
    running = serializers.BooleanField(source="is_running", read_only=True)
    durationSeconds = serializers.SerializerMethodField()
    timezone = TextField(allow_null=False)
    note = TextField(max_length=TimeSession.NOTE_LENGTH)
    projectId = IdField(required=False, allow_null=True, source="project_id")
    tags = TagNamesField(required=False)
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


class ContinueSerializer(StrictSerializer):
    """How a session is to be continued: nothing is required."""

    id = IdField(required=False)


class NothingSerializer(StrictSerializer):
    """A body that has nothing to say."""


class StopSerializer(StrictSerializer):
    """How a timer is to be stopped: nothing is required."""

    id = IdField(required=False, source="session_id")
    end = InstantField(required=False)
    discard = StrictBooleanField(required=False)


class PositionField(CursorField):
    """A place in a list of sessions."""

    def to_internal_value(self, data: Any) -> Position:
        try:
            seconds, _dot, hexadecimal = super().to_internal_value(data).partition(".")
            return Position(datetime.fromtimestamp(int(seconds), tz=UTC), UUID(hexadecimal))
        except (ValueError, OverflowError, OSError):
            self.fail("invalid_cursor")

    def to_representation(self, value: Position) -> str:
        return super().to_representation(f"{int(value.start.timestamp())}.{value.id.hex}")


class OverviewQuerySerializer(FilterSerializer):
    """Which period: the day, week or month around a date, or two dates; and which of its sessions."""

    duration = ChoiceField(choices=["day", "week", "month"], required=False)
    date = LocalDateField(required=False)
    offset = WholeNumberField(required=False)
    to = LocalDateField(required=False)
    running = TrueOrFalseField(required=False)
    limit = limit_field()
    cursor = PositionField(required=False)

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
