"""GET /v1/users/{userId}/sessions/{id}"""

import json
import uuid

import pytest

from sessions_app import services
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.models import Scope


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def session(owner):
    return make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z", "API design")


def url(session, user_id="me"):
    return f"/v1/users/{user_id}/sessions/{session.id}"


def test_reads_a_session(api, owner, session):
    response = api("GET", url(session))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["ETag"] == '"1"'
    assert response.data["id"] == str(session.id)
    assert response.data["sessionName"] == "API design"
    assert response.data["start"] == "2026-11-23T08:00:00Z"
    assert response.data["end"] == "2026-11-23T09:30:00Z"
    assert response.data["durationSeconds"] == 5400
    assert api("GET", url(session, owner.id)).data == response.data
    assert api("GET", f"/v1/users/me/sessions/{str(session.id).upper()}").data == response.data
    assert api("GET", f"/v1/users/me/sessions/%2B{session.id.hex[1:]}").status_code == 404


def test_a_running_session_lasts_until_now(api, owner, time_machine):
    session = start_session(owner, "2026-11-23T11:00:00Z")

    first = api("GET", url(session)).data
    time_machine.shift(60)
    later = api("GET", url(session)).data

    assert (first["end"], first["running"], first["durationSeconds"]) == (None, True, 3600)
    assert later["durationSeconds"] == 3660


@pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"9", "1"', "*"])
def test_what_is_known_is_not_sent_again(api, session, known):
    response = api("GET", url(session), **{"If-None-Match": known})

    assert response.status_code == 304
    assert response["ETag"] == '"1"'
    assert response.content == b""


@pytest.mark.parametrize("known", ['"2"', "1", ""])
def test_what_is_not_known_is_sent(api, session, known):
    assert api("GET", url(session), **{"If-None-Match": known}).status_code == 200


def test_head_sends_no_body(api, session):
    response = api("HEAD", url(session))

    assert response.status_code == 200
    assert response["ETag"] == '"1"'
    assert response.content == b""


def test_one_in_the_trash_is_not_found(api, owner, session):
    services.delete_session(owner, WEB, session.id)

    assert api("GET", url(session)).status_code == 404


def test_a_strangers_session_is_like_no_session_at_all(stranger_api, owner, session):
    answers = [
        stranger_api("GET", path)
        for path in (
            url(session),
            url(session, owner.id),
            f"/v1/users/me/sessions/{uuid.uuid4()}",
            f"/v1/users/{uuid.uuid4()}/sessions/{session.id}",
            "/v1/users/me/sessions/1",
            "/v1/users/someone/sessions/1",
        )
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({json.dumps({**answer.data, "requestId": ""}) for answer in answers}) == 1
    assert answers[0].data["code"] == "not_found"


def test_needs_a_token(owner, session):
    response = ApiClient(None)("GET", url(session, owner.id))

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.data["code"] == "not_authenticated"


@pytest.mark.parametrize("scope", ["read", "track", "write", "account"])
def test_every_scope_includes_reading(owner, session, scope):
    assert ApiClient(make_token(owner, Scope(scope)))("GET", url(session)).status_code == 200


def test_a_token_without_scopes_reads_nothing(owner, session):
    secret = make_token(owner)
    owner.access_tokens.update(scopes=[])

    response = ApiClient(secret)("GET", url(session))

    assert response.status_code == 403
    assert response.data["code"] == "missing_scope"
    assert response.data["detail"] == "This token lacks the scope “read”."
