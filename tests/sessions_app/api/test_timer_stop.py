"""POST /v1/users/{userId}/timer/stop"""

import uuid

import pytest

from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from tests.factories import make_session, make_token, start_session
from users_app.models import Scope

URL = "/v1/users/me/timer/stop"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def running(owner):
    return start_session(owner, "2026-11-23T09:00:00Z", "API design")


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize("body", [None, {}, {"discard": False}])
def test_stops_now(api, owner, running, body):
    response = api("POST", URL, body)

    assert response.status_code == 200
    assert response.data["serverTime"] == "2026-11-23T12:00:00Z"
    assert response.data["stopped"] == api("GET", f"/v1/users/me/sessions/{running.id}").data
    assert response.data["stopped"]["end"] == "2026-11-23T12:00:00Z"
    assert response.data["stopped"]["durationSeconds"] == 3 * 3600
    assert response.data["stopped"]["sessionName"] == "API design"
    assert response.data["stopped"]["version"] == 2
    assert not TimeSession.objects.for_user(owner).running().exists()


def test_nothing_to_stop_is_no_error(api, owner):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    response = api("POST", URL)

    assert response.status_code == 200
    assert response.data == {"stopped": None, "serverTime": "2026-11-23T12:00:00Z"}


def test_the_first_stop_stands(api, running, time_machine):
    api("POST", URL)
    time_machine.shift(3600)
    second = api("POST", URL, {"id": str(running.id)})

    assert second.data["stopped"] is None
    assert api("GET", f"/v1/users/me/sessions/{running.id}").data["end"] == "2026-11-23T12:00:00Z"


def test_stops_only_the_one_that_is_given(api, owner, running):
    other = api("POST", URL, {"id": str(uuid.uuid4())})
    assert other.status_code == 200
    assert other.data["stopped"] is None
    assert TimeSession.objects.for_user(owner).running().get() == running

    assert api("POST", URL, {"id": str(running.id).upper()}).data["stopped"]["id"] == str(running.id)


@pytest.mark.parametrize(
    ("end", "stored"),
    [
        ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
        ("2026-11-23T10:30:00.9Z", "2026-11-23T10:30:00Z"),
        (1795435200, "2026-11-23T12:00:00Z"),
        ("2026-11-23T12:00:00.9Z", "2026-11-23T12:00:00Z"),
    ],
)
def test_stops_at_an_earlier_time(api, running, end, stored):
    response = api("POST", URL, {"end": end})

    assert response.status_code == 200
    assert response.data["stopped"]["end"] == stored


def test_a_forgotten_timer_can_be_stopped_whatever_its_length(api, owner):
    start_session(owner, "2026-01-01T00:00:00Z")

    response = api("POST", URL)

    assert response.status_code == 200
    assert response.data["stopped"]["durationSeconds"] == 326 * 86400 + 12 * 3600


def test_discards(api, owner, running):
    response = api("POST", URL, {"discard": True})

    assert response.status_code == 200
    assert response.data["stopped"]["id"] == str(running.id)
    assert api("GET", f"/v1/users/me/sessions/{running.id}").status_code == 404
    assert TimeSession.objects.for_user(owner).get().deleted_at is not None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"end": "2026-11-23T08:59:59Z"}, ("#/end", "end_not_after_start")),
        ({"end": "2026-11-23T12:00:01Z"}, ("#/end", "in_future")),
        ({"end": "12:00"}, ("#/end", "invalid_instant")),
        ({"end": None}, ("#/end", "null")),
        ({"id": "1"}, ("#/id", "invalid")),
        ({"id": None}, ("#/id", "null")),
        ({"discard": "false"}, ("#/discard", "invalid")),
        ({"discard": 0}, ("#/discard", "invalid")),
        ({"discard": None}, ("#/discard", "null")),
        ({"sessionName": "Named at the end"}, ("#/sessionName", "unknown_field")),
        ("now", ("#", "invalid")),
    ],
)
def test_names_what_is_wrong_and_stops_nothing(api, owner, running, body, where):
    response = api("POST", URL, body)

    assert response.status_code == 400
    assert errors_of(response) == [where]
    assert response.data["code"] == where[1]
    assert TimeSession.objects.for_user(owner).running().get() == running


def test_needs_a_token(owner, running):
    response = ApiClient(None)("POST", f"/v1/users/{owner.id}/timer/stop")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert TimeSession.objects.for_user(owner).running().get() == running


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("account", 403), ("track", 200), ("write", 200)])
def test_needs_the_scope_to_track(owner, running, scope, status):
    assert ApiClient(make_token(owner, Scope(scope)))("POST", URL).status_code == status
    assert TimeSession.objects.for_user(owner).running().exists() == (status == 403)


def test_a_strangers_timer_is_like_that_of_nobody(stranger_api, owner, running):
    theirs, nobodys = (stranger_api("POST", f"/v1/users/{each}/timer/stop") for each in (owner.id, uuid.uuid4()))
    given = stranger_api("POST", URL, {"id": str(running.id)})

    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.data, "requestId": ""} == {**nobodys.data, "requestId": ""}
    assert given.data["stopped"] is None
    assert TimeSession.objects.for_user(owner).running().get() == running


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "POST"


def test_discarding_needs_the_scope_to_delete(owner):
    running = start_session(owner, "2026-11-22T06:00:00Z", "Night")  # 30 hours
    tracking = ApiClient(make_token(owner, Scope.TRACK))

    response = tracking("POST", URL, {"discard": True})

    assert (response.status_code, response.data["code"]) == (403, "missing_scope")
    running.refresh_from_db()
    assert (running.is_running, running.deleted_at) == (True, None)
    assert tracking("POST", URL, {}).status_code == 200
