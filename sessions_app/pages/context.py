"""The context of a page: its user, the instant of the request, and the totals in the head of every page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import cast

from django.http import HttpRequest

from sessions_app.models import TimeSession
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.selectors.overview import Overview, read_overview
from sessions_app.selectors.totals import Totals, read_totals
from sessions_app.timekeeping.periods import Period, day_of, start_of_day, week_period
from timetracker.db.snapshot import snapshot
from timetracker.pages import now_of
from users_app.guests import current_user, user_or_unsaved
from users_app.models import User

MAX_DAYS_AHEAD = timedelta(days=3)
"""Zones are up to 26 hours apart, so that a running session may have begun two dates later in another zone."""

_CONTEXT = "_page_context"


@dataclass(frozen=True)
class PageContext:
    """The user of a page and the instant (UTC) of the request. Everything else is read lazily, once."""

    user: User
    now: datetime
    is_anonymous: bool
    """Whether this browser has no user yet. Then `user` is unsaved, and nothing is read."""

    @classmethod
    def of(cls, request: HttpRequest) -> "PageContext":
        """Returns the context of a request, which is cached; a new one after the request has created a guest."""
        is_anonymous = current_user(request) is None
        context = cast("PageContext | None", getattr(request, _CONTEXT, None))
        if context is None or context.is_anonymous != is_anonymous:
            context = cls(user_or_unsaved(request), now_of(request), is_anonymous)
            setattr(request, _CONTEXT, context)
        return context

    @staticmethod
    def is_made(request: HttpRequest) -> bool:
        """Returns whether the request has a context already."""
        return hasattr(request, _CONTEXT)

    @property
    def today(self) -> date:
        """The present date in the user's zone."""
        return day_of(self.now, self.user.zone)

    @property
    def day_ends(self) -> datetime:
        """The instant (UTC) at which the present date ends in the user's zone, when an open page becomes outdated."""
        return start_of_day(self.today + timedelta(days=1), self.user.zone)

    @property
    def this_week(self) -> Period:
        """The user's present week."""
        return week_period(self.today, week_start=self.user.week_start)

    @property
    def frame_periods(self) -> tuple[Period, Period]:
        """The periods whose totals the frame needs, with later dates, on which a running session may have begun."""
        return self.this_week, Period(self.today, self.today + MAX_DAYS_AHEAD)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The user's clients, projects and tags. Three queries for the whole page; none without a user."""
        return Catalogue({}, {}, {}) if self.is_anonymous else read_catalogue(self.user)

    @cached_property
    def totals(self) -> Totals:
        """The totals of `frame_periods`, and of the page's period if it was read before.

        Two queries unless it was read before; none without a user.
        """
        if self.is_anonymous:
            return Totals(self.now, {}, {}, {})
        with snapshot():
            return read_totals(self.user, self.frame_periods, now=self.now)

    def read_overview(self, period: Period) -> Overview[TimeSession]:
        """Returns the overview of the page's period, read with the frame's totals, so that they agree. Four queries."""
        overview = read_overview(self.user, period, now=self.now, also=self.frame_periods)
        self._keep(overview.totals)
        return overview

    def read_totals(self, *periods: Period) -> Totals:
        """Returns the totals of the page's periods, read with the frame's, so that they agree. Two queries."""
        with snapshot():
            totals = read_totals(self.user, (*periods, *self.frame_periods), now=self.now)
        self._keep(totals)
        return totals

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads the frame, and all that the block reads, from one state of the database, so that they agree."""
        with snapshot():
            _ = self.totals
            yield

    def _keep(self, totals: Totals) -> None:
        self.__dict__["totals"] = totals
