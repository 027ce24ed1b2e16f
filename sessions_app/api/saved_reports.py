"""Saved reports over HTTP."""

from datetime import datetime

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api import report_shapes
from sessions_app.api.idempotency import find_made, replayed
from sessions_app.api.serializers import SavedReportSerializer
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Kind, SavedReport
from sessions_app.selectors.saved_reports import get_saved_report, saved_reports_of
from timetracker.api.etags import read_if_match
from timetracker.api.schema.headers import DELETES, MAKES, READS, WRITES
from timetracker.api.viewsets import check_same_id, parse_id
from users_app.models import Scope


class SavedReportViewSet(VersionedViewSet):
    """`/reports/saved` and `/reports/saved/{id}`."""

    collection, serializer_class = "reports/saved", SavedReportSerializer
    lookup_url_kwarg = "report_id"
    scopes = {
        "list": Scope.READ,
        "create": Scope.WRITE,
        "retrieve": Scope.READ,
        "partial_update": Scope.WRITE,
        "destroy": Scope.WRITE,
    }
    json_names = {"is_default": "default"}

    @extend_schema(operation_id="listSavedReports", responses={200: report_shapes.SavedReports})
    def list(self, request: Request, user_id: str) -> Response:
        """All of them, by name."""
        saved = [report_shapes.SavedReport.of(each) for each in saved_reports_of(self.user)]
        return Response(report_shapes.SavedReports(saved, next=None))

    @extend_schema(
        operation_id="saveReport",
        responses={201: report_shapes.SavedReport, 409: None},
        parameters=MAKES,
        examples=[OpenApiExample("A report", {"name": "Last month", "query": "period=last_month"}, request_only=True)],
    )
    def create(self, request: Request, user_id: str) -> Response:
        """Saves a report: a name for the query of its page's address. A new default takes the place of the other."""
        fields = self.read_body()
        with self.attempt(request) as attempt:
            if attempt.earlier is None:
                report_id = fields.pop("id", attempt.new_id)
                report = services.save_report(self.user, attempt.actor, report_id=report_id, **fields)
                return self.respond(report, is_new=True)
        return replayed(self.respond(find_made(attempt.earlier, Kind.REPORT), is_new=True))

    @extend_schema(operation_id="getSavedReport", responses={200: report_shapes.SavedReport}, parameters=READS)
    def retrieve(self, request: Request, user_id: str, report_id: str) -> Response:
        """One of them, by its id."""
        return self.respond_unless_known(request, get_saved_report(self.user, parse_id(report_id)))

    @extend_schema(
        operation_id="changeSavedReport",
        responses={200: report_shapes.SavedReport, 409: None},
        parameters=WRITES,
        examples=[OpenApiExample("The default", {"default": True}, request_only=True)],
    )
    def partial_update(self, request: Request, user_id: str, report_id: str) -> Response:
        """Changes the given fields. This is a merge patch: absent fields are unchanged."""
        address, fields = parse_id(report_id), self.read_body()
        check_same_id(fields, address)
        versions = read_if_match(request)
        return self.respond(services.edit_report(self.user, self.actor, address, versions=versions, **fields))

    @extend_schema(operation_id="deleteSavedReport", responses={204: None}, parameters=DELETES)
    def destroy(self, request: Request, user_id: str, report_id: str) -> Response:
        """Deletes one. What it shows stays as it is."""
        services.delete_report(self.user, self.actor, parse_id(report_id), versions=read_if_match(request))
        return Response(status=204)

    def to_shape(self, row: SavedReport, now: datetime) -> report_shapes.SavedReport:
        """Returns one of them as JSON shows it, which does not depend on the time."""
        return report_shapes.SavedReport.of(row)
