"""/v1/users/{userId}/shares: a link is told once, listed without it, revoked"""

import pytest
from django.test import Client as Browser

from sessions_app.models import Share
from tests.factories import make_session

pytestmark = pytest.mark.django_db

URL = "/v1/users/me/shares"


def test_a_link_is_made_told_once_opened_counted_and_revoked(api, owner, settings):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Logo")
    body = {"page": "report", "query": "from=2026-11-20&to=2026-11-20&group=name", "name": "For Acme"}

    made = api("POST", URL, {**body, "password": "correct horse", "expiresAt": "2100-01-01T00:00:00Z"})

    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    url = made.data.pop("url")
    assert url.startswith(f"{settings.BASE_URL}/shared/tts_")
    assert made.data | {"id": "", "createdAt": ""} == {
        "id": "",
        **body,
        "hours": True,
        "amounts": False,
        "notes": False,
        "running": False,
        "frozen": False,
        "expiresAt": "2100-01-01T00:00:00Z",
        "hasPassword": True,
        "accessCount": 0,
        "lastUsedAt": None,
        "version": 1,
        "createdAt": "",
    }
    path = url.removeprefix(settings.BASE_URL)
    assert Browser().get(path).status_code == 401
    opened = Browser().get(path, headers={"Authorization": "Basic OmNvcnJlY3QgaG9yc2U="})
    assert "Logo" in opened.text
    one = f"{URL}/{made.data['id']}"
    assert api("GET", one).data["accessCount"] == 1
    listed = api("GET", URL)
    assert [each["id"] for each in listed.data["shares"]] == [made.data["id"]]
    assert path.split("/")[2] not in str(listed.data)
    assert api("DELETE", one).status_code == 204
    assert Browser().get(path).status_code == 404
    assert api("GET", one).status_code == 404
    (latest, *_rest) = api("GET", "/v1/users/me/changesets").data["changesets"]
    assert api("POST", f"/v1/users/me/changesets/{latest['id']}/undo").status_code == 200
    assert Browser().get(path).status_code == 401


def test_a_key_stands_for_an_id(api, owner):
    sent = [api("POST", URL, {"page": "report"}, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 409]
    assert sent[1].data["code"] == "id_taken"
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#/page", "required"),
        ({"page": "x"}, "#/page", "invalid_choice"),
        ({"page": "report", "hours": False}, "#/hours", "required"),
        ({"page": "report", "frozen": True, "running": True}, "#/running", "does_not_match"),
        ({"page": "report", "expiresAt": "2020-01-01T00:00:00Z"}, "#/expiresAt", "out_of_range"),
        ({"page": "report", "password": "short"}, "#/password", "out_of_range"),
        ({"page": "report", "query": "from=x"}, "#/query", "invalid"),
        ({"page": "timesheet"}, "#/query", "required"),
        ({"page": "report", "secret": "x"}, "#/secret", "unknown_field"),
    ],
)
def test_what_is_wrong_is_said(api, owner, body, pointer, code):
    response = api("POST", URL, body)
    assert response.status_code == 400
    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]
    assert not Share.objects.exists()
