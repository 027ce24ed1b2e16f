"""The question after signing in: shall the sessions of this browser come along?"""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from sessions_app import services
from sessions_app.models import Client as Entry
from sessions_app.models import TimeSession
from sessions_app.selectors.sessions import find_running
from tests.factories import WEB, make_account, make_guest, make_session
from tests.ownership import rows_of_all
from tests.pages import flat, shown_once
from tests.sessions_app.views.conftest import typed
from users_app.models import User
from users_app.services.devices import end_devices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SIGN_IN = {"login": "mira@example.org", "password": "correct horse battery"}


@pytest.fixture
def account():
    user = make_account("mira@example.org")
    make_session(user, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Mail")
    return user


@pytest.fixture
def browser(account):
    """One with a guest's session, signed in as the account."""
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    assert client.post("/signin/", SIGN_IN | {"next": "/week/"}).url == "/merge/?next=%2Fweek%2F"
    return client


def guest():
    return User.objects.get(email=None)


def test_the_page_names_both_sides_and_changes_nothing(browser):
    browser.get("/merge/")  # last seen
    before = rows_of_all()
    page = flat(browser.get("/merge/?next=/week/"))
    assert "This browser had 1 session before you signed in. mira@example.org has 1." in page
    assert 'name="next" value="/week/"' in page
    assert rows_of_all() == before


def test_sessions_are_brought_along_and_given_back(browser, account):
    form = {"do": "merge", "guest": guest().pk, "next": "/week/"}
    response = browser.post("/merge/", form)
    assert response.url == "/week/"
    assert "Brought 1 session along." in flat(browser.get("/"))
    assert TimeSession.objects.for_user(account).count() == 2
    assert browser.post("/merge/", form).url == "/week/"
    assert TimeSession.objects.for_user(account).count() == 2

    undo = re.findall(r'name="changeset" value="([^"]+)"', browser.get("/undo/").text)[-1]
    given = browser.post("/undo/changeset/", {"changeset": undo})

    assert given["Cache-Control"].count("no-store") == 1
    code = shown_once(given, "recovery_code")
    assert TimeSession.objects.for_user(account).count() == 1
    other = Client()
    other.post("/signin/", {"code": code})
    assert "Linocut" in other.get("/").text


def test_they_are_left_apart_with_a_code(browser, account):
    page = browser.post("/merge/", {"do": "leave", "guest": guest().pk})
    code = shown_once(page, "recovery_code")
    other = Client()
    other.post("/signin/", {"code": code})
    assert "Linocut" in other.get("/").text
    assert TimeSession.objects.for_user(account).count() == 1
    assert browser.get("/merge/").url == "/"


def test_it_may_be_decided_later(browser):
    assert 'href="/merge/"' in browser.get("/settings/").text
    assert "Bring your sessions along?" in flat(browser.get("/merge/"))


@pytest.mark.parametrize("guest_id", ["", "x", "6f0c1f5e-0f5b-4b7e-8d0b-3c1a5f2e9d47"])
def test_another_guest_than_the_page_showed_is_not_brought(browser, account, guest_id):
    assert browser.post("/merge/", {"do": "merge", "guest": guest_id}).status_code == 409
    assert TimeSession.objects.for_user(account).count() == 1


def test_nobody_else_is_asked(account, signed_in):
    for client in (Client(), signed_in):
        for method in ("get", "post"):
            assert getattr(client, method)("/merge/").url == "/"


def test_an_empty_guest_is_not_asked_about(account):
    client = Client()
    client.post("/settings/time/", {"group": "time", "timezone": "Europe/Berlin"})
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    TimeSession.objects.for_user(guest()).delete()
    client.post("/signin/", SIGN_IN)
    assert client.get("/merge/?next=/week/").url == "/week/"
    assert client.post("/signout/").status_code == 303


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/devices/end/", {}),
        ("/settings/password/", {"oldpassword": SIGN_IN["password"], "password1": "another horse battery"}),
        ("/settings/delete/", {"password": SIGN_IN["password"]}),
    ],
)
def test_a_browser_that_is_ended_elsewhere_shows_its_guests_sessions_again(browser, account, path, form):
    other = Client()
    other.post("/signin/", SIGN_IN)
    assert other.post(path, form).status_code in {302, 303}
    page = browser.get("/week/").text
    assert ("Linocut" in page, "Mail" in page) == (True, False)
    browser.post("/timer/start/", {"id": str(uuid4()), "name": "Call"})
    assert TimeSession.objects.for_user(guest()).count() == 2


def test_a_request_that_was_under_way_does_not_sign_such_a_browser_in_again(browser, account):
    under_way = browser.session
    assert under_way["_auth_user_id"] == str(account.pk)
    end_devices(account)
    under_way["anything"] = True
    with pytest.raises(UpdateError):
        under_way.save()
    assert browser.session["_auth_user_id"] == str(guest().pk)


def test_an_account_is_not_deleted_before_that_is_decided(browser, account):
    asked = browser.get("/settings/delete/")
    assert 'href="/merge/?next=/settings/delete/"' in asked.text
    assert "Decide about them first" in flat(asked)
    assert browser.post("/settings/delete/", {"password": SIGN_IN["password"]}).status_code == 409
    browser.post("/merge/", {"do": "leave", "guest": guest().pk})
    assert browser.post("/settings/delete/", {"password": SIGN_IN["password"]}).status_code == 303
    assert list(User.objects.all()) == [guest()]


def test_it_is_said_why_a_guest_with_a_guest_does_not_come_along_yet(browser):
    other = make_guest()
    make_session(other, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", "Call")
    held = guest_of(browser)
    services.merge_guest(held, WEB, other)
    page = flat(browser.get("/merge/"))
    assert "These sessions cannot come along yet" in page
    assert "Bring your sessions along?" not in page
    assert "less than 7 days ago" in page
    assert "Bring them along</button>" not in page
    answer = browser.post("/merge/", {"do": "merge", "guest": held.pk}, follow=True)
    assert answer.status_code == 200
    assert "less than 7 days ago" in flat(answer)
    assert browser.session["held_guest"] == str(held.pk)


def guest_of(browser):
    return User.objects.get(pk=browser.session["held_guest"])


def test_a_running_session_of_both_is_told(browser, account):
    browser.post("/timer/start/", {"id": str(uuid4()), "name": "Call"})
    assert "Two sessions are running" in flat(browser.get("/merge/"))
    browser.post("/merge/", {"do": "merge", "guest": guest().pk})
    assert find_running(account).name == "Call"


# What is typed in a tab of the guest while somebody signs in in another one.


NOTE = "An afternoon of typing\r\n<b>and more</b>"


def typed_form(client, path):
    """The form of a page as it is sent, with another name and a long text; by whoever it is then, if it asked first."""
    form = typed(client.get(path).text, path) | {"name": "Linocut, two colours", "note": NOTE}
    del form["form-user"]
    return form


@pytest.fixture
def tabs(account):
    """A browser with a session of a guest and the form of it, filled in, when the account has signed in."""
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    client.post("/timer/stop/")
    path = f"/sessions/{TimeSession.objects.get(user=guest()).pk}/edit/"
    form = typed_form(client, path)
    client.post("/signin/", SIGN_IN)
    return client, path, form


def fields_of(page):
    found = re.search(r'<section class="typed".*?</section>', page.text, re.DOTALL)[0]
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', found)}


def test_what_was_typed_for_a_guests_session_is_kept_and_saved_after_bringing_it_along(tabs, account):
    client, path, form = tabs
    page = client.post(path, form)
    assert page.status_code == 404
    assert "An afternoon of typing<br>&lt;b&gt;and more&lt;/b&gt;" in page.text
    assert 'href="/merge/"' in page.text
    again = fields_of(page)
    assert again.pop("form-user") == str(account.pk)
    assert again | {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]} == form

    client.post("/merge/", {"do": "merge", "guest": guest().pk})
    both = client.post(path, again)  # the merge changed it as well, so that it is asked once more
    assert both.status_code == 409
    assert "An afternoon of typing" in both.text
    sent = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', both.text)}
    assert client.post(path, sent).status_code == 303
    saved = TimeSession.objects.for_user(account).get(name="Linocut, two colours")
    assert saved.note == "An afternoon of typing\n<b>and more</b>"


def test_what_was_typed_is_kept_for_another_user(tabs):
    client, path, form = tabs
    client.post("/merge/", {"do": "leave", "guest": guest().pk})
    page = client.post(path, form)
    assert "not for who is signed in here now" in flat(page)
    assert 'href="/merge/"' not in page.text
    assert fields_of(page)["note"] == NOTE


def test_what_was_typed_for_a_client_that_became_one_with_another_is_kept(account):
    client = Client()
    client.post("/clients/", {"name": "Acme"})
    path = f"/clients/{Entry.objects.get().pk}/"
    services.create_entry(account, WEB, Entry, name="ACME")
    client.post("/signin/", SIGN_IN)
    client.post("/merge/", {"do": "merge", "guest": guest().pk})
    page = client.post(path, {"version": "1", "name": "Acme and sons", "hourly_rate": "80"})
    assert page.status_code == 404
    assert "<dd> Acme and sons </dd>" in flat(page)


@pytest.mark.parametrize("form", [{}, {"version": "1", "id": "x"}, {"password": "correct horse", "code": "1"}])
def test_a_button_and_secrets_are_not_shown(tabs, form):
    client, path, _form = tabs
    page = client.post(path, form)
    assert page.status_code == 404
    assert 'class="typed"' not in page.text
    assert "correct horse" not in page.text


def test_a_form_that_was_not_checked_is_not_shown_to_be_sent_again():
    page = Client(enforce_csrf_checks=True).post("/nowhere/", {"note": NOTE})
    assert page.status_code == 404
    assert 'class="typed"' not in page.text
