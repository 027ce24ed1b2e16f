"""docs/examples/timetracker_client.py: one file, used as its readers do, also over a line that loses answers"""

import importlib.util
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.docs.conftest import ZONE, Flaky
from tests.server import CHECKOUT

pytestmark = pytest.mark.slow(reason="starts servers, and waits as long as a client does")

FILE = CHECKOUT / "docs/examples/timetracker_client.py"
SESSIONS = "/v1/users/me/sessions"
DAY = (date(2026, 11, 20), date(2026, 11, 21))
START, END = datetime(2026, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def client():
    specification = importlib.util.spec_from_file_location("timetracker_client", FILE)
    module = importlib.util.module_from_spec(specification)
    sys.modules["timetracker_client"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def tracker(client, server, caller):
    return client.Timetracker(server.url, caller.token)


@pytest.fixture
def over(client, server, caller):
    """Makes a tracker over a line that spoils what these turns say, and does not wait long."""
    lines = []

    def make(*turns, **options):
        line = Flaky(server, turns)
        lines.append(line.__enter__())
        return client.Timetracker(line.url + "/", caller.token, **{"pause": 0.01, **options}), line

    yield make
    for line in lines:
        line.__exit__()


def test_it_is_one_small_file_of_the_standard_library():
    lines = FILE.read_text().splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}

    assert len(lines) < 260
    assert imported <= sys.stdlib_module_names


def test_starts_and_stops(tracker, caller):
    started = tracker.start("Logo", tags=["acme"])
    assert (started["running"], started["tags"]) == (True, ["acme"])
    assert tracker.running()["id"] == started["id"]

    assert tracker.stop()["end"] is not None
    assert tracker.stop() is None
    assert tracker.running() is None


def test_adds_and_edits(tracker):
    added = tracker.add(START, END, "Call", billable=True)
    assert (added["start"], added["durationSeconds"], added["billable"]) == ("2026-11-20T08:00:00Z", 5400, True)

    edited = tracker.edit(added, end=END + timedelta(minutes=15), note="Longer")
    assert (edited["durationSeconds"], edited["note"], edited["version"]) == (6300, "Longer", 2)


def test_a_time_without_a_zone_is_local(tracker):
    added = tracker.add(START.astimezone().replace(tzinfo=None), END, "Call")

    assert added["start"] == "2026-11-20T08:00:00Z"


def test_an_edit_of_what_was_changed_since_is_rejected(client, tracker):
    added = tracker.add(START, END, "Call")
    tracker.edit(added, sessionName="Mira")

    with pytest.raises(client.ApiError) as raised:
        tracker.edit(added, sessionName="Noah")

    assert (raised.value.status, raised.value.code) == (412, "version_mismatch")
    assert raised.value.problem["current"]["sessionName"] == "Mira"


def test_errors_tell_what_is_wrong_and_how_to_mend_it(client, tracker):
    with pytest.raises(client.ApiError) as raised:
        tracker.add(END, START)

    assert raised.value.code == "end_not_after_start"
    assert raised.value.detail == "The end is not after the start. Give a later end."
    assert raised.value.problem["errors"][0]["pointer"] == "#/end"
    assert str(raised.value) == "The end is not after the start. Give a later end. (end_not_after_start)"


def test_follows_the_list_to_its_end(tracker):
    for minute in range(5):
        tracker.add(START, END + timedelta(minutes=minute), f"No. {minute}", billable=minute < 2)

    names = sorted(session["sessionName"] for session in tracker.sessions(DAY, limit=2))
    assert names == [f"No. {minute}" for minute in range(5)]
    assert len(list(tracker.periods(DAY, limit=2))) == 3
    assert {page["sessionCount"] for page in tracker.periods(DAY, limit=2)} == {5}
    assert len(list(tracker.sessions(DAY, billable=True))) == 2
    assert list(tracker.sessions("week", offset=-9)) == []


@pytest.mark.parametrize(
    "turns", [[503], [429, 503, 502], ["lose"], ["cut"], ["lose", 503, "cut", "lose"]], ids=str
)  # fmt: skip
def test_what_gets_lost_is_done_once(over, caller, turns):
    tracker, line = over(*turns)

    added = tracker.add(START, END, "Call")

    assert len(line.seen) == len(turns) + 1
    assert [each["id"] for each in caller.sessions("2026-11-20", "2026-11-21")] == [added["id"]]


def test_a_start_that_gets_lost_starts_once(over, caller):
    tracker, _line = over("lose", "lose")

    started = tracker.start("Logo")

    assert caller.call("GET", "/v1/users/me/timer").data["running"]["id"] == started["id"]
    assert caller.call("GET", f"{SESSIONS}?duration=day").data["sessionCount"] == 1


def test_toggles_once_over_a_bad_line(over, caller):
    tracker, _line = over("lose", "pass", "lose")

    assert tracker.toggle("Logo")["running"]
    assert not tracker.toggle()["running"]


def test_a_stop_that_gets_lost_stops_no_other(over, caller):
    tracker, _line = over("pass", "lose", 503)
    started = caller.call("POST", "/v1/users/me/timer/start").data["started"]

    stopped = tracker.stop()

    assert (stopped["id"], stopped["running"]) == (started["id"], False)


def test_an_edit_that_gets_lost_is_done(over, caller):
    tracker, _line = over("pass", "lose")

    edited = tracker.edit(tracker.add(START, END, "Call"), sessionName="Mira", start=START + timedelta(minutes=5))

    assert (edited["sessionName"], edited["start"], edited["version"]) == ("Mira", "2026-11-20T08:05:00Z", 2)


def test_the_same_key_adds_the_same_session_in_another_run(client, server, caller):
    added = [client.Timetracker(server.url, caller.token).add(START, END, key="line-1") for _run in "12"]

    assert added[0]["id"] == added[1]["id"]


def test_waits_as_long_as_it_is_told(over, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    tracker, _line = over(429, "lose", 503)

    tracker.start()

    assert waits[0] == waits[2] == 1
    assert 0.01 <= waits[1] <= 0.02


def test_gives_up_at_last(client, over):
    tracker, line = over(503, 503, 503, attempts=3, patience=0.5)
    with pytest.raises(client.ApiError) as raised:  # told to wait for a second
        tracker.start()
    assert (raised.value.status, raised.value.code, len(line.seen)) == (503, "http_503", 1)

    tracker, line = over("lose", "cut", "lose", attempts=3)
    with pytest.raises(ConnectionError, match="cannot be reached"):
        tracker.start()
    assert len(line.seen) == 3


def test_does_not_repeat_what_is_rejected(client, over):
    tracker, line = over()

    with pytest.raises(client.ApiError):
        tracker.add(END, START)

    assert len(line.seen) == 1


def test_takes_no_token_to_another_host(client, over):
    tracker, line = over(302)

    with pytest.raises(client.ApiError) as raised:
        tracker.running()

    assert (raised.value.code, len(line.seen)) == ("http_302", 1)


def test_the_command_line(shell, server, caller):
    def run(*arguments, **options):
        return shell.run("python3", str(FILE), *arguments, **options)

    assert "TIMETRACKER_URL" in run("today", fails=True)
    shell.environment |= {"TIMETRACKER_URL": server.url, "TIMETRACKER_TOKEN": caller.token}

    now = datetime.now(ZoneInfo(ZONE))
    assert run("today").split() == ["in", "all", "0:00"]
    assert run("start", "Logo").split()[1:] == ["0:00", "Logo"]
    assert run("stop").split()[1:] == ["0:00", "Logo"]
    assert run("stop") == "Nothing is running.\n"
    assert run("add", "Call", f"{now:%Y-%m-%d}T00:00", f"{now:%Y-%m-%d}T00:01").split() == [
        "00:00–00:01",
        "0:01",
        "Call",
    ]
    assert "Call" in run("today")
    assert run("add", "Call", "2026-11-20T10:00", "2026-11-20T09:00", fails=True).endswith("(end_not_after_start)\n")
    shell.environment |= {"TIMETRACKER_TOKEN": "tt_wrong"}
    assert "authentication_failed" in run("today", fails=True)
