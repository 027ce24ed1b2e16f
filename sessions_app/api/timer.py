"""The timer over HTTP."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api import shapes
from sessions_app.api.contradictions import check_running
from sessions_app.api.idempotency import find_made_if_any, find_stopped, replayed
from sessions_app.api.serializers import StartSerializer, StopSerializer, ToggleSerializer
from sessions_app.api.sessions import SessionBaseViewSet
from sessions_app.api.state_tags import revalidated
from sessions_app.models import Changeset, Kind, TimeSession
from sessions_app.selectors.sessions import find_running
from timetracker import clock
from timetracker.api.schema.headers import MAKES, READS, REPEATS, TOGGLES
from users_app.models import Scope


class TimerViewSet(SessionBaseViewSet):
    """`/timer`, `/timer/start`, `/timer/stop` and `/timer/toggle`."""

    scopes = {"current": Scope.READ, "start": Scope.TRACK, "stop": Scope.TRACK, "toggle": Scope.TRACK}

    @extend_schema(responses={200: shapes.Timer}, parameters=READS)
    @revalidated
    def current(self, request: Request, user_id: str) -> Response:
        """Returns the running session. The ETag changes with the user's data, not with the clock."""
        running = find_running(self.user)
        now = clock.now()
        return Response(shapes.Timer(running=None if running is None else self.to_shape(running, now), server_time=now))

    @extend_schema(
        responses={200: shapes.Switched, 201: shapes.Switched, 409: None},
        parameters=MAKES,
        examples=[OpenApiExample("With a name", {"sessionName": "API design", "tags": ["deep"]}, request_only=True)],
    )
    @action(detail=False, methods=["post"], serializer_class=StartSerializer)
    def start(self, request: Request, user_id: str) -> Response:
        """Starts a session. The running one ends at the same instant."""
        fields = self.read_body()
        check_running(fields, lambda: True)
        with self.attempt(request) as attempt:
            if attempt.earlier is None:
                session_id = fields.pop("id", attempt.new_id)
                switch = services.start_timer(self.user, attempt.actor, session_id=session_id, **fields)
                return self.respond_switched(switch)
        return self.respond_switched_earlier(attempt.earlier)

    @extend_schema(responses={200: shapes.Stopped}, parameters=REPEATS)
    @action(detail=False, methods=["post"], serializer_class=StopSerializer)
    def stop(self, request: Request, user_id: str) -> Response:
        """Stops the running session. When there is none, it says so without an error. Discarding it needs `write`."""
        fields = self.read_body()
        if fields.get("discard"):
            self.check_scope(Scope.WRITE)
        with self.attempt(request, is_always_remembered=True) as attempt:
            if attempt.earlier is None:
                return self._respond_stopped(services.stop_timer(self.user, attempt.actor, **fields))
        return replayed(self._respond_stopped(self._find_switch(attempt.earlier)))

    @extend_schema(
        responses={200: shapes.Toggled, 201: shapes.Toggled, 409: None},
        parameters=TOGGLES,
        examples=[OpenApiExample("With a name", {"sessionName": "API design"}, request_only=True)],
    )
    @action(detail=False, methods=["post"], serializer_class=ToggleSerializer)
    def toggle(self, request: Request, user_id: str) -> Response:
        """Stops the running session, or else starts one with the fields that are sent."""
        fields = self.read_body()
        check_running(fields, lambda: True)
        with self.attempt(request, is_always_remembered=True) as attempt:
            if attempt.earlier is None:
                session_id = fields.pop("id", attempt.new_id)
                switch = services.toggle_timer(self.user, attempt.actor, session_id=session_id, **fields)
                return self._respond_toggled(switch)
        return replayed(self._respond_toggled(self._find_switch(attempt.earlier)))

    def _find_switch(self, made_by: Changeset) -> services.Switch:
        """Returns what a changeset started or stopped, as the sessions are now."""
        started = cast("TimeSession | None", find_made_if_any(made_by, Kind.SESSION))
        return services.Switch(started, find_stopped(made_by), clock.now())

    def _respond_stopped(self, switch: services.Switch) -> Response:
        return Response(shapes.Stopped(stopped=self.to_stopped(switch), server_time=switch.at))

    def _respond_toggled(self, switch: services.Switch) -> Response:
        """Returns 201 with the started session, or 200 with the stopped one."""
        if switch.started is None:
            return Response(
                shapes.Toggled(started=None, stopped=self.to_stopped(switch), server_time=switch.at),
            )
        response = self.respond(switch.started, is_new=True, now=switch.at)
        response.data = shapes.Toggled(started=response.data, stopped=None, server_time=switch.at)
        return response
