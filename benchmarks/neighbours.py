"""What one user waits for while others make twenty large files at a time: `python -m benchmarks.neighbours`, on SQLite.

    python -m tests.postgres python -m benchmarks.neighbours --postgresql

Ten users of 10,000 sessions each download their accounts, two at a time, from a server of two processes. The other user
reads the timer and starts it, again and again. At most 300 ms (p95) are wanted.
"""

import os
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request

from benchmarks.timetracker import ME, Timetracker

USERS = 10
EACH = 2
COUNT = 10_000
CALLS = 150

FILL = f"""
from datetime import UTC, datetime, timedelta
from tests.factories import make_guest, make_token
from tests.many_sessions import add_sessions, repeat_sessions
for _number in range({USERS}):
    user = make_guest()
    add_sessions(user, 1000, until=datetime(2026, 11, 20, tzinfo=UTC), over=timedelta(days=300))
    repeat_sessions(user, {COUNT} // 1000 - 1, days=300)
    print("token", make_token(user))
"""


def main() -> None:
    url = os.environ["DATABASE_URL"] if "--postgresql" in sys.argv else ""
    with Timetracker(1, database_url=url) as server:
        said = server.manage("shell", "-v", "0", "-c", FILL)
        tokens = [line.split()[1] for line in said.splitlines() if line.startswith("token")]
        for _round in range(2):
            print(f"nothing beside it: p95 {_wait(server):.0f} ms", flush=True)
            downloads = [_Downloads(server, token) for token in tokens * EACH]
            for each in downloads:
                each.start()
            time.sleep(3)
            waited = _wait(server)
            for each in downloads:
                each.has_ended.set()
            for each in downloads:
                each.join()
            answers = sorted(status for each in downloads for status in each.answers)
            counts = {status: answers.count(status) for status in dict.fromkeys(answers)}
            print(f"beside {len(downloads)} downloads: p95 {waited:.0f} ms; their answers {counts}", flush=True)


class _Downloads(threading.Thread):
    """Downloads an account over and over, as soon as it may."""

    def __init__(self, server: Timetracker, token: str) -> None:
        super().__init__()
        self.has_ended = threading.Event()
        self.answers: list[int] = []
        self._url, self._token = f"{server.url}{ME}/export", token

    def run(self) -> None:
        while not self.has_ended.is_set():
            headers = {"Authorization": f"Bearer {self._token}"}
            try:
                with urllib.request.urlopen(urllib.request.Request(self._url, headers=headers), timeout=600) as answer:
                    while answer.read(64 * 1024):
                        pass
                self.answers.append(200)
            except urllib.error.HTTPError as error:
                self.answers.append(error.code)
                self.has_ended.wait(float(error.headers["Retry-After"] or 0))


def _wait(server: Timetracker) -> float:
    """Returns the 95th percentile of calls that read and write, in ms."""
    seconds = []
    for number in range(CALLS):
        begun = time.perf_counter()
        method, path = [("GET", f"{ME}/timer"), ("POST", f"{ME}/timer/start")][number % 2]
        server.call(method, path, {} if method == "POST" else None, token=server.tokens[0])
        seconds.append(time.perf_counter() - begun)
    return statistics.quantiles(seconds, n=20)[-1] * 1000


if __name__ == "__main__":
    main()
