"""Serializers of request bodies and queries about sessions, the timer, the catalogue and reports.

Keys are those of the API contract; `source` is the name in the domain.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from sessions_app.api import report_shapes, shapes
from sessions_app.api.filters import TOO_MANY_TAGS
from sessions_app.api.local_times import resolve_local_times
from sessions_app.api.periods import PERIOD, PeriodSerializer
from sessions_app.models import SavedReport, Share, Tag, TimeSession
from sessions_app.models.catalogue import COLOURS, BudgetPeriod, CatalogueEntry
from sessions_app.selectors.overview import Position
from sessions_app.services.resolving import CURRENCY_NEEDS_RATE
from sessions_app.services.shares import MAX_PASSWORD
from sessions_app.services.validation import MAX_TAGS
from sessions_app.timekeeping.bounds import MAX_DURATION
from timetracker.api.fields import (
    BoundedListField,
    ChoiceField,
    IdField,
    InstantField,
    InstantOrLocalField,
    MoneyField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
)
from timetracker.api.pagination import CursorField, limit_field, order_field
from timetracker.money import CURRENCY_LENGTH
from timetracker.shapes import Shape, keys_of
from users_app.zones import MAX_ZONE_LENGTH


def answered_keys(shape: type[Shape]) -> tuple[str, ...]:
    """Returns the keys of an object in responses: alone, in a list, or in the change feed."""
    return (*keys_of(shape), "kind")


class TagNamesField(BoundedListField):
    """The names of a session's tags, with or without a leading #. Missing tags are created."""

    child = TextField(allow_null=False, max_length=Tag.NAME_LENGTH + len("#"))
    default_error_messages = {
        "not_a_list": gettext_lazy('Give a list of names, such as ["deep", "call"].'),
        "too_many": TOO_MANY_TAGS,
    }


class SessionSerializer(StrictSerializer):
    """The fields of a session that can be changed."""

    ignored_keys = answered_keys(shapes.ListedSession)

    id = IdField(required=False)
    sessionName = TextField(source="name", max_length=TimeSession.NAME_LENGTH)
    start = InstantOrLocalField()
    timezone = TextField(allow_null=False, max_length=MAX_ZONE_LENGTH)
    note = TextField(max_length=TimeSession.NOTE_LENGTH)
    projectId = IdField(required=False, allow_null=True, source="project_id")
    tags = TagNamesField(required=False, max_length=MAX_TAGS)
    billable = StrictBooleanField(required=False)
    hourlyRate = MoneyField(
        required=False,
        allow_null=True,
        source="hourly_rate",
        help_text="Its own rate; null: that of the project, the client or the user.",
    )
    running = StrictBooleanField(required=False, help_text="As it is answered: refused unless it holds.")
    currency = TextField(
        max_length=CURRENCY_LENGTH, help_text="Of `hourlyRate`; without it that of the project, the client or the user."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Converts local times with the zone in the same body, and requires a rate with a currency.

        A change may have a currency alone, for the rate that the session has already.
        """
        lacks_rate = attrs.get("hourly_rate") is None and not (self.partial and "hourly_rate" not in attrs)
        if attrs.get("currency") and lacks_rate:
            raise serializers.ValidationError(
                {"currency": [serializers.ErrorDetail(str(CURRENCY_NEEDS_RATE), code="does_not_match")]}
            )
        return resolve_local_times(attrs)


class WholeSessionSerializer(SessionSerializer):
    """A whole session for PUT. An `end` of null means running."""

    end = InstantOrLocalField(required=False, allow_null=True)
    durationSeconds = StrictIntegerField(
        required=False,
        min_value=0,
        max_value=int(MAX_DURATION.total_seconds()),
        source="length_seconds",
        help_text="In place of `end`; beside one it must agree with it, and beside an `end` of null it is ignored.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """Requires an end or a length."""
        self.fields["end"].required = not (isinstance(data, dict) and "durationSeconds" in data)
        return super().to_internal_value(data)


class NewSessionSerializer(WholeSessionSerializer):
    """A new finished session. Read-only keys are ignored, so that a session that was read can be sent."""

    end = InstantOrLocalField(required=False)


class ToggleSerializer(SessionSerializer):
    """The fields of a session that a toggle may start. Nothing is required."""

    ignored_keys = tuple(key for key in SessionSerializer.ignored_keys if key != "end")

    start = InstantOrLocalField(required=False)


class StartSerializer(ToggleSerializer):
    """The fields of a session to start. Nothing is required."""

    ifRunning = ChoiceField(choices=["stop", "fail"], default="stop", source="if_running")


class ContinueSerializer(StrictSerializer):
    """The options for continuing a session. Nothing is required."""

    id = IdField(required=False)


class NothingSerializer(StrictSerializer):
    """An empty body."""


class StopSerializer(StrictSerializer):
    """The options for stopping the timer. Nothing is required."""

    id = IdField(required=False, source="session_id")
    end = InstantField(required=False)
    discard = StrictBooleanField(required=False)


class PositionField(CursorField):
    """A position in a list of sessions."""

    def to_internal_value(self, data: Any) -> Position:
        try:
            seconds, _dot, hexadecimal = super().to_internal_value(data).partition(".")
            return Position(datetime.fromtimestamp(int(seconds), tz=UTC), UUID(hexadecimal))
        except (ValueError, OverflowError, OSError):
            self.fail("invalid_cursor")

    def to_representation(self, value: Position) -> str:
        return super().to_representation(f"{int(value.start.timestamp())}.{value.id.hex}")


class OverviewQuerySerializer(PeriodSerializer):
    """The period and filter of a list of sessions. With `q` or `deleted`, no period is required."""

    running = TrueOrFalseField(required=False, help_text="Only what is running, or is not.")
    deleted = TrueOrFalseField(default=False, help_text="The Trash, which has no period.")
    order = order_field(default=None, help_text="By start: without it `asc` in a period, else `desc`.")
    limit = limit_field()
    cursor = PositionField(required=False)
    days = TrueOrFalseField(default=True, help_text="Whether the first page has the days of the period.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Rejects a period for the Trash."""
        if attrs["deleted"] and PERIOD & attrs.keys():
            message = _("The Trash has no period. Leave out either “deleted” or the dates.")
            raise serializers.ValidationError({"deleted": [serializers.ErrorDetail(message, code="does_not_match")]})
        return super().validate(attrs)


class EntrySerializer(StrictSerializer):
    """The common fields of clients, projects and tags. Only the name is required."""

    id = IdField(required=False)
    name = TextField(required=True, allow_null=False, max_length=CatalogueEntry.NAME_LENGTH)
    archived = StrictBooleanField(required=False)


class ClientSerializer(EntrySerializer):
    """The fields of a client. With a currency of null or "", that of the user applies."""

    ignored_keys = answered_keys(shapes.Client)

    hourlyRate = MoneyField(required=False, allow_null=True, source="hourly_rate")
    currency = TextField(max_length=CURRENCY_LENGTH)


class ProjectSerializer(ClientSerializer):
    """The fields of a project. `billable` is the default for new sessions."""

    ignored_keys = answered_keys(shapes.Project)

    clientId = IdField(required=False, allow_null=True, source="client_id")
    colour = StrictIntegerField(required=False, min_value=1, max_value=COLOURS)
    billable = StrictBooleanField(required=False, source="billable_by_default")
    budgetSeconds = StrictIntegerField(required=False, allow_null=True, source="budget_seconds")
    budgetAmount = MoneyField(required=False, allow_null=True, source="budget_amount")
    budgetPeriod = ChoiceField(required=False, choices=BudgetPeriod.choices, source="budget_period")


class SavedReportSerializer(StrictSerializer):
    """The fields of a saved report. Only the name is required."""

    ignored_keys = keys_of(report_shapes.SavedReport)

    id = IdField(required=False)
    name = TextField(required=True, allow_null=False, max_length=SavedReport.NAME_LENGTH)
    query = TextField(
        allow_null=False,
        max_length=SavedReport.QUERY_LENGTH,
        help_text="Of the address of its page, such as `period=last_month&group=client`.",
    )
    default = StrictBooleanField(required=False, source="is_default", help_text="Reports opens with it.")


class ShareSerializer(StrictSerializer):
    """The fields of a share link. Only the page is required."""

    ignored_keys = keys_of(report_shapes.Share)

    id = IdField(required=False)
    page = ChoiceField(choices=Share.Page.values)
    query = TextField(allow_null=False, max_length=Share.QUERY_LENGTH)
    name = TextField(max_length=Share.NAME_LENGTH, help_text="Only you see it.")
    hours = StrictBooleanField(required=False, source="shows_hours", help_text="true without it.")
    amounts = StrictBooleanField(required=False, source="shows_amounts")
    notes = StrictBooleanField(required=False, source="shows_notes", help_text="Of a timesheet.")
    running = StrictBooleanField(required=False, source="shows_running", help_text="Only of a link that is not frozen.")
    frozen = StrictBooleanField(required=False, source="is_frozen")
    expiresAt = InstantField(required=False, allow_null=True, source="expires_at")
    password = TextField(max_length=MAX_PASSWORD, help_text="Asked for by HTTP Basic, with any user name.")


class TagSerializer(EntrySerializer):
    """The fields of a tag."""

    ignored_keys = answered_keys(shapes.Tag)
