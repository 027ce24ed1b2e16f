"""Two hundred users at work: nobody waits, nothing fails, and the server does not grow."""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.faults.client import Caller
from tests.server import Server

USERS = 200
SECONDS_BETWEEN = (5.0, 15.0)
"""How long somebody at work does nothing between two requests."""
# script/prove asks for ten minutes, and an hour; then nothing else runs on the machine, and seconds say something.
SECONDS = float(os.environ.get("PROVE_SECONDS", "15"))
MAX_P95_SECONDS = 0.15
MAX_GROWTH = 0.05
MAX_LOG_BYTES = 64 * 1024 * 1024
MAX_SESSIONS = 20
"""Of each user; older ones are deleted. Else the answers grew with the days, and a leak could not be told from that."""

SESSIONS_BEFORE = 50
"""Of each user, from last year: in an empty file the pages that threads keep of it would be a part of the growth."""

pytestmark = pytest.mark.slow(reason="two hundred users work for a while")


@dataclass
class AtWork(threading.Thread):
    """Somebody at work, who starts, stops, saves, corrects, and looks at days, weeks and reports."""

    url: str
    number: int
    until: float = 0
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._chance = random.Random(self.number)
        self._sessions: list[str] = []
        self._caller = Caller(self.url)
        days = [f"2025-{1 + number % 12:02}-{1 + number // 12:02}" for number in range(SESSIONS_BEFORE)]
        bodies = [{"sessionName": "Before", "start": f"{day}T09:00:00Z", "durationSeconds": 600} for day in days]
        operations = [{"op": "create", "body": each} for each in bodies]
        self._caller.call("POST", "/v1/users/me/sessions/batch", {"operations": operations})

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        caller = self._caller
        looks: list[Callable[[], tuple[object, ...]]] = [
            lambda: ("GET", "/v1/users/me/timer"),
            lambda: ("GET", "/v1/users/me/sessions?duration=day"),
            lambda: ("GET", "/v1/users/me/sessions?duration=week"),
            lambda: ("GET", "/v1/users/me/reports/summary?duration=month&groupBy=project"),
            self._start,
            lambda: ("POST", "/v1/users/me/timer/stop"),
            self._save,
            self._correct,
        ]
        time.sleep(self._chance.uniform(0, SECONDS_BETWEEN[1]))
        while time.monotonic() < self.until:
            call = self._chance.choices(looks, weights=(4, 3, 2, 1, 2, 2, 2, 1))[0]()
            if len(self._sessions) > MAX_SESSIONS:
                call = ("DELETE", f"/v1/users/me/sessions/{self._sessions.pop(0)}")
            try:
                answer = caller.call(*call, expect=(200, 201, 204, 409))
                self.seconds.append(answer.seconds)
                if answer.status == HTTPStatus.CREATED:
                    self._sessions.append(answer.data.get("started", answer.data)["id"])
            except (AssertionError, OSError) as error:
                self.failed.append(str(error)[:200])
            time.sleep(self._chance.uniform(*SECONDS_BETWEEN))
        caller.close()

    def _start(self) -> tuple[object, ...]:
        name = f"Work {self._chance.randrange(50)}"
        return ("POST", "/v1/users/me/timer/start", {"sessionName": name})

    def _save(self) -> tuple[object, ...]:
        day = self._chance.randint(1, 28)
        hour = self._chance.randrange(23)
        times = {"start": f"2026-10-{day:02}T{hour:02}:00:00Z", "end": f"2026-10-{day:02}T{hour:02}:45:00Z"}
        return ("POST", "/v1/users/me/session", {"sessionName": "Saved", **times})

    def _correct(self) -> tuple[object, ...]:
        if not self._sessions:
            return self._save()
        path = f"/v1/users/me/sessions/{self._chance.choice(self._sessions)}"
        return ("PATCH", path, {"note": f"Corrected {self._chance.random()}"})


def memory_of(server: Server) -> int:
    """The bytes of all workers that they share with nobody."""
    lines = [line for pid in server.workers for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def test_two_hundred_users_at_work():
    with Server(DATABASE_URL="") as server:
        users = [AtWork(server.url, number) for number in range(USERS)]
        until = time.monotonic() + SECONDS
        for each in users:
            each.until = until
            each.start()
        log = server.folder / "data" / "timetracker.sqlite3-wal"
        largest_log, memory = 0, []
        while time.monotonic() < until:
            time.sleep(1)
            largest_log = max(largest_log, log.stat().st_size)
            memory.append(memory_of(server))
        for each in users:
            each.join()

    seconds = sorted(each for user in users for each in user.seconds)
    percentiles = statistics.quantiles(seconds, n=100)
    failed = [each for user in users for each in user.failed]
    # The first tenth is how the workers fill their caches.
    growth = memory[-1] / memory[len(memory) // 10] - 1
    print(
        f"\n{len(seconds)} requests of {USERS} users, p50 {percentiles[49] * 1000:.0f} ms, "
        f"p95 {percentiles[94] * 1000:.0f} ms, p99 {percentiles[98] * 1000:.0f} ms, {len(failed)} failed; log "
        f"{largest_log / 1e6:.1f} MB, workers {memory[-1] / 1e6:.0f} MB, {growth:+.1%}"
    )
    assert failed == []
    assert len(seconds) > USERS / 2
    assert largest_log < MAX_LOG_BYTES
    if "PROVE_SECONDS" in os.environ:
        assert percentiles[94] < MAX_P95_SECONDS
    if SECONDS >= 3600:
        assert growth < MAX_GROWTH
