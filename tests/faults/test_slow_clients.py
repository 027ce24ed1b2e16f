"""Clients that are silent, slow to ask or slow to read keep nobody else waiting."""

import contextlib
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

MANY = 50
READERS = 20
MAX_SECONDS = (
    1.0  # 0.3 on a machine that does nothing else; a thread that waits for a slow client makes it many seconds
)


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
    """The 95th percentile of calls that read and write."""
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
