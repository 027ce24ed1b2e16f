"""Limits hold whichever worker is asked, and however many ask at once."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.client import Answer, Caller
from tests.server import Server

WORKERS = 4
CLIENTS = 32
LIMIT = 300
TIMER = "/v1/users/me/timer"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(WEB_CONCURRENCY=str(WORKERS), RATE_LIMITS="on") as started:
        yield started


@pytest.mark.slow(reason="sends hundreds of requests")
def test_exactly_as_many_requests_are_answered_as_may_be(server, new_caller):
    while len(server.workers) < WORKERS:  # the first one answers before the others are forked
        time.sleep(0.02)
    token, other = new_caller().token, new_caller()
    callers = [new_caller(token) for _client in range(CLIENTS)]
    begun = time.monotonic()

    def ask(caller: Caller) -> list[Answer]:
        return [caller.call("GET", TIMER, expect=(200, 429)) for _request in range(15)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for each in pool.map(ask, callers) for answer in each]

    assert time.monotonic() - begun < 50, "Too slow to tell: the first requests are forgotten after a minute."
    assert Counter(answer.status for answer in answers) == {200: LIMIT, 429: CLIENTS * 15 - LIMIT}
    # No count was given twice.
    left = [_left(answer) for answer in answers if answer.status == 200]
    assert sorted(left) == list(range(LIMIT))
    for rejected in (answer for answer in answers if answer.status == 429):
        assert rejected.data["code"] == "rate_limited"
        assert 1 <= int(rejected.headers["Retry-After"]) <= 60
        assert (_left(rejected), rejected.headers["RateLimit-Policy"]) == (0, f'"token";q={LIMIT};w=60')
    # Another token is not concerned.
    assert other.call("GET", TIMER).status == 200

    # Ten users an hour from this address, two of which were made above.
    with ThreadPoolExecutor(CLIENTS) as pool:
        made = pool.map(lambda caller: caller.call("POST", "/v1/users", expect=(201, 429)).status, callers)
        assert Counter(made) == {201: 8, 429: CLIENTS - 8}


def _left(answer: Answer) -> int:
    return int(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0])
