"""The frame of a page: the same around every page of any app, read when it is asked for, and else not at all"""

import re

import pytest
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path

from sessions_app.models import TimeSession
from tests.factories import make_account, make_session, start_session
from tests.pages import flat
from timetracker import pages
from timetracker.db.sqlite.queue import QueueTimeoutError
from timetracker.urls import handler400, handler403, handler404, handler500  # noqa: F401  # of this module, too
from timetracker.urls import urlpatterns as product

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

WHO, TOTALS, CATALOGUE, TAGS, SEEN = 2, 2, 3, 1, 1
FOREIGN = "{% extends 'page.html' %}{% block content %}<h1>Sign in</h1>{% endblock %}"


def foreign(request):
    """A page of an app that knows nothing of ours."""
    return HttpResponse(engines["django"].from_string(FOREIGN).render({}, request))


def fragment(request):
    return HttpResponse(engines["django"].from_string("<p>{{ word }}</p>").render({"word": "Saved"}, request))


def say(request):
    messages.info(request, "Said once.")
    return HttpResponse()


def forbid(request):
    raise PermissionDenied


def fail(request):
    raise ZeroDivisionError


def wait_in_vain(request):
    raise QueueTimeoutError("others write")


urlpatterns = [
    *product,
    *(path(f"{view.__name__}/", view) for view in (foreign, fragment, say, forbid, fail, wait_in_vain)),
]


@pytest.fixture(autouse=True)
def _monday(clock):
    """It is always `NOW`."""


@pytest.fixture
def browser(owner):
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    return client


def worked(owner):
    """Two hours on Sunday of the same account's week before, one this morning, and what runs since 10:00."""
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Mail")
    start_session(owner, "2026-11-23T09:00:00Z", "Logo sketches")


def has_frame(response):
    return 'id="timer-bar"' in response.text and '<p class="totals" id="totals">' in response.text


def totals(page):
    """Of today and of the week, in the head."""
    return re.findall(r'<b><span data-counts="5400" data-style="clock">(.*?)</span></b>', page)


def test_a_page_of_any_app_has_the_whole_frame(browser, owner):
    worked(owner)
    browser.get("/say/")

    page = flat(browser.get("/foreign/"))

    assert "<h1>Sign in</h1>" in page
    assert "<title> 0:30 Logo sketches – Timetracker </title>" in page
    assert totals(page) == ["1:30", "1:30"]
    assert 'data-started="2026-11-23T09:00:00+00:00"' in page
    assert "Said once." in page
    assert '<input type="hidden" name="next" value="/foreign/">' in page


def menu_of(page: str) -> list[str]:
    """The addresses that the menu leads to."""
    return re.findall(r'href="([^"]+)"', re.search(r'<ul class="menu-list">.*?</ul>', page).group())


def test_every_page_leads_to_what_is_seldom_needed(browser, owner):
    """Also to the one thing that a guest, or whoever has nothing here yet, may need before all others."""
    account = Client(raise_request_exception=False)
    account.force_login(make_account())
    seldom = ["/reports/", "/projects/", "/undo/", "/trash/", "/export/", "/imports/"]
    last = ["/settings/", "/keys/", "/v1/docs"]

    assert menu_of(flat(Client().get("/foreign/"))) == [*seldom, "/signin/", *last]
    assert menu_of(flat(browser.get("/foreign/"))) == [*seldom, "/shares/", "/keep/", *last]
    assert menu_of(flat(account.get("/foreign/"))) == [*seldom, "/shares/", *last]


def test_a_forgotten_session_is_asked_about_on_any_page(browser, owner):
    start_session(owner, "2026-11-22T09:00:00Z", "Proposal")

    page = flat(browser.get("/foreign/"))

    assert "“Proposal” has been running for 24 h 30 min" in page
    assert 'action="/timer/stop-at/"' in page


def test_it_is_noted_that_the_user_was_here_while_nothing_is_in_doubt(browser, owner, clock):
    browser.get("/foreign/")
    owner.refresh_from_db()
    seen = owner.last_seen_at
    assert seen is not None

    start_session(owner, "2026-11-23T09:30:00Z", "Proposal")
    clock.shift(20 * 3600)
    browser.get("/foreign/")
    owner.refresh_from_db()
    assert owner.last_seen_at == seen


def test_the_frame_takes_few_queries_whatever_the_history(browser, owner, django_assert_num_queries):
    worked(owner)
    browser.get("/foreign/")

    with django_assert_num_queries(WHO + TOTALS + CATALOGUE + TAGS):  # who was seen a minute ago is not noted again
        browser.get("/foreign/")
    for day in range(1, 21):
        make_session(owner, f"2026-11-{day:02}T07:00:00Z", f"2026-11-{day:02}T08:00:00Z")
    with django_assert_num_queries(WHO + TOTALS + CATALOGUE + TAGS):
        browser.get("/foreign/")


def test_a_stranger_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        for path_ in ("/foreign/", "/nowhere/"):
            assert has_frame(Client().get(path_))


def test_a_fragment_neither_reads_the_frame_nor_takes_the_messages(browser, owner, django_assert_num_queries):
    worked(owner)
    browser.get("/say/")

    with django_assert_num_queries(0):
        assert flat(browser.get("/fragment/")) == "<p>Saved</p>"

    owner.refresh_from_db()
    assert owner.last_seen_at is None
    assert "Said once." in browser.get("/foreign/").text


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/forbid/", 403)])
def test_what_is_not_there_or_not_allowed_has_the_frame(browser, owner, address, status):
    worked(owner)

    response = browser.get(address)

    assert response.status_code == status
    assert has_frame(response)
    assert "Logo sketches" in response.text
    assert '<input type="hidden" name="next" value="/">' in response.text


@pytest.mark.parametrize(("address", "status"), [("/fail/", 500), ("/wait_in_vain/", 503)])
def test_faults_of_ours_ask_the_database_nothing(browser, owner, address, status, django_assert_num_queries):
    worked(owner)
    browser.get("/say/")

    with django_assert_num_queries(0):
        response = browser.get(address)

    assert response.status_code == status
    assert not has_frame(response)
    assert "Said once." in browser.get("/foreign/").text


def test_a_form_without_its_token_asks_the_database_nothing(owner, django_assert_num_queries):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    with django_assert_num_queries(0):
        response = client.post("/timer/start/", {"name": "Mail"})

    assert response.status_code == 403
    assert "Allow cookies for this site" in response.text
    assert not has_frame(response)


@pytest.mark.parametrize(
    ("view", "address", "total"),
    [
        (
            "sessions_app.pages.day",
            "/",
            '<span class="figure" data-counts="5400" data-style="clock">1:30<',
        ),
        ("sessions_app.views.periods", "/week/", '<span data-counts="5400" data-style="clock">1:30</span> </p>'),
        ("sessions_app.views.periods", "/month/", '<span data-counts="5400" data-style="clock">1:30</span> </p>'),
        ("sessions_app.views.reports", "/reports/", '<span class="visually-hidden">Total</span> 1:30 </p>'),
    ],
)
def test_head_and_page_never_disagree(browser, owner, view, address, total, monkeypatch):
    """What is written after the page was read is in neither."""
    worked(owner)

    def add_and_respond(*args, **kwargs):
        make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z", "Meanwhile")
        return pages.respond(*args, **kwargs)

    monkeypatch.setattr(f"{view}.respond", add_and_respond)
    page = flat(browser.get(address))

    assert total in page
    assert totals(page) == ["1:30", "1:30"]
    assert TimeSession.objects.for_user(owner).count() == 3
