"""How long a merge of a guest with many sessions takes, and what others wait for meanwhile.

    python -m benchmarks.merging [SESSIONS]                            on SQLite, 50,000 unless said
    python -m tests.postgres python -m benchmarks.merging --postgresql

The account has as many sessions as the guest, and most of the guest's projects and tags by name. Four others save
sessions by the API of a server of two processes the whole time, each one after the other.
"""

import os
import statistics
import sys
import threading
import time
from typing import Self

from benchmarks.timetracker import ME, Timetracker

COUNT = 50_000
OTHERS = 4

PREPARE = """
from datetime import UTC, datetime, timedelta
from django.db import connection
from sessions_app import services
from sessions_app.models import Client, Project, Tag
from tests.factories import WEB, make_account, make_guest
from tests.many_sessions import add_sessions, record_changes
if connection.vendor == "postgresql":
    connection.cursor().execute("SET statement_timeout = 0")
for user, first in ((make_account("mira@example.org"), 0), (make_guest(), 5)):
    clients = [services.create_entry(user, WEB, Client, name=f"Client {{n}}") for n in range(first, first + 10)]
    projects = [
        services.create_entry(user, WEB, Project, name=f"Project {{n}}", client_id=clients[n % 10].id)
        for n in range(first, first + 40)
    ]
    tags = [services.create_entry(user, WEB, Tag, name=f"tag{{n}}") for n in range(first, first + 10)]
    until = datetime(2026, 11, 20, tzinfo=UTC)
    add_sessions(user, {count}, until=until, over=timedelta(days=3_000), projects=projects, tags=tags)
    record_changes(user)
"""
MEASURE = """
import time
from sessions_app import services
from sessions_app.models import Project, TimeSession
from tests.factories import WEB
from users_app.models import User
account = User.objects.get(email="mira@example.org")
def measure(name, call):
    cpu, begun = time.process_time(), time.perf_counter()
    result = call()
    print(f"{name:8}{time.perf_counter() - begun:7.2f} s{time.process_time() - cpu:7.2f} s of CPU here")
    return result
guest = Project.objects.exclude(user=account)[0].user
merged = measure("merge", lambda: services.merge_guest(account, WEB, guest))
measure("undo", lambda: services.undo_changeset(account, WEB, merged.changeset_id))
assert TimeSession.objects.for_user(guest).count() == merged.session_count
"""


class Others:
    """A context manager: users of a server who save one session after the other; `seconds` has how long each took."""

    def __init__(self, server: Timetracker) -> None:
        self._server = server
        self._has_ended = threading.Event()
        self._threads = [threading.Thread(target=self._save, args=(token,)) for token in server.tokens]
        self.seconds: list[float] = []
        self.failed = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._has_ended.set()
        for thread in self._threads:
            thread.join()

    def _save(self, token: str) -> None:
        body = {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z"}
        while not self._has_ended.wait(0.02):
            begun = time.perf_counter()
            try:
                self._server.call("POST", f"{ME}/session", body, token=token)
            except OSError:
                self.failed += 1
            self.seconds.append(time.perf_counter() - begun)


def main() -> None:
    arguments = [each for each in sys.argv[1:] if each != "--postgresql"]
    count = int(arguments[0]) if arguments else COUNT
    url = os.environ["DATABASE_URL"] if "--postgresql" in sys.argv else ""
    with Timetracker(OTHERS, database_url=url) as server:
        server.manage("shell", "-v", "0", "-c", PREPARE.format(count=count))
        with Others(server) as others:
            time.sleep(10)
        _report("nothing else", others)
        with Others(server) as others:
            print(server.manage("shell", "-v", "0", "-c", MEASURE), end="")
        _report("merge and undo", others)


def _report(name: str, others: Others) -> None:
    percentiles = [each * 1000 for each in statistics.quantiles(others.seconds, n=100)]
    waits = f"p50 {percentiles[49]:.0f} ms, p99 {percentiles[98]:.0f} ms, longest {max(others.seconds) * 1000:.0f} ms"
    print(f"others beside {name}: {len(others.seconds)} saves, {waits}, {others.failed} failed", flush=True)


if __name__ == "__main__":
    main()
