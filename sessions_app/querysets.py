"""Named reads of sessions. Every one begins at a user, `TimeSession.objects.for_user(user)`; a test keeps it so."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.lookups import GreaterThanOrEqual

from sessions_app.constraints import LastDateOrNever
from sessions_app.timekeeping.periods import Period
from users_app.models import User

if TYPE_CHECKING:
    from sessions_app.models import TimeSession

IS_WITHIN_ONE_DAY = Q(last_date=F("first_date"))
"""The condition of the index `session_by_date`; a read that repeats it is answered from that index alone."""

IS_OPEN_OR_CROSSING = Q(last_date__isnull=True) | Q(last_date__gt=F("first_date"))
"""The condition of the index `session_open_or_crossing`; a read that repeats it is answered from that small index."""


class OwnedQuerySet(models.QuerySet[Any]):
    """What people have, narrowed by name."""

    def for_user(self, user: User | OuterRef) -> Self:
        """All of one person, what was deleted included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """What is not deleted."""
        return self.filter(deleted_at__isnull=True)


class TimeSessionQuerySet(OwnedQuerySet):
    """Sessions, narrowed by name."""

    def in_trash(self) -> Self:
        """Those that are deleted, but can be restored."""
        return self.filter(deleted_at__isnull=False)

    def running(self) -> Self:
        """The one that has no end yet, if any."""
        return self.kept().filter(end__isnull=True)

    def find_running(self) -> "TimeSession | None":
        """The running session of one person, if any."""
        # No first(): the database knows that there is one at most; an order and a limit would only tempt its planner.
        return next(iter(self.running()), None)

    def within_one_day(self, *periods: Period) -> Self:
        """Finished sessions that lie within one local day, that day in one of the periods."""
        return self.kept().filter(
            IS_WITHIN_ONE_DAY, _any_of(Q(first_date__gte=p.first, first_date__lt=p.end) for p in periods)
        )

    def starting_in(self, period: Period) -> Self:
        """Those whose first local day is in the period."""
        return self.kept().filter(first_date__gte=period.first, first_date__lt=period.end)

    def open_or_crossing(self, *periods: Period) -> Self:
        """The running session and those that cross a local midnight, where they cover a day of one of the periods."""
        return self.kept().filter(
            IS_OPEN_OR_CROSSING,
            _any_of(
                Q(GreaterThanOrEqual(LastDateOrNever("last_date"), p.first), first_date__lt=p.end) for p in periods
            ),
        )


def _any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)
