"""Long imports on the real server: others save meanwhile, and a kill in the middle loses and doubles nothing"""

import json
import re
import statistics
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.faults.client import Caller, FormBrowser

ROWS = 6_000
LARGE_ROWS = 20_000
COLUMNS = ("User", "Email", "Client", "Project", "Task", "Description", "Billable", "Start date", "Start time",
           "End date", "End time", "Duration", "Tags", "Amount ()")  # fmt: skip


def table(count: int) -> bytes:
    """Sessions of half an hour, one behind the other."""
    lines = [",".join(COLUMNS)]
    start = datetime(2024, 1, 1)
    for number in range(count):
        end = start + timedelta(minutes=30)
        lines.append(
            f"M,m@example.org,C{number % 5},P{number % 20},,Work {number % 300},Yes,{start:%Y-%m-%d,%H:%M:%S},"
            f'{end:%Y-%m-%d,%H:%M:%S},00:30:00,"a, b{number % 7}",'
        )
        start = end
    return "\n".join(lines).encode()


TABLE = table(ROWS)


def bring_in(server, token: str) -> dict | None:
    """What is answered, None when the connection broke."""
    request = urllib.request.Request(
        f"{server.url}/v1/users/me/imports?timezone=UTC",
        TABLE,
        {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as response:
            return json.load(response)
    except (urllib.error.URLError, ConnectionError, OSError):
        return None


def stored(caller: Caller) -> int:
    query = "from=2024-01-01&to=2025-01-01&days=false&limit=1"
    return caller.call("GET", f"/v1/users/me/sessions?{query}").data["sessionCount"]


def interrupt(server, caller: Caller) -> str:
    """Kills the server when the first parts are written; the id of the changeset."""
    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(bring_in, server, caller.token)
        deadline = time.monotonic() + 120
        while not (found := caller.call("GET", "/v1/users/me/changesets").data["changesets"]):
            assert time.monotonic() < deadline, "nothing was written"
            time.sleep(0.02)
        server.restart()
        assert importing.result() is None
    return found[0]["id"]


@pytest.mark.slow(reason="imports thousands of sessions, twice")
class TestKilled:
    def test_the_same_file_goes_on_where_it_ended(self, server, new_caller):
        caller = new_caller()
        changeset_id = interrupt(server, caller)
        caller = new_caller(caller.token)
        assert 0 < stored(caller) < ROWS

        done = bring_in(server, caller.token)

        assert done is not None
        assert (done["changesetId"], done["created"], stored(caller)) == (changeset_id, ROWS, ROWS)
        again = bring_in(server, caller.token)
        assert again is not None
        assert (again["created"], again["unchanged"], stored(caller)) == (0, ROWS, ROWS)

    def test_undo_takes_back_what_came_in(self, server, new_caller):
        caller = new_caller()
        changeset_id = interrupt(server, caller)
        caller = new_caller(caller.token)

        caller.call("POST", f"/v1/users/me/changesets/{changeset_id}/undo")

        assert stored(caller) == 0
        done = bring_in(server, caller.token)
        assert done is not None
        assert (done["created"], stored(caller)) == (ROWS, ROWS)


def wait_for(browser: FormBrowser, path: str, pattern: str) -> str:
    """The page at `path`, as soon as the pattern is on it."""
    deadline = time.monotonic() + 180
    while re.search(pattern, page := " ".join(browser.get(path).split())) is None:
        assert time.monotonic() < deadline, f"{pattern} is not on the page: {page}"
        time.sleep(0.1)
    return page


@pytest.mark.slow(reason="imports tens of thousands of sessions, and waits twice for a process that is gone")
def test_a_kill_while_a_large_file_is_read_and_while_it_is_imported(server):
    content = table(LARGE_ROWS)
    browser = FormBrowser(server.url)
    browser.submit("/", "/timer/start/")
    with ThreadPoolExecutor(1) as pool:
        uploading = pool.submit(browser.upload, "/imports/", "files", content)
        found = re.search(r'href="(/imports/[^"]+/)"', wait_for(browser, "/imports/", "not finished"))
        assert found is not None
        path = found[1]
        server.restart()  # at once: a quick machine reads the file in two seconds
        assert uploading.exception() is not None

    wait_for(browser, path, "was interrupted")
    browser.submit(path, f"{path}go-on/")
    wait_for(browser, path, f"{LARGE_ROWS} new sessions")
    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(browser.submit, path, f"{path}run/")
        wait_for(browser, path, f"[1-9][0-9]* of {LARGE_ROWS} sessions so far")
        server.restart()
        assert importing.exception() is not None or "so far" in importing.result()

    page = wait_for(browser, path, f"[1-9][0-9]* of {LARGE_ROWS} sessions are imported")
    assert 'action="/undo/changeset/"' in page
    browser.submit(path, f"{path}run/")
    wait_for(browser, path, f"{LARGE_ROWS} sessions imported")
    again = browser.upload("/imports/", "files", content)
    (latest,) = set(re.findall(r'action="(/imports/[^"]+/)discard/"', again))
    wait_for(browser, latest, f"{LARGE_ROWS} are here already")


@pytest.mark.slow(reason="imports, takes back and deletes thousands of sessions")
def test_others_save_within_half_a_second_meanwhile(server, new_caller):
    owner = new_caller()
    others = [new_caller() for _user in range(3)]
    all_seconds: dict[str, list[float]] = {}

    def save(caller: Caller, job, seconds: list[float]) -> None:
        number = 0
        while not job.done():
            number += 1
            start = datetime(2026, 2, 1) + timedelta(minutes=number)
            body = {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{start + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"}
            seconds.append(caller.call("POST", "/v1/users/me/session", body, expect=(201,)).seconds)
            time.sleep(0.05)

    with ThreadPoolExecutor(len(others) + 1) as pool:
        for name, job in {
            "import": lambda: bring_in(server, owner.token),
            "undo": lambda: undo_latest(new_caller(owner.token)),
            "deletion": lambda: delete_user(new_caller(owner.token)),
        }.items():
            running = pool.submit(job)
            seconds = all_seconds[name] = []
            for each in [pool.submit(save, caller, running, seconds) for caller in others]:
                each.result()
            assert running.result()

    for name, seconds in all_seconds.items():
        percentile = statistics.quantiles(seconds, n=100)[98]
        print(f"\n{name}: {len(seconds)} saves, p99 {percentile * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms")
    assert statistics.quantiles([each for some in all_seconds.values() for each in some], n=100)[98] < 0.5


def undo_latest(caller: Caller) -> bool:
    (latest, *_earlier) = caller.call("GET", "/v1/users/me/changesets").data["changesets"]
    caller.call("POST", f"/v1/users/me/changesets/{latest['id']}/undo")
    return stored(caller) == 0


def delete_user(caller: Caller) -> bool:
    """With thousands of sessions in the Trash, and all that was recorded of them."""
    user_id = caller.call("GET", "/v1/users/me").data["id"]
    return caller.call("DELETE", "/v1/users/me", {"confirm": user_id}, expect=(204,)).status == 204
