"""A ZIP of several exports is as good as the exports"""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app.imports.commit import run_import
from sessions_app.imports.files import open_files
from sessions_app.imports.rows import Answers, UnreadableFileError
from sessions_app.imports.unpacking import unpacked
from tests.factories import WEB, make_token
from tests.sessions_app.imports.formats import workbook, zip_bytes
from tests.sessions_app.imports.reading import open_file, session
from tests.sessions_app.imports.samples import HARVEST, TOGGL
from tests.sessions_app.services.states import NOW, not_deleted

TWO = {"years/2025.csv": "one", "years/2026.csv": "two"}
MOST = 1_000_000


def names_and_contents(*packed, most=MOST):
    """What becomes of files a.zip, b.zip."""
    files = [(f"{letter}.zip", io.BytesIO(data)) for letter, data in zip("ab", packed, strict=False)]
    with unpacked(files, most=most) as found:
        return {name: content_of(file) for name, file in found}


def content_of(file):
    file.seek(0)
    return file.read().decode("latin-1")


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"__MACOSX/years/._2025.csv": "x", "years/._2026.csv": "x", "years/.DS_Store": "x"},
        {"README.txt": "How to read it", "logo.png": "x"},
        {"data/tags.data": "{}", "data/undo.data": "txn:", "data/backlog.data": "x", "data/2026-02.data": ""},
        {"inner.zip": zip_bytes(TWO)},
    ],
)
def test_each_export_in_it_is_a_file(beside):
    assert names_and_contents(zip_bytes(TWO | beside)) == TWO


@pytest.mark.parametrize(
    "data",
    [
        zip_bytes({"years/2025.csv": "one"}),
        zip_bytes({"time_entries.csv": "", "projects.csv": "", "meta.json": "{}"}),
        zip_bytes({"clients.json": "[]", "projects.json": "[]", "workspace_users.json": "[]"}),
        zip_bytes({"account.json": "{}", "sessions.csv": ""}),
        zip_bytes({"mimetype": "", "content.xml": "", "styles.xml": ""}),
        zip_bytes({f"{number}.csv": "" for number in range(101)}),
        zip_bytes({"a.pdf": "", "b.docx": ""}),
        zip_bytes({"a.csv": b"0" * MOST, "b.csv": "0"}),
        workbook([["Date"]]),
        zip_bytes(TWO)[:-30],
        b"PK",
        b"",
        b"Date,Start,End\n",
    ],
)
def test_anything_else_stays_as_it_is(data):
    assert names_and_contents(data) == {"a.zip": data.decode("latin-1")}


def test_tables_that_were_packed_with_the_catalogue_of_toggl_are_files_too(owner, clock):
    clock.move_to(NOW, tick=False)
    project = {"name": "Website", "client_id": 7, "rate": 80, "currency": "EUR", "billable": True, "active": True}
    catalogue = {
        "a/clients.json": json.dumps([{"id": 7, "name": "Acme"}]), "a/projects.json": json.dumps([project]),
        "a/projects_users/1.json": "[]",
    }  # fmt: skip
    packed = zip_bytes(catalogue | {"a/2026.csv": TOGGL})

    with unpacked([("a.zip", packed)], most=MOST) as files:
        assert [name for name, _content in files] == ["a.zip", "a/2026.csv"]
        done = run_import(owner, WEB, files, open_files(files, Answers(), NOW), Answers())

    assert done.counts["created"] == 4
    assert {each.hourly_rate for each in not_deleted(owner) if each.project and each.project.name == "Website"} == {80}


def test_several_together_have_a_limit():
    assert [*names_and_contents(zip_bytes(TWO), zip_bytes(TWO), most=8)] == [*TWO, "b.zip"]


def test_one_export_beside_a_readme_is_the_file():
    assert (
        session(zip_bytes({"a.csv": "Date,Start,End,Name\n2026-01-13,9:30,11:00,x\n", "README.txt": "x"})).name == "x"
    )


def test_a_part_may_be_too_large():
    with pytest.raises(UnreadableFileError) as raised:
        open_file(zip_bytes({"a.csv": b"0" * 200_000_001}))

    assert raised.value.reason == "malformed_file"


@pytest.fixture
def upload():
    return SimpleUploadedFile("years.zip", zip_bytes({"a/toggl.csv": TOGGL, "a/harvest.csv": HARVEST}))


def test_the_api_takes_it(owner, upload, clock):
    done = Client().post(
        "/v1/users/me/imports?decimal=point",
        {"file": upload},
        headers={"Authorization": f"Bearer {make_token(owner)}"},
    )

    assert done.status_code == 201
    assert len(not_deleted(owner)) == done.json()["created"] > 4


def test_the_page_takes_it(signed_in, upload, clock):
    page = signed_in.post("/imports/", {"files": upload}, follow=True).text

    assert "a/toggl.csv: Toggl Track" in page
    assert "a/harvest.csv: Harvest" in page
