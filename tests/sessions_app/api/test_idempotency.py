"""The header Idempotency-Key: one new thing per key"""

from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.models import Project, TimeSession
from tests.factories import WEB

pytestmark = pytest.mark.django_db

BASE = "/v1/users/me"
TIMES = {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}
KEY = {"Idempotency-Key": "5f2b-1"}
CREATES = {
    "session": {**TIMES, "sessionName": "Letter", "tags": ["new"]},
    "sessions": {**TIMES, "sessionName": "Letter"},
    "timer/start": {"sessionName": "Letter"},
    "clients": {"name": "Acme"},
    "projects": {"name": "Site"},
    "tags": {"name": "talk"},
    "sessions/batch": {"operations": [{"op": "create", "body": {**TIMES, "sessionName": "Letter"}}]},
}


def stable(response):
    """The body without what tells the time."""
    return {name: value for name, value in response.data.items() if name not in {"serverTime", "durationSeconds"}}


@pytest.mark.parametrize(("path", "body"), CREATES.items())
def test_the_same_key_and_body_give_the_first_again_also_days_later(api, owner, time_machine, path, body):
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    first = api("POST", f"{BASE}/{path}", body, **KEY)
    time_machine.shift(timedelta(days=9))
    again = api("POST", f"{BASE}/{path}", body, **KEY)

    assert first.status_code == again.status_code
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    if path != "timer/start":
        assert stable(again) == stable(first)
    else:
        assert again.data["started"]["id"] == first.data["started"]["id"]
    assert again.get("Location") == first.get("Location")


@pytest.mark.parametrize(("path", "body"), CREATES.items())
def test_another_body_with_the_key_is_rejected_and_changes_nothing(api, owner, path, body):
    api("POST", f"{BASE}/{path}", body, **KEY)
    rows = list(TimeSession.objects.order_by("id").values())

    other = {"note": "x"} if "sessionName" in body else {"atomic": False} if "operations" in body else {"name": "Other"}
    rejected = api("POST", f"{BASE}/{path}", {**body, **other}, **KEY)

    assert (rejected.status_code, rejected.data["code"]) == (422, "idempotency_key_reused")
    assert list(TimeSession.objects.order_by("id").values()) == rows


def test_the_key_belongs_to_one_address(api, owner):
    api("POST", f"{BASE}/clients", {"name": "Acme"}, **KEY)

    assert api("POST", f"{BASE}/projects", {"name": "Acme"}, **KEY).data["code"] == "idempotency_key_reused"
    assert not Project.objects.exists()


def test_session_and_sessions_are_one_address(api, owner):
    first = api("POST", f"{BASE}/session", CREATES["sessions"], **KEY)

    assert api("POST", f"{BASE}/sessions", CREATES["sessions"], **KEY).data["id"] == first.data["id"]


def test_the_key_belongs_to_its_user(api, stranger_api):
    body = CREATES["session"]

    assert (
        api("POST", f"{BASE}/session", body, **KEY).data["id"]
        != (stranger_api("POST", f"{BASE}/session", body, **KEY).data["id"])
    )


def test_without_a_key_there_are_two(api, owner):
    for _ in range(2):
        api("POST", f"{BASE}/session", CREATES["session"])

    assert TimeSession.objects.for_user(owner).count() == 2


def test_a_start_sent_again_stops_nothing_that_was_started_since(api, owner, time_machine):
    time_machine.move_to("2026-11-23T09:00:00Z")
    first = api("POST", f"{BASE}/timer/start", {"sessionName": "A"}, **KEY)
    time_machine.shift(60)
    second = api("POST", f"{BASE}/timer/start", {"sessionName": "B"})
    again = api("POST", f"{BASE}/timer/start", {"sessionName": "A"}, **KEY)

    assert (again.status_code, again.data["started"]["id"]) == (201, first.data["started"]["id"])
    assert again.data["started"]["running"] is False
    assert api("GET", f"{BASE}/timer").data["running"]["id"] == second.data["started"]["id"]


def test_a_start_sent_again_tells_again_what_it_stopped(api, owner, time_machine):
    time_machine.move_to("2026-11-23T09:00:00Z")
    stopped = api("POST", f"{BASE}/timer/start", {"sessionName": "A"}).data["started"]["id"]
    time_machine.shift(60)
    answers = [api("POST", f"{BASE}/timer/start", {"sessionName": "B"}, **KEY) for _ in range(2)]

    assert [answer.data["stopped"]["id"] for answer in answers] == [stopped, stopped]


def test_what_was_edited_since_is_given_as_it_is_now(api, owner):
    made = api("POST", f"{BASE}/session", CREATES["session"], **KEY).data
    api("PATCH", f"{BASE}/sessions/{made['id']}", {"sessionName": "Report"})

    again = api("POST", f"{BASE}/session", CREATES["session"], **KEY)

    assert (again.data["sessionName"], again.data["version"], again["ETag"]) == ("Report", 2, '"2"')


def test_what_was_removed_for_good_is_given_as_it_was(api, owner):
    made = api("POST", f"{BASE}/session", CREATES["session"], **KEY).data
    api("DELETE", f"{BASE}/sessions/{made['id']}")
    services.empty_trash(owner, WEB)

    again = api("POST", f"{BASE}/session", CREATES["session"], **KEY)

    assert (again.status_code, again.data["id"]) == (201, made["id"])
    assert not TimeSession.objects.for_user(owner).exists()


def test_a_rejected_request_leaves_the_key_free(api, owner):
    rejected = api("POST", f"{BASE}/session", {**TIMES, "end": TIMES["start"]}, **KEY)
    made = api("POST", f"{BASE}/session", TIMES, **KEY)

    assert (rejected.status_code, made.status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 256, "a b"])
def test_a_key_that_is_none_is_rejected(api, owner, key):
    rejected = api("POST", f"{BASE}/session", TIMES, **{"Idempotency-Key": key})

    assert (rejected.status_code, rejected.data["code"]) == (400, "invalid_idempotency_key")
    assert not TimeSession.objects.exists()


def test_a_key_may_stand_in_quotes(api, owner):
    first = api("POST", f"{BASE}/session", TIMES, **{"Idempotency-Key": '"abc"'})

    assert api("POST", f"{BASE}/session", TIMES, **{"Idempotency-Key": "abc"}).data["id"] == first.data["id"]


@pytest.mark.parametrize(("path", "body"), {**CREATES, "timer/toggle": {"sessionName": "Letter"}}.items())
def test_what_was_deleted_since_says_so(api, owner, time_machine, path, body):
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    first = api("POST", f"{BASE}/{path}", body, **KEY).data
    made = first.get("started") or (first["results"][0]["body"] if "results" in first else first)
    collection = path if path in {"clients", "projects", "tags"} else "sessions"
    time_machine.shift(60)
    assert api("DELETE", f"{BASE}/{collection}/{made['id']}").status_code == 204

    again = api("POST", f"{BASE}/{path}", body, **KEY).data

    replayed = again.get("started") or (again["results"][0]["body"] if "results" in again else again)
    assert "deletedAt" not in made
    assert (replayed["id"], replayed["deletedAt"]) == (made["id"], "2026-11-23T09:01:00Z")
