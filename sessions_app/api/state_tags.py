"""Weak ETags of answers that change when anything of the user does: lists, the overview, the timer, budgets.

What runs grows longer each second and `serverTime` goes on; neither is part of the tag. While nothing runs, the tag
names all but `serverTime`, and the answer need not be read and written again (decision 0262).
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
"""Grows with every change of what these answers have in them, so that scripts fetch all of them again."""

_recent = RecentAnswers(max_bytes=1024 * 1024, min_bytes=16 * 1024)
"""Six months of 300 sessions; nothing under thirty sessions."""

View = TypeVar("View", bound=UserScopedViewSet)
Names = ParamSpec("Names")
Action = Callable[Concatenate[View, Request, Names], Response]


def state_tag(user: User, request: Request) -> str:
    """Returns the tag of what is at the address of the request today. One query.

    `user` was read before anything else: the state may be older than what is answered, never newer.
    """
    today = day_of(clock.now(), user.zone)
    state = f"{_FORMAT} {read_epoch(user).hex} {user.revision} {today} {request.build_absolute_uri()}"
    return f'W/"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'


def _goes_on(shape: Shape, user: User) -> bool:
    """Tells whether what a shape says may change with the clock, of which it has the time then. One query at most."""
    return hasattr(shape, "server_time") and find_running(user) is not None


def _as_of(shape: Shape, now: datetime) -> Shape:
    """Returns a shape with the time at which it is sent."""
    return structs.replace(shape, server_time=now) if hasattr(shape, "server_time") else shape


def revalidated(action: Action[View, Names]) -> Action[View, Names]:
    """Gives what an action reads a tag, and answers 304, before anything is read, when the caller has it already.

    What was answered lately is not read again, unless something runs: also what begins after a period may reach it.
    """

    @wraps(action)
    def answer(view: View, request: Request, /, *args: Names.args, **kwargs: Names.kwargs) -> Response:
        tag = state_tag(view.user, request)
        is_known = matches_if_none_match(request, tag)
        # `*` stands for any state there is, and may come with an address that has none.
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
