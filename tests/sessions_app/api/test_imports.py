"""POST /imports: other tools' files, as the contract's section 6 says"""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app import services
from sessions_app.imports import background
from sessions_app.models import Changeset, TimeSession
from tests.accounts import export
from tests.factories import WEB, make_session, make_token
from tests.sessions_app.imports.formats import zip_bytes
from tests.sessions_app.imports.samples import HARVEST, TOGGL, TOGGL_SECONDS
from tests.sessions_app.services.states import not_deleted
from users_app.models import Scope

PATH = "/v1/users/me/imports"


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""


@pytest.fixture
def send(owner):
    token = make_token(owner)

    def post(content, query="", content_type="text/csv", token=token, **headers):
        body = content.encode() if isinstance(content, str) else content
        return Client(raise_request_exception=False).generic(
            "POST", PATH + query, body, content_type, headers={"Authorization": f"Bearer {token}", **headers}
        )

    return post


def test_brings_in_what_a_dry_run_said(send, owner):
    planned = send(TOGGL, "?dryRun=true")
    assert planned.status_code == 200
    assert not TimeSession.objects.exists()

    done = send(TOGGL)

    assert done.status_code == 201
    changeset_id = done.json()["changesetId"]
    assert {**done.json(), "dryRun": True, "changesetId": None} == planned.json()
    assert done.json() == {
        "source": "toggl", "dryRun": False, "created": 4, "unchanged": 0, "editedHere": 0, "deletedHere": 0,
        "rejectedCount": 0, "rejected": [], "ignored": 0, "running": 0, "shortened": 0,
        "totalSeconds": TOGGL_SECONDS,
        "firstStart": "2026-03-02T08:00:00Z", "lastEnd": "2026-03-05T09:00:00Z", "newClients": ["Acme", "Bolt"],
        "newProjects": ["Website", "Website (Bolt)"], "newTags": ["deep", "two-words"], "changesetId": changeset_id,
    }  # fmt: skip
    assert sum(each.duration_seconds for each in not_deleted(owner)) == TOGGL_SECONDS
    assert Changeset.objects.get(id=changeset_id).token is not None


def test_a_second_time_adds_nothing(send):
    send(TOGGL)

    again = send(TOGGL).json()
    assert (again["created"], again["unchanged"], again["totalSeconds"], again["changesetId"]) == (0, 4, 0, None)


def test_is_undone_by_the_changeset(send, api, owner):
    changeset_id = send(TOGGL).json()["changesetId"]

    assert api("POST", f"/v1/users/me/changesets/{changeset_id}/undo").status_code == 200
    assert not_deleted(owner) == []
    assert send(TOGGL).json()["created"] == 4


def test_takes_parameters(send, owner):
    assert send(TOGGL, "?timezone=America/New_York&fileName=x.csv").json()["firstStart"] == "2026-03-02T14:00:00Z"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?timezone=Mars/Base", "invalid_timezone"),
        ("?dateOrder=dym", "invalid_choice"),
        ("?dryRun=yes", "invalid_choice"),
        ("?zone=UTC", "unknown_parameter"),
    ],
)
def test_wrong_parameters_are_said(send, query, code):
    response = send(TOGGL, query)

    assert (response.status_code, response.json()["code"]) == (400, code)


def test_takes_a_form_with_several_files(owner):
    client = Client(headers={"Authorization": f"Bearer {make_token(owner)}"})
    files = [SimpleUploadedFile("a.csv", TOGGL.encode()), SimpleUploadedFile("b.csv", HARVEST.encode())]

    done = client.post(PATH, {"file": files})

    assert (done.status_code, done.json()["source"], done.json()["created"]) == (201, "several", 7)
    assert client.post(PATH, {"dryRun": "true"}).json()["code"] == "required"


def test_takes_parameters_as_fields_of_a_form(owner):
    client = Client(headers={"Authorization": f"Bearer {make_token(owner)}"})

    def send_form(query="", **fields):
        return client.post(f"{PATH}{query}", {"file": SimpleUploadedFile("a.csv", TOGGL.encode()), **fields})

    planned = send_form(dryRun="true", timezone="America/New_York")

    assert (planned.status_code, planned.json()["firstStart"]) == (200, "2026-03-02T14:00:00Z")
    assert not TimeSession.objects.exists()
    unknown = send_form(dry_run="true").json()
    assert (unknown["code"], "dryRun" in unknown["detail"], "file" in unknown["detail"]) == (
        "unknown_field",
        True,
        True,
    )
    assert send_form(other=SimpleUploadedFile("b.csv", b"x")).json()["code"] == "unknown_field"
    assert send_form(timezone="Mars/Base").json()["code"] == "invalid_timezone"
    twice = send_form("?dryRun=true", dryRun="false").json()
    assert (twice["code"], twice["errors"][0]["pointer"]) == ("invalid", "#/dryRun")
    assert not TimeSession.objects.exists()


@pytest.mark.parametrize("has_file", [False, True])
def test_a_file_that_is_sent_as_a_text_is_told_what_it_lacks(owner, has_file):
    client = Client(headers={"Authorization": f"Bearer {make_token(owner)}"})
    files = [SimpleUploadedFile("a.csv", TOGGL.encode())] if has_file else []

    rejected = client.post(PATH, {"file": [TOGGL, *files]})

    assert (rejected.status_code, rejected.json()["errors"][0]["pointer"]) == (400, "#/file")
    assert rejected.json()["detail"] == "“file” is a text in this form. Send it as a file, with a file name."
    assert not TimeSession.objects.exists()


def test_counts_what_an_export_has_and_what_is_here(send, api, owner, stranger):
    for day in (19, 20):
        make_session(stranger, f"2026-11-{day}T08:00Z", f"2026-11-{day}T09:00Z")
    services.delete_session(stranger, WEB, TimeSession.objects.order_by("start").first().id)
    content = export(stranger)

    done = send(content, "", "application/zip").json()

    assert (done["created"], done["totalSeconds"], done["firstStart"]) == (1, 3600, "2026-11-20T08:00:00Z")
    services.edit_session(owner, WEB, not_deleted(owner)[0].id, name="Mine")
    again = send(content, "?dryRun=true", "application/zip").json()
    assert (again["created"], again["unchanged"], again["editedHere"], again["deletedHere"]) == (0, 2, 1, 0)
    services.delete_session(owner, WEB, not_deleted(owner)[0].id)
    again = send(content, "", "application/zip").json()
    assert (again["created"], again["unchanged"], again["editedHere"], again["deletedHere"]) == (0, 2, 0, 1)


def test_rejects_the_export_of_an_account_beside_other_files(owner, stranger):
    client = Client(headers={"Authorization": f"Bearer {make_token(owner)}"})
    files = [SimpleUploadedFile("a.zip", export(stranger)), SimpleUploadedFile("b.csv", TOGGL.encode())]

    rejected = client.post(PATH, {"file": files})

    assert (rejected.status_code, rejected.json()["errors"][0]["pointer"]) == (400, "#/file")
    assert rejected.json()["detail"] == "One of these is an export of Timetracker. Choose it by itself."
    assert not TimeSession.objects.exists()


def test_takes_gzip_and_no_form_fields(send):
    assert send(gzip.compress(TOGGL.encode()), **{"Content-Encoding": "gzip"}).json()["created"] == 4
    assert send(gzip.compress(TOGGL.encode())[:50], **{"Content-Encoding": "gzip"}).status_code == 400
    assert send(2 * gzip.compress(TOGGL.encode()), **{"Content-Encoding": "gzip"}).status_code == 400
    assert send(TOGGL, content_type="application/x-www-form-urlencoded").status_code == 415


def test_asks_when_it_must(send):
    ambiguous = "Date,Start,End,Description\n03/02/2026,09:00,10:00,Draft\n04/05/2026,09:00,10:00,Draft\n"

    response = send(ambiguous)

    assert (response.status_code, response.json()["code"]) == (409, "choice_needed")
    (choice,) = response.json()["choices"]
    assert choice["parameter"] == "dateOrder"
    assert {"dmy", "mdy"} <= set(choice["options"])
    assert send(ambiguous, "?dateOrder=dmy").json()["firstStart"] == "2026-02-03T08:00:00Z"


def test_asks_for_a_user_that_is_in_a_file(send, owner):
    bolt = TOGGL.replace("mira@example.org", "bo@example.org")
    client = Client(headers={"Authorization": f"Bearer {make_token(owner)}"})

    def send_both(query):
        files = [SimpleUploadedFile("a.csv", TOGGL.encode()), SimpleUploadedFile("b.csv", bolt.encode())]
        return client.post(f"{PATH}{query}", {"file": files}).json()

    unknown = send(TOGGL, "?person=Ann").json()

    assert (unknown["code"], unknown["choices"]) == (
        "choice_needed", [{"parameter": "person", "options": ["mira@example.org"]}],
    )  # fmt: skip
    assert send_both("?person=Ann")["choices"][0]["options"] == [
        "mira@example.org", "bo@example.org",
    ]  # fmt: skip
    found = send_both("?person=Mira@Example.org")
    assert (found["created"], found["ignored"]) == (4, 4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 \x00\x01\x02\x03\x04\x05\x06\x07", "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "spreadsheet"),
        (b"hello world\n", "unknown_format"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_stored(send, content, reason):
    response = send(content)

    assert (response.status_code, response.json()["code"], response.json()["reason"]) == (
        400, "unreadable_file", reason,
    )  # fmt: skip
    assert not TimeSession.objects.exists()


def test_which_of_several_files_cannot_be_read_is_said(send):
    response = send(zip_bytes({"a/toggl.csv": TOGGL, "a/sums.csv": "Project,Duration\nP,01:00:00\n"}))

    assert response.json()["detail"].startswith("“a/sums.csv”: This file is of no tool")
    assert not TimeSession.objects.exists()


def test_rejected_rows_are_listed(send):
    done = send(TOGGL.replace("2026-03-02,11:00:00", "2026-03-02,25:99:00"), "?fileName=toggl.csv").json()

    assert (done["created"], done["rejectedCount"]) == (3, 1)
    (row,) = done["rejected"]
    assert (row["file"], row["line"], row["code"]) == ("toggl.csv", 3, "bad_time")
    assert "25:99:00" in row["record"]
    assert row["detail"]


def test_more_projects_than_there_may_be_are_said_before_anything_is_stored(send, monkeypatch):
    monkeypatch.setattr("sessions_app.services.limits.MAX_ENTRIES", 1)

    assert (send(TOGGL).status_code, send(TOGGL).json()["code"]) == (400, "too_many")
    assert not TimeSession.objects.exists()


def test_too_large_is_413(send, settings):
    settings.IMPORT_MAX_SIZE = 100

    assert (send(TOGGL).status_code, send(TOGGL).json()["code"]) == (413, "too_large")


def test_needs_the_scope_write(send, owner):
    assert send(TOGGL, token=make_token(owner, Scope.READ, Scope.TRACK)).json()["code"] == "missing_scope"


def test_takes_the_export_of_an_account(send, owner, stranger):
    make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft", project_name="Logo", tags=["call"])
    content = export(stranger)
    services.delete_session(stranger, WEB, TimeSession.objects.get().id)

    planned = send(content, "?dryRun=true", "application/zip").json()
    done = send(content, "", "application/zip").json()

    assert (done["source"], done["created"], done["totalSeconds"]) == ("account_export", 1, 3600)
    assert (planned["created"], planned["newProjects"], planned["newTags"]) == (1, ["Logo"], ["call"])
    assert send(content, "", "application/zip").json()["unchanged"] == 1


def test_large_files_are_read_one_after_the_other(send, monkeypatch):
    monkeypatch.setattr("sessions_app.imports.files.LARGE_SIZE", 100)
    with background.turn():
        busy = send(TOGGL)
        assert send('[{"start": "20260302T080000Z", "end": "20260302T090000Z"}]').status_code == 201
    assert (busy.status_code, busy.json()["code"], busy["Retry-After"]) == (429, "rate_limited", "30")

    assert send(TOGGL).status_code == 201
    assert send(TOGGL).status_code == 201
