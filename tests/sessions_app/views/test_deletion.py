"""Deleting everything: access ends at once, and in the end no table knows the user any more"""

import re
from io import StringIO
from itertools import count, pairwise
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test import Client

from sessions_app import services
from sessions_app.models import Change, Changeset, Import, ImportIdentity, ImportPiece, TimeSession
from sessions_app.services import deletion
from sessions_app.services.deletion import remove_in_parts
from tests.factories import WEB, make_guest, make_session
from tests.ownership import with_everything
from tests.pages import flat
from users_app.models import BrowserSession, Notice, SignInLink, User
from users_app.services.links import issue_sign_in_link
from users_app.services.merged import aliases_of
from users_app.services.recovery import replace_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "correct horse battery"


def everything(name="owner"):
    """Somebody with a row in every table that may know them."""
    holdings = with_everything(name)
    user = holdings.user
    services.undo_changeset(user, WEB)
    guest = make_guest()
    make_session(guest, "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z")
    services.merge_guest(user, WEB, guest)
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    TOTP.activate(user, "ABCDEFGHIJKLMNOP")
    now = user.created_at
    replace_code(user, now=now)
    issue_sign_in_link(user.email, now=now)
    ImportIdentity.objects.create(user=user, identity="x", session_id=uuid4())
    made = Import.objects.create(user=user, created_at=now)
    ImportPiece.objects.create(user=user, of_import=made, file_number=0, number=0, data=b"x")
    Notice.objects.create(user=user, kind=Notice.Kind.SIGNED_IN, about=uuid4(), created_at=now)
    operator = User.objects.create_superuser(f"op-{name}@example.org", PASSWORD)
    session = TimeSession.objects.for_user(user).first()
    for row in (user, session):
        LogEntry.objects.log_actions(operator.pk, [row], 2, single_object=True)
    client = Client()
    client.force_login(user)
    return user, session, client


def tables_that_know(*values):
    """Every table in which any of the values stands, whatever its columns are called."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told = repr(cursor.fetchall()).replace("-", "").lower()
            found |= {table for value in values if value.replace("-", "").lower() in told}
    return found


def test_no_table_knows_the_user_any_more():
    user, session, client = everything()
    values = [str(user.pk), user.email, str(session.pk), "Zugeknöpft client owner"]
    owned = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.related_model is User for field in model._meta.concrete_fields)
    }
    assert owned - tables_that_know(str(user.pk)) <= {"users_app_user_groups", "users_app_user_user_permissions"}

    response = client.post("/settings/delete/", {"password": PASSWORD}, follow=True)

    assert "Deleted. Nothing of yours is shown here any more." in flat(response)
    assert tables_that_know(*values) == set()


def test_others_keep_everything():
    (_user, _session, client), other = everything(), with_everything("other").user
    before = (TimeSession.objects.for_user(other).count(), Change.objects.filter(user=other).count())
    client.post("/settings/delete/", {"password": PASSWORD})
    assert (TimeSession.objects.for_user(other).count(), Change.objects.filter(user=other).count()) == before
    assert other.access_tokens.exists()


def test_the_export_is_offered_and_nothing_is_deleted_by_looking():
    user, _session, client = everything()
    page = client.get("/settings/delete/")
    assert 'href="/export/"' in page.text
    assert re.search(r"\d+ sessions, and all", flat(page))
    assert User.objects.filter(pk=user.pk, deletion_began_at=None).exists()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_deletes_nothing(password):
    user, _session, client = everything()
    assert client.post("/settings/delete/", {"password": password, "word": "delete"}).status_code == 422
    assert User.objects.filter(pk=user.pk, is_active=True).exists()


def test_a_guest_types_the_word():
    client = Client()
    client.post("/timer/start/", {"id": str(uuid4()), "name": "Linocut"})
    assert client.post("/settings/delete/", {"word": "yes"}).status_code == 422
    assert client.post("/settings/delete/", {"word": " “Delete” "}).status_code == 303
    assert not User.objects.exists()
    assert not BrowserSession.objects.filter(user__isnull=False).exists()


def test_access_ends_at_once_and_housekeeping_goes_on(monkeypatch):
    for name, value in (("SECONDS_OF_WORK", 0), ("PART_SECONDS", 1e-9), ("CHUNK", 1)):
        monkeypatch.setattr(deletion, name, value)
    user, _session, client = everything()
    other, email = Client(), user.email
    other.force_login(user)

    client.post("/settings/delete/", {"password": PASSWORD})

    left = User.objects.get(pk=user.pk)
    assert (left.is_active, left.email, left.display_name) == (False, None, "")
    assert TimeSession.objects.for_user(left).exists()
    assert "Sign out" not in other.get("/settings/").text
    assert other.post("/signin/", {"login": email, "password": PASSWORD}).status_code == 422
    for model in (BrowserSession, SignInLink, EmailAddress, Authenticator):
        assert not model.objects.filter(user=left).exists()
    call_command("prune_guests", stdout=StringIO())
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Changeset.objects.filter(user=user.pk).exists()


def test_a_stranger_has_nothing_to_delete(client):
    assert client.get("/settings/delete/").url == "/settings/"


def test_what_a_merged_guest_left_goes_in_parts_as_well():
    user, _session, _client = everything()
    guests = aliases_of(user)
    assert Change.objects.filter(user__in=guests).exists()

    assert remove_in_parts(user)

    assert not User.objects.filter(pk__in=[user.pk, *guests]).exists()


def test_no_part_is_longer_than_others_can_wait(monkeypatch):
    """Its transactions: many short ones, of which each removes what it can in its time."""
    user, _session, _client = everything()
    for day in range(1, 10):
        make_session(user, f"2026-10-0{day}T08:00:00Z", f"2026-10-0{day}T09:00:00Z")
    monkeypatch.setattr(deletion, "CHUNK", 1)
    ticks, parts = count(), []
    timed = SimpleNamespace(monotonic=lambda: next(ticks) * 0.04, sleep=lambda _seconds: parts.append(next(ticks)))
    monkeypatch.setattr(deletion, "time", timed)

    assert remove_in_parts(user)

    assert len(parts) > 10
    assert max(after - before for before, after in pairwise(parts)) <= 5
