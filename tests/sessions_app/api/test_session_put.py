"""PUT /v1/users/{userId}/sessions/{id}"""

import json
import uuid

import pytest

from sessions_app import services
from sessions_app.models import Change, TimeSession
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.models import Scope

GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"
START, END = "2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z"
WHOLE = {"sessionName": "API design", "start": START, "end": END}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def session(owner):
    return make_session(owner, START, END, "Before", note="kept?", timezone="Asia/Tokyo", billable=True)


def url(session_id):
    return f"/v1/users/me/sessions/{session_id}"


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize("spelling", [GIVEN_ID, GIVEN_ID.upper(), GIVEN_ID.replace("-", "")])
def test_creates_under_the_clients_id(api, owner, spelling):
    response = api("PUT", url(spelling), WHOLE)

    assert response.status_code == 201
    assert response["Location"] == f"/v1/users/{owner.id}/sessions/{GIVEN_ID}"
    assert response["ETag"] == '"1"'
    assert response.data["id"] == GIVEN_ID
    assert response.data["sessionName"] == "API design"
    assert response.data["timezone"] == "Europe/Berlin"
    assert response.data["source"] == "api"


def test_is_safe_to_repeat(api, owner):
    first = api("PUT", url(GIVEN_ID), WHOLE)
    second = api("PUT", url(GIVEN_ID), WHOLE)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.data == second.data
    assert second["ETag"] == '"1"'
    assert not second.has_header("Location")
    assert Change.objects.filter(user=owner).count() == 1


def test_replaces_all_but_the_zone(api, session):
    response = api("PUT", url(session.id), {"start": START, "end": "2026-11-23T10:00:00Z"})

    assert response.status_code == 200
    assert response["ETag"] == '"2"'
    assert response.data["version"] == 2
    assert response.data["durationSeconds"] == 7200
    assert (response.data["sessionName"], response.data["note"], response.data["billable"]) == ("", "", False)
    assert response.data["timezone"] == "Asia/Tokyo"
    assert response.data["source"] == "web"


def test_what_was_read_can_be_sent_back(api, session):
    read = api("GET", url(session.id)).data
    (listed,) = api("GET", "/v1/users/me/sessions").data["sessions"]

    assert api("PUT", url(session.id), read).data == read
    assert api("PUT", url(session.id), listed).data == read


def test_an_end_of_null_makes_it_running_and_keeps_it_so(api, owner):
    created = api("PUT", url(GIVEN_ID), {"start": START, "end": None})
    renamed = api("PUT", url(GIVEN_ID), {"start": START, "end": None, "sessionName": "Running"})

    assert created.status_code == 201
    assert created.data["running"] is True
    assert renamed.status_code == 200
    assert (renamed.data["running"], renamed.data["sessionName"]) == (True, "Running")
    assert renamed.data["durationSeconds"] == 4 * 3600
    assert TimeSession.objects.for_user(owner).running().get().id == uuid.UUID(GIVEN_ID)


def test_a_second_running_session_is_a_conflict(api, owner, session):
    running = start_session(owner, "2026-11-23T11:00:00Z")

    answers = [api("PUT", url(each), {"start": START, "end": None}) for each in (GIVEN_ID, session.id)]

    assert [(answer.status_code, answer.data["code"]) for answer in answers] == [(409, "timer_running")] * 2
    assert TimeSession.objects.for_user(owner).running().get() == running
    assert TimeSession.objects.for_user(owner).count() == 2


def test_one_in_the_trash_is_a_conflict(api, owner, session):
    services.delete_session(owner, WEB, session.id)

    response = api("PUT", url(session.id), WHOLE)

    assert response.status_code == 409
    assert response.data["code"] == "deleted"
    session.refresh_from_db()
    assert session.deleted_at is not None
    assert session.name == "Before"


@pytest.mark.parametrize("if_match", ['"1"', '"7", "1"', "*", ' "1" '])
def test_if_match_lets_the_known_version_be_replaced(api, session, if_match):
    response = api("PUT", url(session.id), WHOLE, **{"If-Match": if_match})

    assert response.status_code == 200
    assert response["ETag"] == '"2"'


@pytest.mark.parametrize("if_match", ['"2"', '"0"', '"11"', 'W/"1"', "1", '"one"', "", f'"{"1" * 5000}"', '"١"'])
def test_if_match_rejects_to_overwrite_another_version(api, session, if_match):
    response = api("PUT", url(session.id), WHOLE, **{"If-Match": if_match})

    assert response.status_code == 412
    assert response["Content-Type"] == "application/problem+json"
    assert response["ETag"] == '"1"'
    assert response.data["code"] == "version_mismatch"
    assert response.data["current"] == api("GET", url(session.id)).data
    assert response.data["current"]["sessionName"] == "Before"


@pytest.mark.parametrize("if_match", ['"1"', "*"])
def test_if_match_finds_nothing_under_a_new_id(api, owner, if_match):
    response = api("PUT", url(GIVEN_ID), WHOLE, **{"If-Match": if_match})

    assert response.status_code == 412
    assert response.data["code"] == "version_mismatch"
    assert "current" not in response.data
    assert not TimeSession.objects.for_user(owner).exists()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"start": None}, ("#/start", "null")),
        ({"start": "2026-11-23"}, ("#/start", "invalid_instant")),
        ({"start": "1969-12-31T00:00:00Z", "end": "1970-01-01T00:00:00Z"}, ("#/start", "out_of_range")),
        ({"start": "2026-11-24T12:00:01Z", "end": "2026-11-24T13:00:00Z"}, ("#/start", "out_of_range")),
        ({"start": "2026-11-23T12:00:01Z", "end": None}, ("#/start", "in_future")),
        ({"end": START}, ("#/end", "end_not_after_start")),
        ({"start": "2026-10-01T00:00:00Z"}, ("#/end", "too_long")),
        ({"end": "09:30"}, ("#/end", "invalid_instant")),
        ({"sessionName": "a\nb"}, ("#/sessionName", "control_character")),
        ({"sessionName": "x" * 201}, ("#/sessionName", "max_length")),
        ({"timezone": "Mars/Base"}, ("#/timezone", "invalid_timezone")),
        ({"billable": "yes"}, ("#/billable", "invalid")),
        ({"ende": END}, ("#/ende", "unknown_field")),
        ({"id": "0198abcd-0000-7000-8000-00000000ffff"}, ("#/id", "does_not_match")),
        ({"id": "first"}, ("#/id", "invalid")),
    ],
)
def test_names_what_is_wrong(api, owner, change, where):
    response = api("PUT", url(GIVEN_ID), {**WHOLE, **change})

    assert response.status_code == 400
    assert errors_of(response) == [where]
    assert response.data["code"] == where[1]
    assert not TimeSession.objects.for_user(owner).exists()


def test_the_id_may_stand_in_the_body_too(api):
    assert api("PUT", url(GIVEN_ID), {**WHOLE, "id": GIVEN_ID.upper()}).status_code == 201


def test_the_session_must_be_whole(api, session):
    response = api("PUT", url(session.id), {"sessionName": "Only a name"})

    assert response.status_code == 400
    assert sorted(errors_of(response)) == [("#/end", "required"), ("#/start", "required")]


def test_needs_a_token(owner, session):
    response = ApiClient(None)("PUT", f"/v1/users/{owner.id}/sessions/{session.id}", WHOLE)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    session.refresh_from_db()
    assert session.name == "Before"


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("account", 403), ("track", 200), ("write", 200)])
def test_needs_the_scope_to_track(owner, session, scope, status):
    assert ApiClient(make_token(owner, Scope(scope)))("PUT", url(session.id), WHOLE).status_code == status


def test_a_strangers_session_is_like_no_session_at_all(api, stranger_api, session):
    theirs = stranger_api("PUT", url(session.id), WHOLE)
    unknown_user = stranger_api("PUT", f"/v1/users/{uuid.uuid4()}/sessions/{session.id}", WHOLE)
    no_id = stranger_api("PUT", url("one"), WHOLE)

    assert [each.status_code for each in (theirs, unknown_user, no_id)] == [404] * 3
    assert len({json.dumps({**each.data, "requestId": ""}) for each in (theirs, unknown_user, no_id)}) == 1
    session.refresh_from_db()
    assert session.name == "Before"


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "TRACE"])
def test_other_methods_are_not_possible(api, session, method):
    response = api(method, url(session.id))

    assert response.status_code == 405
    assert response["Allow"] == "GET, PUT, PATCH, DELETE, HEAD"
    assert response.data["code"] == "method_not_allowed"
