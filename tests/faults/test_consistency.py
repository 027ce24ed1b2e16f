"""Every figure of an answer is of one moment, however fast the sessions change."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.faults.client import Caller

SWITCHES = 150  # all fit on one page of the list
STEP = timedelta(seconds=37)


@pytest.mark.slow(reason="switches timers for seconds")
def test_totals_agree_while_timers_are_switched(new_caller):
    """Each switch gives 37 s of the running session to a finished one: the total is that of the whole time, always."""
    writer = new_caller()
    readers = [new_caller(writer.token) for _reader in range(2)]
    now = datetime.fromisoformat(writer.call("GET", "/v1/users/me/timer").data["serverTime"])
    first = now - SWITCHES * STEP
    _start(writer, first)
    path = f"/v1/users/me/sessions?from={first.date()}&to={now.date() + timedelta(days=2)}&limit=500"
    done = threading.Event()

    def switch() -> None:
        try:
            for number in range(1, SWITCHES):
                _start(writer, first + number * STEP)
        finally:
            done.set()

    def read(reader: Caller) -> Counter[int]:
        """How many sessions the answers showed."""
        seen: Counter[int] = Counter()
        while not done.is_set():
            overview = reader.call("GET", path).data
            _check(overview, first)
            seen[overview["sessionCount"]] += 1
        return seen

    with ThreadPoolExecutor(3) as pool:
        reads = [pool.submit(read, reader) for reader in readers]
        pool.submit(switch).result()
        seen = sum((each.result() for each in reads), Counter())

    print(f"\n{seen.total()} answers, {len(seen)} different, while {SWITCHES - 1} times was switched")
    assert len(seen) > 20
    _check(readers[0].call("GET", path).data, first)


def test_exactly_one_runs_while_timers_are_switched_as_fast_as_can_be(new_caller):
    writer = new_caller()
    reader = new_caller(writer.token)
    _send_start(writer)
    done = threading.Event()

    def read() -> int:
        answers = 0
        while not done.is_set():
            assert reader.call("GET", "/v1/users/me/timer").data["running"] is not None
            overview = reader.call("GET", "/v1/users/me/sessions?limit=500").data
            assert sum(session["running"] for session in overview["sessions"]) == 1
            answers += 1
        return answers

    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(read)
        try:
            _repeat(_send_start, writer, 100)
        finally:
            done.set()

    assert answers.result() > 20


def _start(caller: Caller, at: datetime) -> None:
    caller.call("POST", "/v1/users/me/timer/start", {"start": at.isoformat()}, expect=(201,))


def _send_start(caller: Caller) -> None:
    caller.call("POST", "/v1/users/me/timer/start", expect=(201,))


def _repeat(act: Callable[[Caller], None], caller: Caller, times: int) -> None:
    for _time in range(times):
        act(caller)


def _check(overview: dict[str, Any], first: datetime) -> None:
    sessions, days, total = overview["sessions"], overview["days"], overview["totalSeconds"]
    assert total == sum(day["totalSeconds"] for day in days) == sum(each["secondsInPeriod"] for each in sessions)
    assert total == (datetime.fromisoformat(overview["serverTime"]) - first).total_seconds()
    assert overview["sessionCount"] == len(sessions)
    [running] = [each for each in sessions if each["running"]]
    assert overview["runningSeconds"] == sum(day["runningSeconds"] for day in days) == running["secondsInPeriod"]
    assert running == sessions[-1]
