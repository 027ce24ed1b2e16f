"""docs/recipes.md: each script as it stands there, run by the real sh, curl and server"""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.docs.conftest import ZONE, blocks

pytestmark = pytest.mark.slow(reason="starts servers, and a shell for each line")

FIRST, *SCRIPTS = blocks("docs/recipes.md")
NAMES = [re.match(r"#!/bin/sh\n# ([a-z-]+)", each)[1] for each in SCRIPTS]
SESSIONS = "/v1/users/me/sessions"


@pytest.fixture
def recipes(shell):
    """A home in which the first step was taken and all scripts were saved; HOST and TOKEN are forgotten."""
    shell.run("sh", "-c", FIRST)
    for name, script in zip(NAMES, SCRIPTS, strict=True):
        (shell.path / name).write_text(script)
        (shell.path / name).chmod(0o755)
    del shell.environment["HOST"], shell.environment["TOKEN"]
    return shell


def test_all_of_them_are_tested_here():
    assert NAMES == [
        "toggle", "log-yesterday", "month-by-project", "sync-sessions", "running-session", "import-csv"
    ]  # fmt: skip


def test_nobody_else_can_read_the_token(recipes):
    assert (recipes.home / ".timetracker").stat().st_mode & 0o777 == 0o600


def test_a_key_starts_and_stops(recipes, caller):
    assert recipes.run("toggle", 'Logo "big" \\ small') == "Started\n"
    running = caller.call("GET", "/v1/users/me/timer").data["running"]
    assert running["sessionName"] == 'Logo "big" \\ small'

    assert recipes.run("toggle") == "Stopped\n"
    assert caller.call("GET", "/v1/users/me/timer").data["running"] is None

    assert recipes.run("toggle") == "Started\n"
    assert caller.call("GET", "/v1/users/me/timer").data["running"]["sessionName"] == ""


def test_a_key_tells_why_nothing_happened(recipes):
    (recipes.home / ".timetracker").write_text(
        re.sub(r"TOKEN='.*'", "TOKEN=tt_wrong", (recipes.home / ".timetracker").read_text())
    )

    assert json.loads(recipes.run("toggle", fails=True))["code"] == "authentication_failed"


def test_yesterdays_hours(recipes, caller):
    before = datetime.now(ZoneInfo(ZONE)).date()
    assert recipes.run("log-yesterday", "9:00", "12:30", "Design") == "Saved 9:00–12:30\n"
    after = datetime.now(ZoneInfo(ZONE)).date()

    days = {str(day - timedelta(days=1)) for day in (before, after)}
    found = [session for day in days for session in caller.sessions(day, str(after))]
    start = datetime.fromisoformat(found[0]["start"]).astimezone(ZoneInfo(ZONE))
    assert {session["id"] for session in found} == {found[0]["id"]}
    assert (found[0]["sessionName"], found[0]["durationSeconds"]) == ("Design", 12600)
    assert (str(start.date()) in days, f"{start:%H:%M}") == (True, "09:00")


def test_yesterdays_hours_that_cannot_be(recipes, caller):
    complaint = recipes.run("log-yesterday", "12:30", "9:00", "Design", fails=True)

    assert json.loads(complaint)["code"] == "end_not_after_start"


@pytest.fixture
def october(caller):
    """A project with a rate: 1 h 0 min 30 s, of which the last half minute is in November; and 20 min without one."""
    body = {"name": "Relaunch, 2nd", "hourlyRate": "90.00", "currency": "EUR", "billable": True}
    project = caller.call("POST", "/v1/users/me/projects", body).data["id"]
    times = {"start": "2026-10-31T22:00:00Z", "end": "2026-10-31T23:00:30Z"}
    caller.call("POST", SESSIONS, {**times, "projectId": project, "billable": True})
    caller.call("POST", SESSIONS, {"start": "2026-10-05T08:00:00Z", "end": "2026-10-05T08:20:00Z"})


def test_the_month_per_project(recipes, october):
    lines = [line.split("  ") for line in recipes.run("month-by-project", "2026-10").splitlines()]

    assert [[each.strip() for each in line if each.strip()] for line in lines] == [
        ["1:00:00", "Relaunch, 2nd", "90.00 EUR"],
        ["0:20:00", "No project"],
        ["1:20:00", "In all", "90.00 EUR"],
    ]


@pytest.mark.parametrize(
    ("month", "total"), [("2026-11", "0:00:30"), ("2026-09", "0:00:00"), ("2025-12", "0:00:00"), (None, None)]
)
def test_any_month(recipes, october, month, total):
    last = recipes.run("month-by-project", *([month] if month else [])).splitlines()[-1].split()

    assert last[1:3] == ["In", "all"]
    assert total is None or last[0] == total


def test_a_copy_that_stays_in_step(recipes, caller, server):
    def copy():
        recipes.run("sync-sessions", "sessions.json")
        return json.loads((recipes.home / "sessions.json").read_text())["sessions"]

    def there():
        return {each["id"]: each for each in caller.sessions("2026-11-01", "2026-12-01")}

    def strip(sessions):
        return {key: {**each, "secondsInPeriod": None} for key, each in sessions.items()}

    assert copy() == {}
    bodies = [{"sessionName": f"No. {n}", "start": 1793600000 + n, "end": 1793600100 + n} for n in range(120)]
    operations = [{"op": "create", "body": body} for body in bodies]
    caller.call("POST", f"{SESSIONS}/batch", {"operations": operations})
    first = copy()  # over more than one page
    assert len(first) == 120
    assert strip(first) == strip(there())

    changed, deleted, restored, *_others = first
    caller.call("PATCH", f"{SESSIONS}/{changed}", {"sessionName": "Other"})
    caller.call("DELETE", f"{SESSIONS}/{deleted}", expect=(204,))
    caller.call("DELETE", f"{SESSIONS}/{restored}", expect=(204,))
    assert strip(copy()) == strip(there())
    caller.call("POST", f"{SESSIONS}/{restored}/restore")
    second = copy()
    assert strip(second) == strip(there())
    assert (second[changed]["sessionName"], deleted in second, restored in second) == ("Other", False, True)

    asked = server.log.count("/changes")
    assert copy() == second
    assert server.log.count("/changes") - asked == 1
    assert sorted(path.name for path in recipes.home.glob("sessions*")) == ["sessions.json"]


def test_a_copy_begins_anew_when_the_server_was_restored(recipes, caller, server):
    caller.call("POST", SESSIONS, {"sessionName": "Before", "start": 1793600000, "end": 1793600100})
    recipes.run("sync-sessions", "sessions.json")
    server.manage("restored")

    for _run in range(2):
        recipes.run("sync-sessions", "sessions.json")

        copy = json.loads((recipes.home / "sessions.json").read_text())["sessions"]
        assert copy.keys() == {each["id"] for each in caller.sessions("2026-11-01", "2026-12-01")}
        assert sorted(path.name for path in recipes.home.glob("sessions*")) == ["sessions.json"]


def test_a_copy_tells_why_it_was_not_made(recipes):
    (recipes.home / "sessions.json").write_text('{"cursor": "nonsense", "sessions": {}}')

    assert json.loads(recipes.run("sync-sessions", "sessions.json", fails=True))["status"] == 400


def test_a_status_bar(recipes, caller, server):
    def not_modified():
        return len(re.findall(r"GET /v1/users/me/timer 304 ", server.log))

    known = not_modified()
    assert [recipes.run("running-session") for _poll in range(3)] == ["–\n"] * 3
    assert not_modified() - known == 2

    start = int(datetime.now().timestamp()) - 88 * 60 - 5
    started = caller.call("POST", "/v1/users/me/timer/start", {"sessionName": "Logo", "start": start}).data["started"]
    assert [recipes.run("running-session") for _poll in range(3)] == ["Logo 1:28\n"] * 3
    assert not_modified() - known == 4

    # Counted from the start, whatever was answered when.
    timer = recipes.home / ".cache/timetracker/timer"
    timer.write_text(timer.read_text().replace(started["start"], "2026-01-01T00:00:00Z"))
    assert int(recipes.run("running-session").split()[1].split(":")[0]) > 24
    assert not_modified() - known == 5

    caller.call("POST", "/v1/users/me/timer/stop")
    assert recipes.run("running-session") == "–\n"


LINES = (
    "start,end,name\n"
    '2026-11-20T09:00:00+01:00,2026-11-20T10:30:00+01:00,"Design, ""Logo"""\n'
    "2026-11-20T11:00:00+01:00,2026-11-20T11:20:00+01:00,Übung\n"
)


def test_a_csv_file(recipes, caller):
    (recipes.home / "hours.csv").write_text(LINES, encoding="utf-8-sig")

    for _run in range(2):
        recipes.run("import-csv", "hours.csv")
        found = caller.sessions("2026-11-20", "2026-11-21")
        assert [(each["sessionName"], each["durationSeconds"]) for each in found] == [
            ('Design, "Logo"', 5400), ("Übung", 1200)
        ]  # fmt: skip


def test_a_csv_file_with_a_line_that_is_rejected(recipes, caller):
    (recipes.home / "hours.csv").write_text(LINES.replace("T10:30", "T08:30"))

    complaint = recipes.run("import-csv", "hours.csv", fails=True)

    assert "end_not_after_start" in complaint
    told = json.loads(complaint.partition("Not saved: ")[2])
    assert told == {
        "sessionName": 'Design, "Logo"',
        "start": "2026-11-20T09:00:00+01:00",
        "end": "2026-11-20T08:30:00+01:00",
    }
    assert [each["sessionName"] for each in caller.sessions("2026-11-20", "2026-11-21")] == ["Übung"]


@pytest.mark.slow(reason="curl waits longer after each lost answer")
def test_a_csv_file_over_a_bad_line(recipes, caller, server, flaky):
    (recipes.home / "hours.csv").write_text(LINES)
    begin = (recipes.home / ".timetracker").read_text()
    (recipes.home / ".timetracker").write_text(begin.replace(server.url, flaky.url))

    recipes.run("import-csv", "hours.csv")

    assert flaky.lost
    assert flaky.rejected
    assert len(caller.sessions("2026-11-20", "2026-11-21")) == 2


def test_a_csv_file_without_its_heading_saves_nothing(recipes, caller):
    (recipes.home / "hours.csv").write_text(LINES.partition("\n")[2])

    assert "KeyError" in recipes.run("import-csv", "hours.csv", fails=True)
    assert caller.sessions("2026-11-20", "2026-11-21") == []
