"""Large files: read and imported in the background, whose progress the page shows"""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app import services
from sessions_app.imports import background, commit, files
from sessions_app.models import Import, ImportPiece, TimeSession
from sessions_app.services import parts
from tests.accounts import export
from tests.factories import make_guest, make_session
from tests.pages import NOW, flat
from tests.sessions_app.imports.samples import TOGGL
from tests.sessions_app.services.states import not_deleted
from timetracker.errors import ConflictError
from users_app.models import User


class Jobs:
    """Begun jobs: each is run at once, as a quick thread would, or kept while `are_slow`."""

    def __init__(self):
        self.are_slow = False
        self.waiting = []

    def start(self, job):
        self.waiting.append(job)
        if not self.are_slow:
            self.run()

    def run(self):
        while self.waiting:
            self.waiting.pop(0).run()


@pytest.fixture
def jobs(monkeypatch):
    jobs = Jobs()
    monkeypatch.setattr(files, "LARGE_SIZE", 100)
    monkeypatch.setattr(background, "_start", jobs.start)
    monkeypatch.setattr(background, "_jobs", {})
    monkeypatch.setattr("sessions_app.pages.import_work.SECONDS_TO_WAIT", 0)
    return jobs


def choose(client, *contents):
    uploads = [
        SimpleUploadedFile(f"file {number}.csv", each if isinstance(each, bytes) else each.encode())
        for number, each in enumerate(contents)
    ]
    return client.post("/imports/", {"files": uploads})


def test_what_is_soon_done_needs_no_page_that_says_how_far(signed_in, owner, jobs):
    path = choose(signed_in, TOGGL)["Location"]
    assert "4 new sessions" in flat(signed_in.get(path))

    page = flat(signed_in.post(f"{path}run/", follow=True))

    assert "4 sessions imported" in page
    assert len(not_deleted(owner)) == 4
    waiting = Import.objects.get(user=owner)
    assert waiting.progress is None
    assert f'name="changeset" value="{waiting.changeset_id}"' in page


def test_what_takes_longer_says_how_far_it_is(signed_in, owner, jobs, clock):
    jobs.are_slow = True
    path = choose(signed_in, TOGGL)["Location"]

    page = signed_in.get(path).text
    assert 'hx-trigger="every 2s"' in page
    assert "0 rows so far" in page
    assert f'action="{path}go-on/"' in page
    assert f'action="{path}discard/"' in page
    assert "not finished" in signed_in.get("/imports/").text
    (job,) = jobs.waiting
    job.add_rows(1_200)
    job._store(progress={**Import.objects.get(user=owner).progress, "rows": job._rows})
    fragment = signed_in.get(path, headers={"HX-Request": "true"}).text
    assert "1200 rows so far" in fragment.replace(",", "")
    assert "<html" not in fragment

    jobs.run()

    assert "4 new sessions" in flat(signed_in.get(path))
    assert "every 2s" not in signed_in.get(path, headers={"HX-Request": "true"}).text


def test_the_import_says_how_much_is_there(signed_in, owner, jobs, monkeypatch):
    path = choose(signed_in, TOGGL)["Location"]
    seen = []
    add = commit.ImportStep._add

    def look(*args):
        add(*args)
        seen.append(flat(signed_in.get(path)))

    monkeypatch.setattr(commit, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    monkeypatch.setattr(commit.ImportStep, "_add", look)

    signed_in.post(f"{path}run/")

    assert "1 of 4 sessions so far" in seen[1]
    assert "3 of 4 sessions so far" in seen[3]
    assert len(not_deleted(owner)) == 4


def test_a_second_request_begins_nothing_twice(signed_in, owner, jobs):
    jobs.are_slow = True
    path = choose(signed_in, TOGGL)["Location"]

    for action in ("go-on/", "run/", "answers/"):
        assert signed_in.post(f"{path}{action}")["Location"] == path

    assert len(jobs.waiting) == 1


def test_work_of_a_process_that_is_gone_is_begun_anew(signed_in, owner, jobs, clock):
    jobs.are_slow = True
    path = choose(signed_in, TOGGL)["Location"]
    (lost,) = jobs.waiting
    clock.move_to(NOW + background.LOST_AFTER + timedelta(seconds=1), tick=False)
    page = signed_in.get(path).text
    assert "was interrupted" in page
    assert "hx-trigger" not in page.partition('id="import"')[2]
    jobs.waiting.clear()
    jobs.are_slow = False

    signed_in.post(f"{path}go-on/")

    assert "4 new sessions" in flat(signed_in.get(path))
    plan = Import.objects.get(user=owner).plan
    lost.run()  # it was not gone, but slow: what it comes to is not wanted any more
    assert Import.objects.get(user=owner).plan == plan
    assert not lost._store(progress={})


@pytest.mark.parametrize("door", ["its page", "the page Undo"])
def test_an_interrupted_import_goes_on_or_is_undone(signed_in, owner, jobs, monkeypatch, clock, door):
    path = choose(signed_in, TOGGL)["Location"]
    monkeypatch.setattr(commit, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    add, calls = commit.ImportStep._add, []

    def end(*args):
        calls.append(args)
        if len(calls) == 3:
            raise SystemExit  # as a kill does: nothing after it is written
        add(*args)

    monkeypatch.setattr(commit.ImportStep, "_add", end)
    with pytest.raises(SystemExit):
        signed_in.post(f"{path}run/")
    monkeypatch.setattr(commit.ImportStep, "_add", add)
    assert len(not_deleted(owner)) == 2
    clock.move_to(NOW + background.LOST_AFTER + timedelta(seconds=1), tick=False)

    page = flat(signed_in.get(path))
    assert "2 of 4 sessions are imported" in page
    assert f'action="{path}run/"' in page
    assert 'action="/undo/changeset/"' in page
    if door == "its page":
        signed_in.post(f"{path}run/")
    else:
        (unfinished,) = services.unfinished_work(owner)
        response = signed_in.post("/undo/go-on/", {"changeset": str(unfinished.id)})
        assert response["Location"] == path

    assert len(not_deleted(owner)) == 4
    assert "4 sessions imported" in flat(signed_in.get(path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 \x00\x01\x02\x03" * 100, "file 0.csv: This is no text"),
        ('<?xml version="1.0"?><activities><activity name="Draft" start_time="2026-03-02 09:00:00"' * 2, "file 0.csv"),
    ],
)
def test_a_large_file_that_cannot_be_read_is_not_kept(signed_in, owner, jobs, content, told):
    path = choose(signed_in, content)["Location"]

    page = flat(signed_in.get(path))

    assert told in page
    assert 'role="alert"' in page
    assert not ImportPiece.objects.exists()
    assert "cannot be read" in signed_in.get("/imports/").text
    assert signed_in.post(f"{path}run/").status_code == 303
    assert signed_in.post(f"{path}answers/").status_code == 303
    assert not TimeSession.objects.exists()


def test_a_fault_of_ours_is_logged_and_said(signed_in, owner, jobs, monkeypatch, caplog):
    monkeypatch.setattr("sessions_app.pages.import_work.make_plan", None)

    path = choose(signed_in, TOGGL)["Location"]

    assert "the fault is ours" in flat(signed_in.get(path))
    assert "The work on an import failed." in caplog.text


def test_other_answers_are_read_in_the_background(signed_in, owner, jobs):
    path = choose(signed_in, TOGGL)["Location"]
    jobs.are_slow = True
    signed_in.post(f"{path}answers/", {"timezone": "America/New_York"})
    assert "so far" in flat(signed_in.get(path))

    jobs.run()

    assert "9:00–10:30 (America/New_York)" in flat(signed_in.get(path))


def test_an_error_of_the_import_leaves_the_preview(signed_in, owner, jobs, monkeypatch):
    path = choose(signed_in, TOGGL)["Location"]

    def reject():
        raise ConflictError("no_room", "There is no room.")

    monkeypatch.setattr(commit, "check_room", reject)
    signed_in.post(f"{path}run/")

    page = flat(signed_in.get(path))
    assert 'role="alert">There is no room.' in page
    assert "4 new sessions" in page
    monkeypatch.setattr(commit, "check_room", lambda: None)
    assert "4 sessions imported" in flat(signed_in.post(f"{path}run/", follow=True))


def test_discard_ends_the_reading(signed_in, owner, jobs):
    jobs.are_slow = True
    path = choose(signed_in, TOGGL)["Location"]

    signed_in.post(f"{path}discard/")
    jobs.run()

    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()


def test_an_export_of_an_account_is_read_and_imported_likewise(signed_in, owner, jobs):
    other = make_guest()
    make_session(other, "2026-03-02T08:00Z", "2026-03-02T09:30Z", name="Draft")

    path = choose(signed_in, export(other))["Location"]

    assert "1 new session" in flat(signed_in.get(path))
    assert "1 session imported" in flat(signed_in.post(f"{path}run/", follow=True))


def test_a_stranger_becomes_a_guest_with_their_files(db, jobs):
    client = Client()

    path = choose(client, TOGGL)["Location"]
    client.post(f"{path}run/")

    assert TimeSession.objects.for_user(User.objects.get()).count() == 4


def test_too_many_large_files_are_told_to_wait(signed_in, owner, jobs, monkeypatch):
    monkeypatch.setattr(background, "_MAX_JOBS", 0)

    response = choose(signed_in, TOGGL)

    assert response.status_code == 429
    assert "Other large files are being read." in flat(response)


def test_a_job_beats_until_it_has_ended(monkeypatch):
    monkeypatch.setattr(background, "BEAT_SECONDS", 0)
    monkeypatch.setattr(background.connections, "close_all", lambda: None)
    beats = []
    job = background.Job(Import(), "read", "key", None)

    def store(progress):
        beats.append(progress["rows"])
        job._rows += 10
        if len(beats) == 3:
            job.ended.set()
        return True

    monkeypatch.setattr(job, "_store", store)
    heart = threading.Thread(target=job.beat)
    heart.start()
    heart.join(5)

    assert beats == [0, 10, 20]
