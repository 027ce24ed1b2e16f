"""/v1/users/{userId}/reports/saved: saved, changed, deleted, sent again"""

import pytest

from sessions_app.models import SavedReport

pytestmark = pytest.mark.django_db

URL = "/v1/users/me/reports/saved"


def test_one_is_saved_read_changed_and_deleted(api, owner):
    made = api("POST", URL, {"name": "Days", "query": "?period=month&group=day", "default": True})

    assert made.status_code == 201
    assert made["Location"] == f"/v1/users/{owner.id}/reports/saved/{made.data['id']}"
    assert made["ETag"] == '"1"'
    assert made.data | {"id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "name": "Days",
        "query": "period=month&group=day",
        "default": True,
        "version": 1,
        "createdAt": "",
        "updatedAt": "",
    }
    one = f"{URL}/{made.data['id']}"
    assert api("GET", one).data == made.data
    assert api("GET", one, **{"If-None-Match": '"1"'}).status_code == 304
    assert api("GET", URL).data == {"reports": [made.data], "next": None}
    changed = api("PATCH", one, {**made.data, "name": "By day"})
    assert (changed.data["name"], changed.data["version"]) == ("By day", 2)
    stale = api("PATCH", one, {"name": "x"}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.data["current"]["name"]) == (412, "By day")
    assert api("DELETE", one).status_code == 204
    assert api("GET", one).status_code == 404
    assert api("GET", URL).data["reports"] == []


def test_a_name_that_another_has_is_a_conflict(api, owner):
    api("POST", URL, {"name": "Days"})
    other = api("POST", URL, {"name": "Weeks"})
    for response in (api("POST", URL, {"name": "days"}), api("PATCH", f"{URL}/{other.data['id']}", {"name": "DAYS"})):
        assert (response.status_code, response.data["code"]) == (409, "name_taken")


def test_a_new_default_replaces_the_other_and_is_undone(api, owner):
    first = api("POST", URL, {"name": "a", "default": True}).data["id"]
    second = api("POST", URL, {"name": "b"}).data["id"]
    api("PATCH", f"{URL}/{second}", {"default": True})
    assert [each["default"] for each in api("GET", URL).data["reports"]] == [False, True]
    (latest, *_rest) = api("GET", "/v1/users/me/changesets").data["changesets"]
    assert api("POST", f"/v1/users/me/changesets/{latest['id']}/undo").status_code == 200
    assert api("GET", f"{URL}/{first}").data["default"] is True


def test_a_request_sent_again_saves_one(api, owner):
    sent = [api("POST", URL, {"name": "a"}, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201]
    assert sent[1]["Idempotency-Replayed"] == "true"
    assert sent[0].data == sent[1].data
    assert SavedReport.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#/name", "required"),
        ({"name": " "}, "#/name", "required"),
        ({"name": "x" * 101}, "#/name", "max_length"),
        ({"name": "x", "query": "y" * 2_001}, "#/query", "max_length"),
        ({"name": "x", "query": None}, "#/query", "null"),
        ({"name": "x", "query": "\ud800"}, "#/query", "control_character"),
        ({"name": "x", "adress": ""}, "#/adress", "unknown_field"),
    ],
)
def test_what_is_wrong_is_said(api, owner, body, pointer, code):
    response = api("POST", URL, body)
    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]
