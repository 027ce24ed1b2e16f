"""The first form of a stranger, which makes a guest: its answer, with the cookie, may not arrive."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from sessions_app.models import TimeSession
from tests.pages import flat
from tests.sessions_app.views.conftest import typed
from timetracker import clock as instants
from users_app.models import User
from users_app.services.recovery import ANSWERED_FOR, replace_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = "/timer/start/"


def start_form(client, name="Linocut"):
    return typed(client.get("/").text, START) | {"name": name}


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def lose_answer(browser, path, form):
    """Sends a form whose answer does not reach the browser."""
    before = browser.cookies.copy()
    answer = browser.post(path, form)
    browser.cookies = before
    return answer


def test_the_first_start_that_is_sent_again_finds_its_session(browser):
    form = start_form(browser)
    assert lose_answer(browser, START, form).status_code == 303
    assert ">Linocut<" not in browser.get("/").text
    assert browser.post(START, form).status_code == 303
    assert ">Linocut<" in browser.get("/").text
    assert (User.objects.count(), TimeSession.objects.count()) == (1, 1)


def test_a_first_session_that_is_added_again_is_found(browser):
    times = {"date": "2026-11-20", "start": "8:00", "end": "9:00", "name": "Mail"}
    form = typed(browser.get("/sessions/add/").text, "/sessions/add/") | times
    lose_answer(browser, "/sessions/add/", form)
    answer = browser.post("/sessions/add/", form)
    assert (answer.status_code, answer.url) == (303, "/day/2026-11-20/")
    assert ">Mail<" in browser.get(answer.url).text
    assert (User.objects.count(), TimeSession.objects.count()) == (1, 1)


def test_both_answers_lead_to_the_guest_whichever_arrives(browser):
    form = start_form(browser)
    before = browser.cookies.copy()
    browser.post(START, form)
    first, browser.cookies = browser.cookies, before
    browser.post(START, form)
    for cookies in (first, browser.cookies):
        browser.cookies = cookies
        assert ">Linocut<" in browser.get("/").text


def test_another_browser_or_page_begins_another_guest(browser):
    form = start_form(browser)
    browser.post(START, form)
    other = Client(enforce_csrf_checks=True)
    of_other = start_form(other)
    assert other.post(START, form).status_code == 403
    other.post(START, form | {"csrfmiddlewaretoken": of_other["csrfmiddlewaretoken"]})
    assert SESSION_KEY not in other.session
    other.post(START, of_other)
    assert User.objects.count() == 2


@pytest.mark.parametrize("since", ["an hour", "a code", "an e-mail", "the end"])
def test_the_form_finds_no_guest_that_something_else_may_lead_to(browser, clock, since):
    """Who has signed out, or moved to another browser, is not signed in by a page that was left open here."""
    form = start_form(browser)
    lose_answer(browser, START, form)
    guest = User.objects.get()
    match since:
        case "an hour":
            clock.shift(ANSWERED_FOR + timedelta(seconds=1))
        case "a code":
            replace_code(guest, now=instants.now())
        case "an e-mail":
            User.objects.update(email="mira@example.org")
        case "the end":
            User.objects.update(is_active=False)
    browser.post(START, form)
    assert ">Linocut<" not in browser.get("/").text
    # The page still begins a guest: its own session is another's.
    browser.post(START, form | {"id": str(uuid4()), "name": "Etching"})
    assert ">Etching<" in browser.get("/").text
    assert User.objects.count() == 2


def test_a_page_gone_back_to_asks_before_it_starts_another(browser):
    form = start_form(browser)
    lose_answer(browser, START, form)
    page = browser.post(START, form | {"name": "Etching"})
    assert page.status_code == 422
    assert "This page has started its session already." in flat(page)
    assert ">Linocut<" in page.text
