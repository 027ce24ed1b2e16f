"""The first page of the admin, and what an operator does for users"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.models import Change, Source, TimeSession
from sessions_app.selectors.operator import read_operator_figures
from tests.admin import Operator
from tests.factories import make_account, make_guest, make_session, start_session
from tests.pages import NOW, flat
from users_app.models import BrowserSession, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

USERS = "/admin/users_app/user/"


@pytest.fixture
def operator():
    return Operator()


@pytest.fixture
def account():
    return make_account("mira@example.org")


def act(operator, action, *users):
    form = {"action": action, "_selected_action": [str(each.pk) for each in users]}
    return operator.post(USERS, form, follow=True)


def test_the_figures(operator, account):
    guest = make_guest()
    User.objects.filter(pk=guest.pk).update(last_seen_at=NOW - timedelta(days=8))
    User.objects.filter(pk=account.pk).update(last_seen_at=NOW - timedelta(days=6))
    start_session(guest, "2026-11-23T08:00:00Z")
    start_session(account, "2026-11-22T20:00:00Z")
    for hour in (8, 9):
        make_session(account, f"2026-11-20T{hour:02}:00:00Z", f"2026-11-20T{hour:02}:30:00Z")

    figures = read_operator_figures(now=NOW)

    assert (figures.accounts, figures.guests, figures.running) == (2, 1, 2)
    assert figures.active == 2  # the operator's browser is one
    assert figures.longest_user == account
    assert {day.date.isoformat(): day.count for day in figures.days if day.count} == {
        "2026-11-20": 2,
        "2026-11-22": 1,
        "2026-11-23": 1,
    }
    assert len(figures.days) == 30
    assert figures.database_bytes > 10_000
    page = flat(operator.get("/admin/"))
    assert "13 h 30 min," in page
    assert "4 sessions in the last 30 days" in page


def test_the_figures_take_few_queries_however_many_users(operator):
    for number in range(20):
        start_session(make_account(f"{number}@example.org"), "2026-11-23T08:00:00Z")
    with CaptureQueriesContext(connection) as taken:
        operator.get("/admin/")
    assert len(taken) < 20


def test_a_server_without_sessions(operator):
    page = flat(operator.get("/admin/"))
    assert "0 sessions in the last 30 days" in page
    assert "Last proven backup" in page


def test_devices_are_ended(operator, account):
    for user in (account, make_guest()):
        Client().force_login(user)
    users = User.objects.exclude(is_staff=True)
    assert "Ended 1 browser of accounts." in flat(act(operator, "end_all_devices", *users))
    assert not BrowserSession.objects.filter(user=account).exists()
    assert BrowserSession.objects.filter(user__email=None, user__isnull=False).count() == 1


def test_the_browser_of_an_operator_who_is_among_them_stays(operator, account):
    me = User.objects.get(pk=operator.session["_auth_user_id"])
    other = Client()
    other.force_login(me)
    page = flat(act(operator, "end_all_devices", account, me))
    assert "Ended 1 browser of accounts." in page
    assert "This browser stays signed in; sign out to end it." in page
    assert BrowserSession.objects.filter(user=me).count() == 1


def test_what_runs_is_stopped_in_the_operators_name(operator, account):
    running = start_session(account, "2026-11-22T20:00:00Z")
    assert "Stopped 1 session." in flat(act(operator, "stop_running", account, make_guest()))
    assert TimeSession.objects.for_user(account).get(id=running.id).end == NOW
    written = Change.objects.filter(user=account).latest("id").changeset
    assert (written.source, written.operator.is_staff) == (Source.ADMIN, True)


def test_a_link_is_shown_once(operator, account):
    page = flat(act(operator, "make_sign_in_link", account))
    path = re.search(r"(/signin/link/ttl_\w+/)", page)[1]
    assert path not in operator.get(USERS).text
    assert Client().get(path).status_code == 200


def test_no_link_for_guests_and_many(operator, account):
    assert "no open account" in flat(act(operator, "make_sign_in_link", make_guest()))
    assert "Select one account." in flat(act(operator, "make_sign_in_link", account, make_guest()))
