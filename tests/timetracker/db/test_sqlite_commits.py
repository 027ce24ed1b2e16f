"""Threads that share a COMMIT of SQLite: what each is told, and what is in the file."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from timetracker.db.sqlite.commits import SharedCommits
from timetracker.db.sqlite.queue import QueueTimeoutError, WriteQueue


class Database:
    """A file with a table, what the threads share of it, and the statements that SQLite was sent."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.sent: list[str] = []
        self.connections: list[sqlite3.Connection] = []
        self.shared = self.make_shared()
        with closing(self.connect()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE word (text TEXT PRIMARY KEY)")
            connection.execute(
                "CREATE TABLE child (word TEXT NOT NULL REFERENCES word (text) DEFERRABLE INITIALLY DEFERRED)"
            )

    def make_shared(self, timeout_seconds: float = 5) -> SharedCommits:
        queue = WriteQueue(self.path, timeout_seconds=timeout_seconds)
        return SharedCommits(self.connect, queue, timeout_seconds=timeout_seconds)

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.set_trace_callback(self.sent.append)
        self.connections.append(connection)
        return connection

    def write(self, text: str, sql: str = "INSERT INTO word VALUES (?)") -> None:
        self.shared.begin().execute(sql, [text])
        self.shared.commit()

    @property
    def words(self) -> set[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            return {row[0] for row in connection.execute("SELECT text FROM word")}

    @property
    def commits(self) -> int:
        return self.sent.count("COMMIT")


@pytest.fixture
def database(tmp_path, monkeypatch) -> Iterator[Database]:
    # However slow the machine is, a transaction is left to the next.
    monkeypatch.setattr("timetracker.db.sqlite.commits.MAX_OPEN_SECONDS", 10)
    made = Database(str(tmp_path / "time.sqlite3"))
    yield made
    for connection in made.connections:
        connection.close()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as made:
        yield made


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def begin_before_another(database: Database, pool: ThreadPoolExecutor, other: Callable[[], object]) -> Future[object]:
    """Begins to write “first” here, and lets `other` wait for its turn in a thread."""
    database.shared.begin().execute("INSERT INTO word VALUES ('first')")
    waiting = pool.submit(other)
    wait_until(lambda: database.shared._waiting)
    return waiting


def test_a_lone_writer_commits_at_once(database):
    database.write("alone")

    assert database.words == {"alone"}
    assert database.commits == 1


def test_two_share_a_commit_and_the_first_returns_after_it(database, pool):
    has_begun, may_end = threading.Event(), threading.Event()

    def second_writes() -> None:
        database.shared.begin().execute("INSERT INTO word VALUES ('second')")
        has_begun.set()
        may_end.wait()
        database.shared.commit()

    def first_writes() -> None:
        database.shared.begin().execute("INSERT INTO word VALUES ('first')")
        wait_until(lambda: database.shared._waiting - {threading.get_ident()})
        database.shared.commit()

    first = pool.submit(first_writes)
    wait_until(lambda: "BEGIN IMMEDIATE" in database.sent)
    second = pool.submit(second_writes)
    assert has_begun.wait(10)
    time.sleep(0.05)
    assert not first.done()
    assert database.words == set()  # others see nothing before the COMMIT

    may_end.set()
    first.result(10)
    second.result(10)

    assert database.words == {"first", "second"}
    assert database.commits == 1


def test_savepoints_are_written_to_no_file(database, pool):
    with closing(database.connect()) as connection:
        connection.execute("CREATE TABLE page (text TEXT)")
        connection.executemany("INSERT INTO page VALUES (?)", [["x" * 4000]] * 100)

    def change_every_page() -> list[str]:
        database.shared.begin().execute("UPDATE page SET text = replace(text, 'x', 'y')")
        files = [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
        database.shared.commit()
        return files

    waiting = begin_before_another(database, pool, change_every_page)
    database.shared.commit()

    assert [each for each in waiting.result(10) if "etilqs" in each] == []


def test_the_second_sees_what_the_first_wrote(database, pool):
    def read() -> object:
        found = database.shared.begin().execute("SELECT text FROM word").fetchall()
        database.shared.commit()
        return found

    second = begin_before_another(database, pool, read)
    database.shared.commit()

    assert second.result(10) == [("first",)]


def test_a_rollback_takes_back_what_one_wrote_alone(database, pool):
    def rolls_back() -> None:
        database.shared.begin().execute("INSERT INTO word VALUES ('second')")
        database.shared.rollback()

    second = begin_before_another(database, pool, rolls_back)
    database.shared.commit()
    second.result(10)

    assert database.words == {"first"}


def test_a_rollback_before_another_leaves_it_a_new_transaction(database, pool):
    second = begin_before_another(database, pool, lambda: database.write("second"))
    database.shared.rollback()
    second.result(10)

    assert database.words == {"second"}


def test_an_error_of_a_statement_is_its_writers_alone(database, pool):
    def fail() -> None:
        try:
            database.shared.begin().execute("INSERT INTO word VALUES ('first')")
        except sqlite3.IntegrityError:
            database.shared.rollback()
            raise

    second = begin_before_another(database, pool, fail)
    database.shared.commit()

    assert isinstance(second.exception(10), sqlite3.IntegrityError)
    assert database.words == {"first"}


def test_a_commit_that_fails_for_one_raises_its_error(database):
    with pytest.raises(sqlite3.IntegrityError):
        database.write("nowhere", "INSERT INTO child VALUES (?)")

    database.write("later")
    assert database.words == {"later"}


def test_a_commit_that_fails_for_several_is_acknowledged_to_none(database, pool):
    second = begin_before_another(database, pool, lambda: database.write("nowhere", "INSERT INTO child VALUES (?)"))

    with pytest.raises(QueueTimeoutError):
        database.shared.commit()

    assert isinstance(second.exception(10), QueueTimeoutError)
    database.write("later")
    assert database.words == {"later"}


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_what_sqlite_took_back_by_itself_is_acknowledged_to_none(database, pool, ends):
    def lose() -> None:
        database.shared.begin().execute("ROLLBACK")  # as SQLite does where the disk is full
        getattr(database.shared, ends)()

    second = begin_before_another(database, pool, lose)

    with pytest.raises(QueueTimeoutError):
        database.shared.commit()

    assert (second.exception(10) is None) == (ends == "rollback")
    database.write("later")
    assert database.words == {"later"}


def test_one_who_gave_up_waiting_leaves_no_transaction_open(database, pool, monkeypatch):
    database.shared = database.make_shared(timeout_seconds=0.05)

    second = begin_before_another(database, pool, lambda: database.write("second"))
    assert isinstance(second.exception(10), QueueTimeoutError)
    database.shared._waiting.add(0)  # as if it had been there still
    monkeypatch.setattr("timetracker.db.sqlite.commits.MAX_OPEN_SECONDS", 0.5)
    database.shared.commit()

    assert database.words == {"first"}


def test_a_transaction_that_is_open_for_long_is_left_to_nobody(database, pool, monkeypatch):
    monkeypatch.setattr("timetracker.db.sqlite.commits.MAX_OPEN_SECONDS", 0)

    second = begin_before_another(database, pool, lambda: database.write("second"))
    database.shared.commit()
    second.result(10)

    assert database.words == {"first", "second"}
    assert database.commits == 2


def test_whatever_threads_do_what_they_were_told_is_in_the_file(database, pool):
    """Each knows what it wrote, took back, or lost; the oracle is the sum of it."""

    def work(number: int) -> set[str]:
        chance, told = random.Random(number), set()
        for turn in range(60):
            text = f"{number}-{turn}"
            connection = database.shared.begin()
            connection.execute("INSERT INTO word VALUES (?)", [text])
            match chance.choice(["commit", "commit", "rollback", "lose"]):
                case "commit":
                    try:
                        database.shared.commit()
                    except QueueTimeoutError:
                        continue
                    told.add(text)
                case "rollback":
                    database.shared.rollback()
                case "lose":
                    connection.execute("ROLLBACK")
                    database.shared.rollback()
        return told

    told = set().union(*pool.map(work, range(6)))

    assert database.words == told
    assert told


def test_processes_still_take_turns(database):
    other = WriteQueue(database.path, timeout_seconds=0)
    database.shared.begin()

    with pytest.raises(QueueTimeoutError):
        other.enter()

    database.shared.commit()
    other.enter()
    other.leave()
