"""The answer that has a new code or cookie does not arrive, or a button is pressed twice: the form is sent again."""

import re
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tests.factories import make_account, make_guest, make_session
from tests.pages import flat, shown_once
from tests.sessions_app.views.conftest import typed
from timetracker import clock as instants
from users_app.models import BrowserSession, RecoveryCode, User, hash_secret
from users_app.services.merged import undoable_merges
from users_app.services.recovery import ANSWERED_FOR, replace_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SIGN_IN = {"login": "mira@example.org", "password": "correct horse battery"}


def code_on(response):
    return shown_once(response, "recovery_code")


def code_form(client):
    """What makes a recovery code."""
    return typed(client.get("/keep/").text.partition("A recovery code</h2>")[2], "/keep/")


def send_twice(browser, path, form):
    """The answers to a form, of which the first does not reach the browser: its cookies stay as they were."""
    before = browser.cookies.copy()
    first = browser.post(path, form)
    browser.cookies = before
    return first, browser.post(path, form)


@pytest.fixture
def mira():
    user = make_account("mira@example.org")
    make_session(user, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Mail")
    return user


@pytest.fixture
def browser():
    """One with a guest's session."""
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    return client


def guest():
    return User.objects.get(email=None)


def opens(code):
    client = Client()
    client.post("/signin/", {"code": code})
    return ">Linocut<" in client.get("/").text


def test_a_guests_code_is_shown_again(browser):
    form = code_form(browser)
    first, second = send_twice(browser, "/keep/", form)
    assert code_on(first) == code_on(second) is not None
    assert ">Linocut<" in browser.get("/").text
    assert opens(code_on(second))


def test_a_code_that_was_used_up_is_answered_again_in_the_same_browser_only(browser):
    code, other, third = replace_code(guest(), now=instants.now()), Client(), Client()
    for each in (other, third):
        each.get("/signin/")
    first, second = send_twice(other, "/signin/", {"code": code})
    assert code_on(first) == code_on(second) != code
    assert ">Linocut<" in other.get("/").text
    assert "This code opens nothing." in flat(third.post("/signin/", {"code": code}))
    assert opens(code_on(second))
    # The new one was used as well: the old one opens nothing for anybody.
    assert other.post("/signin/", {"code": code}).status_code == 422


def test_it_is_not_answered_again_later(browser, clock):
    code, other = replace_code(guest(), now=instants.now()), Client()
    other.get("/signin/")
    other.post("/signin/", {"code": code})
    clock.shift(ANSWERED_FOR)
    assert other.post("/signin/", {"code": code}).status_code == 422


def test_the_sessions_of_a_browser_are_held_when_it_signs_in_again(browser, mira):
    _first, second = send_twice(browser, "/signin/", SIGN_IN)
    assert second.url == "/merge/?next=%2F"
    assert browser.session["held_guest"] == str(guest().pk)
    assert BrowserSession.objects.filter(user=mira).count() == 1


def test_another_browser_takes_nothing_of_it(browser, mira):
    browser.post("/signin/", SIGN_IN)
    other, third = Client(), Client()
    third.cookies["sessionid"] = "x" * 32
    for each in (other, third):
        each.post("/signin/", SIGN_IN)
        assert "held_guest" not in each.session
    assert BrowserSession.objects.filter(user=mira).count() == 3


def test_the_code_of_sessions_that_are_left_apart_is_shown_again(browser, mira):
    browser.post("/signin/", SIGN_IN)
    form = typed(browser.get("/merge/").text, "/merge/") | {"do": "leave"}
    first, second = send_twice(browser, "/merge/", form)
    assert code_on(first) == code_on(second) is not None
    assert opens(code_on(second))
    assert browser.post("/merge/", form).status_code == 303  # it was used


def test_the_code_of_sessions_that_are_given_back_is_shown_again(browser, mira):
    browser.post("/signin/", SIGN_IN)
    browser.post("/merge/", {"do": "merge", "guest": guest().pk})
    (merged,) = undoable_merges(mira, now=instants.now())
    form = {"changeset": str(merged.changeset_id)}
    first, second = send_twice(browser, "/undo/changeset/", form)
    assert code_on(first) == code_on(second) is not None
    assert opens(code_on(second))
    assert "undone already" in flat(browser.post("/undo/changeset/", form, follow=True))


def keep_form(client, email="noor@example.org"):
    """What makes an account, filled in."""
    return typed(client.get("/keep/").text, "/keep/") | {"email": email, "password": "correct horse battery"}


def test_the_form_that_made_an_account_signs_in_when_it_is_sent_again(browser):
    first, second = send_twice(browser, "/keep/", keep_form(browser))
    assert (first.status_code, first.url) == (303, "/")
    assert (second.status_code, second.url) == (302, "/")
    page = flat(browser.get("/"))
    assert ">Linocut<" in page
    assert "Kept. Sign in with your e-mail and password from anywhere." in page
    assert "Keep these sessions" not in page


def test_the_form_that_made_an_account_needs_its_second_factor_by_then(browser):
    form = keep_form(browser)
    before = browser.cookies.copy()
    browser.post("/keep/", form)
    TOTP.activate(User.objects.get(), "ABCDEFGHIJKLMNOP")
    browser.cookies = before
    assert browser.post("/keep/", form).url.startswith("/signin/second-factor/")
    assert SESSION_KEY not in browser.session


@pytest.mark.parametrize("sent", [{"password": "another horse battery"}, {"email": "mira@example.org"}])
def test_a_form_that_made_no_account_leads_to_signing_in(browser, sent):
    form = keep_form(browser)
    before = browser.cookies.copy()
    browser.post("/keep/", form)
    browser.cookies = before
    answer = browser.post("/keep/", form | sent)
    assert (answer.status_code, answer.url) == (303, "/signin/")
    assert "You were signed out since this page was opened." in flat(browser.get("/signin/"))
    assert SESSION_KEY not in browser.session


def test_an_account_is_not_signed_in_by_the_form_that_made_its_code(client):
    user = make_guest()
    client.force_login(user)
    form = code_form(client)
    before = client.cookies.copy()
    client.post("/keep/", form)
    User.objects.filter(pk=user.pk).update(email="noor@example.org")
    client.cookies = before
    assert code_on(client.post("/keep/", form)) is None


def test_a_used_code_opens_nothing_after_signing_out_even_in_its_browser():
    guest, browser = make_guest(), Client(enforce_csrf_checks=True)
    make_session(guest, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    code = replace_code(guest, now=instants.now())

    def send(url, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(url).text)[1]
        return browser.post(url, {"csrfmiddlewaretoken": token, **fields})

    assert send("/signin/", code=code).status_code == 200
    assert send("/signout/").status_code == 303
    assert send("/signin/", code=code).status_code == 422
    assert SESSION_KEY not in browser.session


def test_a_used_code_opens_nothing_in_a_browser_that_was_ended(browser):
    """Its answer arrived there; who ended the browser from another one means to end all of it."""
    code, other = replace_code(guest(), now=instants.now()), Client()
    other.get("/signin/")
    other.post("/signin/", {"code": code})
    browser.post("/settings/devices/end/", {"device": hash_secret(other.cookies["sessionid"].value)})
    assert ">Linocut<" not in other.get("/").text
    assert other.post("/signin/", {"code": code}).status_code == 422


@pytest.mark.parametrize("next_user", ["nobody", "another"])
def test_a_guests_code_is_shown_to_the_account_only_that_asked_for_it(browser, mira, next_user):
    make_account("noor@example.org")
    replace_code(mira, now=instants.now())
    browser.post("/signin/", SIGN_IN)
    form = typed(browser.get("/merge/").text, "/merge/") | {"do": "leave"}
    del form["form-user"]
    assert code_on(browser.post("/merge/", form)) is not None
    browser.post("/signout/")
    if next_user == "another":
        browser.post("/signin/", SIGN_IN | {"login": "noor@example.org"})
    assert code_on(browser.post("/merge/", form)) is None


@pytest.mark.parametrize("next_user", ["nobody", "another"])
def test_the_code_of_sessions_given_back_is_shown_to_their_account_only(browser, mira, next_user):
    make_account("noor@example.org")
    browser.post("/signin/", SIGN_IN)
    browser.post("/merge/", {"do": "merge", "guest": guest().pk})
    (merged,) = undoable_merges(mira, now=instants.now())
    form = {"changeset": str(merged.changeset_id)}
    assert code_on(browser.post("/undo/changeset/", form)) is not None
    browser.post("/signout/")
    if next_user == "another":
        browser.post("/signin/", SIGN_IN | {"login": "noor@example.org"})
    assert code_on(browser.post("/undo/changeset/", form)) is None


def test_signing_out_leaves_the_date_of_an_old_code(browser, clock):
    replace_code(guest(), now=instants.now())
    made_at = RecoveryCode.objects.get().created_at
    clock.shift(ANSWERED_FOR * 24)
    browser.post("/signout/")
    assert RecoveryCode.objects.get().created_at == made_at
