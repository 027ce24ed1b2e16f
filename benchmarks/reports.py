"""How long a report over ten years takes to read for somebody with 100,000 sessions, against the bare SQL aggregate.

    python -m benchmarks.reports                            on SQLite
    python -m tests.postgres python -m benchmarks.reports   on PostgreSQL

The bare aggregate sums seconds by month and project on the same connection: no midnights, no prices, no rounding.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from sessions_app import services  # noqa: E402
from sessions_app.models import Client, Project, Source, Tag, TimeSession  # noqa: E402
from sessions_app.reports import ReportQuery, read_report  # noqa: E402
from sessions_app.timekeeping.periods import Period  # noqa: E402
from sessions_app.timekeeping.rounding import Rounding  # noqa: E402
from tests.many_sessions import add_sessions, analyze  # noqa: E402
from users_app.models import User  # noqa: E402

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
EVER = Period(date(2016, 1, 1), date(2027, 1, 1))
ROUNDS = 15
MOST = 3  # times as long as the bare aggregate
ASKED = "month, project"
REPORTS = {
    ASKED: ReportQuery(EVER, ("month", "project")),
    "nothing": ReportQuery(EVER),
    "project": ReportQuery(EVER, ("project",)),
    "client, month": ReportQuery(EVER, ("client", "month")),
    "week, name": ReportQuery(EVER, ("week", "name")),
    "day, project": ReportQuery(EVER, ("day", "project")),
    "tag": ReportQuery(EVER, ("tag",)),
    f"{ASKED}, 15 min per session": ReportQuery(EVER, ("month", "project"), rounding=Rounding(15, "up", "session")),
    f"{ASKED}, 15 min per day": ReportQuery(EVER, ("month", "project"), rounding=Rounding(15, "up", "day")),
}


def make_user() -> User:
    user = User.objects.create_guest(timezone="Europe/Berlin")
    actor = services.Actor(Source.WEB)
    clients = [services.create_entry(user, actor, Client, name=f"Client {number}") for number in range(5)]
    projects = [
        services.create_entry(
            user,
            actor,
            Project,
            name=f"Project {number}",
            client_id=clients[number % 5].id,
            billable_by_default=number % 4 > 0,
            hourly_rate=Decimal(60 + number % 4 * 10),
            currency="EUR",
        )
        for number in range(20)
    ]
    tags = [services.create_entry(user, actor, Tag, name=name) for name in ("call", "mail", "office", "travel")]
    add_sessions(user, 100_000, until=NOW, over=timedelta(days=3_650), projects=projects, tags=tags)
    return user


def read_bare(user: User) -> None:
    month = "to_char(first_date, 'YYYY-MM')" if connection.vendor == "postgresql" else "substr(first_date, 1, 7)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {month}, project_id, sum(duration_seconds) FROM sessions_app_timesession "
            "WHERE user_id = %s AND deleted_at IS NULL GROUP BY 1, 2",
            [user.pk if connection.features.has_native_uuid_field else user.pk.hex],
        )
        rows = cursor.fetchall()
    assert len(rows) > 100


def measure(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Milliseconds. All take turns, so that whatever else the machine does befalls all."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, way in ways.items():
            gc.collect()  # what one leaves behind is not cleared away in the time of the next
            begun = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - begun) * 1_000)
    return times


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        user = make_user()
        analyze()
        ways: dict[str, Callable[[], object]] = {"bare aggregate": lambda: read_bare(user)}
        ways |= {name: lambda query=query: read_report(user, query, now=NOW) for name, query in REPORTS.items()}
        medians = {name: statistics.median(times) for name, times in measure(ways).items()}
        bare = medians["bare aggregate"]
        print(f"{connection.vendor}, {TimeSession.objects.count():,} sessions, median of {ROUNDS}")
        for name, median in medians.items():
            print(f"{name:36}{median:>8.0f} ms{median / bare:>8.2f}")
    finally:
        runner.teardown_databases(databases)
    if medians[ASKED] > MOST * bare:
        raise SystemExit(f"The report by {ASKED} takes more than {MOST} times as long as the bare aggregate.")


if __name__ == "__main__":
    main()
