"""A PostgreSQL primary that dies: its synchronous standby takes over, with all that was acknowledged."""

import contextlib
import http.client
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.faults.client import Caller
from tests.postgres import programs_in
from tests.server import Server, free_port

WRITERS = 8
# script/prove asks for more between the deaths.
SECONDS = float(os.environ.get("PROVE_SECONDS", "3"))
MAX_PAUSE_SECONDS = 10

pytestmark = pytest.mark.slow(reason="runs three PostgreSQL servers, and kills two of them")


class Postgres:
    """One server of several, whose data are in a folder of its own. What it acknowledges is synced."""

    def __init__(self, programs: Path, data: Path) -> None:
        self.port = free_port()
        self._programs, self._data = programs, data
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, object] = {"cwd": "/"}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data.parent, nobody.pw_uid, nobody.pw_gid)
            self._as_user |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / name, *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            **self._as_user,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout.decode()

    def make(self) -> None:
        self.run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")

    def copy(self, primary: "Postgres", name: str) -> None:
        """Becomes a standby, which the primary knows by this name."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={name}"
        self.run("pg_basebackup", "-D", str(self._data), "-d", source, "-R", "-X", "stream", "-c", "fast")

    def start(self, **settings: str) -> None:
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self._data.parent / f"log-{self.port}").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self.port), "-k", "",
                 "-N", "100", *options],
                stdout=log, stderr=log, start_new_session=True, **self._as_user,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(psycopg.OperationalError), self.connect():
                return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True)

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-D", str(self._data))

    def kill(self) -> None:
        """SIGKILL to each of its processes."""
        if self._process is not None:
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
            for pid in (self._process.pid, *map(int, children)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None


@pytest.fixture
def cluster() -> Iterator[list[Postgres]]:
    """A primary and two standbys, one of which must have what is acknowledged."""
    folder = Path(tempfile.mkdtemp(prefix="timetracker-failover-"))
    programs = programs_in(folder)
    servers = [Postgres(programs, folder / name) for name in ("primary", "one", "two")]
    primary, *standbys = servers
    try:
        primary.make()
        primary.start()
        for name, standby in zip(("one", "two"), standbys, strict=True):
            standby.copy(primary, name)
            standby.start()
        with primary.connect() as connection:
            connection.execute("CREATE DATABASE timetracker")
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (one, two)'")
            connection.execute("SELECT pg_reload_conf()")
        yield servers
    finally:
        for each in servers:
            each.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Writer(threading.Thread):
    """Saves sessions until it is told to stop, each until it is acknowledged."""

    def __init__(self, url: str, stop: threading.Event) -> None:
        super().__init__()
        self.caller = Caller(url)
        self.acknowledged: list[tuple[float, str]] = []
        self.statuses: set[int] = set()
        self._stop_event = stop

    def run(self) -> None:
        while not self._stop_event.is_set():
            session_id = str(uuid.uuid4())
            body = {"start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:00:00Z"}
            while not self._stop_event.is_set():
                with contextlib.suppress(OSError, http.client.HTTPException):
                    path = f"/v1/users/me/sessions/{session_id}"
                    answer = self.caller.call("PUT", path, body, expect=(200, 201, 500, 503))
                    self.statuses.add(answer.status)
                    if answer.status < 300:
                        self.acknowledged.append((time.monotonic(), session_id))
                        break
                time.sleep(0.05)


def test_the_standby_takes_over_with_all_that_was_acknowledged(cluster):
    primary, one, two = cluster
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{one.port}"
    url = f"postgresql://postgres@{hosts}/timetracker?target_session_attrs=read-write"
    with Server(DATABASE_URL=url) as server:
        stop = threading.Event()
        writers = [Writer(server.url, stop) for _writer in range(WRITERS)]
        for each in writers:
            each.start()
        try:
            time.sleep(SECONDS)
            two.kill()
            standby_died_at = time.monotonic()
            time.sleep(SECONDS)
            primary.kill()
            died_at = time.monotonic()
            one.promote()
            time.sleep(SECONDS + MAX_PAUSE_SECONDS / 2)
        finally:
            stop.set()
            for each in writers:
                each.join()

        assert all(any(standby_died_at < at < died_at for at, _id in each.acknowledged) for each in writers)
        pauses = [min((at for at, _id in each.acknowledged if at > died_at), default=1e9) - died_at for each in writers]
        count = sum(len(each.acknowledged) for each in writers)
        statuses = sorted(set().union(*(each.statuses for each in writers)))
        print(f"\n{count} acknowledged, {max(pauses):.1f} s until all wrote again, answers {statuses}")
        with ThreadPoolExecutor(WRITERS) as pool:
            stored = list(pool.map(lambda each: each.caller.sessions("2026-02-01", "2026-03-01"), writers))
        for each in writers:
            each.caller.close()
    for each, sessions in zip(writers, stored, strict=True):
        assert {session_id for _at, session_id in each.acknowledged} <= {session["id"] for session in sessions}
    assert max(pauses) < MAX_PAUSE_SECONDS
    assert 500 not in statuses
