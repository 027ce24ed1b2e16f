"""Makes years of sessions in a few seconds, for the tests of query plans and the benchmarks."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.core.management import call_command
from django.db import connection

from sessions_app.models import Changeset, Project, SessionTag, Source, Tag, TimeSession
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
    """Adds finished sessions, spread evenly over the time before `until`. One in fifty is in the Trash.

    With `projects`, each session has one of them, with its rate and billable flag, or none. With `tags`, every second
    session has one or two. The services would take minutes, so the rows are written directly, with derived columns.
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


def repeat_sessions(user: User, times: int, *, days: int, tag: Tag | None = None) -> None:
    """Adds copies of all sessions of a user, each `days` before the last, in the database for speed.

    The dates of copies are shifted instead of derived, which is right in UTC, and elsewhere except at clock changes.
    With `tag`, every second copy has the tag.
    """
    earlier = ("datetime({0}, {1})", "date({0}, {1})")
    new_id, shift = "lower(hex(randomblob(16)))", f"'-' || (number * {days}) || ' days'"
    if connection.vendor == "postgresql":
        earlier = ("{0} - {1}", "({0} - {1})::date")
        new_id, shift = "gen_random_uuid()", f"number * interval '{days} days'"
    of_time, of_date = (each.format for each in earlier)
    values = {
        "id": new_id,
        "start": of_time("start", shift),
        "end": of_time('"end"', shift),
        "first_date": of_date("first_date", shift),
        "last_date": of_date("last_date", shift),
    }
    columns = [field.column for field in TimeSession._meta.local_concrete_fields]
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    selected = ", ".join(values.get(each, connection.ops.quote_name(each)) for each in columns)
    counted = f"SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {times}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE copies (number) AS ({counted}) "
            f"INSERT INTO sessions_app_timesession ({quoted}) "
            f"SELECT {selected} FROM sessions_app_timesession CROSS JOIN copies WHERE user_id = %s",
            [user.pk.hex if connection.vendor == "sqlite" else user.pk],
        )
        if tag is not None:
            ids = [each.pk.hex if connection.vendor == "sqlite" else each.pk for each in (tag, user, user)]
            cursor.execute(
                "INSERT INTO sessions_app_sessiontag (user_id, session_id, tag_id) "
                "SELECT user_id, id, %s FROM sessions_app_timesession WHERE user_id = %s "
                "AND CAST(SUBSTR(name, 6) AS INTEGER) %% 2 = 0 "  # as `add_sessions` tags and names them
                "AND id NOT IN (SELECT session_id FROM sessions_app_sessiontag WHERE user_id = %s)",
                ids,
            )


def record_changes(user: User) -> None:
    """Adds approximately the changes that the services would have recorded for a user's sessions."""
    owner = f"{user.pk.hex if connection.vendor == 'sqlite' else user.pk}"
    before = Changeset.objects.filter(user=user).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sessions_app_changeset (id, user_id, revision, at, source, summary, count, request) "
            f"SELECT id, user_id, {before} + ROW_NUMBER() OVER (ORDER BY start), start, 'api', name, 1, '' "
            "FROM sessions_app_timesession WHERE user_id = %s",
            [owner],
        )
        # Without statistics, PostgreSQL checks each foreign key by scanning a table that it takes for small.
        cursor.execute("ANALYZE sessions_app_changeset")
        cursor.execute(
            "INSERT INTO sessions_app_change (user_id, changeset_id, revision, number, kind, object_id, action) "
            "SELECT user_id, id, revision, 1, 'session', id, 'create' FROM sessions_app_changeset "
            "WHERE user_id = %s AND revision > %s",
            [owner, before],
        )
    User.objects.filter(pk=user.pk).update(revision=Changeset.objects.filter(user=user).count())


def analyze() -> None:
    """Updates the planner's statistics, from all rows, because those of a sample would differ each time."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET default_statistics_target = 10000")
            # Dead rows of earlier tests make a small index look as expensive as a large one.
            cursor.execute("REINDEX TABLE sessions_app_timesession")
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


STATISTICS = ["new", "analyzed"] if connection.vendor == "sqlite" else ["analyzed"]
"""The states of the planner's statistics to test: on SQLite, there are none before ANALYZE."""


def set_statistics(state: str) -> None:
    """Sets the planner's statistics to a state in STATISTICS. Not for transactions that are rolled back."""
    forget_statistics() if state == "new" else analyze()


def remove_everything() -> None:
    """Empties the database and the planner's statistics. Not within a transaction."""
    with connection.constraint_checks_disabled():  # or SQLite would empty tables row by row
        call_command("flush", verbosity=0, interactive=False)
    if connection.vendor == "sqlite":
        forget_statistics()


def forget_statistics() -> None:
    """Removes the statistics of SQLite's planner, as in a new database."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # so that there is a table to empty
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")  # makes the planner read the empty table
