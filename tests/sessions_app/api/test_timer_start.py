"""POST /v1/users/{userId}/timer/start"""

import uuid
from datetime import timedelta
from itertools import count

import pytest

from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from tests.factories import instant, make_session, make_token, start_session
from users_app.models import Scope

URL = "/v1/users/me/timer/start"
GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize("body", [None, {}])
def test_starts_without_a_body(api, owner, body):
    response = api("POST", URL, body)

    session = TimeSession.objects.for_user(owner).running().get()
    assert response.status_code == 201
    assert response["Location"] == f"/v1/users/{owner.id}/sessions/{session.id}"
    assert response["ETag"] == '"1"'
    assert response.data["serverTime"] == "2026-11-23T12:00:00Z"
    assert response.data["stopped"] is None
    assert response.data["started"] == api("GET", response["Location"]).data
    assert response.data["started"]["running"] is True
    assert response.data["started"]["start"] == "2026-11-23T12:00:00Z"
    assert response.data["started"]["timezone"] == "Europe/Berlin"
    assert session.source == "api"


@pytest.mark.parametrize("content_type", ["", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_the_type_of_no_body_does_not_matter(api, owner, content_type):
    response = api.client.post(URL, b"", content_type=content_type, headers={"Authorization": f"Bearer {api.token}"})

    assert response.status_code == 201
    assert TimeSession.objects.for_user(owner).running().exists()


def test_takes_the_fields_of_a_session(api):
    body = {
        "id": GIVEN_ID.upper(),
        "sessionName": "API design",
        "note": "two\nlines",
        "start": "2026-11-23T12:00:00+01:00",
        "timezone": "Asia/Tokyo",
        "billable": True,
    }

    response = api("POST", URL, body)

    started = response.data["started"]
    assert response.status_code == 201
    assert {key: started[key] for key in body} == {**body, "id": GIVEN_ID, "start": "2026-11-23T11:00:00Z"}
    assert started["durationSeconds"] == 3600


def test_ends_the_running_session_at_the_same_instant(api, owner):
    before = start_session(owner, "2026-11-23T09:00:00Z", "Before")

    response = api("POST", URL, {"start": "2026-11-23T11:30:00Z", "ifRunning": "stop"})

    assert response.status_code == 201
    assert response.data["stopped"]["id"] == str(before.id)
    assert response.data["stopped"]["end"] == response.data["started"]["start"] == "2026-11-23T11:30:00Z"
    assert response.data["stopped"]["running"] is False


def test_fails_while_one_runs_when_asked_to(api, owner):
    before = start_session(owner, "2026-11-23T09:00:00Z")

    response = api("POST", URL, {"ifRunning": "fail"})

    assert response.status_code == 409
    assert response.data["code"] == "timer_running"
    assert TimeSession.objects.for_user(owner).get() == before
    assert TimeSession.objects.for_user(owner).running().get() == before


def test_starts_when_none_runs_also_when_asked_to_fail(api):
    assert api("POST", URL, {"ifRunning": "fail"}).status_code == 201


def test_a_finished_session_that_was_read_cannot_be_started_as_it_is(api, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")
    read = api("GET", f"/v1/users/me/sessions/{session.id}").data

    response = api("POST", URL, read)

    assert response.status_code == 400
    assert errors_of(response) == [("#/end", "unknown_field")]
    accepted = (
        "id, sessionName, start, timezone, note, projectId, tags, billable, hourlyRate, running, currency, ifRunning"
    )
    assert response.data["detail"].endswith(f"Accepted: {accepted}.")


def test_read_only_keys_are_ignored(api):
    response = api(
        "POST", URL, {"running": True, "durationSeconds": 5, "version": 9, "createdAt": "x", "source": "web"}
    )

    assert response.status_code == 201
    assert response.data["started"]["version"] == 1
    assert response.data["started"]["source"] == "api"


def test_an_id_in_use_is_a_conflict(api, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    response = api("POST", URL, {"id": str(session.id)})

    assert response.status_code == 409
    assert response.data["code"] == "id_taken"
    assert not TimeSession.objects.for_user(owner).running().exists()


def test_a_strangers_id_is_not_found_and_stops_nothing(api, owner, stranger):
    running = start_session(owner, "2026-11-23T09:00:00Z")
    theirs = make_session(stranger, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    response = api("POST", URL, {"id": str(theirs.id)})

    assert response.status_code == 404
    assert TimeSession.objects.for_user(owner).running().get() == running


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"start": "2026-11-23T12:00:01Z"}, ("#/start", "in_future")),
        ({"start": "2026-11-23T08:59:59Z"}, ("#/start", "before_running")),
        ({"start": "1969-12-31T23:59:59Z"}, ("#/start", "out_of_range")),
        ({"start": "2026-11-23"}, ("#/start", "invalid_instant")),
        ({"start": None}, ("#/start", "null")),
        ({"ifRunning": "switch"}, ("#/ifRunning", "invalid_choice")),
        ({"ifRunning": "STOP"}, ("#/ifRunning", "invalid_choice")),
        ({"ifRunning": ["stop"]}, ("#/ifRunning", "invalid_choice")),
        ({"ifRunning": True}, ("#/ifRunning", "invalid_choice")),
        ({"ifRunning": "\ud800"}, ("#/ifRunning", "invalid_choice")),
        ({"ifRunning": None}, ("#/ifRunning", "null")),
        ({"end": None}, ("#/end", "unknown_field")),
        ({"name": "typo"}, ("#/name", "unknown_field")),
        ({"sessionName": "a\x00"}, ("#/sessionName", "control_character")),
        ({"sessionName": "x" * 201}, ("#/sessionName", "max_length")),
        ({"timezone": "Berlin"}, ("#/timezone", "invalid_timezone")),
        ({"billable": 0}, ("#/billable", "invalid")),
        ({"id": "1"}, ("#/id", "invalid")),
        ([], ("#", "invalid")),
    ],
)
def test_names_what_is_wrong_and_stops_nothing(api, owner, body, where):
    running = start_session(owner, "2026-11-23T09:00:00Z")

    response = api("POST", URL, body)

    assert response.status_code == 400
    assert errors_of(response) == [where]
    assert response.data["code"] == where[1]
    assert TimeSession.objects.for_user(owner).running().get() == running


def test_the_choices_are_listed(api):
    assert api("POST", URL, {"ifRunning": "switch"}).data["detail"] == (
        "“switch” is not possible. Use one of: stop, fail."
    )


def test_needs_a_token(owner):
    response = ApiClient(None)("POST", f"/v1/users/{owner.id}/timer/start")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("account", 403), ("track", 201), ("write", 201)])
def test_needs_the_scope_to_track(owner, scope, status):
    assert ApiClient(make_token(owner, Scope(scope)))("POST", URL).status_code == status


def test_a_strangers_timer_is_like_that_of_nobody(stranger_api, owner):
    theirs, nobodys = (stranger_api("POST", f"/v1/users/{each}/timer/start") for each in (owner.id, uuid.uuid4()))

    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.data, "requestId": ""} == {**nobodys.data, "requestId": ""}
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("path", ["timer/start", "sessions/{id}/continue"])
def test_an_answer_is_of_one_instant(api, owner, monkeypatch, path):
    earlier = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")
    start_session(owner, "2026-11-23T10:00:00Z")
    ticks = count()
    noon = instant("2026-11-23T12:00:00Z")
    monkeypatch.setattr("timetracker.clock.now", lambda: noon + timedelta(seconds=next(ticks)))

    answer = api("POST", f"/v1/users/me/{path.format(id=earlier.id)}").data

    started = instant(answer["started"]["start"])
    assert answer["stopped"]["end"] == answer["started"]["start"]
    assert (instant(answer["serverTime"]) - started).total_seconds() == answer["started"]["durationSeconds"]


@pytest.mark.parametrize("call", ["start", "toggle"])
def test_what_is_started_runs(api, owner, call):
    response = api("POST", f"/v1/users/me/timer/{call}", {"running": False})

    assert (response.status_code, response.data["code"]) == (400, "does_not_match")
    assert not TimeSession.objects.for_user(owner).exists()
