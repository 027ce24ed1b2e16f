"""Files that only their owner may read, whatever the umask and the folder say."""

import os
import stat
from pathlib import Path

import pytest

from timetracker import environment
from timetracker.db.sqlite.base import DatabaseWrapper
from timetracker.db.sqlite.queue import WriteQueue
from timetracker.storage.files import open_private

DATABASE_FILES = ["", "-shm", "-wal", ".queue", ".turn"]


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """Databases of these tests' own may be opened."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def folder(tmp_path) -> Path:
    """A data folder that the operator made, and others may look into."""
    tmp_path.chmod(0o755)
    return tmp_path


def open_database(folder: Path) -> DatabaseWrapper:
    """A connection with an open transaction, so that all of its files are there."""
    options = environment.sqlite_database(str(folder / "time.sqlite3"))
    usual = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    database = DatabaseWrapper({**options, **usual, "TIME_ZONE": None, "TEST": {}}, alias="test_files")
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS word (word)")
        cursor.execute("INSERT INTO word VALUES ('secret')")
    return database


def modes(folder: Path) -> dict[str, int]:
    found = {path.name.removeprefix("time.sqlite3"): stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    return dict(sorted(found.items()))


def close(database: DatabaseWrapper) -> None:
    database.rollback()
    database.close()


@pytest.mark.usefixtures("umask")
def test_a_new_database_is_for_its_owner_only(folder):
    database = open_database(folder)

    assert modes(folder) == dict.fromkeys(sorted(DATABASE_FILES), 0o600)
    close(database)


def test_what_an_operator_opened_up_stays_open(folder):
    close(open_database(folder))
    (folder / "time.sqlite3").chmod(0o640)

    database = open_database(folder)

    assert modes(folder) == {"": 0o640, "-shm": 0o640, "-wal": 0o640, ".queue": 0o600, ".turn": 0o600}
    close(database)


def test_new_locks_are_open_to_those_who_may_open_the_database(folder):
    (folder / "time.sqlite3").touch()
    (folder / "time.sqlite3").chmod(0o660)

    database = open_database(folder)

    assert modes(folder) == dict.fromkeys(sorted(DATABASE_FILES), 0o660)
    close(database)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_locks_that_root_makes_belong_to_the_owner_of_the_database(folder):
    (folder / "time.sqlite3").touch()
    os.chown(folder / "time.sqlite3", 12345, 23456)

    close(open_database(folder))

    for name in ("queue", "turn"):
        found = (folder / f"time.sqlite3.{name}").stat()
        assert (found.st_uid, found.st_gid) == (12345, 23456)


def test_a_queue_without_its_database_is_for_its_owner_only(folder):
    queue = WriteQueue(str(folder / "time.sqlite3"), timeout_seconds=1)
    queue.enter()
    queue.leave()

    assert modes(folder) == {".queue": 0o600, ".turn": 0o600}


@pytest.mark.usefixtures("umask")
def test_a_new_secret_key_is_for_its_owner_only(folder, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)

    environment.read_secret_key(folder)

    assert modes(folder) == {"secret_key": 0o600}


def test_a_file_that_is_there_is_opened_as_it_is(folder):
    (folder / "there").write_text("text")
    (folder / "there").chmod(0o644)

    os.close(open_private(folder / "there"))

    assert (folder / "there").read_text() == "text"
    assert modes(folder) == {"there": 0o644}
