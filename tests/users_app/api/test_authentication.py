"""Who calls: bearer tokens, and nothing else"""

import zlib
from datetime import timedelta

import pytest
from django.test import Client

from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from tests.factories import make_token
from timetracker import clock
from users_app.models import AccessToken, Scope, is_well_formed, make_secret

TIMER = "/v1/users/me/timer"


@pytest.fixture
def secret(owner):
    return make_token(owner)


@pytest.fixture
def token(secret):
    return AccessToken.objects.get()


def call(authorization):
    return ApiClient(None)("GET", TIMER, Authorization=authorization)


def assert_rejected(response, code="authentication_failed"):
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response.data["code"] == code


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER {}", "Bearer   {}", " Bearer {} "])
def test_a_token_lets_its_holder_in(secret, form):
    assert call(form.format(secret)).status_code == 200


def test_no_token(db):
    response = ApiClient(None)("GET", TIMER)

    assert_rejected(response, "not_authenticated")
    assert response.data["detail"] == "Send a token: Authorization: Bearer tt_…"


@pytest.mark.parametrize("form", ["", "{}", "Token {}", "Basic {}", "Bearer{}", "Bearer,{}", "Digest x, Bearer {}"])
def test_a_header_of_another_kind_is_no_token(secret, form):
    assert_rejected(call(form.format(secret)), "not_authenticated")


@pytest.mark.parametrize(
    "form", ["Bearer", "Bearer ", "Bearer {0} {0}", "Bearer {0}x", "Bearer x{0}", "Bearer tt_", 'Bearer "{0}"']
)
def test_a_malformed_header_is_rejected(secret, form):
    assert_rejected(call(form.format(secret)))


def test_a_wrong_checksum_costs_no_query(secret, django_assert_num_queries):
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")

    with django_assert_num_queries(0):
        response = call(f"Bearer {wrong}")

    assert_rejected(response)
    assert not is_well_formed(wrong)


@pytest.mark.parametrize(
    "unknown",
    [make_secret(), "tt_" + "ü" * 42, "tt_" + "0" * 42, "xx_" + make_secret()[3:]],
    ids=["new", "not ASCII", "zeros", "other prefix"],
)
def test_an_unknown_token(token, unknown):
    assert_rejected(call(f"Bearer {unknown}"))


def test_the_checksum_is_crc_32_in_base_62():
    secret = make_secret()
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    number = 0
    for letter in secret[-6:]:
        number = number * 62 + digits.index(letter)

    assert is_well_formed(secret)
    assert number == zlib.crc32(secret[3:-6].encode())


def test_the_case_of_a_token_matters(secret, token):
    assert_rejected(call(f"Bearer {secret.swapcase()}"))
    assert_rejected(call(f"Bearer {secret.upper()}"))


@pytest.mark.parametrize(("seconds", "status"), [(-1, 401), (0, 401), (1, 200)])
def test_a_token_expires(secret, token, time_machine, seconds, status):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    token.expires_at = clock.now() + timedelta(seconds=seconds)
    token.save()

    assert call(f"Bearer {secret}").status_code == status


def test_a_revoked_token_is_like_an_unknown_one(secret, token):
    token.delete()
    revoked, unknown = call(f"Bearer {secret}"), call(f"Bearer {make_secret()}")

    assert_rejected(revoked)
    assert {**revoked.data, "requestId": ""} == {**unknown.data, "requestId": ""}
    assert revoked.data["detail"] == "This token is unknown, expired or revoked."


def test_an_inactive_user_is_rejected(owner, secret):
    owner.is_active = False
    owner.save()

    assert_rejected(call(f"Bearer {secret}"))


def test_cookies_are_not_taken(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    read, written = client.get(TIMER), client.generic("POST", f"{TIMER}/start")

    assert read.status_code == written.status_code == 401
    assert read["WWW-Authenticate"] == "Bearer"
    assert not TimeSession.objects.for_user(owner).exists()


def test_cookies_are_neither_read_nor_set(owner, secret, django_assert_num_queries):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    client.get(TIMER, headers={"Authorization": f"Bearer {secret}"})

    with django_assert_num_queries(3):  # the token, the epoch, the running session
        response = client.get(TIMER, headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_a_token_needs_no_csrf_token(secret):
    client = Client(enforce_csrf_checks=True)

    response = client.generic("POST", f"{TIMER}/start", headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code == 201


@pytest.mark.parametrize("location", ["token", "access_token", "authorization"])
def test_a_token_in_the_address_or_body_is_not_taken(secret, location):
    api = ApiClient(None)

    assert_rejected(api("GET", f"{TIMER}?{location}={secret}"), "not_authenticated")
    assert_rejected(api("POST", f"{TIMER}/start", {location: secret}), "not_authenticated")


def test_use_is_noted_every_fifteen_minutes(secret, token, time_machine, django_assert_num_queries):
    def used_at():
        token.refresh_from_db()
        return token.last_used_at

    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    assert used_at() is None
    call(f"Bearer {secret}")
    first = used_at()
    assert first == clock.now()

    time_machine.shift(timedelta(minutes=14, seconds=59))
    with django_assert_num_queries(3):
        call(f"Bearer {secret}")
    assert used_at() == first

    time_machine.shift(timedelta(seconds=1))
    call(f"Bearer {secret}")
    assert used_at() == clock.now() == first + timedelta(minutes=15)


def test_the_use_of_a_rejected_token_is_not_noted(owner, secret, token):
    owner.is_active = False
    owner.save()
    call(f"Bearer {secret}")

    token.refresh_from_db()
    assert token.last_used_at is None


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        ([], set()),
        (["read"], {"read"}),
        (["track"], {"read", "track"}),
        (["write"], {"read", "track", "write"}),
        (["account"], {"read", "account"}),
        (["read", "track", "write", "account"], {"read", "track", "write", "account"}),
        (["unheard-of"], {"read"}),
    ],
)
def test_what_a_scope_includes(granted, allowed):
    token = AccessToken(scopes=granted)

    assert {scope.value for scope in Scope if token.allows(scope)} == allowed


def test_a_missing_scope_is_reported(owner):
    response = ApiClient(make_token(owner, Scope.READ))("POST", f"{TIMER}/start")

    assert response.status_code == 403
    assert response.data["code"] == "missing_scope"
    assert response.data["detail"] == "This token lacks the scope “track”."
