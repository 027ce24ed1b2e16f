"""The worker under a real gunicorn: what HTTP promises on one connection, to quick and slow clients alike."""

import json
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from tests.faults.client import Caller
from tests.server import CHECKOUT, Server

pytestmark = pytest.mark.slow(reason="starts a server")

GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server():
    with Server(WEB_CONCURRENCY="1") as started:
        yield started


@pytest.fixture
def client(server):
    address = urlsplit(server.url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as connected:
        yield connected


@pytest.fixture(scope="module")
def token(server):
    caller = Caller(server.url)
    caller.close()
    return caller.token


def read_all(client):
    return b"".join(iter(lambda: client.recv(65536), b""))


def statuses(content):
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", content)]


def start_timer(token, body, *headers):
    head = ["POST /v1/users/me/timer/start HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", *headers]
    return "\r\n".join([*head, "Content-Type: application/json", "Connection: close", "", ""]).encode() + body


def test_requests_sent_at_once_are_answered_in_their_order(client):
    client.sendall(GET * 20 + LAST)

    assert statuses(read_all(client)) == [200] * 21


def test_a_file_comes_whole(client):
    client.sendall(b"GET /static/css/base.css HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert read_all(client).partition(b"\r\n\r\n")[2] == (CHECKOUT / "static/css/base.css").read_bytes()


def test_a_request_in_single_bytes_is_answered(client):
    for number in range(len(LAST)):
        client.sendall(LAST[number : number + 1])

    assert statuses(read_all(client)) == [200]


def test_a_body_in_chunks_is_read(client, token):
    body = b'8\r\n{"sessio\r\n1b\r\nnName": "In chunks of two"}\r\n0\r\n\r\n'
    client.sendall(start_timer(token, body, "Transfer-Encoding: chunked"))

    content = read_all(client)
    assert statuses(content) == [201]
    assert b'"sessionName":"In chunks of two"' in content


def test_a_body_in_chunks_has_the_limit_of_others(client, token):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    client.sendall(start_timer(token, chunk * 20 + b"0\r\n\r\n", "Transfer-Encoding: chunked"))

    assert statuses(read_all(client)) == [413]


def test_who_asks_whether_to_go_on_is_told_once(client, token):
    body = b'{"sessionName": "Asked"}'
    head = start_timer(token, b"", f"Content-Length: {len(body)}", "Expect: 100-continue")
    client.sendall(head)
    assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"

    client.sendall(body)
    assert statuses(read_all(client)) == [201]


def test_a_body_that_is_too_long_is_answered_before_it_comes(client, token):
    client.sendall(start_timer(token, b"", "Content-Length: 100000000000"))

    assert statuses(read_all(client)) == [413]


def test_a_body_that_breaks_off_writes_nothing(client, server, token):
    client.sendall(start_timer(token, b'{"sessionName": "Broken off"', "Content-Length: 1000"))
    client.shutdown(socket.SHUT_WR)

    assert read_all(client) == b""
    caller = Caller(server.url, token)
    assert "Broken off" not in str(caller.call("GET", "/v1/users/me/timer").data)
    caller.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"NONSENSE\r\n\r\n",
    ],
    ids=["two lengths", "length and chunks", "no chunk", "no HTTP"],
)
def test_nothing_that_follows_a_request_of_unknown_end_is_taken_for_one(client, head):
    client.sendall(head + GET)

    answered = statuses(read_all(client))
    assert answered.count(200) <= 1, "the rest was answered as if it were a request"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /v1/users/me?x=%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"x" * 9000), 414),
        (b"GET /v1/users/me HTTP/1.1\r\nHost: a\r\nLong: %s\r\n\r\n" % (b"x" * 20000), 431),
        (b"GET /v1/users/me HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"GET /v1/users/me HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /v1 HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"GET http://a/v1/users/me HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"get /v1/users/me HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /v1\r\n\r\n", 400),
        (b"GET /v1#users HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\n\r\n", 400),
        (b"GET http://a/v1 HTTP/1.1\r\n\r\n", 400),
    ],
    ids=[
        "long address",
        "long header",
        "two lengths",
        "blank in a name",
        "other version",
        "whole address",
        "small",
        "no version",
        "part of a page",
        "no host",
        "whole address, no host",
    ],
)
def test_what_gunicorn_rejects_is_a_problem_below_v1(client, request_, status):
    client.sendall(request_)

    head, _blank, body = read_all(client).partition(b"\r\n\r\n")
    assert statuses(head) == [status]
    assert b"Content-Type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["errors"]) == (status, [])
    assert f"X-Request-Id: {problem['requestId']}".encode() in head.split(b"\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [(b"GET /healthz HTTP/1.1\r\n\r\n" + GET, 400), (b"GET /healthz HTTP/1.0\r\n\r\n", 200)],
    ids=["HTTP/1.1", "HTTP/1.0"],
)
def test_only_http_1_0_does_without_a_host(client, request_, status):
    client.sendall(request_)

    head = read_all(client).partition(b"\r\n\r\n")[0]
    assert re.findall(rb"HTTP/1\.[01] (\d{3}) ", head) == [b"%d" % status]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("chunked", b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n"),
        ("chunked", b"2\n{}\n0\n\n"),
        ("gzip, chunked", b"0\r\n\r\n"),
    ],
    ids=["endless chunk", "lines without CR", "two codings"],
)
@pytest.mark.parametrize("path", [b"/v1/users/me/timer/start", b"/timer/start/"])
def test_a_body_whose_end_cannot_be_found_is_answered(client, token, coding, body, path):
    request = start_timer(token, body, f"Transfer-Encoding: {coding}")
    client.sendall(request.replace(b"/v1/users/me/timer/start", path))

    head, _blank, answer = read_all(client).partition(b"\r\n\r\n")
    assert statuses(head) == [400]
    if path.startswith(b"/v1"):
        assert b"Content-Type: application/problem+json" in head
        assert json.loads(answer)["code"] == "invalid"
    else:
        assert answer == b"This is no valid HTTP request."


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1", "/v1/users/me", "/nothing-here/", "/static/css/base.css"])
def test_asking_for_the_head_alone_is_no_warning(client, server, path):
    said = len(server.log)
    client.sendall(f"HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() + LAST)

    assert len(statuses(read_all(client))) == 2
    assert "WARNING" not in server.log[said:]


def test_request_ids_of_what_gunicorn_rejects(client, server):
    """Not that of the request before, which may be another user's."""
    client.sendall(GET + b"get /v1/users/me HTTP/1.1\r\nHost: a\r\n\r\n")

    names = re.findall(rb"\r\nX-Request-Id: ([0-9a-f]{32})\r\n", read_all(client))
    assert len(set(names)) == 2
    assert f"[{names[1].decode()}]" in server.log


def test_many_downloads_of_one_leave_room_for_others(server, token):
    """More than a worker has connections: those in line would keep everybody else out."""
    address = urlsplit(server.url)
    export = f"GET /v1/users/me/export HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with ExitStack() as stack:

        def connect():
            return stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=20))

        asked = []
        for _each in range(1100):  # at once, since those that are silent make room for others
            asked.append(connect())
            asked[-1].sendall(export)
        other = connect()
        begun = time.monotonic()
        other.sendall(LAST)
        assert statuses(read_all(other)) == [200]
        assert time.monotonic() - begun < 5

        answers = [each.recv(10_000) for each in asked]
    rejected = [answer for answer in answers if statuses(answer) == [503]]
    assert len(rejected) > 100
    head, _blank, body = rejected[0].partition(b"\r\n\r\n")
    assert b"Retry-After: 10" in head.split(b"\r\n")
    assert json.loads(body)["code"] == "server_busy"


def test_who_hangs_up_in_the_middle_of_an_answer_leaves_no_trace(server):
    address = urlsplit(server.url)
    for _each in range(50):
        with closing(socket.create_connection((address.hostname, address.port))) as client:
            client.sendall(b"GET /static/css/base.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 5)

    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as client:
        client.sendall(LAST)
        assert statuses(read_all(client)) == [200]
    assert "Traceback" not in server.log


@pytest.mark.slow(reason="waits until a server has stopped")
def test_a_worker_that_stops_answers_first():
    """What was asked before it was told to stop is answered, and who asks nothing does not hold it up."""
    with Server(WEB_CONCURRENCY="1") as server, ThreadPoolExecutor() as pool:
        address = urlsplit(server.url)
        idle = [socket.create_connection((address.hostname, address.port), timeout=20) for _each in range(5)]
        idle[0].sendall(GET)
        assert statuses(idle[0].recv(1000)) == [200]
        idle[1].sendall(GET[:20])
        callers = [Caller(server.url) for _each in range(4)]
        answers = [pool.submit(caller.call, "POST", "/v1/users/me/timer/start") for caller in callers]
        for answer in answers[:2]:
            answer.result()

        begun = time.monotonic()
        server._process.send_signal(signal.SIGTERM)
        assert server._process.wait(timeout=20) == 0

        assert time.monotonic() - begun < 15
        assert [answer.result().status for answer in answers] == [201] * 4
        for connection in [*idle, *callers]:
            connection.close()
