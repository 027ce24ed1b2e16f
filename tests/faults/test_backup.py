"""Backups of a server in use: nothing acknowledged is missing, nothing damaged is believed."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.client import Caller
from tests.server import CHECKOUT, Server
from timetracker.backups.archive import checksum_path, list_backups

WRITERS = 6

pytestmark = pytest.mark.slow(reason="starts servers, and commands beside them")


@pytest.fixture
def server(request):
    with Server(**getattr(request, "param", {})) as started:
        yield started


def backup(server: Server, folder: Path) -> Path:
    server.manage("backup", str(folder))
    return list_backups(folder)[-1]


def fails(server: Server, *arguments: str) -> str:
    """What a command says that ends with 1."""
    done = subprocess.run(
        (sys.executable, "manage.py", *arguments),
        check=False, cwd=CHECKOUT, env=server.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def add(caller: Caller) -> str:
    session_id = str(uuid.uuid4())
    body = {"sessionName": "Kept", "start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:30:00Z"}
    caller.call_until_answered("PUT", f"/v1/users/me/sessions/{session_id}", body, expect=(201,))
    return session_id


def ids(caller: Caller) -> set[str]:
    return {each["id"] for each in caller.sessions("2026-02-01", "2026-03-01")}


def test_nothing_acknowledged_before_is_missing(server, new_caller, tmp_path):
    callers = [new_caller() for _ in range(WRITERS)]
    acknowledged: list[list[str]] = [[] for _ in callers]
    stop = threading.Event()

    def write(number: int) -> None:
        while not stop.is_set():
            acknowledged[number].append(add(callers[number]))

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number) for number in range(WRITERS)]
        try:
            while not all(acknowledged):
                time.sleep(0.01)
            before = []
            for _backup in range(3):
                before.append([list(each) for each in acknowledged])
                path = backup(server, tmp_path / "backups")
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    assert len(list_backups(tmp_path / "backups")) == 1, "of a day the newest stays"
    assert sum(map(len, acknowledged)) > sum(map(len, before[-1])), "nobody wrote while the backup was made"
    assert "can be relied on" in server.manage("drill", str(tmp_path / "backups"))

    server.kill()
    server.manage("restore", str(path))
    server.start()

    for number, caller in enumerate(callers):
        found = ids(new_caller(caller.token))
        assert set(before[-1][number]) <= found <= set(acknowledged[number])


def test_restore_brings_back_what_was_and_keeps_the_old(server, new_caller, tmp_path):
    caller = new_caller()
    saved = add(caller)
    feed = caller.call("GET", "/v1/users/me/changes").data
    path = backup(server, tmp_path)
    lost = add(caller)

    assert "Stop" in fails(server, "restore", str(path))
    assert ids(caller) == {saved, lost}

    server.kill()
    said = server.manage("restore", str(path))
    server.start()

    caller = new_caller(caller.token)
    assert ids(caller) == {saved}
    # Cursors of before would miss what is undone now.
    assert caller.call("GET", f"/v1/users/me/changes?cursor={feed['cursor']}", expect=(410,)).data["code"]
    old = Path(said.partition("What was there before is in ")[2].partition("; ")[0])
    assert old.stat().st_mode & 0o777 == 0o600
    if old.suffixes[-1].startswith(".before-restore"):
        with closing(sqlite3.connect(old)) as database:
            assert database.execute("SELECT count(*) FROM sessions_app_timesession").fetchone() == (2,)
    else:
        assert "can be relied on" in server.manage("drill", str(old))


def test_a_damaged_backup_is_not_restored(server, new_caller, tmp_path):
    add(new_caller())
    path = backup(server, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])

    assert f"{path} is damaged" in fails(server, "drill", str(path))
    server.kill()
    assert f"{path} is damaged" in fails(server, "restore", str(path))


def test_a_backup_of_a_later_release_is_not_restored(server, new_caller, tmp_path):
    recorder = "from django.db import connection; from django.db.migrations.recorder import MigrationRecorder as M; M"
    caller = new_caller()
    server.manage("shell", "-c", f"{recorder}(connection).record_applied('sessions_app', '9999_later')")
    path = backup(server, tmp_path)
    server.manage("shell", "-c", f"{recorder}(connection).record_unapplied('sessions_app', '9999_later')")
    saved = add(caller)
    server.kill()
    before = {each.name for each in Path(server.environment["DATA_DIR"]).iterdir()}

    said = fails(server, "restore", str(path))

    assert "does not know 1 of its migrations, sessions_app.9999_later the first" in said
    assert "Install that release" in said
    assert {each.name for each in Path(server.environment["DATA_DIR"]).iterdir()} == before
    server.start()
    assert ids(new_caller(caller.token)) == {saved}


def test_only_the_owner_may_read_it(server, tmp_path):
    previous = os.umask(0)
    try:
        path = backup(server, tmp_path / "backups")
    finally:
        os.umask(previous)

    assert {each.name for each in path.parent.iterdir()} == {path.name, checksum_path(path).name}
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (
        subprocess.run(
            ("sha256sum", "--check", "--quiet", checksum_path(path)), check=False, cwd=path.parent
        ).returncode
        == 0
    )


def test_the_key_comes_back(server, new_caller, tmp_path):
    caller = new_caller()
    path = backup(server, tmp_path)
    key = Path(server.environment["DATA_DIR"], "secret_key")
    made = key.read_text().strip()
    server.kill()
    key.unlink()

    said = server.manage("restore", str(path))
    server.start()

    assert key.read_text().strip() == made
    assert "secret_key.before-restore" in said
    assert ids(new_caller(caller.token)) == set()


@pytest.mark.parametrize("server", [{"DATABASE_URL": ""}], indirect=True)
def test_a_damaged_database_is_replaced(server, new_caller, tmp_path):
    caller = new_caller()
    saved = add(caller)
    path = backup(server, tmp_path)
    server.kill()
    database = Path(server.environment["DATA_DIR"], "timetracker.sqlite3")
    database.write_bytes(b"no database any more" * 1000)

    server.manage("restore", str(path))
    server.start()

    assert ids(new_caller(caller.token)) == {saved}


def test_a_server_does_not_start_meanwhile(server):
    server.kill()
    with Path(server.environment["DATA_DIR"], "serving").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RuntimeError, match="A backup is being restored"):
            server.start()


def test_of_another_kind(server, tmp_path):
    """A backup of SQLite is no use on PostgreSQL, and the other way round."""
    with Server(DATABASE_URL="") as sqlite:
        path = backup(sqlite, tmp_path)
    server.kill()
    if "DATABASE_URL" in server.environment:
        assert "is a backup of sqlite" in fails(server, "restore", str(path))
    else:
        server.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
        assert "cannot be used" in fails(server, "restore", str(path))
