"""The batch endpoint: many writes of sessions in one request, all or none, or as many as succeed."""

from collections.abc import Container, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api import shapes
from sessions_app.api.contradictions import check_running
from sessions_app.api.idempotency import find_done, find_present, replayed
from sessions_app.api.serializers import (
    NewSessionSerializer,
    SessionSerializer,
    WholeSessionSerializer,
)
from sessions_app.api.sessions import SessionBaseViewSet
from sessions_app.models import Change, Kind, TimeSession, prefetch_tags
from timetracker import clock
from timetracker.api.fields import BoundedListField, ChoiceField, IdField, StrictBooleanField, StrictSerializer
from timetracker.api.problems import CONTENT_TYPE, describe, problem
from timetracker.api.schema.headers import EXAMPLE_SESSION_ID, REPEATS
from timetracker.api.texts import WordedField
from timetracker.api.viewsets import check_same_id, shared_serializer
from timetracker.errors import ConflictError, DomainError, ForbiddenError
from users_app.models import Scope

MAX_OPERATIONS = 500
_STATUSES = {"create": 201, "update": 200, "delete": 204}
_ACTIONS = {"create": Change.Action.CREATE, "update": Change.Action.EDIT, "delete": Change.Action.DELETE}
_BODIES: dict[str, type[SessionSerializer]] = {"create": NewSessionSerializer, "update": WholeSessionSerializer}


@extend_schema_field({"$ref": "#/components/schemas/PatchedWholeSessionRequest"})
class BodyField(WordedField):
    """The fields of a session, which its operation validates."""

    default_error_messages = {"not_an_object": "Give a JSON object."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data


class OperationSerializer(StrictSerializer):
    """One write. `update` and `delete` need the id of a session, `create` may give one."""

    op = ChoiceField(choices=list(_STATUSES))
    id = IdField(required=False)
    body = BodyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The id, and that a body is there where one is needed."""
        if attrs["op"] != "create" and "id" not in attrs:
            raise serializers.ValidationError({"id": [_required(_("Give the id of the session."))]})
        if attrs["op"] != "delete" and "body" not in attrs:
            raise serializers.ValidationError({"body": [_required(_("Give the fields of the session."))]})
        return attrs


class InvalidOperationError(DomainError):
    """Raised for an invalid operation or body of one. `reason` is REST framework's error."""

    def __init__(self, reason: serializers.ValidationError) -> None:
        super().__init__("invalid", "")
        self.reason = reason


Operation = dict[str, Any] | InvalidOperationError


class OperationsField(BoundedListField):
    """One to 500 operations. In the place of one that cannot be read is its error: the others may be done."""

    child = OperationSerializer()
    default_error_messages = {
        "not_a_list": gettext_lazy("Give a list of operations."),
        "required": gettext_lazy("Give a list of operations."),
        "too_many": gettext_lazy("At most {count} operations are done at once. Send the others in another request."),
    }

    def to_internal_value(self, data: Any) -> list[Operation]:
        if isinstance(data, list) and not data:
            self.fail("required")
        return super().to_internal_value(data)

    def run_child_validation(self, data: Any) -> list[Operation]:
        return [self._read(each) for each in data]

    def _read(self, data: Any) -> Operation:
        try:
            return dict(self.child.run_validation(data))
        except serializers.ValidationError as error:
            return InvalidOperationError(error)


class BatchSerializer(StrictSerializer):
    """Up to 500 writes, by default all or none."""

    atomic = StrictBooleanField(default=True)
    operations = OperationsField(min_length=1, max_length=MAX_OPERATIONS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """All or none: then each of them can be read."""
        operations: list[Operation] = attrs["operations"]
        wrong: dict[str, Any] = {
            str(number): each.reason.detail
            for number, each in enumerate(operations)
            if isinstance(each, InvalidOperationError)
        }
        if wrong and attrs["atomic"]:
            raise serializers.ValidationError({"operations": wrong})
        return attrs


class BatchViewSet(SessionBaseViewSet):
    """`/sessions/batch`."""

    serializer_class = BatchSerializer
    scopes = {"batch": Scope.TRACK}

    @extend_schema(
        operation_id="batchSessions",
        responses={200: shapes.BatchAnswer, 409: None},
        parameters=REPEATS,
        examples=[
            OpenApiExample(
                "One to add, one to change",
                {
                    "atomic": False,
                    "operations": [
                        {"op": "create", "body": {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:30:00Z"}},
                        {"op": "update", "id": EXAMPLE_SESSION_ID, "body": {"billable": True}},
                    ],
                },
                request_only=True,
            )
        ],
    )
    def batch(self, request: Request, user_id: str) -> Response:
        """Does up to 500 operations in order. In an atomic batch one failure undoes all. Deleting needs `write`."""
        body = self.read_body()
        operations: list[Operation] = body["operations"]
        with self.attempt(request) as attempt:
            ids = [_new_id(attempt.new_id, number) for number in range(len(operations))]
            if attempt.earlier is None:
                return self._run(attempt.actor, operations, ids, atomic=body["atomic"])
        done = None if body["atomic"] else find_done(attempt.earlier)
        outcomes = [self._find(operation, new_id, done) for operation, new_id in zip(operations, ids, strict=True)]
        return replayed(Response(shapes.BatchAnswer(self._results(operations, outcomes))))

    def _run(
        self, actor: services.Actor, operations: list[Operation], ids: list[UUID | None], *, atomic: bool
    ) -> Response:
        writes = [
            partial(self._write, actor, operation, new_id) for operation, new_id in zip(operations, ids, strict=True)
        ]
        try:
            outcomes = services.run_operations(self.user, actor, writes, atomic=atomic)
        except services.OperationsFailedError as error:
            failed = problem(error.status, error.code, error.message)
            failed.results = self._results(operations, error.outcomes, is_done=False)
            return Response(failed, status=error.status, content_type=CONTENT_TYPE)
        return Response(shapes.BatchAnswer(self._results(operations, outcomes)))

    def _write(self, actor: services.Actor, operation: Operation, new_id: UUID | None) -> TimeSession:
        """Does an operation and returns its session. Raises DomainError."""
        if isinstance(operation, InvalidOperationError):
            raise operation
        op, address = operation["op"], operation.get("id")
        if op == "delete":
            if not self.token.allows(Scope.WRITE):
                raise ForbiddenError("missing_scope", _("This token lacks the scope “%s”.") % Scope.WRITE.value)
            return services.delete_session(self.user, actor, operation["id"])
        try:
            fields = dict(shared_serializer(_BODIES[op], partial=op == "update").run_validation(operation["body"]))
        except serializers.ValidationError as error:
            raise InvalidOperationError(error) from None
        if address is not None:
            check_same_id(fields, address)
        else:
            address = fields.pop("id", new_id)
        check_running(fields, lambda: op == "update" and self._is_running(operation["id"]))
        if op == "update":
            return services.edit_session(self.user, actor, operation["id"], keeps_shown_rate=True, **fields)
        return services.save_session(self.user, actor, session_id=address, **fields)

    def _is_running(self, session_id: UUID) -> bool:
        return TimeSession.objects.for_user(self.user).filter(id=session_id, end__isnull=True).exists()

    def _results(
        self, operations: list[Operation], outcomes: Sequence[Any], *, is_done: bool = True
    ) -> list[shapes.Outcome]:
        """Returns the outcome of each operation. If an atomic batch failed, no operation was done."""
        if not is_done:
            not_done = ConflictError("not_done", _("This was not done, because another operation failed."))
            outcomes = [outcome if isinstance(outcome, DomainError) else not_done for outcome in outcomes]
        sessions = [outcome for outcome in outcomes if isinstance(outcome, TimeSession)]
        prefetch_tags(sessions)
        context = shapes.SessionContext.read(self.user, sessions, clock.now())
        results: list[shapes.Outcome] = []
        for operation, outcome in zip(operations, outcomes, strict=True):
            if isinstance(outcome, DomainError) or isinstance(operation, InvalidOperationError):
                reason = outcome.reason if isinstance(outcome, InvalidOperationError) else outcome
                found, _headers = describe(reason, self.json_names)
                results.append(shapes.Outcome(status=found.status, problem=found))
            else:
                body = None if operation["op"] == "delete" else shapes.Session.of_session(outcome, context)
                results.append(shapes.Outcome(status=_STATUSES[operation["op"]], body=body))
        return results

    def _find(
        self, operation: Operation, new_id: UUID | None, done: Container[tuple[UUID, str]] | None
    ) -> TimeSession | DomainError:
        """Returns the present session of an operation that was done. `done` has those done earlier; None: all."""
        if isinstance(operation, InvalidOperationError):
            return operation
        try:
            session_id = operation.get("id") or IdField().run_validation(operation["body"].get("id", str(new_id)))
        except serializers.ValidationError as error:
            return InvalidOperationError(error)
        if done is not None and (session_id, _ACTIONS[operation["op"]]) not in done:
            message = _("This failed, or had nothing to change, when it was sent first. Send it with a new key.")
            return ConflictError("not_done", message)
        return cast("TimeSession", find_present(self.user, Kind.SESSION, session_id))


def _new_id(key: UUID | None, number: int) -> UUID | None:
    """Returns the id for the session that an operation creates, derived from the request's key; None without a key."""
    return None if key is None else uuid5(key, str(number))


def _required(message: str) -> list[serializers.ErrorDetail]:
    return [serializers.ErrorDetail(message, code="required")]
