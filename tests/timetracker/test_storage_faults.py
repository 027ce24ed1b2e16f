"""A database that cannot be written: what reads goes on, what writes says that nothing was saved"""

import sqlite3
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from tests.factories import make_session
from timetracker import clock
from users_app.models import BrowserSession, User

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@pytest.fixture
def long_ago(signed_in, owner, api):
    """The owner, whose browser and token were last seen so long ago that the next page notes it."""
    past = clock.now() - timedelta(days=2)
    User.objects.update(last_seen_at=past)
    owner.access_tokens.update(last_used_at=past)
    BrowserSession.objects.update(last_seen_at=past)
    return owner


@pytest.fixture(params=["full", "read only"])
def unwritable(request):
    """No statement that writes succeeds. Returns those that were tried."""
    code = {"full": sqlite3.SQLITE_FULL, "read only": sqlite3.SQLITE_READONLY}[request.param]
    tried = []

    def fail(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITES):
            tried.append(sql)
            cause = sqlite3.OperationalError("of the disk")
            cause.sqlite_errorcode = code
            raise DatabaseError from cause
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield tried


@pytest.mark.parametrize("path", ["/", "/settings/", "/projects/", "/reports/"])
def test_pages_are_shown(signed_in, long_ago, unwritable, path):
    response = signed_in.get(path)

    assert response.status_code == 200
    assert unwritable, "nothing was tried, so nothing is shown by this"


def test_the_api_answers_reads(api, long_ago, unwritable):
    response = api("GET", "/v1/users/me/timer")

    assert response.status_code == 200
    assert unwritable


def test_a_form_says_that_nothing_was_saved(signed_in, long_ago, unwritable):
    response = signed_in.post("/timer/start/", {"name": "Logo", "id": str(uuid4())})

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Nothing was saved" in response.text


def test_a_call_says_that_nothing_was_saved(api, long_ago, unwritable):
    response = api("POST", "/v1/users/me/timer/start", {"sessionName": "Logo"})

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert (response.data["code"], "Nothing was saved" in response.data["detail"]) == ("storage_unavailable", True)


def test_a_stranger_becomes_no_guest(client, unwritable):
    assert client.get("/").status_code == 200
    assert client.post("/timer/start/", {"name": "Logo", "id": str(uuid4())}).status_code == 503
    assert User.objects.count() == 0


def test_written_but_not_remembered(signed_in, owner, monkeypatch):
    """The view has written, and the message cannot be stored: nobody is told that nothing was saved."""
    session = make_session(owner, "2026-02-20T08:00", "2026-02-20T09:00", "Logo")

    def fail(*args, **kwargs):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr("users_app.browser_sessions.SessionStore.save", fail)
        response = signed_in.post(f"/sessions/{session.pk}/delete/")

    session.refresh_from_db()
    assert session.deleted_at is not None
    assert response.status_code == 503
    assert "Look whether your change is there" in response.text
