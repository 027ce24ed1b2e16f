"""Clients that are silent, slow to ask or slow to read keep nobody else waiting."""

import contextlib
import socket
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.faults.client import Caller, FormBrowser
from tests.server import Server

MANY = 50
READERS = 20
IDLERS = 200
MAX_SECONDS = 0.3
"""Of the 95th percentile: 10 to 60 ms on a machine in use, many seconds where a thread waits for a slow client."""
MAX_SECONDS_OF_ONE = 1.0
"""Of a single call that has to connect first."""


@pytest.fixture
def connect(server) -> Iterator[Callable[..., socket.socket]]:
    """Opens connections, each after having sent something, and reads from none of them."""
    with contextlib.ExitStack() as stack:

        def connected(sent: bytes = b"") -> socket.socket:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(10)
            client.connect((urlsplit(server.url).hostname, urlsplit(server.url).port))
            client.sendall(sent)
            return client

        yield connected


def seconds_of_calls(caller) -> float:
    """The 95th percentile of forty calls that read and write."""
    seconds = [
        caller.call(*call).seconds
        for _each in range(20)
        for call in (("GET", "/v1/users/me/timer"), ("POST", "/v1/users/me/timer/start"))
    ]
    return statistics.quantiles(seconds, n=20)[-1]


HEAD = "POST /v1/users/me/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"


def test_silent_clients_and_slow_askers_keep_nobody_waiting(new_caller, connect):
    caller = new_caller()
    head = HEAD.format(token=caller.token)
    slow = [
        connect(sent.encode())
        for sent in (
            "",
            head,
            f"{head}Content-Length: 1000\r\n\r\n{{",
            f"{head}Transfer-Encoding: chunked\r\n\r\n9\r\n{{",
        )
        for _each in range(MANY)
    ]

    assert seconds_of_calls(caller) < MAX_SECONDS
    for client in slow[MANY:]:
        client.sendall(b" ")
    assert seconds_of_calls(caller) < MAX_SECONDS


def test_slow_readers_keep_nobody_waiting(new_caller, connect):
    reader, caller = new_caller(), new_caller()
    day = {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z", "note": "long " * 1900}
    for _each in range(5):
        reader.call("POST", "/v1/users/me/sessions/batch", {"operations": [{"op": "create", "body": day}] * 100})
    path = "/v1/users/me/sessions?from=2026-11-20&to=2026-11-21&limit=500"

    ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {reader.token}\r\nConnection: close\r\n\r\n"
    slow = [connect(ask.encode()) for _each in range(READERS)]
    assert [client.recv(12) for client in slow] == [b"HTTP/1.1 200"] * READERS
    assert seconds_of_calls(caller) < MAX_SECONDS

    begun, read = time.monotonic(), 0
    while part := slow[0].recv(1 << 20):
        read += len(part)
    assert read > 500 * 9500
    assert time.monotonic() - begun < 60


def test_neighbours_of_slow_clients_keep_nobody_waiting(new_caller, connect):
    """What looks like work and is none: half requests, too much of them, and connections that nobody uses."""
    caller = new_caller()
    head = HEAD.format(token=caller.token)
    timer = f"GET /v1/users/me/timer HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {caller.token}\r\n\r\n"
    kinds = {
        "a head that never ends": f"{head}X-Filler: {'x' * 200_000}",
        "a body by the byte, in chunks": f"{head}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n1\r\n",
        "a body that waits to be asked for": f"{head}Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
        "a hundred requests whose answers nobody reads": timer * 100,
    }
    for kind, sent in kinds.items():
        clients = [connect(sent.encode()) for _each in range(MANY if kind != list(kinds)[-1] else 2)]
        seconds = seconds_of_calls(caller)
        print(f"\n{kind}: p95 {seconds * 1000:.0f} ms")
        assert seconds < MAX_SECONDS, kind
        for client in clients:
            client.close()

    idle = [connect(timer.encode()) for _each in range(IDLERS)]
    assert [client.recv(12) for client in idle] == [b"HTTP/1.1 200"] * IDLERS
    assert seconds_of_calls(caller) < MAX_SECONDS


def test_who_ends_sending_is_answered_or_let_go(new_caller, connect):
    caller = new_caller()
    timer = f"GET /v1/users/me/timer HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {caller.token}\r\n\r\n"
    whole = [connect(timer.encode()) for _each in range(10)]
    broken = [connect(timer[:-2].encode()) for _each in range(MANY)]
    for client in (*whole, *broken):
        client.shutdown(socket.SHUT_WR)

    assert [client.recv(12) for client in whole] == [b"HTTP/1.1 200"] * len(whole)
    assert [client.recv(12) for client in broken] == [b""] * len(broken)
    assert seconds_of_calls(caller) < MAX_SECONDS


def test_more_connections_than_a_worker_takes_keep_nobody_out():
    with (
        Server(GUNICORN_CMD_ARGS="--worker-connections=20", WEB_CONCURRENCY="1") as server,
        contextlib.ExitStack() as stack,
    ):
        caller = Caller(server.url)
        stack.callback(caller.close)
        timer = f"GET /v1/users/me/timer HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {caller.token}\r\n"
        address = (urlsplit(server.url).hostname, urlsplit(server.url).port)
        for sent in ("", timer, f"{timer}Content-Length: 9\r\n\r\n", f"{timer}\r\n"):
            for _each in range(30):
                client = stack.enter_context(socket.create_connection(address, timeout=10))
                client.sendall(sent.encode())
            caller.close()  # so that it has to come in anew
            assert caller.call("GET", "/v1/users/me/timer").seconds < MAX_SECONDS_OF_ONE
        assert client.recv(12) == b"HTTP/1.1 200"  # the last of the others, too


def test_many_downloads_keep_nobody_waiting_and_all_arrive(new_caller, connect):
    caller, asks = new_caller(), []
    day = {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z", "note": "long " * 20}
    for reader in (new_caller(), new_caller(), new_caller()):
        for _each in range(4):
            reader.call("POST", "/v1/users/me/sessions/batch", {"operations": [{"op": "create", "body": day}] * 500})
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {reader.token}\r\nConnection: close\r\n\r\n"
        asks += [f"GET /v1/users/me/export HTTP/1.1\r\n{head}".encode()] * 5

    downloads = [connect(ask) for ask in asks]
    left = [connect(ask) for ask in asks]
    for client in left:
        client.close()
    seconds = seconds_of_calls(caller)
    print(f"\n{len(downloads)} downloads: p95 {seconds * 1000:.0f} ms")

    assert seconds < MAX_SECONDS
    for client in downloads:
        client.settimeout(60)
    assert [client.recv(12) for client in downloads] == [b"HTTP/1.1 200"] * len(downloads)


@pytest.mark.slow(reason="makes twenty workbooks and timesheets")
@pytest.mark.parametrize("kind", ["page", "workbook", "timesheet", "file"])
def test_slow_readers_of_any_kind_keep_nobody_waiting(server, new_caller, connect, kind):
    reader, caller = new_caller(), new_caller()
    operations = [
        {"op": "create", "body": {"start": f"2026-11-{day:02}T09:00:00Z", "end": f"2026-11-{day:02}T10:00:00Z",
                                  "sessionName": f"Work {number} {uuid.uuid4()}", "billable": True}}
        for day in range(1, 21) for number in range(5)
    ]  # fmt: skip
    reader.call("POST", "/v1/users/me/sessions/batch", {"operations": operations})
    month = "from=2026-11-01&to=2026-12-01"
    path, header = {
        "page": ("/month/2026-11/", f"Cookie: {with_sessions(server.url)}"),
        "workbook": (
            f"/v1/users/me/reports/summary?{month}&groupBy=name&format=xlsx",
            f"Authorization: Bearer {reader.token}",
        ),
        "timesheet": (
            f"/v1/users/me/reports/timesheet?{month}&projectId=none",
            f"Authorization: Bearer {reader.token}",
        ),
        "file": ("/static/css/base.css", "Accept: */*"),
    }[kind]

    ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\nConnection: close\r\n\r\n"
    slow = [connect(ask.encode()) for _each in range(READERS)]
    assert [client.recv(12) for client in slow] == [b"HTTP/1.1 200"] * READERS
    seconds = seconds_of_calls(caller)
    print(f"\n{kind}: p95 {seconds * 1000:.0f} ms")
    assert seconds < MAX_SECONDS


def with_sessions(url: str) -> str:
    """The cookies of a browser that has tracked something."""
    browser = FormBrowser(url)
    browser.submit("/", "/timer/start/", name="Long " * 30)
    return browser.cookies
