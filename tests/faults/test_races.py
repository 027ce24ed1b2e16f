"""Many at once: what must be single stays single, and nobody is answered with an error of ours."""

import json
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

from tests.faults.client import Answer, Caller
from tests.server import CHECKOUT

CLIENTS = 32
STARTS = 12

PRINT_CHANGES = """
import json
from sessions_app.models import Change
rows = Change.objects.filter(user_id="%s").order_by("id").values_list("action", "object_id", "changeset_id", "after")
found = [[action, str(id), str(changeset), after["start"], after["end"]] for action, id, changeset, after in rows]
print(json.dumps(found))
"""

MAKE_KEY = """
import sys
from pathlib import Path
from timetracker.environment import read_secret_key
print("ready", flush=True)
sys.stdin.readline()
print(read_secret_key(Path(sys.argv[1])))
"""


def _at_once(callers: list[Caller], act: Callable[[Caller], Any]) -> list[Any]:
    """What `act` gives for each caller, all begun at the same moment."""
    barrier = Barrier(len(callers))

    def begin(caller: Caller) -> Any:
        barrier.wait(60)
        return act(caller)

    with ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(begin, callers))


def test_many_starts_at_once_make_one_chain_that_ends_in_one_running_session(server, new_caller):
    token = new_caller().token
    callers = [new_caller(token) for _client in range(CLIENTS)]

    def start(caller: Caller) -> list[dict[str, Any]]:
        return [caller.call("POST", "/v1/users/me/timer/start", expect=(201,)).data for _start in range(STARTS)]

    switches = [switch for each in _at_once(callers, start) for switch in each]

    # Each start but the first stopped the one before, and each session was stopped by one start but the last.
    started = {switch["started"]["id"] for switch in switches}
    stopped = Counter(switch["stopped"] and switch["stopped"]["id"] for switch in switches)
    assert len(started) == CLIENTS * STARTS
    assert set(stopped.values()) == {1}
    assert stopped.keys() - started == {None}
    running = callers[0].call("GET", "/v1/users/me/timer").data["running"]
    assert started - stopped.keys() == {running["id"]}

    # The record tells the same story, and the times join without gap or overlap.
    user_id = callers[0].call("GET", "/v1/users/me").data["id"]
    changes = json.loads(server.manage("shell", "--verbosity=0", "-c", PRINT_CHANGES % user_id))
    starts = [(session, changeset, start) for action, session, changeset, start, _end in changes if action == "start"]
    ends = {session: (changeset, end) for action, session, changeset, _start, end in changes if action == "stop"}
    assert len(starts) == CLIENTS * STARTS
    assert len(changes) == 2 * CLIENTS * STARTS - 1
    for (session, _changeset, _start), (_next, changeset, start) in pairwise(starts):
        assert ends[session] == (changeset, start)


def test_start_that_shall_fail_when_one_runs_starts_one(new_caller):
    token = new_caller().token
    callers = [new_caller(token) for _client in range(16)]

    answers = _at_once(
        callers,
        lambda caller: caller.call("POST", "/v1/users/me/timer/start", {"ifRunning": "fail"}, expect=(201, 409)),
    )

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 15}
    assert {answer.data["code"] for answer in answers if answer.status == 409} == {"timer_running"}


def test_many_stops_at_once_stop_once(new_caller):
    token = new_caller().token
    callers = [new_caller(token) for _client in range(16)]
    started = callers[0].call("POST", "/v1/users/me/timer/start").data["started"]

    answers = _at_once(callers, lambda caller: caller.call("POST", "/v1/users/me/timer/stop", expect=(200,)))

    stopped = [answer.data["stopped"] for answer in answers if answer.data["stopped"]]
    assert [session["id"] for session in stopped] == [started["id"]]


def test_many_users_with_one_id_make_one_user(new_caller):
    callers = [new_caller() for _client in range(16)]
    body = {"id": str(uuid.uuid4())}

    answers = _at_once(callers, lambda caller: caller.call("POST", "/v1/users", body, expect=(201, 409)))

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 15}
    assert {answer.data["code"] for answer in answers if answer.status == 409} == {"id_taken"}


def test_many_puts_of_one_id_make_one_session(new_caller):
    token = new_caller().token
    callers = [new_caller(token) for _client in range(16)]
    path = f"/v1/users/me/sessions/{uuid.uuid4()}"

    def put(caller: Caller) -> Answer:
        body = {"sessionName": str(uuid.uuid4()), "start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:00:00Z"}
        return caller.call("PUT", path, body)

    answers = _at_once(callers, put)

    assert Counter(answer.status for answer in answers) == {201: 1, 200: 15}
    # Each saw the work of all before it.
    assert sorted(answer.data["version"] for answer in answers) == list(range(1, 17))
    last = max((answer.data for answer in answers), key=lambda session: session["version"])
    stored = callers[0].sessions("2026-02-01", "2026-03-01")
    assert [(each["id"], each["sessionName"]) for each in stored] == [(last["id"], last["sessionName"])]


def test_many_posts_of_one_id_make_one_session(new_caller):
    token = new_caller().token
    callers = [new_caller(token) for _client in range(16)]
    body = {"id": str(uuid.uuid4()), "start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:00:00Z"}

    answers = _at_once(callers, lambda caller: caller.call("POST", "/v1/users/me/session", body, expect=(201, 409)))

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 15}
    assert len(callers[0].sessions("2026-02-01", "2026-03-01")) == 1


def test_many_processes_that_make_the_secret_key_at_once_agree(tmp_path):
    processes = [
        subprocess.Popen(
            (sys.executable, "-c", MAKE_KEY, tmp_path),
            cwd=CHECKOUT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _process in range(8)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=60)[0] for process in processes}

    assert keys == {(tmp_path / "secret_key").read_text() + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
