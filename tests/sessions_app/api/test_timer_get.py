"""GET /v1/users/{userId}/timer"""

import uuid

import pytest

from sessions_app import services
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, start_session

URL = "/v1/users/me/timer"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def test_nothing_runs(api, owner):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    response = api("GET", URL)

    assert response.status_code == 200
    assert response.data == {"running": None, "serverTime": "2026-11-23T12:00:00Z"}
    assert response["ETag"].startswith('W/"')
    assert response["Cache-Control"] == "private, no-cache"


def test_a_session_runs(api, owner, stranger):
    session = start_session(owner, "2026-11-23T11:30:00Z", "API design")
    start_session(stranger, "2026-11-23T11:45:00Z", "Theirs")

    response = api("GET", f"/v1/users/{owner.id}/timer")

    assert response.status_code == 200
    assert response.data["serverTime"] == "2026-11-23T12:00:00Z"
    assert response.data["running"] == api("GET", f"/v1/users/me/sessions/{session.id}").data
    assert response.data["running"]["sessionName"] == "API design"
    assert response.data["running"]["durationSeconds"] == 1800


def test_the_tag_changes_with_the_session_not_with_the_clock(api, owner, time_machine):
    session = start_session(owner, "2026-11-23T11:30:00Z")
    tag = api("GET", URL)["ETag"]
    time_machine.shift(60)
    unchanged = api("GET", URL, **{"If-None-Match": tag})
    services.edit_session(owner, WEB, session.id, name="Renamed")
    renamed = api("GET", URL, **{"If-None-Match": tag})
    services.stop_timer(owner, WEB)
    stopped = api("GET", URL, **{"If-None-Match": renamed["ETag"]})
    still_stopped = api("GET", URL, **{"If-None-Match": stopped["ETag"]})

    assert [each.status_code for each in (unchanged, renamed, stopped, still_stopped)] == [304, 200, 200, 304]
    assert unchanged.content == b""
    assert unchanged["ETag"] == tag
    assert renamed.data["running"]["sessionName"] == "Renamed"
    assert stopped.data["running"] is None


def test_needs_a_token(owner):
    response = ApiClient(None)("GET", f"/v1/users/{owner.id}/timer")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_without_scopes_reads_nothing(api, owner):
    owner.access_tokens.update(scopes=[])

    assert api("GET", URL).status_code == 403


def test_a_strangers_timer_is_like_that_of_nobody(stranger_api, owner):
    start_session(owner, "2026-11-23T11:30:00Z")

    theirs, nobodys = (stranger_api("GET", f"/v1/users/{each}/timer") for each in (owner.id, uuid.uuid4()))

    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.data, "requestId": ""} == {**nobodys.data, "requestId": ""}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
