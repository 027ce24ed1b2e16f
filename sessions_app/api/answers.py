"""What is answered beside the serializers that read and write rows, for the description of the API."""

from typing import Any

from rest_framework import serializers

from sessions_app.api.serializers import ListedSessionSerializer, SessionSerializer
from sessions_app.reports import DIMENSIONS
from sessions_app.timekeeping.rounding import ROUNDING_DIRECTIONS, ROUNDING_MINUTES, ROUNDING_UNITS
from timetracker.api.fields import IdField, InstantField, LocalDateField
from timetracker.api.schema import ProblemSerializer
from users_app.api.serializers import WeekdayField

Answer = serializers.Serializer[Any]


class TotalSerializer(Answer):
    """Totals of a day or a period; those of a running session are as of `serverTime`."""

    totalSeconds = serializers.IntegerField()
    runningSeconds = serializers.IntegerField()
    billableSeconds = serializers.IntegerField()
    overlapSeconds = serializers.IntegerField()
    sessionCount = serializers.IntegerField()


class DaySerializer(TotalSerializer):
    """One day of the overview."""

    date = LocalDateField()


class OverviewSerializer(TotalSerializer):
    """The sessions and totals of a period. `toDate` is not included."""

    userId = IdField()
    duration = serializers.ChoiceField(choices=["day", "week", "month"], allow_null=True)
    timezone = serializers.CharField()
    weekStart = WeekdayField()
    fromDate = LocalDateField()
    toDate = LocalDateField()
    to = InstantField()
    serverTime = InstantField()
    days = DaySerializer(many=True)
    sessions = ListedSessionSerializer(many=True)
    next = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be the name of an attribute.
        return {**super().get_fields(), "from": InstantField()}


class TimerSerializer(Answer):
    """The running session or null."""

    running = SessionSerializer(allow_null=True)
    serverTime = InstantField()


class StoppedSerializer(Answer):
    """The session that was stopped; null when none was running, or it was discarded."""

    stopped = SessionSerializer(allow_null=True)
    serverTime = InstantField()


class SwitchedSerializer(StoppedSerializer):
    """The session that was started, and the one that it ended."""

    started = SessionSerializer()


class TombstoneSerializer(Answer):
    """A session that is gone."""

    id = IdField()
    deletedAt = InstantField()


class ChangesSerializer(Answer):
    """What changed since the cursor, and the cursor for the next time. `hasMore`: there is another page right now."""

    changed = SessionSerializer(many=True)
    deleted = TombstoneSerializer(many=True)
    cursor = serializers.CharField()
    hasMore = serializers.BooleanField()


class OutcomeSerializer(Answer):
    """What became of one operation: a `body` (null after a deletion) or a `problem`."""

    status = serializers.IntegerField()
    body = SessionSerializer(allow_null=True, required=False)
    problem = ProblemSerializer(required=False)


class BatchAnswerSerializer(Answer):
    """What became of each operation, in their order."""

    results = OutcomeSerializer(many=True)


class AmountSerializer(Answer):
    """Money in one currency."""

    currency = serializers.CharField()
    amount = serializers.CharField()


class FiguresSerializer(Answer):
    """The figures of a line or of a whole report."""

    totalSeconds = serializers.IntegerField()
    roundedSeconds = serializers.IntegerField()
    residueSeconds = serializers.IntegerField()
    billableSeconds = serializers.IntegerField()
    runningSeconds = serializers.IntegerField()
    sessionCount = serializers.IntegerField()
    amounts = AmountSerializer(many=True)


class NamedSerializer(Answer):
    """A client or project."""

    id = IdField()
    name = serializers.CharField()


class LineSerializer(FiguresSerializer):
    """A line of a report: where it stands, its figures, and its part of the whole's rounded time."""

    client = NamedSerializer(allow_null=True, required=False)
    project = NamedSerializer(allow_null=True, required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    sessionName = serializers.CharField(required=False)
    day = LocalDateField(required=False)
    week = LocalDateField(required=False)
    month = serializers.CharField(required=False)
    share = serializers.FloatField()


class RoundingSerializer(Answer):
    """How the report rounds."""

    minutes = serializers.ChoiceField(choices=ROUNDING_MINUTES)
    direction = serializers.ChoiceField(choices=ROUNDING_DIRECTIONS)
    per = serializers.ChoiceField(choices=ROUNDING_UNITS)


class ReportSerializer(FiguresSerializer):
    """Tracked time and its worth over a period. `toDate` is not included."""

    userId = IdField()
    timezone = serializers.CharField()
    weekStart = WeekdayField()
    fromDate = LocalDateField()
    toDate = LocalDateField()
    serverTime = InstantField()
    groupBy = serializers.ListField(child=serializers.ChoiceField(choices=DIMENSIONS))
    rounding = RoundingSerializer()
    lines = LineSerializer(many=True)
    previous = FiguresSerializer(allow_null=True)
