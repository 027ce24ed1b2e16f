"""Copies of a SQLite database in use, their check, and the exchange"""

import sqlite3

import pytest

from timetracker.backups.archive import BackupError
from timetracker.backups.figures import describe_difference
from timetracker.backups.sqlite import alone, check_database, copy_database, exchange


def no_more(query):
    return {}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "live.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO entry (text) VALUES (?)", [("a" * 500,)] * 200)
    database.close()
    return path


def test_what_is_written_meanwhile_is_in_neither(path, tmp_path):
    writer = sqlite3.connect(path)

    def save_meanwhile(query):
        before = query("SELECT max(id) FROM entry")[0][0]
        writer.execute("INSERT INTO entry (text) VALUES ('later')")
        writer.commit()
        return {"newest": before}

    figures = copy_database(path, tmp_path / "copy", save_meanwhile)
    writer.close()

    found = check_database(tmp_path / "copy", lambda query: {"newest": query("SELECT max(id) FROM entry")[0][0]})
    assert figures == found == {"rows": {"entry": 200}, "newest": 200}


def test_while_another_writes_for_long(path, tmp_path):
    writer = sqlite3.connect(path)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("DELETE FROM entry")

    assert copy_database(path, tmp_path / "copy", no_more) == {"rows": {"entry": 200}}
    writer.close()


def test_damage_is_found(path):
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096)

    with pytest.raises(BackupError, match="is damaged"):
        check_database(path, no_more)


def test_rows_that_lead_nowhere_are_found(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE part (entry INTEGER REFERENCES entry (id))")
    database.execute("INSERT INTO part VALUES (77777)")
    database.commit()
    database.close()

    with pytest.raises(BackupError, match="1 rows lead to rows that are not there"):
        check_database(path, no_more)


def test_alone_means_no_reader_either(path):
    reader = sqlite3.connect(path)
    reader.execute("SELECT count(*) FROM entry").fetchall()
    with pytest.raises(BackupError, match="is in use"), alone(path):
        pytest.fail("somebody has it open")
    reader.close()

    with alone(path):
        assert not path.with_name("live.sqlite3-wal").exists()


def test_the_old_one_is_kept_with_all_that_was_beside_it(path, tmp_path):
    new, log = tmp_path / "new", path.with_name("live.sqlite3-wal")
    copy_database(path, new, no_more)
    path.write_bytes(b"damaged")
    log.write_bytes(b"its log")
    path.chmod(0o640)

    previous = exchange(path, new, suffix="before")

    assert (previous.read_bytes(), previous.with_name(f"{previous.name}-wal").read_bytes()) == (b"damaged", b"its log")
    assert not log.exists()
    assert path.stat().st_mode & 0o777 == 0o640
    assert check_database(path, no_more) == {"rows": {"entry": 200}}


def test_differences_are_told():
    assert describe_difference({"a": 1, "b": 2}, {"a": 1, "b": 2}) == ""
    assert describe_difference({"a": 1}, {"a": 2, "c": 3}) == (
        "a: 1 was expected, 2 is there; c: None was expected, 3 is there"
    )
