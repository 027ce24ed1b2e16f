"""The product as script/server runs it, for tests that need the real thing: gunicorn, processes, files, a port.

Each server has a data folder of its own, on PostgreSQL (DATABASE_URL) a database of its own, and a process group of its
own, so that all of it can be killed at once as by a power cut. Its database begins as a copy of one that is released
once for all servers of the process: to do that takes twice as long as to start.
"""

import atexit
import contextlib
import fcntl
import functools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "timetracker/gunicorn.conf.py", "timetracker.wsgi")
MAX_START_SECONDS = 60
# What programs are found by, and the clock that faketime sets for all of them.
PASSED_ON = {
    name: value for name, value in os.environ.items() if name in {"PATH", "LD_PRELOAD"} or name.startswith("FAKETIME")
}


class Server:
    """A context manager. More `environment` may be given, such as WEB_CONCURRENCY="1"."""

    python = GUNICORN[0]

    def __init__(self, **environment: str) -> None:
        self._more_environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="timetracker-server-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            port = free_port()
            self.url = f"http://127.0.0.1:{port}"
            # Nothing else of the environment of the tests.
            self.environment = {
                **PASSED_ON,
                "DATA_DIR": str(self.folder / "data"),
                "PORT": str(port),
                "RATE_LIMITS": "off",
                **self._more_environment,
            }
            # DATABASE_URL="" is SQLite, whatever the suite runs on.
            if "DATABASE_URL" not in self.environment and os.environ.get("DATABASE_URL", "").startswith("postgres"):
                self.environment["DATABASE_URL"] = stack.enter_context(_new_database(os.environ["DATABASE_URL"]))
            elif not self.environment.get("DATABASE_URL"):
                Path(self.environment["DATA_DIR"]).mkdir(mode=0o700, exist_ok=True)
                shutil.copy(_released_file(), self.environment["DATA_DIR"])
            else:
                self.manage("release")
            counts = Path(self.environment["DATA_DIR"], "metrics")
            stack.callback(lambda: shutil.rmtree(counts.resolve(), ignore_errors=True))
            stack.callback(self.kill)
            self.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def start(self, under: tuple[str, ...] = ()) -> None:
        """Returns when it answers. `under` is the beginning of a command that runs it, such as strace's."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (*under, self.python, *GUNICORN[1:]),
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + MAX_START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{self.log}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to every process, as a power cut would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Killed, and started again on the same data."""
        self.kill()
        self.start()

    def manage(self, *arguments: str) -> str:
        """Runs one of manage.py's commands in the environment of the server; what it printed."""
        return _manage(self.environment, *arguments)

    @property
    def log(self) -> str:
        """What the server wrote so far, over all its starts."""
        return (self.folder / "log").read_text()

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that answer requests now."""
        assert self._process is not None
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [int(pid) for pid in children if b"daily_check" not in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return response.status == 200
        except OSError:
            return False


def free_port() -> int:
    """Below those that the kernel gives to clients, so that it stays free while the server is down."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _manage(environment: dict[str, str], *arguments: str) -> str:
    # The static files are those of the checkout; two that collect them at once would trip over each other.
    checkout = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        done = subprocess.run(
            (sys.executable, "manage.py", *arguments),
            check=False, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    finally:
        os.close(checkout)
    if done.returncode != 0:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}")
    return done.stdout


@functools.cache
def _released_file() -> Path:
    """A new database of SQLite."""
    folder = tempfile.mkdtemp(prefix="timetracker-released-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _manage({**PASSED_ON, "DATA_DIR": folder}, "release")
    return Path(folder, "timetracker.sqlite3")


@functools.cache
def _released_database(server_url: str) -> str:
    """The name of a new database on a server of PostgreSQL."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    url = stack.enter_context(_created_database(server_url))
    with tempfile.TemporaryDirectory() as folder:
        _manage({**PASSED_ON, "DATA_DIR": folder, "DATABASE_URL": url}, "release")
    return urlsplit(url).path.strip("/")


def _new_database(server_url: str) -> contextlib.AbstractContextManager[str]:
    return _created_database(server_url, template=_released_database(server_url))


@contextlib.contextmanager
def _created_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    name = f"timetracker_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
