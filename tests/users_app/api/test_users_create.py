"""POST /v1/users, the first call"""

import hashlib
import logging
import re
import uuid

import pytest
from django.test import Client

from tests.conftest import ApiClient
from tests.factories import make_guest
from users_app.models import AccessToken, AccessTokenManager, User, hash_secret, is_well_formed

pytestmark = pytest.mark.django_db

URL = "/v1/users"
GIVEN_ID = "0b4c8e8a-5f0e-4c39-9a55-6f2d0c1b7e11"


@pytest.fixture
def anyone():
    """The API called without a token."""
    return ApiClient(None)


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


@pytest.mark.parametrize("body", [None, {}])
def test_needs_nothing(anyone, body):
    response = anyone("POST", URL, body)

    user = User.objects.get()
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
    assert re.fullmatch(r"tt_[0-9A-Za-z]{42}", response.data.pop("token"))
    assert response.data == {
        "id": str(user.id),
        "timezone": "UTC",
        "weekStart": "monday",
        "links": {
            "session": f"/v1/users/{user.id}/session",
            "sessions": f"/v1/users/{user.id}/sessions",
            "timer": f"/v1/users/{user.id}/timer",
            "start": f"/v1/users/{user.id}/timer/start",
            "stop": f"/v1/users/{user.id}/timer/stop",
        },
    }
    assert user.is_guest
    assert not user.has_usable_password()
    assert not user.is_staff


def test_three_lines_are_enough():
    """As curl sends them: `curl -sX POST …` without a body, a type or a length."""
    client = Client()

    made = client.generic("POST", "/v1/users").json()
    token = {"Authorization": f"Bearer {made['token']}"}
    started = client.generic("POST", "/v1/users/me/timer/start", headers=token)
    stopped = client.generic("POST", "/v1/users/me/timer/stop", headers=token)

    assert started.status_code == 201
    assert stopped.status_code == 200
    assert stopped.json()["stopped"]["id"] == started.json()["started"]["id"]


def test_the_links_lead_somewhere(anyone):
    made = anyone("POST", URL).data
    api = ApiClient(made["token"])

    times = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:00:00Z"}
    assert api("GET", made["links"]["timer"]).status_code == 200
    assert api("GET", made["links"]["sessions"]).status_code == 200
    assert api("POST", made["links"]["start"]).status_code == 201
    assert api("POST", made["links"]["stop"]).status_code == 200
    assert api("POST", made["links"]["session"], times).status_code == 201


def test_takes_what_is_said(anyone):
    response = anyone(
        "POST",
        URL,
        {"id": GIVEN_ID.upper(), "displayName": " Mira  ", "timezone": "America/New_York", "weekStart": "sunday"},
    )

    user = User.objects.get()
    assert response.status_code == 201
    assert response.data["id"] == str(user.id) == GIVEN_ID
    assert (response.data["timezone"], response.data["weekStart"]) == ("America/New_York", "sunday")
    assert (user.display_name, user.timezone, user.week_start) == ("Mira", "America/New_York", 6)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (None, ""),
        ("", ""),
        ("Zoe\N{COMBINING DIAERESIS}", "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"),
        ("x" * 100, "x" * 100),
    ],
)
def test_keeps_a_name(anyone, sent, stored):
    assert anyone("POST", URL, {"displayName": sent}).status_code == 201
    assert User.objects.get().display_name == stored


def test_an_id_in_use_is_a_conflict(anyone):
    make_guest(id=uuid.UUID(GIVEN_ID), display_name="First")

    response = anyone("POST", URL, {"id": GIVEN_ID, "displayName": "Second"})

    assert response.status_code == 409
    assert response.data["code"] == "id_taken"
    assert User.objects.get().display_name == "First"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("body", [None, {}, {"timezone": "nowhere"}])
def test_a_closed_server_takes_nobody(anyone, settings, body):
    settings.REGISTRATION_IS_OPEN = False

    response = anyone("POST", URL, body)

    assert response.status_code == 403
    assert response.data["code"] == "registration_closed"
    assert response.data["detail"] == "This server takes no new users. Ask its operator."
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("key", "sent", "code"),
    [
        ("timezone", "Berlin", "invalid_timezone"),
        ("timezone", "europe/berlin", "invalid_timezone"),
        ("timezone", "localtime", "invalid_timezone"),
        ("timezone", "/etc/localtime", "invalid_timezone"),
        ("timezone", "a\x00", "invalid_timezone"),
        ("timezone", "\ud800", "invalid_timezone"),
        ("timezone", "", "blank"),
        ("timezone", None, "null"),
        ("timezone", 1, "invalid"),
        ("weekStart", "Sunday", "invalid_choice"),
        ("weekStart", "someday", "invalid_choice"),
        ("weekStart", 0, "invalid_choice"),
        ("weekStart", None, "null"),
        ("displayName", "x" * 101, "max_length"),
        ("displayName", "a\x00b", "control_character"),
        ("displayName", "a\nb", "control_character"),
        ("displayName", "\ud800", "control_character"),
        ("displayName", 5, "invalid"),
        ("id", "1", "invalid"),
        ("id", 1, "invalid"),
        ("id", None, "null"),
        ("email", "mira@example.org", "unknown_field"),
        ("token", "tt_mine", "unknown_field"),
        ("isStaff", True, "unknown_field"),
        ("is_staff", True, "unknown_field"),
    ],
)
def test_names_what_is_wrong(anyone, key, sent, code):
    response = anyone("POST", URL, {key: sent})

    assert response.status_code == 400
    assert errors_of(response) == [(f"#/{key}", code)]
    assert response.data["code"] == code
    assert not User.objects.exists()


def test_a_body_that_is_no_object_is_rejected(anyone):
    response = anyone("POST", URL, ["Mira"])

    assert response.status_code == 400
    assert errors_of(response) == [("#", "invalid")]


@pytest.mark.parametrize("authorization", ["Bearer tt_wrong", "Basic bWlyYTpteQ==", "nonsense"])
def test_a_token_is_not_looked_at(authorization):
    assert ApiClient(None)("POST", URL, Authorization=authorization).status_code == 201


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(anyone, method):
    response = anyone(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "POST"


def test_nobody_is_left_without_a_token(anyone, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(AccessTokenManager, "issue", fail)

    assert anyone("POST", URL).status_code == 500
    assert not User.objects.exists()


def test_the_token_is_kept_as_its_hash_only(anyone):
    secret = anyone("POST", URL).data["token"]

    token = AccessToken.objects.values().get()
    assert is_well_formed(secret)
    assert token["secret_hash"] == hash_secret(secret) == hashlib.sha256(secret.encode()).hexdigest()
    assert token["prefix"] == secret[:9]
    assert sorted(token["scopes"]) == ["account", "read", "track", "write"]
    assert not any(secret in str(value) or secret[9:] in str(value) for value in token.values())
    assert token["expires_at"] is None


def test_every_token_is_another(anyone):
    assert len({anyone("POST", URL).data["token"] for _ in range(5)}) == 5


def test_the_token_is_never_logged(anyone, caplog):
    caplog.set_level(logging.DEBUG)

    secret = anyone("POST", URL, {"displayName": "Mira"}).data["token"]
    api = ApiClient(secret)
    api("GET", "/v1/users/me/timer")
    api("POST", "/v1/users/me/timer/start", {"nonsense": 1})
    api("GET", f"/v1/nothing?token={secret}")
    api("GET", f"/v1/users/me/sessions?token={secret}")

    assert secret[3:] not in caplog.text
    assert "Mira" not in caplog.text


def test_a_key_makes_one_user_whose_token_is_never_shown_again(anyone):
    key = {"Idempotency-Key": "5f2b-1"}
    first = anyone("POST", URL, {"displayName": "Mira"}, **key)
    again = [anyone("POST", URL, body, **key) for body in ({"displayName": "Mira"}, None)]
    other = anyone("POST", URL, {"displayName": "Mira"}, **{"Idempotency-Key": "5f2b-2"})

    assert (first.status_code, other.status_code) == (201, 201)
    assert [(each.status_code, each.data["code"]) for each in again] == [(409, "id_taken")] * 2
    assert first.data["token"] not in "".join(each.content.decode() for each in again)
    assert "Mira" not in "".join(each.content.decode() for each in again)
    assert User.objects.count() == 2


def test_a_key_that_is_none_is_rejected(anyone):
    assert anyone("POST", URL, **{"Idempotency-Key": "two words"}).data["code"] == "invalid_idempotency_key"
    assert not User.objects.exists()
