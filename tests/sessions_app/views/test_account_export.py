"""Export everything, and bring it in again, from the Settings page."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from sessions_app.account_export import ImportSummary, importing
from sessions_app.imports.waiting import prune_imports
from sessions_app.models import Change, Changeset, TimeSession
from sessions_app.services import parts
from sessions_app.views import account_export as view
from sessions_app.views import history
from tests.accounts import export
from tests.factories import make_session, start_session
from tests.many_sessions import add_sessions
from tests.pages import flat
from tests.sessions_app.services.states import NOW, not_deleted
from users_app.models import User


@pytest.fixture
def taken_out(stranger):
    """Of a stranger with two sessions, a project, a client and a tag, who is gone."""
    make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft", project_name="Logo", tags=["call"])
    make_session(stranger, "2026-11-20T09:00Z", "2026-11-20T10:00Z", "Mail")
    content = export(stranger)
    stranger.delete()
    return content


def upload(client, content, name="export.zip"):
    return client.post("/export/import/", {"file": SimpleUploadedFile(name, content)})


def test_download_is_a_private_attachment(signed_in, owner):
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft")

    response = signed_in.get("/export/")

    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="timetracker-export.zip"'
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    content = response.getvalue()
    assert int(response["Content-Length"]) == len(content)
    assert content == export(owner)


def test_settings_offer_both(signed_in):
    page = flat(signed_in.get("/settings/data/"))

    assert '<a href="/export/" download>Export everything</a>' in page
    assert re.search(r'<form [^>]*enctype="multipart/form-data" action="/export/import/"', page)
    assert re.search(r'<label for="id_export">[^<]+</label>', page)
    assert re.search(r'<input type="file" id="id_export" name="file"[^>]* aria-describedby="id_export_helptext">', page)


def test_import_says_what_it_did_with_undo(signed_in, owner, taken_out):
    response = upload(signed_in, taken_out)

    assert (response.status_code, response["Location"]) == (303, "/settings/data/")
    page = flat(signed_in.get("/settings/data/"))
    assert "Imported 2 sessions. New projects: 1, clients: 0, tags: 1. Your settings are those of the file now." in page
    changeset_id = Change.objects.filter(user=owner).latest("id").changeset_id
    assert f'name="changeset" value="{changeset_id}"' in page
    assert [each.name for each in not_deleted(owner)] == ["Draft", "Mail"]

    signed_in.post("/undo/changeset/", {"changeset": changeset_id})

    assert not_deleted(owner) == []


def test_import_says_what_was_here_already(signed_in, owner, taken_out):
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "Own", tags=["call"])

    upload(signed_in, taken_out)

    page = flat(signed_in.get("/settings/data/"))
    assert "Imported 2 sessions. New projects: 1, clients: 0, tags: 0. 1 entry was here already." in page


def test_second_import_says_that_nothing_changed(signed_in, taken_out):
    upload(signed_in, taken_out)
    signed_in.get("/settings/data/")

    upload(signed_in, taken_out)

    page = flat(signed_in.get("/settings/data/"))
    assert "Everything in this file is here already." in page
    assert 'name="changeset"' not in page


def test_the_list_of_undo_names_only_the_first_of_many(signed_in, owner, stranger):
    add_sessions(stranger, 30, until=NOW, over=timedelta(days=3))
    upload(signed_in, export(stranger))

    page = flat(signed_in.get("/undo/"))

    assert page.count("imported") == 2 * 10  # in the line, and in the name of its button
    assert "and 20 more" in page


def test_a_rejected_file_has_its_reason_at_the_field(signed_in, owner):
    response = upload(signed_in, b"no zip")

    assert response.status_code == 422
    page = flat(response)
    assert re.search(r'<input type="file"[^>]* aria-invalid="true" autofocus', page)
    assert re.search(r'aria-describedby="id_export_helptext id_export_error"', page)
    assert re.search(r'role="alert" id="id_export_error">This file is no ZIP, or is damaged.', page)
    assert not Change.objects.exists()


def test_without_a_file_it_asks_for_one(signed_in):
    response = signed_in.post("/export/import/")

    assert response.status_code == 422
    assert "Choose the ZIP file that you downloaded." in flat(response)


def test_a_second_running_session_is_rejected_with_the_reason(signed_in, owner, stranger):
    start_session(stranger, "2026-11-23T09:00Z", "Theirs")
    content = export(stranger)
    start_session(owner, "2026-11-23T09:00Z", "Mine")

    response = upload(signed_in, content)

    assert response.status_code == 409
    assert "sessions.jsonl, line 1: This session is running, and so is another one here." in flat(response)
    assert [each.name for each in not_deleted(owner)] == ["Mine"]


def test_an_unknown_user_who_brings_a_file_becomes_a_guest(db, taken_out):
    client = Client()

    response = upload(client, taken_out)

    assert response.status_code == 303
    guest = User.objects.get()
    assert [each.name for each in not_deleted(guest)] == ["Draft", "Mail"]
    assert "Draft" in client.get("/day/2026-11-20/").text


def test_an_unknown_user_whose_file_is_rejected_stays_nobody(db):
    client = Client()

    assert upload(client, b"no zip").status_code == 422
    assert not User.objects.exists()


def test_an_unknown_user_may_download_what_there_is_not(db):
    response = Client().get("/export/")

    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as opened:
        assert opened.read("sessions.jsonl") == b""
    assert not User.objects.exists()


def test_a_large_file_is_kept_on_disk_while_it_is_read(signed_in, monkeypatch):
    seen = []
    monkeypatch.setattr(view, "check_account_export", seen.append)
    monkeypatch.setattr(view, "import_account_export", lambda *args, **more: ImportSummary())

    upload(signed_in, b"x" * 3_000_000)

    assert not isinstance(seen[0], io.BytesIO)
    assert isinstance(seen[0].name, str)


class TestThatTakesLong:
    @pytest.fixture(autouse=True)
    def slow(self, monkeypatch):
        """Ten sessions a part, and a part for each request."""
        monkeypatch.setattr(importing, "CHUNK", 10)
        monkeypatch.setattr(parts, "PART_SECONDS", 1e-9)
        for module in (view, history):
            monkeypatch.setattr(module, "SECONDS_OF_WORK", 0)

    @pytest.fixture
    def content(self, stranger):
        add_sessions(stranger, 25, until=NOW, over=timedelta(days=3))
        start_session(stranger, "2026-11-23T09:00Z", "Running")
        content = export(stranger)
        stranger.delete()
        return content

    def go_on(self, client, response):
        """Follows to the page and presses Go on, as its script does."""
        assert response.status_code == 303
        page = client.get(response["Location"])
        assert "data-going" in page.text
        (unfinished,) = page.context["unfinished"]
        return client.post("/undo/go-on/", {"changeset": str(unfinished.id), "next": "/settings/"})

    def test_goes_on_by_itself_and_says_what_it_did(self, signed_in, owner, content):
        response = upload(signed_in, content)
        requests = 0
        while response["Location"] != "/settings/" and requests < 10:
            response, requests = self.go_on(signed_in, response), requests + 1

        assert 2 <= requests < 10
        assert "Imported 26 sessions. Your settings are those of the file now." in flat(signed_in.get("/settings/"))
        assert TimeSession.objects.for_user(owner).count() == 26
        assert "timetracker-export.zip" not in signed_in.get("/imports/").text

    def test_of_a_file_that_is_gone_asks_for_it_and_goes_on_with_it(self, signed_in, owner, content):
        response = upload(signed_in, content)
        prune_imports(now=NOW + timedelta(days=2))

        assert self.go_on(signed_in, response)["Location"] == "/undo/"
        assert "Choose the same file on the Settings page again" in flat(signed_in.get("/undo/"))

        response = upload(signed_in, content)
        for _part in range(10):
            if response["Location"] != "/settings/":
                response = self.go_on(signed_in, response)
        assert TimeSession.objects.for_user(owner).count() == 26

    def test_is_undone_as_one(self, signed_in, owner, content):
        upload(signed_in, content)
        (unfinished,) = Changeset.objects.filter(user=owner, unfinished__isnull=False)
        response = signed_in.post("/undo/changeset/", {"changeset": str(unfinished.id)})
        for _part in range(10):
            if "going" in response["Location"]:
                response = self.go_on(signed_in, response)
        assert not_deleted(owner) == []


def test_a_file_beyond_the_limit_is_rejected_before_it_is_stored(signed_in, settings, monkeypatch):
    settings.FILE_UPLOAD_MAX_SIZE = 1000
    monkeypatch.setattr(TemporaryUploadedFile, "__init__", lambda *args: pytest.fail("stored"))

    response = upload(signed_in, b"x" * 3_000_000)

    assert response.status_code == 413
    assert "Nothing was saved" in response.text


def test_import_asks_for_the_token_of_the_form(owner, taken_out):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert upload(client, taken_out).status_code == 403
    assert not TimeSession.objects.for_user(owner).exists()
