"""Reports over HTTP, as JSON or as a table to download."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api import shapes
from sessions_app.api.filters import read_filter
from sessions_app.api.periods import PeriodSerializer, read_period
from sessions_app.models import TimeSession
from sessions_app.reports import DIMENSIONS, MAX_DIMENSIONS, ReportQuery, read_report
from sessions_app.reports.downloads import report_columns, report_rows, report_totals
from sessions_app.reports.labels import format_period_slug
from sessions_app.reports.timesheet import TooManySessionsError, read_timesheet
from sessions_app.reports.timesheet_pdf import render_pdf
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.timekeeping.periods import period_before
from sessions_app.timekeeping.rounding import ROUNDING_DIRECTIONS, ROUNDING_MINUTES, ROUNDING_UNITS, Rounding
from timetracker import clock
from timetracker.api.fields import ChoiceField, SearchTextField, TrueOrFalseField
from timetracker.api.negotiation import OneForm, TableNegotiation
from timetracker.api.problems import InvalidQueryError
from timetracker.api.viewsets import read_query
from timetracker.db.snapshot import snapshot
from timetracker.http.downloads import hold_slot
from timetracker.tables import Separator, TooManyRowsError, table_response
from timetracker.tables.responses import CONTENT_TYPES
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import Scope, User

_ONE = f"({'|'.join(DIMENSIONS)})"


@extend_schema_field(
    {"type": "string", "pattern": f"^{_ONE}(,{_ONE}){{0,{MAX_DIMENSIONS - 1}}}$", "examples": ["project,month"]}
)
class GroupByField(ChoiceField):
    """Up to three dimensions, each once, between commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=DIMENSIONS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        dimensions = tuple(super(GroupByField, self).to_internal_value(each) for each in data.split(","))
        if len(dimensions) > MAX_DIMENSIONS or len({*dimensions}) < len(dimensions):
            message = _("Group by one to three of these, each once, such as “project,month”.")
            raise serializers.ValidationError(message, code="too_many")
        return dimensions


@extend_schema_field({"type": "integer", "enum": [*ROUNDING_MINUTES]})
class RoundMinutesField(ChoiceField):
    """One of the numbers of minutes."""

    def to_representation(self, value: Any) -> Any:
        return int(value)


class ReportPeriodSerializer(PeriodSerializer):
    """Which period and sessions a report or timesheet is about, and how time is rounded."""

    roundMinutes = RoundMinutesField(
        choices=[str(minutes) for minutes in ROUNDING_MINUTES], default=0, help_text="0: time as it was tracked."
    )
    roundDirection = ChoiceField(choices=ROUNDING_DIRECTIONS, default="nearest", help_text="`nearest` rounds half up.")
    roundPer = ChoiceField(choices=ROUNDING_UNITS, default="project", help_text="What is rounded, at each rate.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period is needed: none is meant by default."""
        if not {"duration", "date", "offset"} & attrs.keys():
            message = _("Give “from” and “to”, or “duration”.")
            missing = {"from", "to"} - attrs.keys()
            if missing:
                raise serializers.ValidationError({each: [_error(message, "required")] for each in sorted(missing)})
        return super().validate(attrs)


class ReportQuerySerializer(ReportPeriodSerializer):
    """What a report is asked for: a period, its lines, which sessions, how time is rounded."""

    groupBy = GroupByField(required=False, help_text="Up to three of these, each once, between commas.")
    name = SearchTextField(
        required=False, length=TimeSession.NAME_LENGTH, help_text="Only with exactly this name; empty: without one."
    )
    compare = TrueOrFalseField(default=False, help_text="Whether `previous` has the figures of the period before.")
    format = ChoiceField(
        choices=["json", "csv", "xlsx"], default="json", help_text="The header `Accept` does not choose."
    )
    separator = ChoiceField(
        choices=get_args(Separator), default="comma", help_text="Of a CSV; with `semicolon` decimals have a comma."
    )


class TimesheetQuerySerializer(ReportPeriodSerializer):
    """What a timesheet is asked for: as a report by day, of a client or project."""

    format = ChoiceField(choices=["pdf"], default="pdf", help_text="The only one there is.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """It is for somebody."""
        if not {"clientId", "projectId"} & attrs.keys():
            message = _("A timesheet is for a client or a project. Give clientId or projectId.")
            raise serializers.ValidationError({"clientId": [_error(message, "required")]})
        return super().validate(attrs)


class ReportViewSet(UserScopedViewSet):
    """`/reports/summary` and `/reports/timesheet`."""

    content_negotiation_class = TableNegotiation
    queried = frozenset({"summary", "timesheet"})
    scopes = {"summary": Scope.READ, "timesheet": Scope.READ}

    @extend_schema(
        operation_id="getReport",
        parameters=[ReportQuerySerializer],
        examples=[
            OpenApiExample("March", "2026-03-01", parameter_only=("from", "query")),
            OpenApiExample("March", "2026-04-01", parameter_only=("to", "query")),
            OpenApiExample("Projects by month", "project,month", parameter_only=("groupBy", "query")),
        ],
        responses={200: shapes.Report, (200, "text/csv"): str, (200, CONTENT_TYPES["xlsx"]): bytes},
    )
    @action(detail=False)
    def summary(self, request: Request, user_id: str) -> HttpResponseBase:
        """Tracked time and its worth by up to three dimensions. As JSON, CSV or a workbook."""
        # Two queries, the names, and two more to compare.
        asked = read_query(ReportQuerySerializer, request)
        now = clock.now()
        query = _report_query(self.user, asked, now)
        before = _query_before(query) if asked["compare"] else None
        with snapshot():
            report = read_report(self.user, query, now=now)
            previous = None if before is None else read_report(self.user, before, now=now).total
            catalogue = read_catalogue(self.user)
        response: HttpResponseBase
        if asked["format"] == "json":
            body = shapes.Report.of_report(
                report,
                catalogue,
                previous=previous,
                user_id=self.user.id,
                timezone=self.user.timezone,
                week_start=self.user.get_week_start_name(),
            )
            response = Response(body)
        else:
            try:
                response = hold_slot(
                    self.user.pk,
                    lambda: table_response(
                        asked["format"],
                        report_columns(report),
                        report_rows(report, catalogue),
                        filename=f"report-{query.period.first}-{query.period.end}",
                        totals=lambda: report_totals(report),
                        sheet=_("Report"),
                        separator=asked["separator"],
                    ),
                )
            except TooManyRowsError as error:
                raise _wrong("format", str(error), "too_many") from None
        response["Cache-Control"] = "private, no-cache"
        return response

    @extend_schema(
        operation_id="getTimesheet",
        parameters=[TimesheetQuerySerializer],
        examples=[
            OpenApiExample("March", "2026-03-01", parameter_only=("from", "query")),
            OpenApiExample("March", "2026-04-01", parameter_only=("to", "query")),
            OpenApiExample("What has no project", ["none"], parameter_only=("projectId", "query")),
        ],
        responses={(200, "application/pdf"): bytes},
    )
    @action(detail=False, content_negotiation_class=OneForm)
    def timesheet(self, request: Request, user_id: str) -> HttpResponseBase:
        """The sessions of a client or project by day, as a PDF to be sent with an invoice.

        At most 2,000 sessions; `billable=true` leaves out the others.
        """
        now = clock.now()
        query = replace(_report_query(self.user, read_query(TimesheetQuerySerializer, request), now), group_by=("day",))
        with snapshot():
            try:
                sheet = read_timesheet(self.user, query, now=now, catalogue=read_catalogue(self.user))
            except TooManySessionsError as error:
                raise _wrong("to", error.message, error.code) from None
        name = f"timesheet-{format_period_slug(query.period)}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
        return hold_slot(
            self.user.pk, lambda: HttpResponse(render_pdf(sheet), content_type="application/pdf", headers=headers)
        )


def _report_query(user: User, asked: Mapping[str, Any], now: datetime) -> ReportQuery:
    """Raises InvalidQueryError."""
    return ReportQuery(
        read_period(asked, user, now, max_years=None),
        asked.get("groupBy", ()),
        read_filter(user, asked),
        Rounding(int(asked["roundMinutes"]), asked["roundDirection"], asked["roundPer"]),
        user.week_start,
    )


def _query_before(query: ReportQuery) -> ReportQuery:
    """The same report of the period before, grouped alike, so that lines can be compared. Raises InvalidQueryError."""
    try:
        return replace(query, period=period_before(query.period))
    except ValueError as error:
        raise _wrong("compare", str(error), "range") from None


def _wrong(parameter: str, message: str, code: str) -> InvalidQueryError:
    return InvalidQueryError({parameter: [_error(message, code)]})


def _error(message: str, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(message, code=code)
