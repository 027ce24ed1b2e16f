"""How much memory the server takes for the files of somebody with 100,000 sessions, and how long they take.

    python -m benchmarks.downloads                            on SQLite
    python -m tests.postgres python -m benchmarks.downloads   on PostgreSQL

A real server with one process, asked for a small file first, so that all of its modules are there. Linux only: what a
process holds at most is read from /proc.
"""

import re
import time
import urllib.request
from pathlib import Path

from tests.server import Server

FORMATS = ("csv", "xlsx", "json")
SMALL, ALL = "from=2026-11-20&to=2026-11-20", "from=&to="
MANY = 100_000
MEGABYTE = 1024 * 1024

USER = f"""
from datetime import UTC, datetime, timedelta
from users_app.browser_sessions import SessionStore
from tests.many_sessions import add_sessions, analyze
from users_app.models import User

user = User.objects.create_guest(timezone="Europe/Berlin")
add_sessions(user, {MANY}, until=datetime(2026, 11, 20, 15, tzinfo=UTC), over=timedelta(days=3_650))
analyze()
store = SessionStore()
store["_auth_user_id"], store["_auth_user_backend"] = str(user.id), "django.contrib.auth.backends.ModelBackend"
store["_auth_user_hash"] = user.get_session_auth_hash()
store.create()
print("cookie", store.session_key)
"""


def download(server: Server, cookie: str, path: str) -> int:
    """The size of a file, in bytes, of which only a piece is ever held here."""
    request = urllib.request.Request(server.url + path, headers={"Cookie": f"sessionid={cookie}"})
    size = 0
    with urllib.request.urlopen(request, timeout=600) as response:
        while piece := response.read(64 * 1024):
            size += len(piece)
    return size


def held(server: Server, key: str) -> float:
    """Of the server's only worker, in MB: what it holds now (`VmRSS`), or held at most (`VmHWM`)."""
    (worker,) = server.workers
    found = re.search(rf"{key}:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_most(server: Server) -> None:
    """What was held at most begins anew."""
    (worker,) = server.workers
    Path(f"/proc/{worker}/clear_refs").write_text("5")


def main() -> None:
    with Server(WEB_CONCURRENCY="1") as server:
        cookie = server.manage("shell", "-c", USER).rpartition("cookie ")[2].strip()
        print(f"{MANY:,} sessions")
        print(f"{'':6}{'file':>10}{'time':>9}{'before':>10}{'most':>10}")
        for ending in FORMATS:
            path = f"/reports/sessions/download.{ending}?"
            download(server, cookie, path + SMALL)
            forget_most(server)
            before, begun = held(server, "VmRSS"), time.perf_counter()
            size = download(server, cookie, path + ALL)
            taken = time.perf_counter() - begun
            print(
                f"{ending:6}{size / MEGABYTE:>7.1f} MB{taken:>7.1f} s{before:>7.0f} MB{held(server, 'VmHWM'):>7.0f} MB"
            )


if __name__ == "__main__":
    main()
