"""Figures of a whole server, for its operator."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from sessions_app.models import TimeSession
from users_app.models import AccessToken, BrowserSession, User

ACTIVE_WITHIN = timedelta(days=7)
DAYS = 30


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many sessions of all users began on a local date."""

    date: date
    count: int


@dataclass(frozen=True, slots=True)
class OperatorFigures:
    """What a server holds: how many users of which kind, how many were here, what runs, how large the database is."""

    accounts: int
    guests: int
    active: int
    running: int
    longest_user: User | None
    longest_start: datetime | None
    days: list[DayCount]
    database_bytes: int


def read_operator_figures(*, now: datetime) -> OperatorFigures:
    """Reads the figures. Five queries, none of which walks all sessions: those of each user are found by index."""
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
    """Counts the users who were seen, by a page, a browser or a token."""
    of_user = Q(user=OuterRef("pk"))
    by_browser = Exists(BrowserSession.objects.filter(of_user, last_seen_at__gte=since))
    by_token = Exists(AccessToken.objects.filter(of_user, last_used_at__gte=since))
    return User.objects.filter(Q(last_seen_at__gte=since) | by_browser | by_token, is_active=True).count()


def _count_days(now: datetime) -> list[DayCount]:
    """Counts the sessions of the last days by the date that they began on, those without one included."""
    today = now.date()
    first = today - timedelta(days=DAYS - 1)
    # A date is up to a day apart from that of UTC.
    recent = {"timesessions__start__gte": now - timedelta(days=DAYS + 1), "timesessions__deleted_at": None}
    rows = User.objects.filter(**recent).values_list("timesessions__first_date").annotate(count=Count("pk")).order_by()
    counts: dict[date, int] = dict(rows)
    return [DayCount(day, counts.get(day, 0)) for day in (first + timedelta(days=number) for number in range(DAYS))]


def _database_bytes() -> int:
    """Returns what the database takes on the disk; of SQLite, with the file that its newest changes are in."""
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        return sum(file.stat().st_size for file in (Path(path), Path(f"{path}-wal")) if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)
