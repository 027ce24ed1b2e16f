"""How long the admin takes beside many sessions: `python -m benchmarks.admin [SESSIONS]`, on SQLite.

    python -m tests.postgres python -m benchmarks.admin --postgresql

Prints the time to answer and the queries of each page, for one user of 1,000,000 sessions. At most 500 ms and 20
queries are wanted.
"""

import os
import statistics
import sys
import time

from benchmarks.timetracker import Timetracker

COUNT = 1_000_000
EACH = 300
ROUNDS = 3


def main() -> None:
    """Fills a server of its own and looks at the pages in a process of that."""
    arguments = [each for each in sys.argv[1:] if each != "--postgresql"]
    url = os.environ["DATABASE_URL"] if "--postgresql" in sys.argv else ""
    with Timetracker(1, database_url=url) as server:
        server.fill(0, int(arguments[0]) if arguments else COUNT, now=int(time.time()), each=EACH)
        print(server.manage("shell", "-v", "0", "-c", "from benchmarks.admin import look; look()"))


def look() -> None:
    """Prints the figures of each page. Called where Django is set up."""
    from django.db import connection  # noqa: PLC0415  # the benchmark itself runs without Django
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from sessions_app.models import TimeSession  # noqa: PLC0415
    from users_app.models import User  # noqa: PLC0415

    user = User.objects.get()
    operator = User.objects.create_superuser(email="operator@example.org", password="a password for a while")
    newest = TimeSession.objects.for_user(user).latest("start")
    users, sessions = "/admin/users_app/user/", "/admin/sessions_app/timesession/"
    pages = {
        "index": "/admin/",
        "users": users,
        "users, an address": f"{users}?q=operator@example.org",
        "a user": f"{users}{user.pk}/change/",
        "sessions": sessions,
        "sessions, page 50": f"{sessions}?p=50",
        "sessions, those that run": f"{sessions}?state=running",
        "sessions of a user": f"{sessions}?user__id__exact={user.pk}",
        "sessions, an id": f"{sessions}?q={newest.pk}",
        "sessions, a name": f"{sessions}?q=Task",
        "sessions, a name that nothing has": f"{sessions}?q=nothing-has-it",
        "a session": f"{sessions}{newest.pk}/change/",
        "history of a session": f"{sessions}{newest.pk}/history/",
    }
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(operator)
    for name, path in pages.items():
        times = []
        for _round in range(ROUNDS):
            with CaptureQueriesContext(connection) as queries:
                begun = time.perf_counter()
                status = client.get(path, follow=True).status_code
                times.append((time.perf_counter() - begun) * 1000)
        assert status == 200, (path, status)
        print(f"{name:36}{statistics.median(times):6.0f} ms{len(queries):4} queries")


if __name__ == "__main__":
    main()
