"""POST /v1/users/{userId}/timer/toggle, and stop and toggle that are sent again"""

import pytest

from sessions_app import services
from sessions_app.models import Changeset, TimeSession
from sessions_app.selectors.sessions import find_running
from tests.conftest import ApiClient
from tests.factories import WEB, make_token, start_session
from users_app.models import Scope

BASE = "/v1/users/me"
URL = f"{BASE}/timer/toggle"
STOP = f"{BASE}/timer/stop"
KEY = {"Idempotency-Key": "monday-1"}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def running(owner):
    return start_session(owner, "2026-11-23T09:00:00Z", "API design")


def running_of(user):
    return find_running(user)


@pytest.mark.parametrize("body", [None, {}, {"sessionName": "Logo", "tags": ["new"], "start": "2026-11-23T11:00:00Z"}])
def test_starts_when_nothing_runs(api, owner, body):
    response = api("POST", URL, body)

    started = running_of(owner)
    assert response.status_code == 201
    assert response.data == {
        "started": api("GET", f"{BASE}/sessions/{started.id}").data,
        "stopped": None,
        "serverTime": "2026-11-23T12:00:00Z",
    }
    assert started.name == (body or {}).get("sessionName", "")
    assert response["Location"].endswith(f"/sessions/{started.id}")
    assert response["ETag"] == '"1"'


@pytest.mark.parametrize("body", [None, {}, {"sessionName": "Logo", "tags": ["new"], "start": "2026-11-23T08:00:00Z"}])
def test_stops_what_runs_whatever_is_sent(api, owner, running, body):
    response = api("POST", URL, body)

    assert response.status_code == 200
    assert response.data == {
        "started": None,
        "stopped": api("GET", f"{BASE}/sessions/{running.id}").data,
        "serverTime": "2026-11-23T12:00:00Z",
    }
    assert response.data["stopped"]["end"] == "2026-11-23T12:00:00Z"
    assert (response.data["stopped"]["sessionName"], response.data["stopped"]["tags"]) == ("API design", [])
    assert "Location" not in response


def test_stops_and_starts_in_turn(api, owner):
    assert [api("POST", URL).status_code for _time in range(4)] == [201, 200, 201, 200]
    assert TimeSession.objects.for_user(owner).count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [({"ende": 1}, "unknown_field"), ({"ifRunning": "fail"}, "unknown_field"), ({"start": "soon"}, "invalid_instant")],
)
def test_what_cannot_be_read_changes_nothing(api, owner, running, body, code):
    assert (api("POST", URL, body).status_code, api("POST", URL, body).data["code"]) == (400, code)
    assert running_of(owner) == running


def test_a_start_that_has_not_come_is_rejected(api, owner):
    assert api("POST", URL, {"start": "2026-11-23T13:00:00Z"}).data["code"] == "in_future"
    assert running_of(owner) is None


def test_an_id_is_that_of_what_is_started(api, owner, stranger):
    theirs = start_session(stranger, "2026-11-23T09:00:00Z")
    new_id = "0198aaaa-0000-7000-8000-000000000001"

    assert api("POST", URL, {"id": str(theirs.id)}).status_code == 404
    assert api("POST", URL, {"id": new_id}).data["started"]["id"] == new_id
    assert running_of(stranger) == theirs


def test_needs_the_scope_track(owner, running):
    assert ApiClient(make_token(owner, Scope.READ))("POST", URL).data["code"] == "missing_scope"
    assert ApiClient(make_token(owner, Scope.TRACK))("POST", URL).status_code == 200


def test_is_undone_as_one(api, owner, running):
    api("POST", URL)
    services.undo_changeset(owner, WEB)

    assert running_of(owner) == running


class TestSentAgain:
    def test_a_toggle_that_started_does_not_stop(self, api, owner, time_machine):
        first = api("POST", URL, {"sessionName": "A"}, **KEY)
        time_machine.shift(60)
        again = api("POST", URL, {"sessionName": "A"}, **KEY)

        assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
        assert "Idempotency-Replayed" not in first
        assert again.data["started"]["id"] == first.data["started"]["id"]
        assert again.data["started"]["running"] is True

    def test_a_toggle_that_stopped_does_not_start(self, api, owner, running, time_machine):
        first = api("POST", URL, **KEY)
        time_machine.shift(60)
        again = api("POST", URL, **KEY)

        assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
        assert {**again.data, "serverTime": None} == {**first.data, "serverTime": None}
        assert running_of(owner) is None

    @pytest.mark.parametrize("body", [None, {"discard": True}, {"end": "2026-11-23T10:00:00Z"}])
    def test_a_stop_leaves_what_was_started_since(self, api, owner, running, body):
        first = api("POST", STOP, body, **KEY)
        since = api("POST", f"{BASE}/timer/start").data["started"]["id"]
        again = api("POST", STOP, body, **KEY)

        assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")
        assert again.data == first.data
        assert str(running_of(owner).id) == since

    @pytest.mark.parametrize("url", [STOP, URL])
    def test_one_that_had_nothing_to_do_is_remembered(self, api, owner, url):
        """Else it would stop, days later, what was started since."""
        if url == URL:
            api("POST", url, **KEY)
            expected = 201
        else:
            assert api("POST", url, **KEY).data["stopped"] is None
            api("POST", f"{BASE}/timer/start")
            expected = 200
        since = running_of(owner)

        again = api("POST", url, **KEY)

        assert (again.status_code, again["Idempotency-Replayed"]) == (expected, "true")
        assert running_of(owner) == since

    def test_what_is_remembered_of_nothing_cannot_be_undone_and_is_no_change(self, api, owner):
        cursor = api("GET", f"{BASE}/changes").data["cursor"]

        api("POST", STOP, **KEY)

        assert [(each.count, each.undoable_until) for each in Changeset.objects.filter(user=owner)] == [(0, None)]
        assert api("GET", f"{BASE}/changes?cursor={cursor}").data["changed"] == []
        assert api("POST", STOP).status_code == 200
        assert Changeset.objects.filter(user=owner).count() == 1

    @pytest.mark.parametrize("url", [STOP, URL])
    def test_with_another_body_is_rejected(self, api, owner, running, url):
        api("POST", url, {"id": str(running.id)}, **KEY)
        rejected = api("POST", url, **KEY)

        assert (rejected.status_code, rejected.data["code"]) == (422, "idempotency_key_reused")

    def test_a_key_of_a_start_is_none_of_a_stop(self, api, owner):
        api("POST", f"{BASE}/timer/start", **KEY)

        assert [api("POST", url, **KEY).status_code for url in (STOP, URL)] == [422, 422]
        assert running_of(owner) is not None

    def test_a_stop_of_what_was_removed_for_good_is_told_as_it_was(self, api, owner, running):
        first = api("POST", STOP, {"discard": True}, **KEY)
        services.empty_trash(owner, WEB)

        assert api("POST", STOP, {"discard": True}, **KEY).data["stopped"]["id"] == first.data["stopped"]["id"]
