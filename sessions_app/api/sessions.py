"""Sessions, the overview and the timer over HTTP. Each action reads a request, asks the domain one thing, answers."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.api.answers import OverviewSerializer, StoppedSerializer, SwitchedSerializer, TimerSerializer
from sessions_app.api.filters import read_filter
from sessions_app.api.serializers import (
    ContinueSerializer,
    ListedSessionSerializer,
    NewSessionSerializer,
    NothingSerializer,
    OverviewQuerySerializer,
    PositionField,
    SessionSerializer,
    StartSerializer,
    StopSerializer,
    WholeSessionSerializer,
    session_context,
)
from sessions_app.api.versioned import VersionedViewSet
from sessions_app.models import Changeset, Kind, TimeSession
from sessions_app.selectors.idempotency import find_made, find_stopped
from sessions_app.selectors.overview import Overview, Position, read_overview
from sessions_app.selectors.totals import Total
from sessions_app.timekeeping.periods import Period, PeriodUnit, day_of, period_around
from timetracker import clock
from timetracker.api.fields import InstantField
from timetracker.api.pagination import add_next
from timetracker.api.problems import InvalidQueryError
from timetracker.api.schema import DELETES, MAKES, PUTS, READS, WRITES
from timetracker.api.viewsets import (
    check_same_id,
    matches_if_none_match,
    not_modified,
    parse_id,
    read_body,
    read_if_match,
    read_query,
)
from timetracker.errors import NotFoundError
from users_app.models import Scope, User

MAX_RANGE_YEARS = 5


class SessionsApi(VersionedViewSet):
    """What sessions and the timer share."""

    collection, kind = "sessions", Kind.SESSION
    json_names = {"name": "sessionName", "project_id": "projectId"}

    def represent(self, row: TimeSession, now: datetime) -> dict[str, Any]:
        """A session as JSON."""
        return dict(SessionSerializer(row, context=session_context(self.user, [row], now)).data)


class SessionViewSet(SessionsApi):
    """`/session`, `/sessions` and `/sessions/{id}`."""

    scopes = {
        "add": Scope.TRACK,
        "create": Scope.TRACK,
        "overview": Scope.READ,
        "retrieve": Scope.READ,
        "replace": Scope.TRACK,
        "partial_update": Scope.TRACK,
        "destroy": Scope.WRITE,
        "restore": Scope.TRACK,
    }

    @extend_schema(request=NewSessionSerializer, responses={201: SessionSerializer, 409: None}, parameters=MAKES)
    def add(self, request: Request, user_id: str) -> Response:
        """Adds a finished session. `POST …/sessions` is the same."""
        return self.create(request, user_id)

    @extend_schema(request=NewSessionSerializer, responses={201: SessionSerializer, 409: None}, parameters=MAKES)
    def create(self, request: Request, user_id: str) -> Response:
        """Adds a finished session. `id` may be one of yours."""
        fields = read_body(NewSessionSerializer, request)

        def make(actor: services.Actor, session_id: UUID | None) -> Response:
            return self.answer(services.save_session(self.user, actor, session_id=session_id, **fields), is_new=True)

        return self.once(request, fields.pop("id", None), make, self.made)

    @extend_schema(
        operation_id="listSessions", parameters=[OverviewQuerySerializer], responses={200: OverviewSerializer}
    )
    def overview(self, request: Request, user_id: str) -> Response:
        """The totals and sessions of a day, week, month or range of dates."""
        query = read_query(OverviewQuerySerializer, request)
        now = clock.now()
        period = _period(query, self.user, now)
        found = read_overview(
            self.user,
            period,
            now=now,
            after=query.get("cursor"),
            limit=query["limit"],
            with_overlaps=True,
            where=read_filter(self.user, query),
        )
        response = Response(_overview_json(self.user, found, query.get("duration", None if "from" in query else "day")))
        response["Cache-Control"] = "private, no-cache"
        if found.next is not None:
            add_next(response, request, **_same_period(query, period), cursor=_cursor(found.next))
        return response

    @extend_schema(responses={200: SessionSerializer}, parameters=READS)
    def retrieve(self, request: Request, user_id: str, session_id: str) -> Response:
        """One session. One in the Trash is not found."""
        session = TimeSession.objects.for_user(self.user).not_deleted().filter(id=parse_id(session_id)).first()
        if session is None:
            raise NotFoundError
        return self.show(request, session)

    @extend_schema(
        request=WholeSessionSerializer,
        responses={200: SessionSerializer, 201: SessionSerializer, 409: None},
        parameters=PUTS,
    )
    def replace(self, request: Request, user_id: str, session_id: str) -> Response:
        """Creates or replaces the session with an id that the client made. Safe to repeat."""
        address = parse_id(session_id)
        fields = read_body(WholeSessionSerializer, request)
        check_same_id(fields, address)
        session, is_new = services.put_session(
            self.user, self.actor, address, versions=read_if_match(request), **fields
        )
        return self.answer(session, is_new=is_new)

    @extend_schema(request=WholeSessionSerializer, responses={200: SessionSerializer, 409: None}, parameters=WRITES)
    def partial_update(self, request: Request, user_id: str, session_id: str) -> Response:
        """Changes some fields of a session. This is a merge patch: what is absent stays, null takes away."""
        address = parse_id(session_id)
        fields = read_body(WholeSessionSerializer, request, partial=True)
        check_same_id(fields, address)
        versions = read_if_match(request)
        return self.answer(services.edit_session(self.user, self.actor, address, versions=versions, **fields))

    @extend_schema(responses={204: None}, parameters=DELETES)
    def destroy(self, request: Request, user_id: str, session_id: str) -> Response:
        """Moves a session to the Trash. One that is there already stays there."""
        services.delete_session(self.user, self.actor, parse_id(session_id), versions=read_if_match(request))
        return Response(status=204)

    @extend_schema(request=NothingSerializer, responses={200: SessionSerializer, 409: None}, parameters=WRITES)
    def restore(self, request: Request, user_id: str, session_id: str) -> Response:
        """Takes a session out of the Trash. One that is not in it stays as it is."""
        read_body(NothingSerializer, request)
        versions = read_if_match(request)
        return self.answer(services.restore_session(self.user, self.actor, parse_id(session_id), versions=versions))


class TimerViewSet(SessionsApi):
    """`/timer`, `/timer/start` and `/timer/stop`."""

    scopes = {
        "retrieve": Scope.READ,
        "start": Scope.TRACK,
        "continue_session": Scope.TRACK,
        "stop": Scope.TRACK,
    }

    @extend_schema(responses={200: TimerSerializer}, parameters=READS)
    def retrieve(self, request: Request, user_id: str) -> Response:
        """What is running now. The ETag changes with the running session, not with the clock."""
        running = TimeSession.objects.for_user(self.user).find_running()
        tag = f'"{running.id}-{running.version}"' if running else '"idle"'
        if matches_if_none_match(request, tag):
            return not_modified(tag)
        now = clock.now()
        body = {"running": None if running is None else self.represent(running, now), "serverTime": _instant(now)}
        return Response(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})

    @extend_schema(
        request=StartSerializer,
        responses={200: SwitchedSerializer, 201: SwitchedSerializer, 409: None},
        parameters=MAKES,
    )
    def start(self, request: Request, user_id: str) -> Response:
        """Starts a session. The running one ends at the same instant."""
        fields = read_body(StartSerializer, request)

        def make(actor: services.Actor, session_id: UUID | None) -> Response:
            return self._switched(services.start_timer(self.user, actor, session_id=session_id, **fields))

        return self.once(request, fields.pop("id", None), make, self._switched_before)

    @extend_schema(
        operation_id="continueSession",
        request=ContinueSerializer,
        responses={200: SwitchedSerializer, 201: SwitchedSerializer, 409: None},
        parameters=MAKES,
    )
    def continue_session(self, request: Request, user_id: str, session_id: str) -> Response:
        """Starts a session with the fields of another. When that one runs, nothing changes."""
        given_id = read_body(ContinueSerializer, request).get("id")

        def make(actor: services.Actor, new_id: UUID | None) -> Response:
            switch = services.continue_session(self.user, actor, parse_id(session_id), new_id=new_id, if_running="stop")
            return self._switched(switch)

        return self.once(request, given_id, make, self._switched_before)

    @extend_schema(request=StopSerializer, responses={200: StoppedSerializer})
    def stop(self, request: Request, user_id: str) -> Response:
        """Stops the running session. When there is none, it says so without an error."""
        switch = services.stop_timer(self.user, self.actor, **read_body(StopSerializer, request))
        return Response(self._stopped(switch))

    def _switched(self, switch: services.Switch) -> Response:
        """201 with what was started, 200 when what should start runs already."""
        started = switch.started or TimeSession.objects.for_user(self.user).find_running()
        response = self.answer(cast("TimeSession", started), is_new=switch.started is not None)
        response.data = {"started": response.data, **self._stopped(switch)}
        return response

    def _switched_before(self, made_by: Changeset) -> Response:
        started = cast("TimeSession", find_made(made_by, Kind.SESSION))
        return self._switched(services.Switch(started, find_stopped(made_by), clock.now()))

    def _stopped(self, switch: services.Switch) -> dict[str, Any]:
        stopped = None if switch.stopped is None else self.represent(switch.stopped, switch.at)
        return {"stopped": stopped, "serverTime": _instant(switch.at)}


def _period(query: dict[str, Any], user: User, now: datetime) -> Period:
    """The period that a judged query asks for. Raises InvalidQueryError `range`."""
    try:
        if "from" in query:
            return _range(query["from"], query["to"])
        around = query.get("date") or day_of(now, user.zone)
        duration: PeriodUnit = query.get("duration", "day")
        return period_around(around, duration, week_start=user.week_start, offset=query.get("offset", 0))
    except (ValueError, OverflowError) as error:
        where = "to" if "from" in query else "offset" if "offset" in query else "date"
        raise InvalidQueryError({where: [serializers.ErrorDetail(str(error), code="range")]}) from None


def _range(first: date, end: date) -> Period:
    """The dates up to, not including, `end`. Raises ValueError when they are none or too many."""
    if end > _years_later(first, MAX_RANGE_YEARS):
        raise ValueError(_("From “from” to “to” is at most 5 years. Ask for less."))
    return Period(first, end)


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; 1 March for 29 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _same_period(query: dict[str, Any], period: Period) -> dict[str, object]:
    """Parameters that ask for this very period also when today is over."""
    return {} if "from" in query else {"date": period.first, "offset": None}


def _cursor(position: Position) -> str:
    return PositionField().to_representation(position)


def _overview_json(user: User, found: Overview, duration: str | None) -> dict[str, Any]:
    """Section 4 of the API contract."""
    zone: ZoneInfo = user.zone
    start, end = found.period.bounds(zone)
    sessions = [listed.session for listed in found.sessions]
    context = session_context(user, sessions, found.now)
    context["seconds_in_period"] = {listed.session.id: listed.seconds for listed in found.sessions}
    overlaps = found.overlap_seconds or {}
    return {
        "userId": str(user.id),
        "duration": duration,
        "timezone": user.timezone,
        "weekStart": user.get_week_start_name(),
        "fromDate": found.period.first.isoformat(),
        "toDate": found.period.end.isoformat(),
        "from": _instant(start),
        "to": _instant(end),
        "serverTime": _instant(found.now),
        **_total_json(found.totals.of(found.period), sum(overlaps.values())),
        "days": [
            {"date": day.isoformat(), **_total_json(found.totals.on(day), overlaps.get(day, 0))}
            for day in found.period.dates()
        ],
        "sessions": ListedSessionSerializer(sessions, many=True, context=context).data,
        "next": None,
    }


def _total_json(total: Total, overlap_seconds: int) -> dict[str, int]:
    return {
        "totalSeconds": total.seconds,
        "runningSeconds": total.running_seconds,
        "billableSeconds": total.billable_seconds,
        "overlapSeconds": overlap_seconds,
        "sessionCount": total.session_count,
    }


def _instant(instant: datetime) -> str:
    return InstantField().to_representation(instant)
