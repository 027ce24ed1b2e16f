"""How long a day, week and month take to read for somebody with 1,000 and with 100,000 sessions.

    python -m benchmarks.overview                            on SQLite
    python -m tests.postgres python -m benchmarks.overview   on PostgreSQL

Both users have tracked as densely, so that a period shows as many sessions to both; only their histories differ.
"""

import os
import statistics
import time
from datetime import UTC, date, datetime, timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from sessions_app.models import TimeSession  # noqa: E402
from sessions_app.selectors.overview import read_overview  # noqa: E402
from sessions_app.timekeeping.periods import Period  # noqa: E402
from tests.many_sessions import add_sessions, analyze  # noqa: E402
from users_app.models import User  # noqa: E402

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
PERIODS = {
    "day": Period(date(2026, 11, 20), date(2026, 11, 21)),
    "week": Period(date(2026, 11, 16), date(2026, 11, 23)),
    "month": Period(date(2026, 11, 1), date(2026, 12, 1)),
}
EACH = timedelta(minutes=53)  # 100,000 sessions in ten years, 27 a day
ROUNDS = 60


def make_user(count: int) -> User:
    user = User.objects.create_guest(timezone="Europe/Berlin")
    add_sessions(user, count, until=NOW, over=EACH * count)
    return user


def measure(users: dict[int, User]) -> dict[tuple[str, int], list[float]]:
    """Milliseconds. The two take turns, so that whatever else the machine does befalls both."""
    times: dict[tuple[str, int], list[float]] = {(name, count): [] for name in PERIODS for count in users}
    for _round in range(ROUNDS):
        for (name, count), measured in times.items():
            begun = time.perf_counter()
            read_overview(users[count], PERIODS[name], now=NOW)
            measured.append((time.perf_counter() - begun) * 1_000)
    return times


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        users = {count: make_user(count) for count in (1_000, 100_000)}
        analyze()
        times = measure(users)
        print(f"{connection.vendor}, {TimeSession.objects.count():,} sessions, median of {ROUNDS}")
        print(f"{'':8}{'1,000':>10}{'100,000':>12}{'ratio':>8}")
        for name in PERIODS:
            few, many = (statistics.median(times[name, count]) for count in users)
            print(f"{name:8}{few:>7.2f} ms{many:>9.2f} ms{many / few:>8.2f}")
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
