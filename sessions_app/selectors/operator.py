"""Statistics of the whole server, for its operator."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Sum

from sessions_app.models import TimeSession
from users_app.models import AccessToken, BrowserSession, User

ACTIVE_WITHIN = timedelta(days=7)
DAYS = 30


@dataclass(frozen=True, slots=True)
class DayCount:
    """The number of sessions of all users that began on a day (UTC)."""

    date: date
    count: int


@dataclass(frozen=True, slots=True)
class OperatorFigures:
    """The numbers of users by kind, of active users and running sessions, sessions by day, and the database's size."""

    accounts: int
    guests: int
    active: int
    running: int
    longest_user: User | None
    longest_start: datetime | None
    days: list[DayCount]
    database_bytes: int


def read_operator_figures(*, now: datetime) -> OperatorFigures:
    """Returns the figures. Five queries, none of which reads all sessions: those of each user are found by index."""
    kinds = User.objects.filter(is_active=True).aggregate(
        accounts=Count("pk", filter=Q(email__isnull=False)), guests=Count("pk", filter=Q(email=None))
    )
    running = TimeSession.objects.for_user(OuterRef("pk")).filter(end=None)
    with_running = User.objects.filter(Exists(running)).annotate(running_since=Subquery(running.values("start")[:1]))
    longest = with_running.order_by("running_since", "pk").first()
    return OperatorFigures(
        accounts=kinds["accounts"],
        guests=kinds["guests"],
        active=_count_active(now - ACTIVE_WITHIN),
        running=with_running.count(),
        longest_user=longest,
        longest_start=None if longest is None else longest.running_since,
        days=_count_days(now),
        database_bytes=_database_bytes(),
    )


def _count_active(since: datetime) -> int:
    """Counts the users who used a page or a token since then."""
    of_user = Q(user=OuterRef("pk"))
    by_browser = Exists(BrowserSession.objects.filter(of_user, last_seen_at__gte=since))
    by_token = Exists(AccessToken.objects.filter(of_user, last_used_at__gte=since))
    return User.objects.filter(Q(last_seen_at__gte=since) | by_browser | by_token, is_active=True).count()


class _Count(Subquery):
    """Counts the rows of a subquery for each user, so that the index, which begins with the user, is used."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _count_days(now: datetime) -> list[DayCount]:
    """Counts the sessions of the last days by the day (UTC) on which they began, days without sessions included."""
    midnight = now.replace(hour=0, minute=0, second=0)
    days = [midnight - timedelta(days=number) for number in reversed(range(DAYS))]
    sessions = TimeSession.objects.for_user(OuterRef("pk")).not_deleted()
    began = {
        f"day_{number}": _Count(sessions.filter(start__gte=day, start__lt=day + timedelta(days=1)).values("pk"))
        for number, day in enumerate(days)
    }
    users = User.objects.filter(Exists(TimeSession.objects.for_user(OuterRef("pk")).filter(start__gte=days[0])))
    totals = users.annotate(**began).aggregate(**{f"all_{name}": Sum(name) for name in began})
    return [DayCount(day.date(), totals[f"all_day_{number}"] or 0) for number, day in enumerate(days)]


def _database_bytes() -> int:
    """Returns the size of the database on disk in bytes; for SQLite, the write-ahead log included."""
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        return sum(file.stat().st_size for file in (Path(path), Path(f"{path}-wal")) if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)
