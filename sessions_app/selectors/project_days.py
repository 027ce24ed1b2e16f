"""Reads the seconds of each project on each day, for charts and tables beside the totals of the same days."""

from collections import Counter, defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from sessions_app.models import TimeSession
from sessions_app.models.querysets import IS_WITHIN_ONE_DAY
from sessions_app.selectors.totals import read_split
from sessions_app.timekeeping.periods import Period
from timetracker.db.compiled import CompiledRead
from timetracker.db.snapshot import snapshot
from users_app.models import User


def read_project_days(user: User, period: Period, *, now: datetime) -> dict[date, Counter[UUID | None]]:
    """Returns the seconds of each project (None: no project) on each day of a period, equal to those of a report.

    Projects and days without seconds are left out. Two queries, whose SQL is compiled, since many pages read this.
    """
    found: defaultdict[date, Counter[UUID | None]] = defaultdict(Counter)
    with snapshot():
        for day, project_id, seconds in _read_days(user_id=user.pk, first=period.first, end=period.end):
            found[day][project_id] += int(seconds)
        for split in read_split(user, (period,), now=now).values():
            for day, seconds in split.seconds_by_date.items():
                if seconds:
                    found[day][split.session.project_id] += seconds
    return dict(found)


_read_days = CompiledRead(
    lambda user_id, first, end: (
        TimeSession.objects.for_user(user_id)
        .finished_within(Period(first, end))  # the index of reports, which has the project
        .filter(IS_WITHIN_ONE_DAY, duration_seconds__gt=0)
        .order_by()
        .values("first_date", "project_id")
        .annotate(seconds=Sum("duration_seconds"))
        .values_list("first_date", "project_id", "seconds")
    ),
    user_id=UUID(int=1),
    first=date(1950, 1, 1),
    end=date(1950, 1, 2),
)
