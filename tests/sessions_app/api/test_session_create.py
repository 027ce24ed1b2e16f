"""POST /v1/users/{userId}/session, the original call, and /sessions, the same under the name of the list"""

import json
import uuid
from datetime import UTC, datetime

import pytest

from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from tests.factories import make_session, make_token
from users_app.models import Scope

URL = "/v1/users/me/session"
START, END = "2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def create(api, **body):
    return api("POST", URL, {"start": START, "end": END, **body})


def errors_of(response):
    """(pointer, code) of each error."""
    assert response["Content-Type"] == "application/problem+json"
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize("path", ["session", "sessions"])
@pytest.mark.parametrize("whose", ["me", "own id", "own id in upper case"])
def test_adds_a_session(api, owner, path, whose):
    user_id = {"me": "me", "own id": str(owner.id), "own id in upper case": str(owner.id).upper()}[whose]

    response = api("POST", f"/v1/users/{user_id}/{path}", {"sessionName": "API design", "start": START, "end": END})

    session = TimeSession.objects.for_user(owner).get()
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    assert response["Location"] == f"/v1/users/{owner.id}/sessions/{session.id}"
    assert response["ETag"] == '"1"'
    assert response.data == {
        "id": str(session.id),
        "sessionName": "API design",
        "start": START,
        "end": "2026-11-23T09:30:00Z",
        "running": False,
        "durationSeconds": 5400,
        "timezone": "Europe/Berlin",
        "note": "",
        "projectId": None,
        "tags": [],
        "billable": False,
        "hourlyRate": None,
        "currency": None,
        "amount": None,
        "timesKnown": True,
        "source": "api",
        "version": 1,
        "createdAt": "2026-11-23T12:00:00Z",
        "updatedAt": "2026-11-23T12:00:00Z",
    }
    assert api("GET", response["Location"]).data == response.data


def test_takes_the_optional_fields(api):
    given = "0198ABCD-0000-7000-8000-00000000ABCD"

    response = create(api, id=given, timezone="America/New_York", note="two\nlines", billable=True)

    assert response.status_code == 201
    assert response.data["id"] == given.lower()
    assert response["Location"].endswith(given.lower())
    assert response.data["timezone"] == "America/New_York"
    assert response.data["note"] == "two\nlines"
    assert response.data["billable"] is True


def test_what_was_read_can_be_sent_back(api):
    read = api("GET", "/v1/users/me/sessions?duration=day").data["sessions"]
    assert read == []
    create(api, sessionName="Once")
    (read,) = api("GET", "/v1/users/me/sessions?duration=day").data["sessions"]

    response = api("POST", URL, {**read, "id": str(uuid.uuid4()), "version": 77, "source": "web"})

    assert response.status_code == 201
    assert response.data["version"] == 1
    assert response.data["durationSeconds"] == 5400
    assert response.data["source"] == "api"


@pytest.mark.parametrize("key", ["start", "end"])
def test_both_times_are_required_and_not_null(api, key):
    body = {"start": START, "end": END}
    absent = api("POST", URL, {name: value for name, value in body.items() if name != key})
    null = api("POST", URL, {**body, key: None})

    assert absent.status_code == null.status_code == 400
    assert errors_of(absent) == [(f"#/{key}", "required")]
    assert errors_of(null) == [(f"#/{key}", "null")]


@pytest.mark.parametrize(
    ("start", "end", "where"),
    [
        ("1969-12-31T23:59:59Z", "1970-01-01T01:00:00Z", ("#/start", "out_of_range")),
        (-1, 3600, ("#/start", "out_of_range")),
        (-0.5, 3600, ("#/start", "out_of_range")),
        ("2026-11-24T12:00:01Z", "2026-11-24T13:00:00Z", ("#/start", "out_of_range")),
        ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z", ("#/end", "end_not_after_start")),
        ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00.999Z", ("#/end", "end_not_after_start")),
        ("2026-11-23T08:00:00Z", "2026-11-23T07:59:59Z", ("#/end", "end_not_after_start")),
        ("2026-11-23T08:00:00Z", "2026-11-23T09:00:00+02:00", ("#/end", "end_not_after_start")),
        ("2026-10-01T08:00:00Z", "2026-11-01T08:00:01Z", ("#/end", "too_long")),
    ],
)
def test_rejects_times_out_of_range(api, start, end, where):
    response = api("POST", URL, {"start": start, "end": end})

    assert response.status_code == 400
    assert errors_of(response) == [where]
    assert response.data["code"] == where[1]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", 1),
        ("2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z", 1),
        ("2026-10-01T08:00:00Z", "2026-11-01T08:00:00Z", 31 * 86400),
    ],
)
def test_takes_times_at_the_edge_of_the_range(api, start, end, seconds):
    response = api("POST", URL, {"start": start, "end": end})

    assert response.status_code == 201
    assert response.data["durationSeconds"] == seconds


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (None, ""),
        ("", ""),
        ("   ", ""),
        ("  API design ", "API design"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("x" * 200, "x" * 200),
        ("\N{GRINNING FACE}" * 200, "\N{GRINNING FACE}" * 200),
        ("e\N{COMBINING ACUTE ACCENT}" * 200, "\N{LATIN SMALL LETTER E WITH ACUTE}" * 200),
        ("<script>'\";-- \\", "<script>'\";-- \\"),
    ],
)
def test_keeps_a_name(api, owner, sent, stored):
    response = create(api, sessionName=sent)

    assert response.status_code == 201
    assert response.data["sessionName"] == stored
    assert TimeSession.objects.for_user(owner).get().name == stored


@pytest.mark.parametrize(
    ("key", "sent", "code"),
    [
        ("sessionName", "x" * 201, "max_length"),
        ("sessionName", "two\nlines", "control_character"),
        ("sessionName", "a\tb", "control_character"),
        ("sessionName", "nul\x00nul", "control_character"),
        ("sessionName", "del\x7fdel", "control_character"),
        ("sessionName", "half \ud83d of a pair", "control_character"),
        ("sessionName", 5, "invalid"),
        ("sessionName", True, "invalid"),
        ("sessionName", ["a"], "invalid"),
        ("sessionName", {"a": 1}, "invalid"),
        ("note", "x" * 10_001, "max_length"),
        ("note", "nul\x00nul", "control_character"),
        ("note", 5, "invalid"),
        ("timezone", "Berlin", "invalid_timezone"),
        ("timezone", "europe/berlin", "invalid_timezone"),
        ("timezone", "../../etc/passwd", "invalid_timezone"),
        ("timezone", "Factory", "invalid_timezone"),
        ("timezone", "UTC+2", "invalid_timezone"),
        ("timezone", "", "invalid_timezone"),
        ("timezone", "a\x00b", "invalid_timezone"),
        ("timezone", "\ud800", "invalid_timezone"),
        ("timezone", None, "null"),
        ("timezone", 5, "invalid"),
        ("billable", "true", "invalid"),
        ("billable", 1, "invalid"),
        ("billable", None, "null"),
        ("id", "1", "invalid"),
        ("id", "\ud800", "invalid"),
        ("id", 1, "invalid"),
        ("id", [], "invalid"),
        ("id", {}, "invalid"),
        ("id", None, "null"),
        ("projectId", "1", "invalid"),
        ("projectId", 1, "invalid"),
        ("projectId", "none", "invalid"),
        ("projectId", str(uuid.UUID(int=1)), "unknown_project"),
        ("tags", "deep", "not_a_list"),
        ("tags", {"deep": 1}, "not_a_list"),
        ("tags", 1, "not_a_list"),
        ("tags", None, "null"),
        ("tags", ["two words"], "invalid_tag"),
        ("tags", [" "], "required"),
        ("tags", ["nul\x00"], "control_character"),
        ("tags", ["x" * 101], "max_length"),
        ("tags", [f"tag{number}" for number in range(21)], "too_many"),
        ("hourlyRate", "much", "invalid"),
        ("name", "typo", "unknown_field"),
        ("End", END, "unknown_field"),
        ("ifRunning", "stop", "unknown_field"),
        ("user", "me", "unknown_field"),
        ("", "", "unknown_field"),
        ("\ud800", "", "unknown_field"),
    ],
)
def test_names_what_is_wrong(api, owner, key, sent, code):
    response = create(api, **{key: sent})

    assert response.status_code == 400
    assert errors_of(response) == [(f"#/{key}".replace("\ud800", "?"), code)]
    assert response.data["code"] == code
    assert response.data["errors"][0]["detail"]
    assert not TimeSession.objects.for_user(owner).exists()


def test_an_unknown_key_is_told_the_accepted_ones(api):
    response = create(api, **{"a/b~c": 1})

    assert errors_of(response) == [("#/a~1b~0c", "unknown_field")]
    assert response.data["detail"] == (
        "“a/b~c” is not known. Accepted: id, sessionName, start, timezone, note, projectId, tags, billable, "
        "hourlyRate, running, currency, end, durationSeconds."
    )


def test_names_everything_that_is_wrong_at_once(api):
    response = api("POST", URL, {"start": "soon", "billable": 1, "ende": END})

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert sorted(errors_of(response)) == [
        ("#/billable", "invalid"),
        ("#/end", "required"),
        ("#/ende", "unknown_field"),
        ("#/start", "invalid_instant"),
    ]


@pytest.mark.parametrize("body", [[], [{}], "text", 5, True, False, 0, ""], ids=repr)
def test_rejects_a_body_that_is_no_object(api, body):
    response = api("POST", URL, body)

    assert response.status_code == 400
    assert errors_of(response) == [("#", "invalid")]
    assert response.data["detail"] == "Send a JSON object."


@pytest.mark.parametrize("body", [None, {}])
def test_nothing_is_not_enough(api, body):
    response = api("POST", URL, body)

    assert response.status_code == 400
    assert sorted(errors_of(response)) == [("#/end", "required"), ("#/start", "required")]


def test_a_very_wrong_body_is_not_answered_with_a_longer_one(api):
    response = api("POST", URL, {f"key{number}": "x" for number in range(20_000)})

    assert response.status_code == 400
    assert len(response.content) < 50_000


def test_an_id_in_use_is_a_conflict(api, owner):
    taken = make_session(owner, START, END, "First")

    response = create(api, id=str(taken.id), sessionName="Second")

    assert response.status_code == 409
    assert response.data["code"] == "id_taken"
    assert TimeSession.objects.for_user(owner).get().name == "First"


def test_a_strangers_id_is_not_found(api, stranger):
    theirs = make_session(stranger, START, END, "Theirs")

    response = create(api, id=str(theirs.id))

    assert response.status_code == 404
    theirs.refresh_from_db()
    assert theirs.user == stranger
    assert theirs.name == "Theirs"


def test_needs_a_token(owner):
    response = ApiClient(None)("POST", f"/v1/users/{owner.id}/session", {"start": START, "end": END})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.data["code"] == "not_authenticated"
    assert not TimeSession.objects.for_user(owner).exists()


def test_a_strangers_account_is_like_an_unknown_one(api, stranger):
    body = {"start": START, "end": END}
    answers = [api("POST", f"/v1/users/{user_id}/session", body) for user_id in (stranger.id, uuid.uuid4(), "nobody")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({json.dumps({**answer.data, "requestId": ""}) for answer in answers}) == 1
    assert not TimeSession.objects.for_user(stranger).exists()


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("account", 403), ("track", 201), ("write", 201)])
def test_needs_the_scope_to_track(owner, scope, status):
    response = create(ApiClient(make_token(owner, Scope(scope))))

    assert response.status_code == status
    assert response.data.get("code") == ("missing_scope" if status == 403 else None)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FROB"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "POST"


def test_the_instant_is_stored_in_utc(api, owner):
    create(api, start="2026-11-23T10:00:00+05:00")

    assert TimeSession.objects.for_user(owner).get().start == datetime(2026, 11, 23, 5, tzinfo=UTC)
