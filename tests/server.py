"""Runs the product as script/server does, for tests that need gunicorn, its processes and a port.

Each server has a separate data folder, database (on PostgreSQL, by DATABASE_URL) and process group, which can be killed
at once, as by a power cut. The database is a copy of one that is migrated once for all servers of a test process, since
migrating takes twice as long as starting.
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
# The variables by which programs are found, and those by which faketime sets the clock.
PASSED_ON = {
    name: value for name, value in os.environ.items() if name in {"PATH", "LD_PRELOAD"} or name.startswith("FAKETIME")
}


class Server:
    """A context manager that runs a server, with further `environment`, such as WEB_CONCURRENCY="1"."""

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
            # No other variable of the tests' environment is passed on.
            self.environment = {
                **PASSED_ON,
                "DATA_DIR": str(self.folder / "data"),
                "PORT": str(port),
                "RATE_LIMITS": "off",
                **self._more_environment,
            }
            # A test may ask for SQLite by DATABASE_URL="", whatever the suite runs on.
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
        """Starts the server, and returns when it responds. `under` is a command to run it with, such as strace's."""
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
        """Sends SIGKILL to every process, like a power cut."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kills the server, and starts it again with the same data."""
        self.kill()
        self.start()

    def manage(self, *arguments: str) -> str:
        """Runs a command of manage.py in the environment of the server. Returns its output."""
        return _manage(self.environment, *arguments)

    @property
    def log(self) -> str:
        """Returns the output of the server since its first start."""
        return (self.folder / "log").read_text()

    @property
    def workers(self) -> list[int]:
        """Returns the process ids of the present workers."""
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
    """Returns a port below those that the kernel gives to clients, so that it stays free while the server is down."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _manage(environment: dict[str, str], *arguments: str) -> str:
    # Locked, because two processes must not collect the static files of the checkout at once.
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
    """Makes a migrated SQLite database, and returns its path."""
    folder = tempfile.mkdtemp(prefix="timetracker-released-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _manage({**PASSED_ON, "DATA_DIR": folder}, "release")
    return Path(folder, "timetracker.sqlite3")


@functools.cache
def _released_database(server_url: str) -> str:
    """Makes a migrated database on a PostgreSQL server, and returns its name."""
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
