"""A link that loses answers: whoever sends with a key, again until answered, makes one thing."""

import json
import random
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.faults.client import Caller
from tests.server import Server

TIMES = 32
LOST = 0.3
MAX_SECONDS = 60

COUNT = """
import json
from sessions_app.models import Change, TimeSession
print(json.dumps([TimeSession.objects.count(), Change.objects.values("changeset").distinct().count()]))
"""


class LossyLink:
    """A port in front of the server. Of three answers in ten the client gets nothing: they were written, and are lost.

    A request and its answer for each connection. `lost` counts the answers that were.
    """

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).hostname, urlsplit(url).port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._chance = random.Random(5)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._address, timeout=MAX_SECONDS) as server:
            server.sendall(_read_request(client))
            answer = b"".join(iter(lambda: server.recv(65_536), b""))  # the server closes when all is said
            if self._chance.random() < LOST:
                self.lost += 1
            else:
                client.sendall(answer)


def _read_request(client: socket.socket) -> bytes:
    content = b""
    while b"\r\n\r\n" not in content:
        content += client.recv(65_536)
    head, _blank, body = content.partition(b"\r\n\r\n")
    (length,) = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < length:
        body += client.recv(65_536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def server() -> Iterator[Server]:
    """One for each test, which counts all that is there."""
    with Server() as started:
        yield started


@pytest.fixture
def link(server) -> Iterator[LossyLink]:
    link = LossyLink(server.url)
    yield link
    link.close()


def send_until_answered(link: LossyLink, token: str, path: str, body: Any, key: str) -> tuple[int, Any, bool]:
    """As the recipe of the documentation does it: the same request with the same key, until there is an answer."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "Connection": "close",
    }
    for _attempt in range(100):
        request = Request(link.url + path, json.dumps(body).encode(), headers, method="POST")
        try:
            with urlopen(request, timeout=MAX_SECONDS) as answer:
                return answer.status, json.load(answer), answer.headers["Idempotency-Replayed"] == "true"
        except (ConnectionError, HTTPException):
            continue
    raise AssertionError("No answer came through in 100 attempts.")


def send_many(send: Callable[[], Any]) -> list[Any]:
    """What each of 32 clients was answered that all sent the same, eight at a time."""
    with ThreadPoolExecutor(8) as pool:
        return [each.result() for each in [pool.submit(send) for _time in range(TIMES)]]


def counts(server: Server) -> list[int]:
    """How many sessions there are, and how many presses made or changed any."""
    counted: list[int] = json.loads(server.manage("shell", "--verbosity=0", "-c", COUNT))
    return counted


TIMES_OF = {"start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:30:00Z"}
BATCH = {"operations": [{"op": "create", "body": {**TIMES_OF, "note": str(number)}} for number in range(5)]}


@pytest.mark.slow(reason="sends hundreds of requests")
def test_what_is_sent_again_and_again_over_a_lossy_link_is_made_once(server, link, new_caller):
    caller: Caller = new_caller()
    assert caller.token is not None
    sends: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "timer/start": ({"sessionName": "Letter"}, lambda data: data["started"]["id"]),
        "session": ({**TIMES_OF, "sessionName": "Letter"}, lambda data: data["id"]),
        "sessions/batch": (BATCH, lambda data: [each["body"]["id"] for each in data["results"]]),
    }
    for made, (path, (body, find)) in enumerate(sends.items(), start=1):
        address, key = f"/v1/users/me/{path}", f"key-{made}"
        answers = send_many(partial(send_until_answered, link, caller.token, address, body, key))

        first = find(answers[0][1])
        assert [find(data) for _status, data, _replayed in answers] == [first] * TIMES
        assert {status for status, _data, _replayed in answers} == {200 if "batch" in path else 201}
        assert sum(not replayed for _status, _data, replayed in answers) <= 1  # none, when the first answer was lost

    # One was started, one was added, five came at once: a press each.
    assert counts(server) == [7, 3]
    assert link.lost > 3 * TIMES * LOST / 3
    print(f"\n{link.lost} answers were lost")


@pytest.mark.slow(reason="sends hundreds of requests")
def test_each_for_itself_too(server, link, new_caller):
    """A batch of which some cannot be done: the others are done once."""
    caller: Caller = new_caller()
    operations = [*BATCH["operations"], {"op": "create", "body": {"start": "2026"}}]
    body = {"operations": operations, "atomic": False}

    answers = send_many(
        lambda: send_until_answered(link, str(caller.token), "/v1/users/me/sessions/batch", body, "key")
    )

    done = [[each["body"]["id"] for each in data["results"][:5]] for _status, data, _replayed in answers]
    assert done == [done[0]] * TIMES
    assert {data["results"][5]["status"] for _status, data, _replayed in answers} <= {400, 409}
    assert counts(server) == [5, 1]
