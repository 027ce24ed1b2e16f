"""Links that an operator hands over: they sign in, or invite, once"""

from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import make_account, make_token
from tests.ownership import rows_of_all
from tests.pages import NOW, flat
from users_app.models import AccessToken, BrowserSession, Notice, SignInLink, User, hash_secret

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EMAIL = "mira@example.org"


def make(command, email=EMAIL):
    out = StringIO()
    call_command(command, email, stdout=out)
    return urlsplit(out.getvalue().strip()).path


@pytest.fixture
def account():
    return make_account(EMAIL)


@pytest.fixture
def guest():
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    return client


def is_signed_in(client, user):
    return client.session.get("_auth_user_id") == str(user.pk)


def test_a_link_signs_in_once(account):
    link, client = make("signin_link", "Mira@example.org"), Client()
    assert hash_secret(link.split("/")[3]) == SignInLink.objects.get().secret_hash

    assert client.post(link, {"password": ""}).url == "/"

    assert is_signed_in(client, account)
    assert Client().post(link, {"password": ""}).status_code == 404
    assert "This link opens nothing" in flat(Client().get(link))


@pytest.mark.parametrize("command", ["signin_link", "invite"])
def test_opening_a_link_changes_nothing(command):
    if command == "signin_link":
        make_account(EMAIL)
    link, before = make(command), rows_of_all()
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(link).status_code == 200
    assert rows_of_all() == before
    assert not BrowserSession.objects.exists()


def test_a_link_takes_another_password_and_ends_the_browsers(account):
    stolen, client = Client(), Client()
    stolen.force_login(account)
    link = make("signin_link")
    assert "too short" in flat(client.post(link, {"password": "short"}))
    assert client.post(link, {"password": "another horse battery"}).url == "/"
    account.refresh_from_db()
    assert account.check_password("another horse battery")
    assert BrowserSession.objects.filter(user=account).count() == 1
    assert is_signed_in(client, account)


def test_another_password_is_a_reset(account, settings):
    settings.MAIL_IS_CONFIGURED = True
    make_token(account)
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    link, client = make("signin_link"), Client()
    assert "Access tokens, calendar addresses and share links are revoked." in flat(client.get(link))

    assert client.post(link, {"password": "another horse battery"}).url == "/"

    assert not AccessToken.objects.exists()
    assert not Authenticator.objects.exists()
    assert Client().post(link, {}).status_code == 404
    assert Notice.objects.filter(user=account, kind=Notice.Kind.PASSWORD_CHANGED).exists()


def test_without_another_password_nothing_ends(account):
    make_token(account)
    other = Client()
    other.force_login(account)
    Client().post(make("signin_link"), {"password": ""})
    assert AccessToken.objects.exists()
    assert is_signed_in(other, account)


def test_a_changed_password_ends_a_link(account):
    link, client = make("signin_link"), Client()
    client.force_login(account)
    form = {"oldpassword": "correct horse battery", "password1": "another horse battery"}
    client.post("/settings/password/", form)
    assert Client().get(link).status_code == 404


def test_a_first_password_ends_a_link():
    user = make_account(EMAIL, None)
    link, client = make("signin_link"), Client()
    client.force_login(user)
    client.post("/settings/password/first/", {"password1": "another horse battery"})
    user.refresh_from_db()
    assert user.has_usable_password()
    assert Client().get(link).status_code == 404


def test_a_second_factor_is_still_asked_for(account):
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    client = Client()
    assert client.post(make("signin_link"), {}).url == "/signin/second-factor/"
    assert not is_signed_in(client, account)


@pytest.mark.parametrize(("command", "hours"), [("signin_link", 24), ("invite", 7 * 24)])
def test_links_end(clock, command, hours):
    if command == "signin_link":
        make_account(EMAIL)
    link = make(command)
    clock.move_to(NOW + timedelta(hours=hours, seconds=-1))
    assert Client().get(link).status_code == 200
    clock.move_to(NOW + timedelta(hours=hours))
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"email": EMAIL, "password": "another horse battery"}).status_code == 404
    call_command("prune_guests", stdout=StringIO())
    assert not SignInLink.objects.exists()


def test_a_new_link_replaces_the_one_before(account):
    first, second = make("signin_link"), make("signin_link")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_nobody_gets_a_link_without_an_open_account(account):
    account.is_active = False
    account.save()
    for email in (EMAIL, "nobody@example.org"):
        with pytest.raises(CommandError, match="no open account"):
            make("signin_link", email)


def test_an_account_that_was_closed_is_not_opened_by_a_link(account):
    link, client = make("signin_link"), Client()
    account.is_active = False
    account.save()
    client.post(link, {})
    assert not is_signed_in(client, account)


def test_a_link_does_not_cost_a_guest_their_work(account, guest):
    before = guest.session["_auth_user_id"]
    assert guest.post(make("signin_link"), {}).url == "/merge/?next=%2F"
    assert guest.session["held_guest"] == before


# Invitations


def test_an_invitation_makes_one_account_on_a_closed_server(settings):
    settings.REGISTRATION_IS_OPEN = False
    link, client = make("invite", "New@example.org"), Client()
    assert 'value="new@example.org"' in client.get(link).text

    assert client.post(link, {"email": "new@example.org", "password": "another horse battery"}).url == "/"

    user = User.objects.get()
    assert (user.email, user.check_password("another horse battery")) == ("new@example.org", True)
    assert is_signed_in(client, user)
    assert client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"}).status_code == 303
    assert Client().post(link, {"email": "b@example.org", "password": "another horse battery"}).status_code == 404
    assert User.objects.count() == 1


def test_an_invitation_says_that_it_changes_the_account_of_a_browser(account, guest):
    link, client = make("invite", "new@example.org"), Client()
    client.force_login(account)
    assert f"This browser is signed in as {EMAIL} now." in flat(client.get(link))
    for other in (guest, Client()):
        assert "is signed in as" not in flat(other.get(link))


@pytest.mark.parametrize(("typed", "is_confirmed"), [("New@example.org", True), ("other@example.org", False)])
def test_an_invitation_confirms_its_address(settings, mailoutbox, typed, is_confirmed):
    settings.MAIL_IS_CONFIGURED = True
    Client().post(make("invite", "new@example.org"), {"email": typed, "password": "another horse battery"})
    assert EmailAddress.objects.get().verified == is_confirmed
    assert [each.to for each in mailoutbox] == ([] if is_confirmed else [["other@example.org"]])


def test_an_invitation_keeps_the_work_of_a_guest(guest):
    before = User.objects.get()
    guest.post(make("invite"), {"email": EMAIL, "password": "another horse battery"})
    assert User.objects.get().pk == before.pk
    assert "Linocut" in guest.get("/").text


def test_an_invitation_is_not_used_up_by_an_address_that_is_taken(account):
    link = make("invite", "new@example.org")
    response = Client().post(link, {"email": EMAIL, "password": "another horse battery"})
    assert "cannot be used here" in flat(response)
    assert User.objects.count() == 1
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize(("email", "said"), [("mira", "valid email"), (EMAIL, "Use signin_link")])
def test_who_cannot_be_invited(account, email, said):
    with pytest.raises(CommandError, match=said):
        make("invite", email)


def test_links_of_one_kind_are_not_of_the_other(account):
    link, invitation = make("signin_link"), make("invite", "new@example.org")
    assert Client().get(link.replace("/signin/link/", "/invitation/")).status_code == 404
    assert Client().get(invitation.replace("/invitation/", "/signin/link/")).status_code == 404
