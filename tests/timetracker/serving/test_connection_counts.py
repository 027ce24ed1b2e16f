import os
import signal
import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.server import Server
from timetracker.serving.connection_counts import ConnectionCounts


def in_child(work) -> None:
    """Does something in a forked process, which stays until this one is done with it."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        work()
        os.write(writer, b".")
        time.sleep(60)
        os._exit(0)
    os.read(reader, 1)
    os.close(reader)
    os.close(writer)
    return pid


@pytest.fixture
def counts():
    return ConnectionCounts()


@pytest.fixture
def other(counts):
    """A worker that has two connections."""
    pid = in_child(lambda: counts.write(1, 2))
    yield pid
    os.kill(pid, 9)
    os.waitpid(pid, 0)


def seconds_waited(counts, count):
    begun = time.monotonic()
    counts.wait_while_ahead(count)
    return time.monotonic() - begun


def test_a_worker_alone_waits_for_nobody(counts):
    counts.write(0, 5)
    assert seconds_waited(counts, 5) < 0.003


@pytest.mark.usefixtures("other")
def test_who_has_more_waits_and_no_longer_than_agreed(counts):
    counts.write(0, 3)
    assert 0.003 <= seconds_waited(counts, 3) < 0.5


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("count", [0, 1, 2])
def test_who_has_as_many_or_fewer_takes_it_at_once(counts, count):
    counts.write(0, count)
    assert seconds_waited(counts, count) < 0.003


def test_a_worker_that_has_ended_counts_no_more(counts):
    pid = in_child(lambda: counts.write(1, 0))
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    assert seconds_waited(counts, 3) < 0.003


def connections_of(pid: int, port: int) -> int:
    """Returns how many of the connections to a port a process has open."""
    with Path("/proc/net/tcp").open() as table:
        lines = [line.split() for line in table][1:]
    inodes = {line[9] for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "01"}
    links = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(link == f"socket:[{inode}]" for link in links for inode in inodes)


@pytest.mark.slow(reason="starts a server")
def test_connections_that_stay_open_are_shared_by_the_workers():
    with Server(WEB_CONCURRENCY="2") as server, ExitStack() as stack:
        address = urlsplit(server.url)
        deadline = time.monotonic() + 20
        while len(workers := server.workers) < 2:  # the first answers before the second is there
            assert time.monotonic() < deadline, workers
            time.sleep(0.05)
        time.sleep(1)  # until both accept
        before = {pid: connections_of(pid, address.port) for pid in workers}
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)  # so that all are there at once
        for _number in range(20):
            stack.enter_context(closing(socket.create_connection((address.hostname, address.port))))
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        while sum(now := [connections_of(pid, address.port) - before[pid] for pid in before]) < 20:
            assert time.monotonic() < deadline, f"{now} of 20 connections were taken"
            time.sleep(0.05)
    assert min(now) >= 8, now
