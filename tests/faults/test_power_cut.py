"""A power cut at any instant: what was acknowledged is on the disk, and the database is whole.

The server runs under strace, which records all writes and syncs; from that the disk is made anew as it may have been at
random instants, and SQLite opens it.
"""

import os
import random
import shutil
import sqlite3
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.client import Caller
from tests.faults.disk_replay import STRACE, Call, Disk, read_record
from tests.server import Server

# script/prove asks for 300 instants of more seconds.
INSTANTS = int(os.environ.get("PROVE_INSTANTS", "30"))
SECONDS = float(os.environ.get("PROVE_SECONDS", "3"))
WRITERS = 6
NAMES = ("timetracker.sqlite3", "timetracker.sqlite3-wal")

pytestmark = pytest.mark.slow(reason="records all writes of a server by strace, which script/setup --all installs")


@dataclass(frozen=True)
class Acknowledged:
    """A session whose saving was answered, and when the answer was read (Unix seconds)."""

    session_id: str
    seconds: float


@dataclass(frozen=True)
class Record:
    """Where the database was, a copy of it from before, all calls, and what was acknowledged."""

    folder: Path
    before: Path
    calls: list[Call]
    acknowledged: list[Acknowledged]


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> Record:
    folder = tmp_path_factory.mktemp("power")
    with Server(DATABASE_URL="") as server:
        data = server.folder / "data"
        server.kill()
        for name in NAMES:
            if (data / name).exists():
                shutil.copy(data / name, folder / name)
        server.start((*STRACE, str(folder / "record")))
        acknowledged = write(server)
        server.kill()
        calls = list(read_record(folder / "record"))
    return Record(data, folder, calls, acknowledged)


def write(server: Server) -> list[Acknowledged]:
    """Sessions of several users at once, and edits that make pages full, for some seconds."""
    found: list[Acknowledged] = []
    until = time.monotonic() + SECONDS

    def save() -> None:
        caller = Caller(server.url)
        while time.monotonic() < until:
            session_id = str(uuid.uuid4())
            times = {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}
            body = {"id": session_id, "sessionName": "Power", "note": "cut " * 200, **times}
            caller.call("POST", "/v1/users/me/session", body)
            found.append(Acknowledged(session_id, time.time()))
        caller.close()

    threads = [threading.Thread(target=save) for _writer in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def lost_at_cuts(record: Record, folder: Path, *, count: int = INSTANTS, obeys_syncs: bool = True) -> tuple[int, int]:
    """How many acknowledged sessions are missing, and how many databases are damaged, over all instants."""
    chance = random.Random(13)
    disk = Disk(record.folder, NAMES, obeys_syncs=obeys_syncs)
    for name in NAMES:
        before = record.before / name
        disk.begin_with(name, before.read_bytes() if before.exists() else None)
    first = min(each.seconds for each in record.acknowledged)
    later = [number for number, each in enumerate(record.calls) if each.seconds > first]
    instants = sorted(chance.sample(later, min(count, len(later))))
    lost = damaged = taken = 0
    for instant in instants:
        for call in record.calls[taken:instant]:
            disk.take(call)
        taken = instant
        disk.cut(chance, folder)
        expected = {each.session_id for each in record.acknowledged if each.seconds < record.calls[instant].seconds}
        found = sessions_in(folder / NAMES[0])
        damaged += found is None
        lost += len(expected - (found or set()))
    return lost, damaged


def sessions_in(path: Path) -> set[str] | None:
    """The ids of all sessions, None when the database is damaged."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return None
            if connection.execute("PRAGMA foreign_key_check").fetchall():
                return None
            return {str(uuid.UUID(each)) for (each,) in connection.execute("SELECT id FROM sessions_app_timesession")}
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()
        Path(f"{path}-shm").unlink(missing_ok=True)


def test_what_was_acknowledged_is_there_and_the_database_is_whole(record, tmp_path):
    syncs = sum(each.name in {"fsync", "fdatasync"} for each in record.calls)
    moved = sum(each.name == "pwrite64" and each.path == str(record.folder / NAMES[0]) for each in record.calls)
    print(
        f"\n{len(record.acknowledged)} acknowledged, {len(record.calls)} calls, {syncs} syncs, "
        f"{moved} pages moved from the log to the database, {INSTANTS} instants"
    )
    assert len(record.acknowledged) > 10
    assert min(syncs, moved) > 10

    assert lost_at_cuts(record, tmp_path) == (0, 0)


def test_a_disk_that_lies_about_syncs_loses_something(record, tmp_path):
    """Else the test above could not fail."""
    lost, damaged = lost_at_cuts(record, tmp_path, count=10, obeys_syncs=False)
    assert lost + damaged > 0
