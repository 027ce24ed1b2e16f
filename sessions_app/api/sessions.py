"""Sessions and the overview over HTTP. Each action reads a request, asks the domain one thing, answers."""

from datetime import UTC, datetime
from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from msgspec import UNSET
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from sessions_app import services
from sessions_app.api import shapes
from sessions_app.api.contradictions import check_running
from sessions_app.api.filters import read_filter
from sessions_app.api.idempotency import find_made, find_stopped, replayed
from sessions_app.api.periods import PERIOD, read_period, same_period
from sessions_app.api.serializers import (
    ContinueSerializer,
    NewSessionSerializer,
    NothingSerializer,
    OverviewQuerySerializer,
    PositionField,
    WholeSessionSerializer,
)
from sessions_app.api.state_tags import revalidated
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Changeset, Kind, TimeSession
from sessions_app.models.querysets import TimeSessionQuerySet
from sessions_app.selectors.overview import Overview, read_session_rows
from sessions_app.selectors.search import SessionPage, read_trash_page, search_sessions
from sessions_app.selectors.session_rows import SessionRow
from sessions_app.selectors.sessions import find_running
from timetracker import clock
from timetracker.api.etags import names_any_state, read_if_match
from timetracker.api.pagination import add_next
from timetracker.api.schema.annotations import either
from timetracker.api.schema.headers import DELETES, MAKES, PUTS, READS, WRITES
from timetracker.api.viewsets import check_same_id, parse_id, read_query
from users_app.models import Scope, User

_TIMES = {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:30:00Z"}


class SessionBaseViewSet(VersionedViewSet):
    """What sessions and the timer share."""

    collection = "sessions"
    json_names = {
        "name": "sessionName",
        "project_id": "projectId",
        "length_seconds": "durationSeconds",
        "hourly_rate": "hourlyRate",
    }

    def to_shape(self, row: TimeSession, now: datetime) -> shapes.Session:
        """Returns a session as JSON shows it, as of `now`."""
        return shapes.Session.of_session(row, shapes.SessionContext.read(self.user, [row], now))

    def respond_switched(self, switch: services.Switch) -> Response:
        """Returns 201 with what was started, or 200 when what should start runs already."""
        started = switch.started or find_running(self.user)
        response = self.respond(cast("TimeSession", started), is_new=switch.started is not None, now=switch.at)
        response.data = shapes.Switched(started=response.data, stopped=self.to_stopped(switch), server_time=switch.at)
        return response

    def respond_switched_earlier(self, made_by: Changeset) -> Response:
        """Returns what `respond_switched` did for that changeset, as the sessions are now."""
        started = cast("TimeSession", find_made(made_by, Kind.SESSION))
        return replayed(self.respond_switched(services.Switch(started, find_stopped(made_by), clock.now())))

    def to_stopped(self, switch: services.Switch) -> shapes.Session | None:
        """Returns the session that was stopped, as JSON shows it."""
        return None if switch.stopped is None else self.to_shape(switch.stopped, switch.at)


class SessionViewSet(SessionBaseViewSet):
    """`/session`, `/sessions` and `/sessions/{id}`."""

    lookup_url_kwarg = "session_id"
    serializer_class = WholeSessionSerializer
    queried = frozenset({"list"})
    scopes = {
        "add": Scope.TRACK,
        "create": Scope.TRACK,
        "list": Scope.READ,
        "retrieve": Scope.READ,
        "update": Scope.TRACK,
        "partial_update": Scope.TRACK,
        "destroy": Scope.WRITE,
        "restore": Scope.TRACK,
        "continue_session": Scope.TRACK,
    }

    def get_queryset(self) -> TimeSessionQuerySet:
        return TimeSession.objects.for_user(self.user).not_deleted()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return NewSessionSerializer if self.action in {"add", "create"} else super().get_serializer_class()

    @extend_schema(
        responses={201: shapes.Session, 409: None},
        parameters=MAKES,
        examples=[OpenApiExample("Finished work", {"sessionName": "API design", **_TIMES}, request_only=True)],
    )
    def add(self, request: Request, user_id: str) -> Response:
        """Adds a finished session, as `POST …/sessions` does."""
        return self.create(request, user_id)

    @extend_schema(
        responses={201: shapes.Session, 409: None},
        parameters=MAKES,
        examples=[
            OpenApiExample(
                "Local times and a tag",
                {"start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T10:30:00+01:00", "tags": ["deep"]},
                request_only=True,
            ),
            OpenApiExample(
                "A local time and a length",
                {"timezone": "Europe/Berlin", "start": "2026-03-02T09:00", "durationSeconds": 5400},
                request_only=True,
            ),
        ],
    )
    def create(self, request: Request, user_id: str) -> Response:
        """Adds a finished session. `id` may be one of yours."""
        fields = self.read_body()
        check_running(fields, lambda: False)
        with self.attempt(request) as attempt:
            if attempt.earlier is None:
                session_id = fields.pop("id", attempt.new_id)
                session = services.save_session(self.user, attempt.actor, session_id=session_id, **fields)
                return self.respond(session, is_new=True)
        return replayed(self.respond(find_made(attempt.earlier, Kind.SESSION), is_new=True))

    @extend_schema(
        parameters=[OverviewQuerySerializer, *READS],
        responses={200: either("Sessions", shapes.Overview, shapes.FoundSessions)},
    )
    @revalidated
    def list(self, request: Request, user_id: str) -> Response:
        """The totals and sessions of a day, week, month or range of dates.

        Without a period, `q` searches all sessions, newest first, and `deleted=true` lists the Trash; then there are no
        totals.
        """
        query = read_query(OverviewQuerySerializer, request)
        if query["deleted"] or ("q" in query and not PERIOD & query.keys()):
            return self._list_found(request, query)
        now = clock.now()
        period = read_period(query, self.user, now)
        found = read_session_rows(
            self.user,
            period,
            now=now,
            after=query.get("cursor"),
            limit=query["limit"],
            where=read_filter(self.user, query),
            newest_first=query["order"] == "desc",
        )
        duration = query.get("duration", None if "from" in query else "day")
        has_days = query["days"] and "cursor" not in query
        response = Response(overview_shape(self.user, found, duration, has_days=has_days))
        if found.next is not None:
            cursor = PositionField().to_representation(found.next)
            add_next(response, request, **same_period(query, period), cursor=cursor)
        return response

    def _list_found(self, request: Request, query: dict[str, Any]) -> Response:
        """Returns a page of the Trash, or of what a search finds."""
        read_page = read_trash_page if query["deleted"] else search_sessions
        page = read_page(
            self.user,
            read_filter(self.user, query),
            newest_first=query["order"] != "asc",
            after=query.get("cursor"),
            limit=query["limit"],
        )
        response = Response(found_shape(self.user, page, clock.now()), headers={"Cache-Control": "private, no-cache"})
        if page.next is not None:
            add_next(response, request, cursor=PositionField().to_representation(page.next))
        return response

    @extend_schema(responses={200: shapes.Session}, parameters=READS)
    def retrieve(self, request: Request, user_id: str, session_id: str) -> Response:
        """One session. One in the Trash is not found."""
        return self.respond_unless_known(request, self.get_object())

    @extend_schema(
        responses={200: shapes.Session, 201: shapes.Session, 409: None},
        parameters=PUTS,
        examples=[OpenApiExample("All of it", {"sessionName": "Review", **_TIMES}, request_only=True)],
    )
    def update(self, request: Request, user_id: str, session_id: str) -> Response:
        """Creates or replaces the session with an id that the client made. Safe to repeat."""
        address = parse_id(session_id)
        fields = self.read_body()
        check_same_id(fields, address)
        check_running(fields, lambda: True)
        session, is_new = services.put_session(
            self.user,
            self.actor,
            address,
            versions=read_if_match(request),
            creates_only=names_any_state(request),
            keeps_shown_rate=True,
            **fields,
        )
        return self.respond(session, is_new=is_new)

    @extend_schema(
        responses={200: shapes.Session, 409: None},
        parameters=WRITES,
        examples=[OpenApiExample("Two of its fields", {"note": "With Ada", "billable": True}, request_only=True)],
    )
    def partial_update(self, request: Request, user_id: str, session_id: str) -> Response:
        """Changes fields of a session. This is a merge patch: absent fields are unchanged, null removes a value."""
        address = parse_id(session_id)
        fields = self.read_body()
        check_same_id(fields, address)
        check_running(fields, lambda: self.get_queryset().filter(id=address, end__isnull=True).exists())
        versions = read_if_match(request)
        session = services.edit_session(
            self.user, self.actor, address, versions=versions, keeps_shown_rate=True, **fields
        )
        return self.respond(session)

    @extend_schema(responses={204: None}, parameters=DELETES)
    def destroy(self, request: Request, user_id: str, session_id: str) -> Response:
        """Moves a session to the Trash. One that is there already stays there."""
        services.delete_session(self.user, self.actor, parse_id(session_id), versions=read_if_match(request))
        return Response(status=204)

    @extend_schema(responses={200: shapes.Session, 409: None}, parameters=WRITES)
    @action(detail=True, methods=["post"], serializer_class=NothingSerializer)
    def restore(self, request: Request, user_id: str, session_id: str) -> Response:
        """Takes a session out of the Trash. One that is not in it stays as it is."""
        self.read_body()
        versions = read_if_match(request)
        return self.respond(services.restore_session(self.user, self.actor, parse_id(session_id), versions=versions))

    @extend_schema(
        operation_id="continueSession",
        tags=["Timer"],
        responses={200: shapes.Switched, 201: shapes.Switched, 409: None},
        parameters=MAKES,
    )
    @action(detail=True, methods=["post"], url_path="continue", serializer_class=ContinueSerializer)
    def continue_session(self, request: Request, user_id: str, session_id: str) -> Response:
        """Starts a session with the fields of another. When that one runs, nothing changes."""
        new_id = self.read_body().get("id")
        with self.attempt(request) as attempt:
            if attempt.earlier is None:
                switch = services.continue_session(
                    self.user,
                    attempt.actor,
                    parse_id(session_id),
                    new_id=new_id or attempt.new_id,
                    if_running="stop",
                )
                return self.respond_switched(switch)
        return self.respond_switched_earlier(attempt.earlier)


def found_shape(user: User, page: SessionPage, now: datetime) -> shapes.FoundSessions:
    """Returns a page of sessions without a period, and without the address of a next page."""
    context = shapes.SessionContext.read(user, page.sessions, now)
    return shapes.FoundSessions(
        user_id=user.id,
        server_time=now,
        sessions=[shapes.Session.of_session(each, context) for each in page.sessions],
        next=None,
    )


def overview_shape(
    user: User, found: Overview[SessionRow], duration: str | None, *, has_days: bool = True
) -> shapes.Overview:
    """Returns the overview of section 5 of the API contract, without the address of a next page."""
    start, end = found.period.bounds(user.zone)
    context = shapes.SessionContext.read(user, [listed.session for listed in found.sessions], found.now)
    overlaps = found.overlap_seconds or {}
    return shapes.Overview.of(
        found.totals.of(found.period),
        overlap_seconds=sum(overlaps.values()),
        user_id=user.id,
        duration=duration,
        timezone=user.timezone,
        week_start=user.get_week_start_name(),
        from_date=found.period.first,
        to_date=found.period.end,
        from_=start.astimezone(UTC),
        to=end.astimezone(UTC),
        server_time=found.now,
        days=[
            shapes.Day.of(found.totals.on(day), overlap_seconds=overlaps.get(day, 0), date=day)
            for day in found.period.dates()
        ]
        if has_days
        else UNSET,
        sessions=[
            shapes.ListedSession.of_session(listed.session, context, seconds_in_period=listed.seconds)
            for listed in found.sessions
        ],
        next=None,
    )
