"""What was acknowledged is there after SIGKILL, which leaves a process no time for anything."""

import http.client
import os
import random
import signal
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.faults.client import Caller, FormBrowser
from tests.server import Server

WRITERS = 16
# script/prove asks for more: a minute, and a kill every 0.35 s.
SECONDS = float(os.environ.get("PROVE_SECONDS", "30"))
SECONDS_BETWEEN_KILLS = (0.35, 0.35) if "PROVE_SECONDS" in os.environ else (0.3, 1.2)


def test_running_session_survives(server, new_caller):
    caller = new_caller()
    started = caller.call("POST", "/v1/users/me/timer/start", {"sessionName": "API design"}).data["started"]

    server.restart()

    running = new_caller(caller.token).call("GET", "/v1/users/me/timer").data["running"]
    assert (running["id"], running["start"], running["running"]) == (started["id"], started["start"], True)


def test_running_session_started_in_the_page_survives(server):
    browser = FormBrowser(server.url)
    assert "API design" in browser.submit("/", "/timer/start/", name="API design")
    started = _start_shown(browser.get("/"))

    server.restart()

    assert _start_shown(browser.get("/")) == started


def test_stopped_and_saved_sessions_survive(server, new_caller):
    caller = new_caller()
    caller.call("POST", "/v1/users/me/timer/start", {"sessionName": "Stopped"})
    stopped = caller.call("POST", "/v1/users/me/timer/stop").data["stopped"]
    body = {"sessionName": "Saved", "start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:30:00Z"}
    saved = caller.call("POST", "/v1/users/me/session", body).data

    server.restart()

    caller = new_caller(caller.token)
    for session in (stopped, saved):
        assert caller.call("GET", f"/v1/users/me/sessions/{session['id']}").data == session


@dataclass
class _Log:
    """What a writer was told."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # names by id
    seconds: list[float] = field(default_factory=list)
    lost_connections: int = 0


@pytest.mark.slow(reason="kills workers for half a minute")
def test_every_acknowledged_session_is_there_once_when_workers_are_killed(server, new_caller):
    tokens = [new_caller().token for _user in range(WRITERS // 2)]
    # Half of the writers have a user of their own, the other half share two.
    shared = [new_caller().token for _user in range(2)]
    tokens += [shared[number % 2] for number in range(WRITERS // 2)]
    stop = threading.Event()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        kills = pool.submit(_kill_workers, server, stop)
        writers = [pool.submit(_write, new_caller(token), stop) for token in tokens]
        try:
            time.sleep(SECONDS)
        finally:  # also of Ctrl+C, or the threads would never end
            stop.set()
        logs = [writer.result() for writer in writers]

    for token in set(tokens):
        stored = [(each["id"], each["sessionName"]) for each in new_caller(token).sessions("2026-02-01", "2026-03-01")]
        acknowledged = {
            entry
            for owner, log in zip(tokens, logs, strict=True)
            if owner == token
            for entry in log.acknowledged.items()
        }
        assert len({session_id for session_id, _name in stored}) == len(stored)
        assert len({name for _id, name in stored}) == len(stored), "one request made two sessions"
        assert acknowledged <= set(stored)
    assert kills.result() >= 10
    _report(kills.result(), logs)


def _write(caller: Caller, stop: threading.Event) -> _Log:
    """Adds sessions in the three ways there are, each under a name of its own."""
    log = _Log()
    while not stop.is_set():
        session_id = str(uuid.uuid4())
        start = f"2026-02-{random.randint(1, 28):02}T{random.randint(0, 22):02}:00:00Z"
        body = {"sessionName": session_id, "start": start, "end": start.replace(":00:00Z", ":30:00Z")}
        match random.choice(("put", "post with an id", "post")):
            case "put":
                path = f"/v1/users/me/sessions/{session_id}"
                answer = caller.call_until_answered("PUT", path, body, expect=(200, 201))
            case "post with an id":
                path = "/v1/users/me/session"
                answer = caller.call_until_answered("POST", path, {**body, "id": session_id}, expect=(201, 409))
                if answer.status == 409:  # the answer to an earlier attempt was lost
                    assert answer.data["code"] == "id_taken"
            case "post":
                # Not safe to repeat: whether it arrived when the connection broke stays unknown.
                try:
                    answer = caller.call("POST", "/v1/users/me/sessions", body, expect=(201, 503))
                except (OSError, http.client.HTTPException):
                    log.lost_connections += 1
                    continue
                if answer.status == 503:
                    continue
                session_id = answer.data["id"]
        log.acknowledged[session_id] = body["sessionName"]
        log.seconds.append(answer.seconds)
    return log


def _kill_workers(server: Server, stop: threading.Event) -> int:
    kills = 0
    while not stop.wait(random.uniform(*SECONDS_BETWEEN_KILLS)):
        if workers := server.workers:
            os.kill(random.choice(workers), signal.SIGKILL)
            kills += 1
    return kills


def _report(kills: int, logs: list[_Log]) -> None:
    seconds = [each for log in logs for each in log.seconds]
    percentiles = statistics.quantiles(seconds, n=100)
    print(
        f"\n{len(seconds)} sessions acknowledged, {kills} workers killed, {sum(log.lost_connections for log in logs)} "
        f"lone POSTs lost, p50 {percentiles[49] * 1000:.0f} ms, p99 {percentiles[98] * 1000:.0f} ms"
    )


def _start_shown(page: str) -> str:
    """The start of the running session as the page gives it to its script."""
    return page.partition('data-started="')[2].partition('"')[0] or pytest.fail("no session runs on the page")
