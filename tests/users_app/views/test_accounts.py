"""Accounts: kept from a guest, signed in to from elsewhere, their e-mail and password changed, the admin's door."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import get_hasher, make_password
from django.core import mail
from django.test import Client

from tests.factories import make_account, make_token
from tests.pages import NOW, flat, shown_once, without_secrets
from timetracker import clock
from users_app.hashers import Argon2Hasher
from users_app.models import AccessToken, AttemptCount, BrowserSession, Notice, User
from users_app.services.links import issue_sign_in_link
from users_app.services.recovery import replace_code

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "mira@example.org", "correct horse battery"
FORM = {"email": EMAIL, "password": PASSWORD}
SIGN_IN = {"login": EMAIL, "password": PASSWORD}


@pytest.fixture
def guest():
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    return client


@pytest.fixture
def account():
    return make_account(EMAIL, PASSWORD)


@pytest.fixture
def browser(account):
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def with_mail(settings):
    settings.MAIL_IS_CONFIGURED = True
    settings.BASE_URL = "https://time.example.org"


def link_in_mail():
    path = re.search(r"https://time\.example\.org(/\S+)", mail.outbox[-1].body)
    return path[1]


def codes(secret):
    """What an app shows before, now and next: all three are right, the first one only until the next half minute."""
    return [format_hotp_value(hotp_value(secret, each)) for each in yield_hotp_counters_from_time()]


def code_of_app(user):
    return codes(Authenticator.objects.get(user=user, type="totp").data["secret"])[1]


# Keeping


def test_a_guest_keeps_their_sessions_and_signs_in_from_elsewhere(guest):
    before, cookie = User.objects.get(), guest.cookies["sessionid"].value

    response = guest.post("/keep/", FORM | {"email": "Mira@Example.org"}, follow=True)

    user = User.objects.get()
    assert (user.pk, user.email, user.is_guest) == (before.pk, EMAIL, False)
    assert user.revision > before.revision
    assert "Sign in with your e-mail and password from anywhere." in flat(response)
    assert guest.cookies["sessionid"].value != cookie
    assert "Linocut" in guest.get("/").text
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert "Linocut" not in thief.get("/").text
    other = Client()
    response = other.post("/signin/", SIGN_IN | {"next": "/week/2026-11-23/"})
    assert response.url == "/week/2026-11-23/"
    assert "Linocut" in other.get("/").text


def test_forms_of_other_tabs_still_work_after_keeping_and_after_signing_in():
    browser = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]*)"', browser.get("/").text)[1]
    form = {"csrfmiddlewaretoken": token}
    browser.post("/timer/start/", form | {"id": str(uuid4()), "name": "Linocut"})

    assert browser.post("/keep/", form | FORM).status_code == 303
    assert browser.post("/timer/stop/", form).status_code == 303
    assert browser.post("/signout/", form).status_code == 303
    assert browser.post("/signin/", form | SIGN_IN).status_code == 302
    assert browser.post("/timer/start/", form | {"id": str(uuid4()), "name": "Mail"}).status_code == 303


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "", "password": PASSWORD}, "Give an e-mail address."),
        ({"email": "mira", "password": PASSWORD}, "Enter a valid email address."),
        ({"email": EMAIL, "password": ""}, "Give a password."),
        ({"email": EMAIL, "password": "short"}, "too short"),
        ({"email": EMAIL, "password": "password123"}, "too common"),
        ({"email": EMAIL, "password": EMAIL}, "too similar"),
        ({"email": "OTHER@example.org", "password": PASSWORD}, "cannot be used here"),
    ],
)
def test_what_cannot_be_kept_with_is_told_and_the_guest_stays(guest, form, said):
    make_account("other@example.org")
    response = guest.post("/keep/", form)
    assert response.status_code == 422
    assert said in flat(response)
    assert re.findall(r'type="password"[^>]*value=', response.text) == []
    assert "Linocut" in guest.get("/").text


def test_an_account_is_not_overwritten(browser, account):
    browser.post("/keep/", {"email": "other@example.org", "password": "another horse battery"})
    account.refresh_from_db()
    assert account.email == EMAIL
    assert account.check_password(PASSWORD)


def test_a_stranger_makes_an_account_unless_the_server_is_closed(settings):
    browser = Client()
    assert browser.post("/keep/", FORM).status_code == 303
    assert User.objects.get().email == EMAIL
    assert BrowserSession.objects.get(user=User.objects.get())

    settings.REGISTRATION_IS_OPEN = False
    closed = Client()
    assert "takes no new users" in flat(closed.get("/keep/"))
    assert 'name="email"' not in closed.get("/keep/").text
    assert closed.post("/keep/", {"email": "b@example.org", "password": PASSWORD}).status_code == 403
    assert User.objects.count() == 1


# Signing in


@pytest.mark.usefixtures("clock")
def test_known_and_unknown_addresses_get_the_same_answer(account):
    known = Client().post("/signin/", SIGN_IN | {"password": "wrong"})
    unknown = Client().post("/signin/", {"login": "nobody@example.org", "password": "wrong"})
    account.is_active = False
    account.save()
    closed = Client().post("/signin/", SIGN_IN)

    said = {without_secrets(each).replace("nobody@example.org", EMAIL) for each in (known, unknown, closed)}
    assert len(said) == 1
    assert "That e-mail and password don&#x27;t match." in flat(known)
    assert {each.status_code for each in (known, unknown, closed)} == {422}


@pytest.mark.parametrize("login", [EMAIL, "nobody@example.org", "passkey@example.org", "closed@example.org"])
def test_each_attempt_computes_one_hash(account, monkeypatch, login):
    make_account("passkey@example.org", None)
    closed = make_account("closed@example.org", PASSWORD)
    closed.is_active = False
    closed.save()
    hasher, made = type(get_hasher()), []
    monkeypatch.setattr(hasher, "encode", lambda *args, _encode=hasher.encode: made.append(1) or _encode(*args))
    Client().post("/signin/", {"login": login, "password": "wrong"})
    assert len(made) == 1


def test_passwords_are_hashed_by_argon2id_at_19_mib(settings):
    settings.PASSWORD_HASHERS = ["users_app.hashers.Argon2Hasher"]
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert not Argon2Hasher().must_update(encoded)


def test_signing_in_replaces_a_planted_cookie(account):
    victim, thief = Client(), Client()
    thief.post("/keep/dismiss/")
    victim.cookies["sessionid"] = thief.cookies["sessionid"].value
    victim.post("/signin/", SIGN_IN)
    assert victim.cookies["sessionid"].value != thief.cookies["sessionid"].value
    assert "Sign out" not in thief.get("/settings/").text
    assert "Sign out" in victim.get("/settings/").text


TARGETS = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "\\/evil.example", "https:evil.example",
    "https:/evil.example", "http:///evil.example", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
    "data:text/html,x", "vbscript:x", "ftp://evil.example", "evil.example", "evil.example/path", "@evil.example",
    "testserver@evil.example", "https://testserver@evil.example", "https://testserver.evil.example", "//testserver",
    "http://testserver/week/", "https://127.0.0.1/", "http://localhost/", "//localhost/", "\t//evil.example",
    "/\t/evil.example", "/\n/evil.example", "\r\n//evil.example", " //evil.example", "%2F%2Fevil.example",
    "?next=//evil.example", "#//evil.example", "", "week/", "..//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_only_paths_of_this_site_are_gone_to(account, guest, target):
    for client, path, form in [(Client(), "/signin/", SIGN_IN), (guest, "/keep/", FORM | {"email": "b@example.org"})]:
        assert client.post(path, form | {"next": target}).url == "/", target
        assert client.post("/timer/stop/", {"next": target}).url == "/", target


def test_there_are_forty_targets():
    assert len(set(TARGETS)) == 40


# Limits


@pytest.fixture
def limits(settings, clock):
    settings.RATE_LIMITS_ARE_ON = True


def attempt(address, login=EMAIL, path="/signin/", **form):
    client = Client(REMOTE_ADDR=address)
    return client.post(path, {"login": login, "password": "wrong", **form}).status_code


@pytest.mark.usefixtures("limits")
def test_attempts_are_limited_by_address_and_by_account_before_any_hash(account, monkeypatch):
    statuses = [attempt("203.0.113.1", f"{each}@example.org") for each in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert [attempt(f"2001:db8::{each}") for each in range(12)] == [422] * 10 + [429] * 2
    for other in range(2, 4):
        assert {attempt(f"203.0.113.{other}") for _ in range(10)} == {422}

    monkeypatch.setattr(type(get_hasher()), "encode", lambda *_args: pytest.fail("A hash was computed."))
    assert attempt("203.0.113.9") == 429
    assert attempt("203.0.113.9", "MIRA@example.org") == 429
    assert AttemptCount.objects.filter(count__gt=30).count() == 0


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(
    ("path", "form"), [("/keep/", {"email": "x", "password": "y"}), ("/signin/password/", {"email": "x@example.org"})]
)
def test_keeping_and_resetting_are_limited_too(settings, path, form):
    settings.MAIL_IS_CONFIGURED = True
    assert [Client().post(path, form).status_code for _ in range(11)][-2:] == [422 if path == "/keep/" else 302, 429]


@pytest.mark.usefixtures("limits")
def test_what_strangers_try_stops_neither_the_signed_in_owner_nor_a_reset(browser, account, settings):
    settings.MAIL_IS_CONFIGURED = True
    for other in range(1, 4):
        assert {attempt(f"203.0.113.{other}") for _ in range(10)} == {422}
    assert attempt("203.0.113.9") == 429
    assert Client(REMOTE_ADDR="203.0.113.1").post("/signin/password/", {"email": EMAIL}).status_code == 302
    assert give_password(browser, "/settings/email/").url == "/settings/email/"
    changed = browser.post("/settings/password/", {"oldpassword": PASSWORD, "password1": "another horse battery"})
    assert changed.status_code == 302
    assert browser.post("/settings/delete/", {"password": "another horse battery"}).status_code == 303


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize(
    ("path", "form"),
    [("/settings/password/", {"oldpassword": "x", "password1": "another horse battery"}),
     ("/settings/delete/", {"password": "x"})],
)  # fmt: skip
def test_whoever_is_signed_in_does_not_guess_the_password(browser, path, form):
    answers = [browser.post(path, form) for _ in range(11)]
    assert [each.status_code for each in answers[-2:]] == [answers[0].status_code, 429]
    assert "This was tried too often. Try again in 30 minutes." in flat(answers[-1])
    assert answers[-1]["Retry-After"] == "1800"


@pytest.mark.usefixtures("limits")
def test_the_typed_address_stays_when_it_was_tried_too_often(account):
    for _ in range(10):
        attempt("203.0.113.1")
    answer = Client(REMOTE_ADDR="203.0.113.1").post("/signin/", SIGN_IN)
    assert (answer.status_code, answer["Retry-After"]) == (429, "1800")
    assert "This was tried too often. Try again in 30 minutes." in flat(answer)
    assert f'value="{EMAIL}"' in answer.text


# E-mail and password


def give_password(browser, target):
    """Says who it is once more."""
    asked = browser.get(target)
    assert asked.url.startswith("/signin/again/")
    return browser.post(asked.url, {"password": PASSWORD})


def test_changing_the_password_ends_the_other_browsers(browser, account):
    other = Client()
    other.post("/signin/", SIGN_IN)
    cookie = browser.cookies["sessionid"].value

    response = browser.post("/settings/password/", {"oldpassword": PASSWORD, "password1": "another horse battery"})

    assert response.url == "/settings/#account"
    assert "Password" in browser.get("/settings/").text
    assert browser.cookies["sessionid"].value != cookie
    assert "Sign out" not in other.get("/settings/").text
    assert BrowserSession.objects.filter(user=account).count() == 1
    assert Client().post("/signin/", SIGN_IN).status_code == 422


def test_a_wrong_present_password_changes_nothing(browser, account):
    response = browser.post("/settings/password/", {"oldpassword": "wrong", "password1": "another horse battery"})
    assert "This is not your present password." in flat(response)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_the_e_mail_is_changed_after_the_password_was_given_again(browser, account):
    assert browser.post("/settings/email/", {"email": "new@example.org"}).url.startswith("/signin/again/")
    account.refresh_from_db()
    assert account.email == EMAIL
    assert give_password(browser, "/settings/email/").url == "/settings/email/"

    browser.post("/settings/email/", {"email": "New@example.org"})

    account.refresh_from_db()
    assert account.email == "new@example.org"
    assert Client().post("/signin/", SIGN_IN | {"login": "new@example.org"}).status_code == 302
    assert Client().post("/signin/", SIGN_IN).status_code == 422


def test_an_account_whose_address_is_confirmed_says_again_who_it_is(browser, account):
    EmailAddress.objects.create(user=account, email=EMAIL, primary=True, verified=True)
    assert give_password(browser, "/settings/second-factor/app/").url == "/settings/second-factor/app/"


@pytest.mark.usefixtures("with_mail")
def test_with_mail_another_address_counts_once_it_is_confirmed(browser, account):
    give_password(browser, "/settings/email/")
    browser.post("/settings/email/", {"email": "new@example.org"})
    account.refresh_from_db()
    assert account.email == EMAIL
    assert mail.outbox[-1].to == ["new@example.org"]
    link = link_in_mail()

    assert browser.get(link).status_code == 200
    account.refresh_from_db()
    assert account.email == EMAIL
    browser.post(link)
    account.refresh_from_db()
    assert account.email == "new@example.org"


@pytest.mark.usefixtures("with_mail")
def test_whoever_has_a_mistyped_address_confirms_nothing(browser, account, guest):
    link = begin_change(browser, "typo@example.com")
    for client in (Client(), guest):
        page = flat(client.get(link))
        assert '<button class="primary" type="submit">Confirm' not in page
        assert EMAIL not in page
        sign_in = re.search(r'href="(/signin/\?next=[^"]+)"', page)[1]
        assert client.post(link).url == link
        account.refresh_from_db()
        assert account.email == EMAIL
    answer = Client().post(sign_in, SIGN_IN)
    assert answer.url == link


@pytest.mark.usefixtures("with_mail")
def test_an_address_that_was_kept_with_resets_once_it_is_confirmed(guest):
    guest.post("/keep/", FORM)
    user, first = User.objects.get(), link_in_mail()

    stranger = Client()
    assert stranger.post("/signin/password/", {"email": EMAIL}).url == "/signin/password/sent/"
    assert mail.outbox[-1].to == [EMAIL]
    assert "/signin/password/" + user.pk.hex not in mail.outbox[-1].body
    assert link_in_mail().startswith("/settings/email/")

    guest.post(first)
    Client().post("/signin/password/", {"email": EMAIL})
    assert "Choose a password" in flat(Client().get(link_in_mail()))


@pytest.mark.usefixtures("with_mail")
def test_the_link_that_confirms_is_sent_again(guest):
    guest.post("/keep/", FORM)
    settings_page = flat(guest.get("/settings/"))
    assert f"{EMAIL} is not confirmed yet" in settings_page
    mail.outbox.clear()

    sent = guest.post("/settings/email/confirm/", follow=True)

    assert "A link is on its way to mira@example.org." in flat(sent)
    guest.post(link_in_mail())
    assert "is not confirmed yet" not in flat(guest.get("/settings/"))
    mail.outbox.clear()
    guest.post("/settings/email/confirm/")
    assert not mail.outbox


@pytest.mark.usefixtures("with_mail", "limits")
def test_links_that_confirm_are_limited(browser):
    begin_change(browser)
    assert "new@example.org is not confirmed yet" in flat(browser.get("/settings/"))
    statuses = [browser.post("/settings/email/confirm/").status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_without_mail_nothing_is_to_be_confirmed(guest):
    guest.post("/keep/", FORM)
    assert "is not confirmed yet" not in flat(guest.get("/settings/"))
    assert guest.post("/settings/email/confirm/").status_code == 303


@pytest.mark.usefixtures("with_mail")
def test_an_address_that_became_anothers_meanwhile_is_not_taken(browser, account):
    give_password(browser, "/settings/email/")
    browser.post("/settings/email/", {"email": "new@example.org"})
    make_account("new@example.org")
    browser.post(link_in_mail())
    account.refresh_from_db()
    assert account.email == EMAIL


@pytest.mark.usefixtures("with_mail")
def test_a_link_of_a_reset_works_once_and_ends_all_access(account, guest):
    make_token(account)
    stolen = Client()
    stolen.force_login(account)
    anywhere = guest
    anywhere.get("/")  # shows what it has to say
    assert anywhere.post("/signin/password/", {"email": EMAIL}).url == "/signin/password/sent/"
    link = link_in_mail()
    rows = list(BrowserSession.objects.order_by("pk").values("pk", "session_data"))
    assert "Choose a password" in flat(anywhere.get(link))
    assert list(BrowserSession.objects.order_by("pk").values("pk", "session_data")) == rows

    done = anywhere.post(link, {"password1": "another horse battery"}, follow=True)
    assert "What else opened the account has ended." in flat(done)
    assert "your other browsers" not in flat(done)

    assert "Linocut" in anywhere.get("/").text
    assert not AccessToken.objects.filter(user=account).exists()
    assert "Sign out" not in stolen.get("/settings/").text
    assert "This link opens nothing" in flat(Client().get(link))
    assert "This link opens nothing" in flat(Client().post(link, {"password1": "third horse battery"}))
    account.refresh_from_db()
    assert account.check_password("another horse battery")


def reset(password):
    """Resets by mail; returns the page that asks for the password."""
    Client().post("/signin/password/", {"email": EMAIL})
    link = link_in_mail()
    page = flat(Client().get(link))
    assert Client().post(link, {"password1": password}).status_code == 302
    return page


@pytest.mark.usefixtures("with_mail")
def test_a_reset_ends_what_whoever_was_here_before_may_have_made(account):
    code = replace_code(account, now=NOW)
    link = urlsplit(issue_sign_in_link(EMAIL, now=clock.now())).path
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    RecoveryCodes.activate(account)
    Authenticator.objects.create(user=account, type="webauthn", data={"name": "x", "credential": {}})

    page = reset("another horse battery")

    assert "Passkeys, the authenticator app, the recovery code and links that sign in are removed." in page
    assert not Authenticator.objects.exists()
    assert "This code opens nothing." in flat(Client().post("/signin/", {"code": code}))
    assert Client().post(link, {}).status_code == 404
    assert Client().post("/signin/", SIGN_IN | {"password": "another horse battery"}).url == "/"


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize(("is_operator", "is_demanded"), [(True, True), (True, False), (False, True)])
def test_a_mailbox_opens_no_admin_that_demands_a_second_factor(account, settings, is_operator, is_demanded):
    settings.ADMIN_NEEDS_SECOND_FACTOR = is_demanded
    account.is_staff = account.is_superuser = is_operator
    account.save()
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")

    page = reset("another horse battery")

    stays = is_operator and is_demanded
    assert ("Passkeys and the authenticator app stay" in page) == stays
    assert Authenticator.objects.filter(user=account).exists() == stays
    target = "/signin/second-factor/" if stays else "/"
    assert Client().post("/signin/", SIGN_IN | {"password": "another horse battery"}).url == target


@pytest.mark.usefixtures("with_mail")
def test_a_reset_tells_nobody_who_has_an_account(account):
    known, unknown = (Client().post("/signin/password/", {"email": each}) for each in (EMAIL, "nobody@example.org"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [each.to for each in mail.outbox] == [[EMAIL], ["nobody@example.org"]]


@pytest.mark.usefixtures("with_mail")
def test_an_address_that_was_not_confirmed_resets_nothing(browser, account):
    give_password(browser, "/settings/email/")
    browser.post("/settings/email/", {"email": "typo@example.com"})

    Client().post("/signin/password/", {"email": "typo@example.com"})
    assert "/signin/password/" + account.pk.hex not in mail.outbox[-1].body

    Client().post("/signin/password/", {"email": EMAIL})
    assert mail.outbox[-1].to == [EMAIL]
    assert Client().get(link_in_mail()).status_code == 200


def begin_change(browser, email="new@example.org"):
    """Begins to change the address; returns the link of the mail that confirms it."""
    give_password(browser, "/settings/email/")
    browser.post("/settings/email/", {"email": email})
    assert mail.outbox[-1].to == [email]
    return link_in_mail()


@pytest.mark.usefixtures("with_mail")
def test_a_reset_and_a_changed_password_drop_an_address_that_is_not_confirmed(browser, account):
    link = begin_change(browser)
    browser.post("/settings/password/", {"oldpassword": PASSWORD, "password1": "another horse battery"})
    assert "This link opens nothing" in flat(Client().get(link))
    assert Client().post(link).status_code == 404

    browser.post("/signin/again/", {"password": "another horse battery"})
    browser.post("/settings/email/", {"email": "new@example.org"})
    link = link_in_mail()
    Client().post("/signin/password/", {"email": EMAIL})
    Client().post(link_in_mail(), {"password1": "third horse battery"})
    assert "This link opens nothing" in flat(Client().get(link))
    assert Client().post(link).status_code == 404
    account.refresh_from_db()
    assert account.email == EMAIL


@pytest.mark.usefixtures("with_mail")
def test_the_address_before_is_told_once_another_is_confirmed(browser, account):
    link = begin_change(browser)
    assert not Notice.objects.filter(kind="email_changed").exists()
    browser.post(link)
    assert Notice.objects.get(kind="email_changed").email == EMAIL


@pytest.mark.usefixtures("with_mail")
def test_confirming_the_address_that_counts_already_is_no_change(guest):
    guest.post("/keep/", FORM)
    link = link_in_mail()
    assert "are signed out of it" not in flat(guest.get(link))
    guest.post(link)
    assert EmailAddress.objects.get().verified
    assert is_signed_in(guest, User.objects.get())
    assert not Notice.objects.filter(kind="email_changed").exists()


def is_signed_in(client, user):
    return client.session.get("_auth_user_id") == str(user.pk)


def test_another_address_ends_the_other_browsers_and_links_and_no_code(browser, account):
    other = Client()
    other.force_login(account)
    link = urlsplit(issue_sign_in_link(EMAIL, now=clock.now())).path
    code = replace_code(account, now=NOW)
    give_password(browser, "/settings/email/")
    cookie = browser.cookies["sessionid"].value
    assert "Your other browsers are signed out then" in flat(browser.get("/settings/email/"))

    browser.post("/settings/email/", {"email": "new@example.org"})

    assert (is_signed_in(browser, account), is_signed_in(other, account)) == (True, False)
    assert browser.cookies["sessionid"].value != cookie
    assert BrowserSession.objects.filter(user=account).count() == 1
    assert Client().post(link, {}).status_code == 404
    assert Client().post("/signin/", {"code": code}).status_code == 200


@pytest.mark.usefixtures("with_mail")
def test_the_browser_that_confirms_another_address_stays(browser, account):
    other = Client()
    other.force_login(account)
    link = begin_change(browser)
    assert is_signed_in(other, account)
    cookie = browser.cookies["sessionid"].value
    assert "All browsers but this one are signed out of it." in flat(browser.get(link))

    browser.post(link)

    assert (is_signed_in(browser, account), is_signed_in(other, account)) == (True, False)
    assert browser.cookies["sessionid"].value != cookie


@pytest.mark.usefixtures("with_mail")
def test_a_closed_account_gets_no_link(account):
    account.is_active = False
    account.save()
    Client().post("/signin/password/", {"email": EMAIL})
    assert "/signin/password/" + account.pk.hex not in mail.outbox[-1].body


def test_without_mail_nothing_is_reset(account):
    assert "This server sends no mail." in flat(Client().get("/signin/password/"))
    assert Client().get("/signin/password/a/b/").status_code == 404
    assert mail.outbox == []


# Second factor


@pytest.fixture
def secured(account):
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    return account


@pytest.mark.parametrize("is_guest", [False, True], ids=["a stranger", "a guest"])
def test_a_second_factor_is_asked_for_after_the_password(secured, guest, is_guest):
    client = guest if is_guest else Client()
    asked = client.post("/signin/", SIGN_IN)
    assert asked.url == "/signin/second-factor/"
    assert "Password" not in client.get("/settings/").text
    assert "This code is not right." in flat(client.post(asked.url, {"code": "000000"}))

    target = "/merge/?next=%2F" if is_guest else "/"
    assert client.post(asked.url, {"code": code_of_app(secured)}).url == target
    assert "Password" in client.get("/settings/").text


@pytest.mark.parametrize("has_passkey", [True, False])
@pytest.mark.usefixtures("secured")
def test_a_passkey_answers_for_who_has_one(monkeypatch, has_passkey):
    if has_passkey:
        monkeypatch.setattr("users_app.views.signin.is_mfa_enabled", lambda _user, _types: True)
    client = Client()
    client.post("/signin/", SIGN_IN)
    for page in (client.get("/signin/second-factor/"), client.post("/signin/second-factor/", {"code": "000000"})):
        assert ("With a passkey" in flat(page)) == has_passkey
        assert 'href="/signin/">Sign in another way</a>' in flat(page)


@pytest.mark.usefixtures("limits")
def test_codes_of_an_app_are_limited(secured):
    client = Client()
    client.post("/signin/", SIGN_IN)
    statuses = [client.post("/signin/second-factor/", {"code": "000000"}).status_code for _ in range(10)]
    assert statuses == [422] * 9 + [429]


def test_an_authenticator_app_is_set_up_and_removed(browser, account):
    wrong = browser.post(browser.get("/settings/second-factor/app/").url, {"password": "another horse battery"})
    assert wrong.status_code == 422
    give_password(browser, "/settings/second-factor/app/")
    assert browser.post("/settings/second-factor/app/", {"code": "000000"}).status_code == 422
    secret = shown_once(browser.get("/settings/second-factor/app/"), "totp_secret")
    made = browser.post("/settings/second-factor/app/", {"code": codes(secret)[1]}, follow=True)
    assert "shown this once" in flat(made)
    assert 'data-copy="second_factor_codes"' in flat(made)
    assert "shown already" in flat(browser.get("/settings/second-factor/codes/"))
    browser.post("/settings/second-factor/app/remove/")
    assert not Authenticator.objects.filter(user=account).exists()


def test_the_code_that_set_up_an_app_signs_nobody_in(browser, account):
    give_password(browser, "/settings/second-factor/app/")
    secret = shown_once(browser.get("/settings/second-factor/app/"), "totp_secret")
    _before, used, fresh = codes(secret)
    browser.post("/settings/second-factor/app/", {"code": used})
    other = Client()
    other.post("/signin/", SIGN_IN)
    assert "This code is not right." in flat(other.post("/signin/second-factor/", {"code": f" {used[:3]} {used[3:]}"}))
    assert other.post("/signin/second-factor/", {"code": fresh}).url == "/"


@pytest.mark.parametrize(("asked", "led"), [("/admin/users_app/", "/admin/users_app/"), ("//evil.example/", "/")])
def test_whoever_sets_up_the_demanded_second_factor_goes_on_where_they_came_from(browser, asked, led):
    index = browser.get("/settings/second-factor/", {"next": asked}).text
    app = re.search(r'href="(/settings/second-factor/app/[^"]*)"', index)[1]
    assert give_password(browser, app).url == app
    page = browser.get(app)
    assert f'name="next" value="{led}"' in flat(page)
    code = codes(shown_once(page, "totp_secret"))[1]
    made = browser.post("/settings/second-factor/app/", {"code": code, "next": led}, follow=True)
    assert "shown this once" in flat(made)
    assert f'href="{led}">I have them</a>' in flat(made)


def test_a_passkey_alone_locks_nobody_out(account):
    Authenticator.objects.create(user=account, type="webauthn", data={"name": "x", "credential": {}})
    assert Client().post("/signin/", SIGN_IN).url == "/"
    TOTP.activate(account, "ABCDEFGHIJKLMNOP")
    assert Client().post("/signin/", SIGN_IN).url == "/signin/second-factor/"


def test_a_guest_with_a_passkey_may_sign_out(guest):
    assert guest.post("/signout/").status_code == 409
    Authenticator.objects.create(user=User.objects.get(), type="webauthn", data={"name": "x", "credential": {}})
    assert guest.post("/signout/").status_code == 303


# The admin, fragments


@pytest.fixture
def operator():
    return User.objects.create_superuser("op@example.org", PASSWORD)


def test_the_admins_door_is_ours(operator, guest):
    for client in (Client(), guest):
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/signin/?next=%2Fadmin%2F"
    client = Client()
    assert (
        client.post("/signin/", {"login": "op@example.org", "password": PASSWORD, "next": "/admin/"}).url == "/admin/"
    )
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/?next=//evil.example").url == "/admin/"


def test_a_second_factor_of_operators_may_be_demanded(operator, settings):
    settings.ADMIN_NEEDS_SECOND_FACTOR = True
    client = Client()
    client.post("/signin/", {"login": "op@example.org", "password": PASSWORD})
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/settings/second-factor/")
    assert "Operators need a second factor here." in flat(asked)

    TOTP.activate(operator, "ABCDEFGHIJKLMNOP")
    assert client.get("/admin/login/").url == "/signin/again/code/?next=%2Fadmin%2F"
    other = Client()
    other.post("/signin/", {"login": "op@example.org", "password": PASSWORD})
    other.post("/signin/second-factor/", {"code": code_of_app(operator)})
    assert other.get("/admin/").status_code == 200


@pytest.mark.parametrize("by", ["themselves", "another operator"])
def test_the_admin_closes_when_the_second_factor_that_was_given_is_removed(operator, settings, by):
    settings.ADMIN_NEEDS_SECOND_FACTOR = True
    TOTP.activate(operator, "ABCDEFGHIJKLMNOP")
    browser = Client()
    browser.post("/signin/", {"login": "op@example.org", "password": PASSWORD})
    browser.post("/signin/second-factor/", {"code": code_of_app(operator)})
    browser.post("/signin/again/", {"password": PASSWORD})
    assert browser.get("/admin/").status_code == 200

    if by == "themselves":
        browser.post("/settings/second-factor/app/remove/")
    else:
        Authenticator.objects.filter(user=operator).delete()
    assert not Authenticator.objects.filter(user=operator).exists()
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/settings/second-factor/")

    TOTP.activate(operator, "PONMLKJIHGFEDCBA")
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/login/").url == "/signin/again/code/?next=%2Fadmin%2F"


def test_a_fragment_bound_for_sign_in_is_401(account):
    htmx = {"HX-Request": "true"}
    assert Client().get("/settings/password/", headers=htmx).status_code == 401
    assert Client().get("/settings/password/").url == "/signin/?next=/settings/password/"
    ended = Client()
    ended.force_login(account)
    BrowserSession.objects.all().delete()
    assert ended.post("/timer/stop/", headers=htmx).status_code == 401
    assert ended.post("/timer/stop/").status_code == 303
    assert Client().post("/timer/stop/", headers=htmx).status_code == 303


def test_a_guests_fragment_on_a_closed_server_is_401(settings):
    settings.REGISTRATION_IS_OPEN = False
    form = {"id": str(uuid4()), "name": "x"}
    assert Client().post("/timer/start/", form, headers={"HX-Request": "true"}).status_code == 401
    assert Client().post("/timer/start/", form).status_code == 403


def test_a_guest_adds_a_passkey_without_being_asked_who_they_are(guest):
    assert guest.get("/settings/passkeys/add/").status_code == 200


def test_what_is_posted_is_not_stored_until_the_password_was_given_again(browser, account):
    browser.post("/settings/email/", {"email": "new@example.org"})
    row = BrowserSession.objects.get(user=account)
    assert "new@example.org" not in str(row.get_decoded())


def test_guests_have_no_account_pages(guest):
    assert guest.get("/settings/email/").url == "/keep/"
    assert guest.get("/settings/password/first/").url == "/keep/"
