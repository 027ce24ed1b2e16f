"""The queue of SQLite's writers, by itself and under the server. Always on SQLite, whatever the suite runs on."""

import fcntl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.client import Caller
from tests.server import CHECKOUT, Server
from timetracker.db.sqlite.queue import QueueTimeoutError, WriteQueue

HOLD = """
import sys
from timetracker.db.sqlite.queue import WriteQueue
WriteQueue(sys.argv[1], timeout_seconds=10).enter()
print("entered", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path) -> str:
    return str(tmp_path / "time.sqlite3")


def make_queue(path: str, *, timeout_seconds: float = 10) -> WriteQueue:
    """What each connection has of its own."""
    return WriteQueue(path, timeout_seconds=timeout_seconds)


@contextmanager
def held_by_another_process(path: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        (sys.executable, "-c", HOLD, path), cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "entered\n"
        try:
            yield holder
        finally:
            holder.kill()


def is_free(path: str) -> bool:
    queue = make_queue(path, timeout_seconds=0)
    try:
        queue.enter()
    except QueueTimeoutError:
        return False
    queue.leave()
    return True


def count_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def turn_held(server: Server) -> Iterator[None]:
    """As by a writer that does not come to an end."""
    with Path(server.environment["DATA_DIR"], "timetracker.sqlite3.turn").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def test_entering_twice_is_entering_once(path):
    queue = make_queue(path)
    queue.enter()
    queue.enter()

    queue.leave()

    assert is_free(path)


def test_only_one_at_a_time(path):
    inside = 0
    most = 0

    def write(turns: int) -> None:
        nonlocal inside, most
        queue = make_queue(path)
        for _turn in range(turns):
            queue.enter()
            inside += 1
            most = max(most, inside)
            time.sleep(0.0005)
            inside -= 1
            queue.leave()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [40] * 8))

    assert most == 1


@pytest.mark.slow(reason="lets processes write for seconds")
def test_all_get_their_share(path):
    """Writers that come back at once get about as many turns each, and none waits much longer than the others take."""
    end = time.monotonic() + 3
    longest_waits = []

    def write(_writer: int) -> int:
        queue, turns, longest = make_queue(path), 0, 0.0
        while (begun := time.monotonic()) < end:
            queue.enter()
            longest = max(longest, time.monotonic() - begun)
            time.sleep(0.002)
            queue.leave()
            turns += 1
        longest_waits.append(longest)
        return turns

    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(write, range(8)))

    print(f"\nTurns of 8 writers: {sorted(turns)}, longest wait {max(longest_waits) * 1000:.0f} ms")
    assert min(turns) > max(turns) / 3
    assert max(longest_waits) < 1


def test_gives_up_after_the_timeout(path):
    with held_by_another_process(path):
        begun = time.monotonic()
        with pytest.raises(QueueTimeoutError):
            make_queue(path, timeout_seconds=0.3).enter()

        assert 0.3 <= time.monotonic() - begun < 2


def test_nobody_waits_longer_than_the_timeout_behind_a_turn_that_is_held(path):
    def wait(_writer: int) -> float:
        begun = time.monotonic()
        with pytest.raises(QueueTimeoutError):
            make_queue(path, timeout_seconds=0.5).enter()
        return time.monotonic() - begun

    with held_by_another_process(path), ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(wait, range(8)))

    assert max(waits) < 2


def test_one_who_gave_up_leaves_nothing_behind(path):
    queue = make_queue(path, timeout_seconds=0)
    open_before = count_open_files()
    with held_by_another_process(path):
        for _attempt in range(20):
            with pytest.raises(QueueTimeoutError):
                queue.enter()

    queue.enter()
    queue.leave()
    assert count_open_files() == open_before
    assert is_free(path)


def test_kill_of_the_holder_ends_its_turn(path):
    with held_by_another_process(path) as holder:
        assert not is_free(path)

        holder.kill()
        holder.wait()

        assert is_free(path)


def test_kill_of_one_who_waits_does_not_stop_the_queue(path):
    with held_by_another_process(path) as holder:
        waiting = subprocess.Popen((sys.executable, "-c", HOLD, path), cwd=CHECKOUT)
        time.sleep(0.5)
        waiting.kill()
        waiting.wait()
        holder.kill()
        holder.wait()

        assert is_free(path)


@pytest.fixture
def sqlite_server() -> Iterator[Server]:
    with Server(DATABASE_URL="") as started:
        yield started


@pytest.fixture
def caller(sqlite_server) -> Iterator[Caller]:
    made = Caller(sqlite_server.url)
    yield made
    made.close()


@pytest.mark.slow(reason="waits until the queue gives up")
def test_turn_held_too_long_makes_writers_busy_and_leaves_readers_alone(sqlite_server, caller):
    reader = Caller(sqlite_server.url, caller.token)
    reader.call("POST", "/v1/users/me/timer/start", {"sessionName": "Before"})
    answers = []
    reads = []
    writer = threading.Thread(
        target=lambda: answers.append(caller.call("POST", "/v1/users/me/timer/stop", expect=(503,)))
    )

    with turn_held(sqlite_server):
        writer.start()
        while writer.is_alive():
            overview = reader.call("GET", "/v1/users/me/sessions", expect=(200,))
            assert overview.data["sessionCount"] == 1
            reads.append(overview.seconds)
            time.sleep(0.05)

    [answer] = answers
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.data["code"] == "database_busy"
    assert answer.headers["Retry-After"] == "1"
    assert answer.seconds < 30
    print(f"\nBusy after {answer.seconds:.1f} s, {len(reads)} reads meanwhile, the slowest {max(reads) * 1000:.0f} ms")
    assert max(reads) < 2
    assert caller.call("POST", "/v1/users/me/timer/stop").data["stopped"]["sessionName"] == "Before"
    reader.close()
