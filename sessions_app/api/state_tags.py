"""Weak ETags of responses that depend on all of a user's data: lists, the overview, the timer, budgets.

The seconds of a running session and `serverTime` are not part of the tag. While no session is running, the tag
identifies everything but `serverTime`, so that a recent response can be reused (decision 0262).
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from msgspec import structs
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.selectors.change_feed import read_epoch
from sessions_app.selectors.sessions import find_running
from sessions_app.timekeeping.periods import day_of
from timetracker import clock
from timetracker.api.etags import matches_if_none_match, names_any_state, not_modified
from timetracker.api.pagination import add_link
from timetracker.api.recent_answers import RecentAnswers, has_lists
from timetracker.shapes import Shape
from users_app.api.user_scoped import UserScopedViewSet
from users_app.models import User

_FORMAT = 1
"""The version of these responses' format, a part of the tag. Increment it so that scripts fetch everything again."""

_recent = RecentAnswers(max_bytes=1024 * 1024, min_bytes=16 * 1024)
"""The sizes fit six months of 300 sessions each, and exclude responses with fewer than thirty sessions."""

View = TypeVar("View", bound=UserScopedViewSet)
Names = ParamSpec("Names")
Action = Callable[Concatenate[View, Request, Names], Response]


def state_tag(user: User, request: Request) -> str:
    """Returns the tag for the URL of a request on the present date. One query.

    `user` must have been read before anything else, so that the tag may be older than the response, never newer.
    """
    today = day_of(clock.now(), user.zone)
    state = f"{_FORMAT} {read_epoch(user).hex} {user.revision} {today} {request.build_absolute_uri()}"
    return f'W/"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'


def _goes_on(shape: Shape, user: User) -> bool:
    """Returns whether a shape depends on the present time, because a session is running. At most one query."""
    return hasattr(shape, "server_time") and find_running(user) is not None


def _as_of(shape: Shape, now: datetime) -> Shape:
    """Returns a shape with the present time as `server_time`."""
    return structs.replace(shape, server_time=now) if hasattr(shape, "server_time") else shape


def revalidated(action: Action[View, Names]) -> Action[View, Names]:
    """Decorates an action: adds the tag to the response, and responds with 304, without reading, if the client has it.

    A recent response is reused unless a session is running, even one outside of the period, which may reach into it.
    """

    @wraps(action)
    def answer(view: View, request: Request, /, *args: Names.args, **kwargs: Names.kwargs) -> Response:
        tag = state_tag(view.user, request)
        is_known = matches_if_none_match(request, tag)
        # `*` matches any existing state, so the URL has to be checked to have one.
        if is_known and not names_any_state(request):
            return not_modified(tag)
        recent = _recent.find(tag)
        if recent is None:
            response = action(view, request, *args, **kwargs)
            if has_lists(response.data) and not _goes_on(response.data, view.user):
                response.data = _recent.keep(tag, response.data)
        else:
            response = Response(_as_of(recent, clock.now()))
            add_link(response)
        if is_known:
            return not_modified(tag)
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        return response

    return answer
