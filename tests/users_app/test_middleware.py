"""A form that was rendered for one user, sent when another user is signed in."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app.models import TimeSession
from tests.factories import make_account, make_session
from tests.pages import flat
from tests.sessions_app.views.conftest import typed
from users_app.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = "/timer/start/"
HTMX = {"HX-Request": "true"}


def sign_in(client, email="mira@example.org", **fields):
    return client.post("/signin/", {"login": email, "password": "correct horse battery", **fields})


def start_form(client, name="Linocut"):
    """The form Start of Today, filled in."""
    return typed(client.get("/").text, START) | {"name": name}


def sent_again(page):
    found = re.search(r'<section class="typed".*?</section>', page.text, re.DOTALL)[0]
    assert f'action="{START}"' in found
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', found))


def names_of(user):
    return [each.name for each in TimeSession.objects.for_user(user)]


@pytest.fixture
def mira():
    return make_account("mira@example.org")


@pytest.fixture
def noor():
    return make_account("noor@example.org")


@pytest.fixture
def browser(mira):
    client = Client()
    sign_in(client)
    return client


def test_a_form_of_another_account_is_saved_only_after_it_is_said_whose_it_will_be(browser, mira, noor):
    form = start_form(browser)
    assert form["form-user"] == str(mira.pk)
    sign_in(browser, "noor@example.org")

    page = browser.post(START, form)

    assert page.status_code == 412
    assert "The page was of another user of this browser. Now noor@example.org is signed in here." in flat(page)
    assert "<dd> Linocut </dd>" in flat(page)
    assert str(mira.pk) not in page.text
    assert mira.email not in page.text
    assert not TimeSession.objects.exists()
    assert browser.post(START, sent_again(page)).status_code == 303
    assert (names_of(mira), names_of(noor)) == ([], ["Linocut"])


def test_a_script_is_told_as_well(browser, mira, noor):
    form = start_form(browser)
    sign_in(browser, "noor@example.org")
    assert browser.post(START, form, headers=HTMX).status_code == 412
    # The keys of the page send no form.
    form_user = {"X-Form-User": str(mira.pk)}
    assert browser.post("/timer/continue/", headers=HTMX | form_user).status_code == 412
    # A form that was rendered since is valid, whatever the page around it is.
    assert browser.post(START, start_form(browser), headers=HTMX | form_user).status_code == 303
    assert names_of(noor) == ["Linocut"]


def test_a_form_of_a_guest_is_kept_until_it_is_decided_whose_it_is(mira):
    browser = Client()
    browser.post(START, {"id": str(uuid4()), "name": "Sketch"})
    browser.post("/timer/stop/")
    guest = User.objects.get(email=None)
    form = start_form(browser)
    sign_in(browser)

    page = browser.post(START, form)
    assert page.status_code == 412
    assert "The page was of the sessions that this browser had before. Now mira@example.org is signed in" in flat(page)
    assert 'href="/merge/"' in page.text
    assert names_of(mira) == []

    # Brought along, they are the account's, and so is the form.
    browser.post("/merge/", {"do": "merge", "guest": guest.pk})
    assert browser.post(START, form).status_code == 303
    assert sorted(names_of(mira)) == ["Linocut", "Sketch"]


def test_a_form_of_a_guest_stays_right_when_the_guest_is_kept():
    browser = Client()
    browser.post(START, {"id": str(uuid4()), "name": "Sketch"})
    form = start_form(browser)
    browser.post("/keep/", {"email": "mira@example.org", "password": "correct horse battery"})
    assert browser.post(START, form).status_code == 303


def test_a_form_of_a_stranger_is_whoevers_the_browser_is(mira):
    browser, first = Client(), Client()
    form = start_form(browser)
    assert "form-user" not in form
    assert first.post(START, start_form(first)).status_code == 303
    assert names_of(User.objects.get(email=None)) == ["Linocut"]
    sign_in(browser)
    assert browser.post(START, form | {"id": str(uuid4())}).status_code == 303
    assert names_of(mira) == ["Linocut"]


def test_a_form_of_who_was_signed_out_makes_no_guest(browser, mira):
    make_session(mira, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    form = start_form(browser)
    browser.post("/signout/")

    page = browser.post(START, form)
    assert page.status_code == 412
    assert "You were signed out since this page was opened." in flat(page)
    assert "<dd> Linocut </dd>" in flat(page)
    assert browser.post(START, form, headers=HTMX).status_code == 401
    assert User.objects.count() == 1

    again = sent_again(page)
    sign_in(browser)
    assert browser.post(START, again).status_code == 303
    assert "Linocut" in names_of(mira)


def test_who_signs_in_or_out_in_an_old_tab_may(browser, mira, noor):
    form_user = {"form-user": typed(browser.get("/signin/").text, "/signin/")["form-user"]}
    assert form_user == {"form-user": str(mira.pk)}
    sign_in(browser, "noor@example.org")
    assert sign_in(browser, **form_user).status_code == 302
    assert browser.session["_auth_user_id"] == str(mira.pk)
    sign_in(browser, "noor@example.org")
    assert browser.post("/signout/", form_user).status_code == 303
    assert "_auth_user_id" not in browser.session


def test_no_password_is_repeated(browser, mira, noor):
    sign_in(browser, "noor@example.org")
    page = browser.post("/settings/password/", {"form-user": str(mira.pk), "password1": "secret words of mine"})
    assert page.status_code == 412
    assert "secret words" not in page.text
    assert 'class="typed"' not in page.text


@pytest.mark.parametrize("form_user", ["x", "\0", "9" * 400, "7c9e6679-7425-40de-944b-e07fc1f90ae7"])
def test_what_is_no_user_of_this_browser_is_another(browser, form_user):
    assert browser.post(START, {"id": str(uuid4()), "name": "Linocut", "form-user": form_user}).status_code == 412
    assert not TimeSession.objects.exists()


def test_a_form_that_was_not_checked_is_not_shown_to_be_sent_again(mira):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mira)
    page = client.post(START, {"name": "Linocut", "form-user": str(uuid4())})
    assert page.status_code == 403
    assert "Linocut" not in page.text
