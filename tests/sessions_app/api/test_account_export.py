"""GET /v1/users/{userId}/export"""

from io import BytesIO
from zipfile import ZipFile

import pytest

from sessions_app.account_export import import_account_export
from sessions_app.models import Source
from sessions_app.services import Actor
from tests.conftest import ApiClient
from tests.factories import make_guest, make_session, make_token
from users_app.models import Scope

URL = "/v1/users/me/export"


def content_of(response):
    assert response.status_code == 200
    return response.file


@pytest.fixture
def session(owner):
    return make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Logo")


@pytest.mark.parametrize("accept", [None, "application/zip", "application/json", "*/*"])
def test_is_the_zip_of_the_page(api, signed_in, session, accept):
    response = api("GET", URL, **({"Accept": accept} if accept else {}))

    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="timetracker-export.zip"'
    assert response["Cache-Control"] == "private, no-store"
    assert content_of(response) == b"".join(signed_in.get("/export/").streaming_content)


def test_can_be_brought_in_elsewhere(api, session):
    content = content_of(api("GET", URL))
    other = make_guest(timezone="UTC")

    import_account_export(other, Actor(Source.WEB), BytesIO(content))

    again = content_of(ApiClient(make_token(other))("GET", URL))
    assert b"Logo" in ZipFile(BytesIO(again)).read("sessions.jsonl")


def test_of_a_stranger_has_nothing_of_others(stranger_api, api, owner, session):
    parts = ZipFile(BytesIO(content_of(stranger_api("GET", URL))))

    assert parts.read("sessions.jsonl") == b""
    assert stranger_api("GET", f"/v1/users/{owner.id}/export").status_code == 404


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_may_read(owner, session, scope):
    assert ApiClient(make_token(owner, scope))("GET", URL).status_code == 200


def test_needs_a_token(owner):
    response = ApiClient(None)("GET", URL)

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
