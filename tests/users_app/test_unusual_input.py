"""What people and programs type that is neither right nor wrong, and steps taken in another order than meant"""

import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from tests.factories import make_account
from tests.pages import flat, shown_once
from users_app.models import BrowserSession, User
from users_app.services.links import issue_sign_in_link

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"
SIGN_IN = {"login": EMAIL, "password": PASSWORD}

PASSKEY = {
    "name": "Laptop",
    "credential": {
        "id": "AQEBAQEBAQEBAQEBAQEBAQ",
        "rawId": "AQEBAQEBAQEBAQEBAQEBAQ",
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiZUhoNGVIaDRlSGg0ZUhoNGVIaDRlQSIsIm9y"
            "aWdpbiI6Imh0dHBzOi8veCIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
            "attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABFA"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAEAEBAQEBAQEBAQEBAQEBAQGlAQIDJiABIVggZ99DWZc8plYeu5ehm3k6z88CoF1cXXMTNc6O8wClU50"
            "iWCAQIgVMlb8RX1sPTK_32K5uy4iRlQOzG29YzbYMd9EQew",
        },
    },
}
"""What a browser made once, of no use any more."""


@pytest.fixture
def account():
    return make_account(EMAIL, PASSWORD)


@pytest.fixture
def guest():
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    return client


@pytest.fixture
def no_hash(monkeypatch):
    monkeypatch.setattr(type(get_hasher()), "encode", lambda *_args: pytest.fail("A hash was computed."))


def is_signed_in(client):
    return "Second factor" in client.get("/settings/").text


# Typed


@pytest.mark.usefixtures("account", "no_hash")
@pytest.mark.parametrize(
    "form",
    [
        {"login": "\x00", "password": PASSWORD},
        {"login": f"{EMAIL}\x00", "password": PASSWORD},
        {"login": EMAIL, "password": f"{PASSWORD}\x00"},
        {"login": EMAIL, "password": "x" * 10_000},
        {"login": "x" * 10_000, "password": PASSWORD},
        {"login": f"{'x' * 10_000}@example.org", "password": PASSWORD},
        {"login": "", "password": ""},
        {"login": EMAIL},
        {"code": "\x00"},
        {"code": "Ａ" * 10_000},
        {"code": "é" * 28},
        {"code": "ß" * 28},
    ],
)
def test_what_cannot_be_right_is_told_in_the_form(form):
    response = Client().post("/signin/", form)
    assert response.status_code == 422
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("wrong", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD.replace(" ", "")])
def test_a_password_is_taken_as_it_is_typed(account, wrong):
    assert Client().post("/signin/", SIGN_IN | {"password": wrong}).status_code == 422


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/devices/end/", {"device": "\x00"}),
        ("/settings/devices/end/", {"device": "x" * 10_000}),
        ("/merge/", {"guest": "\x00", "do": "merge"}),
        ("/settings/email/", {"email": "\x00"}),
        ("/settings/password/", {"oldpassword": "\x00", "password1": "\x00"}),
        ("/settings/delete/", {"password": "\x00", "word": "\x00"}),
        ("/settings/passkeys/add/", {"name": "\x00", "credential": "\x00"}),
        ("/signin/passkey/", {"credential": "\x00"}),
        ("/signin/passkey/", {"credential": ""}),
        ("/signin/passkey/", {"credential": "[]"}),
        ("/signin/passkey/", {"credential": "{}"}),
        ("/signin/passkey/", {"credential": "1"}),
        ("/signin/passkey/", {"credential": "null"}),
        ("/signin/passkey/", {"credential": '{"id": 1, "rawId": [], "type": {}, "response": "x"}'}),
        ("/signin/passkey/", {"credential": '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'}),
        ("/signin/passkey/", {"credential": '{"id": "x"}'}),
        ("/settings/passkeys/add/", {"name": "", "credential": "[1]"}),
        ("/settings/passkeys/add/", {"name": "", "credential": '{"id": "x", "rawId": "x", "response": {}}'}),
        ("/signin/second-factor/", {"code": "\x00"}),
        ("/signin/again/", {"password": "\x00"}),
        ("/signin/link/%00/", {}),
        ("/signin/password/%00/%00/", {"password1": PASSWORD}),
        ("/settings/email/%00/", {}),
        ("/invitation/%00/", {}),
    ],
)
@pytest.mark.parametrize("who", ["a stranger", "a guest", "an account"])
def test_nothing_of_it_is_a_fault_of_the_server(account, guest, settings, who, path, form):
    settings.MAIL_IS_CONFIGURED = True
    client = {"a guest": guest}.get(who, Client(raise_request_exception=False))
    client.raise_request_exception = False
    if who == "an account":
        client.post("/signin/", SIGN_IN)
    assert client.post(path, form).status_code < 500


# Order


def test_a_second_factor_without_a_password_leads_to_the_beginning(account, guest):
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    for client in (Client(), guest):
        for response in (client.get("/signin/second-factor/"), client.post("/signin/second-factor/", {"code": "1"})):
            assert response.url.startswith("/signin/")
            assert "second-factor" not in response.url


def test_a_password_alone_opens_nothing_behind_a_second_factor(account):
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    client = Client()
    client.post("/signin/", SIGN_IN)
    for path in ("/settings/password/", "/settings/second-factor/", "/settings/passkeys/", "/signin/again/code/"):
        assert client.get(path).status_code == 302, path
    assert client.post("/settings/second-factor/app/remove/").url.startswith("/signin/")
    assert not BrowserSession.objects.filter(user=account).exists()


def test_a_recovery_code_instead_of_a_second_factor_opens_that_of_the_code(account, guest):
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    code = shown_once(guest.post("/keep/"), "recovery_code")
    client = Client()
    client.post("/signin/", SIGN_IN)
    client.post("/signin/", {"code": code})
    assert "Linocut" in client.get("/").text
    assert not is_signed_in(client)


def test_a_guest_with_a_passkey_only(guest):
    user = User.objects.get()
    Authenticator.objects.create(user=user, type="webauthn", data=PASSKEY)
    for path in ("/settings/", "/settings/passkeys/", "/settings/devices/", "/settings/delete/", "/keep/"):
        assert guest.get(path).status_code == 200, path
    assert guest.get("/settings/passkeys/add/").url.startswith("/signin/again/passkey/")
    assert guest.get("/settings/password/first/").url == "/keep/"
    assert guest.get("/settings/password/", follow=True).redirect_chain[-1][0] == "/keep/"
    assert guest.get("/settings/second-factor/app/").url.startswith("/signin/again/passkey/")
    assert guest.post("/settings/delete/", {"word": "delete"}).status_code == 303
    assert not User.objects.filter(is_active=True).exists()


def test_whoever_has_no_scripts_is_told_that_passkeys_need_them(guest):
    for client, path in ((Client(), "/signin/"), (guest, "/settings/passkeys/add/")):
        page = client.get(path).text
        (told,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
        assert "Passkeys need scripts." in told
    sent = Client().post("/signin/passkey/", {"credential": "", "next": "/week/"})
    assert 'name="next" value="/week/"' in flat(sent)
    assert "Passkeys need scripts. Allow them here, or take another way." in flat(sent)


def test_a_passkey_that_opens_nothing_is_not_taken_for_a_code(account):
    sent = {"credential": '{"id": "x"}'}
    said = "This passkey opens nothing here. Take another one, or another way."
    assert said in flat(Client().post("/signin/passkey/", sent))

    Authenticator.objects.create(user=account, type="webauthn", data=PASSKEY)
    client = Client()
    client.post("/signin/", SIGN_IN)
    again = flat(client.post("/signin/again/passkey/", {**sent, "next": "/settings/email/"}))
    assert said in again
    assert 'value="/settings/email/"' in again
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    other = Client()
    other.post("/signin/", SIGN_IN)
    assert said in flat(other.post("/signin/second-factor/", sent))


# Two tabs


def test_forms_of_other_tabs_stay_valid_after_every_way_to_sign_in(account):
    def token(page):
        return re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]*)"', page.text)[1]

    def by_password(client, csrf):
        return client.post("/signin/", {**SIGN_IN, "csrfmiddlewaretoken": csrf})

    def by_link(client, csrf):
        link = issue_sign_in_link(EMAIL, now=account.created_at)
        return client.post("/signin/link/" + link.split("/")[-2] + "/", {"csrfmiddlewaretoken": csrf})

    def by_keeping(client, csrf):
        form = {"email": "other@example.org", "password": PASSWORD, "csrfmiddlewaretoken": csrf}
        return client.post("/keep/", form)

    for way in (by_password, by_link, by_keeping):
        client = Client(enforce_csrf_checks=True)
        csrf = token(client.get("/signin/"))
        assert way(client, csrf).status_code in {302, 303}, way
        form = {"id": str(uuid4()), "name": "Typed before", "csrfmiddlewaretoken": csrf}
        assert client.post("/timer/start/", form).status_code == 303, way
