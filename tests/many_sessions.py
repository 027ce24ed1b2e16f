"""Years of work in a few seconds, for the tests of query plans and for the benchmarks."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection

from sessions_app.models import Project, SessionTag, Source, Tag, TimeSession
from timetracker.db.ids import uuid7
from users_app.models import User


def add_sessions(
    user: User,
    count: int,
    *,
    until: datetime,
    over: timedelta,
    projects: Sequence[Project] = (),
    tags: Sequence[Tag] = (),
) -> None:
    """Adds finished sessions, evenly spread over the time before `until`; one in fifty lies in the Trash.

    With `projects` each has one of them, at its rate and billable as it says, or none; with `tags` every second has one
    or two. They are written past the services, which would take minutes, but derive their columns as those do.
    """
    rows = _rows(user, count, until, over, [None, *projects])
    chance = random.Random(len(tags))
    while part := list(islice(rows, 5_000)):
        TimeSession.objects.bulk_create(part)
        SessionTag.objects.bulk_create(
            SessionTag(user=user, session=session, tag=tag)
            for session in part[::2]
            for tag in chance.sample(tags, min(len(tags), chance.randint(1, 2)))
        )


def _rows(
    user: User, count: int, until: datetime, over: timedelta, projects: Sequence[Project | None]
) -> Iterator[TimeSession]:
    chance = random.Random(count)
    for number in range(count):
        start = (until - over * ((count - number) / count)).replace(microsecond=0)
        end = min(start + timedelta(seconds=chance.randrange(60, 3 * 60 * 60)), until)
        project = projects[chance.randrange(len(projects))] if len(projects) > 1 else None
        rate = project.hourly_rate if project else None
        session = TimeSession(
            id=uuid7(),
            user=user,
            project=project,
            hourly_rate=rate,
            currency="" if project is None or rate is None else project.currency or user.currency,
            name=f"Task {number % 40}",
            start=start,
            end=end,
            timezone=user.timezone,
            billable=project.billable_by_default if project else number % 2 == 0,
            source=Source.API,
            version=1,
            created_at=start,
            updated_at=end,
            deleted_at=end if number % 50 == 0 else None,
        )
        session.set_derived_fields()
        yield session


def analyze() -> None:
    """Gives the database's planner what it would know after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def forget_statistics() -> None:
    """Brings SQLite's planner back to a new database, of which it knows nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # so that there is a table to empty
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")  # makes the planner read the empty table
