"""Choose files, look, import, undo: as a browser without scripts does"""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app import services
from sessions_app.imports import commit
from sessions_app.models import Import, ImportPiece, TimeSession
from sessions_app.services import parts
from sessions_app.views import imports as view
from tests.accounts import export
from tests.factories import make_guest, make_session
from tests.pages import flat
from tests.sessions_app.imports.bring_in import bring_in
from tests.sessions_app.imports.samples import HARVEST, TOGGL
from tests.sessions_app.services.states import DAY, NOW, not_deleted
from tests.sessions_app.views.conftest import typed
from users_app.models import User


def choose(client, *contents):
    files = [
        SimpleUploadedFile(f"file {number}.csv", each if isinstance(each, bytes) else each.encode())
        for number, each in enumerate(contents)
    ]
    return client.post("/imports/", {"files": files})


@pytest.fixture
def waiting(signed_in, owner):
    assert choose(signed_in, TOGGL).status_code == 303
    return Import.objects.get(user=owner)


def address(waiting, action=""):
    return f"/imports/{waiting.id}/{action}"


def test_the_page_says_where_other_tools_have_their_exports(signed_in):
    page = signed_in.get("/imports/").text
    names = re.findall(r"<dt>([^<]+)</dt>", page)
    assert {"Toggl Track", "Clockify", "Harvest", "Kimai", "TimeTagger", "Timewarrior", "Watson", "solidtime"} <= {
        *names
    }
    assert "watson log --json --all" in page


def test_a_file_waits_and_is_shown_before_anything_is_imported(signed_in, owner, waiting):
    page = flat(signed_in.get(address(waiting)))

    assert "4 new sessions" in page
    assert "file 0.csv: Toggl Track" in page
    assert "Mon 2 Mar 2026, 9:00–10:30 (Europe/Berlin)" in page
    assert "Website, Website (Bolt)" in page
    assert '<th scope="row">March 2026</th>' in page
    assert not TimeSession.objects.exists()
    assert b"".join(bytes(each.data) for each in ImportPiece.objects.all()) == TOGGL.encode()


def test_import_leads_to_the_result_with_undo(signed_in, owner, waiting):
    response = signed_in.post(address(waiting, "run/"), follow=True)

    page = flat(response)
    assert "Imported 4 sessions." in page
    assert len(not_deleted(owner)) == 4
    waiting.refresh_from_db()
    assert f'name="changeset" value="{waiting.changeset_id}"' in page

    signed_in.post("/undo/changeset/", {"changeset": str(waiting.changeset_id)})
    assert not_deleted(owner) == []
    assert "4 new sessions" in flat(signed_in.get(choose(signed_in, TOGGL)["Location"]))


def test_import_twice_adds_it_once(signed_in, owner, waiting):
    for _time in range(2):
        signed_in.post(address(waiting, "run/"))

    assert len(not_deleted(owner)) == 4


def test_the_same_file_again_has_nothing_new(signed_in, owner, waiting):
    signed_in.post(address(waiting, "run/"))

    again = choose(signed_in, TOGGL)["Location"]

    assert "0 new sessions" in flat(signed_in.get(again))
    assert "4 are here already" in flat(signed_in.get(again))
    assert "Everything in these files is here already." in flat(signed_in.post(f"{again}run/", follow=True))


def test_another_zone_is_shown_and_imported(signed_in, owner, waiting):
    path = address(waiting, "answers/")
    told = {**typed(signed_in.get(address(waiting)).text, path), "timezone": "America/New_York"}
    signed_in.post(path, told)

    assert "9:00–10:30 (America/New_York)" in flat(signed_in.get(address(waiting)))
    signed_in.post(address(waiting, "run/"))
    assert TimeSession.objects.earliest("start").start.isoformat() == "2026-03-02T14:00:00+00:00"


def test_what_must_be_answered_comes_first(signed_in, owner):
    ambiguous = "Date,Start,End,Description\n03/02/2026,09:00,10:00,Draft\n04/05/2026,09:00,10:00,Draft\n"
    path = choose(signed_in, ambiguous)["Location"]
    page = signed_in.get(path).text
    assert "Dates are written" in page
    assert f'action="{path}run/"' not in page
    signed_in.post(f"{path}run/")
    assert not TimeSession.objects.exists()

    signed_in.post(f"{path}answers/", {"timezone": "Europe/Berlin", "date_order": "dmy"})

    assert "Tue 3 Feb 2026" in flat(signed_in.get(path))
    assert "Dates are written" in signed_in.get(path).text
    assert signed_in.post(f"{path}answers/", {"timezone": "Mars"}).status_code == 422


def test_columns_are_shown_with_a_cell(signed_in, owner):
    choose(signed_in, "a,,c\n13.01.2026,Foo,9:00\n")
    page = flat(signed_in.get(address(Import.objects.get(user=owner))))

    assert "In which column is what?" in page
    assert ">a: 13.01.2026</option>" in page
    assert ">Column 2: Foo</option>" in page


def test_columns_that_are_not_guessed_are_folded(signed_in, owner):
    choose(signed_in, "Date,Minutes,Client\n2026-01-13,90,Acme\n")
    page = flat(signed_in.get(address(Import.objects.get(user=owner))))
    shown, folded = page.split("<summary>Other columns</summary>")

    for name in ("date", "start", "end", "duration", "minutes", "description", "client", "project"):
        assert f'name="column_{name}"' in shown
    for name in ("rate", "currency", "tags", "email", "timezone"):
        assert f'name="column_{name}"' not in shown
        assert f'name="column_{name}"' in folded


def test_columns_of_last_time_can_be_changed(signed_in, owner):
    text = "a,b,c\nFoo,13.01.2026,1:30\n"
    choose(signed_in, text)
    first = Import.objects.get(user=owner)
    values = {"timezone": "Europe/Berlin", "column_date": "1", "column_duration": "2", "column_client": "0"}
    signed_in.post(address(first, "answers/"), values)

    choose(signed_in, text)
    second = Import.objects.exclude(id=first.id).get()

    assert second.plan["is_ready"]
    assert '<option value="0" selected>a: Foo</option>' in flat(signed_in.get(address(second)))
    signed_in.post(address(second, "answers/"), values)
    second.refresh_from_db()
    assert second.answers["columns"] == {"date": 1, "duration": 2, "client": 0}


def test_only_the_columns_are_those_of_last_time(signed_in, owner):
    text = "a,b,c,d\nFoo,{},10:00,1:30\n"
    choose(signed_in, text.format("13.01.2026"))
    first = Import.objects.get(user=owner)
    values = {"timezone": "Asia/Tokyo", "column_date": "1", "column_start": "2", "column_duration": "3"}
    signed_in.post(address(first, "answers/"), values)

    choose(signed_in, text.format("14.01.2026"))

    second = Import.objects.exclude(id=first.id).get()
    assert second.answers["columns"] == {"date": 1, "start": 2, "duration": 3}
    assert second.answers.get("timezone", "") == ""
    assert second.plan["files"][0]["timezone"] == "Europe/Berlin"


def test_columns_without_a_date_are_asked_for_again(signed_in, owner):
    choose(signed_in, "a,b,c\nFoo,13.01.2026,1:30\n")
    waiting = Import.objects.get(user=owner)

    answered = signed_in.post(address(waiting, "answers/"), {"timezone": "Europe/Berlin", "column_duration": "2"})

    assert answered.status_code == 422
    assert "Choose the column that has the date." in answered.text
    assert ">b: 13.01.2026</option>" in answered.text
    assert ">b: 13.01.2026</option>" in signed_in.get(address(waiting)).text


def test_columns_are_those_of_the_unknown_table_only(signed_in, owner):
    choose(signed_in, TOGGL, "a,b,c\nFoo,13.01.2026,1:30\n")
    waiting = Import.objects.get(user=owner)
    values = {"timezone": "Europe/Berlin", "column_date": "1", "column_duration": "2", "column_description": "0"}

    assert signed_in.post(address(waiting, "answers/"), values).status_code == 303
    signed_in.post(address(waiting, "run/"))

    assert len(not_deleted(owner)) == 4 + 1
    assert TimeSession.objects.get(name="Foo").duration_seconds == 5400


def test_two_unknown_tables_are_not_read_by_the_same_columns(signed_in):
    page = choose(signed_in, "a,b,c\nFoo,13.01.2026,1:30\n", "c,b,a\n1:30,13.01.2026,Bar\n")

    assert page.status_code == 422
    assert "file 1.csv: Its columns are others than those of the table before." in flat(page)
    assert not Import.objects.exists()


def test_columns_of_an_unknown_table_are_asked_for_and_used_next_time(signed_in, owner):
    table = "Tag,Von wo,Bis wann,Was\n2026-03-02,09:00,10:00,Draft\n2026-03-03,09:00,11:00,Mail\n"
    path = choose(signed_in, table)["Location"]
    values = {"timezone": "Europe/Berlin", "column_date": "0", "column_start": "1", "column_end": "2"}
    signed_in.post(f"{path}answers/", {**values, "column_description": "3"})

    assert "2 new sessions" in flat(signed_in.get(path))
    signed_in.post(f"{path}run/")
    assert {each.name for each in not_deleted(owner)} == {"Draft", "Mail"}
    later = choose(signed_in, table.replace("Mail", "Call"))["Location"]
    assert Import.objects.latest("id").answers["columns"] == {"date": 0, "start": 1, "end": 2, "description": 3}
    assert "1 new session," in flat(signed_in.get(later))


def test_what_cannot_be_read_is_said_and_nothing_is_stored(db):
    client = Client()

    response = choose(client, b"%PDF-1.7 \x00\x01\x02\x03", TOGGL)

    assert response.status_code == 422
    assert "file 0.csv: This is no text" in flat(response)
    assert not Import.objects.exists()
    assert not User.objects.exists()
    assert client.post("/imports/").status_code == 422


def test_a_file_that_ends_within_itself_is_not_imported(db):
    client = Client()

    response = choose(
        client, '<?xml version="1.0"?><activities><activity name="Draft" start_time="2026-03-02 09:00:00"'
    )

    assert response.status_code == 422
    assert not User.objects.exists()
    assert not ImportPiece.objects.exists()


def test_more_projects_than_there_may_be_are_said_before_anything_is_stored(signed_in, monkeypatch):
    monkeypatch.setattr("sessions_app.services.limits.MAX_ENTRIES", 1)

    response = choose(signed_in, TOGGL)

    assert response.status_code == 422
    assert "You can have 1 clients." in flat(response)
    assert not Import.objects.exists()


def test_too_much_is_413(signed_in, settings):
    settings.IMPORT_MAX_SIZE = 10

    assert choose(signed_in, TOGGL).status_code == 413


def test_a_stranger_becomes_a_guest_with_their_files(db):
    client = Client()

    path = choose(client, TOGGL)["Location"]
    client.post(f"{path}run/")

    assert TimeSession.objects.for_user(User.objects.get()).count() == 4


def test_rejected_rows_are_shown_and_downloaded(signed_in):
    path = choose(signed_in, TOGGL.replace("2026-03-02,11:00:00", "2026-03-02,25:99:00"))["Location"]

    assert "1 row that is no session" in flat(signed_in.get(path))
    assert re.search(r"file 0.csv, line 3: .*25:99:00", flat(signed_in.get(path)))
    lines = signed_in.get(f"{path}rejected.csv").getvalue().decode().splitlines()
    assert len(lines) == 2
    assert "file 0.csv,3,bad_time" in lines[1]


def test_all_rejected_rows_are_downloaded_without_reading_the_file_again(signed_in, owner, monkeypatch):
    bad = 'Mira,mira@example.org,,,,"a, ""b""\n%d",No,2026-03-02,25:99:00,2026-03-02,10:00:00,,,'
    path = choose(signed_in, "\n".join([*TOGGL.splitlines(), *(bad % number for number in range(1_500))]))["Location"]
    waiting = Import.objects.get(user=owner)
    assert len(waiting.plan["rejected"]) == 20
    monkeypatch.setattr("sessions_app.imports.waiting.open_files", None)

    rows = list(csv.DictReader(io.StringIO(signed_in.get(f"{path}rejected.csv").getvalue().decode("utf-8-sig"))))

    assert [int(each["line"]) for each in rows] == [*range(6, 6 + 2 * 1_500, 2)]
    assert {each["code"] for each in rows} == {"bad_time"}
    assert "1499" in rows[-1]["record"]
    fixed = choose(signed_in, TOGGL)["Location"]
    assert len(signed_in.get(f"{fixed}rejected.csv").getvalue().decode().splitlines()) == 1


def test_rejected_rows_are_those_of_the_last_answers(signed_in, owner):
    bad = TOGGL.replace("2026-03-02,11:00:00", "2026-03-02,25:99:00")
    path = choose(signed_in, bad)["Location"]

    for timezone in ("UTC", "Asia/Tokyo"):
        signed_in.post(f"{path}answers/", {"timezone": timezone})
        assert len(signed_in.get(f"{path}rejected.csv").getvalue().decode().splitlines()) == 2

    ImportPiece.objects.all().delete()
    assert signed_in.get(f"{path}rejected.csv").status_code == 409


def test_long_ones_go_on_by_a_button(signed_in, owner, waiting, monkeypatch):
    monkeypatch.setattr(view, "SECONDS_OF_WORK", 0)
    monkeypatch.setattr(commit, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)

    first = signed_in.post(address(waiting, "run/"))

    assert first["Location"] == f"{address(waiting)}?going=yes"
    page = signed_in.get(first["Location"]).text
    assert "data-going" in page
    assert "js/go_on" in page
    assert "Go on" in signed_in.get("/undo/").text
    for _time in range(6):
        signed_in.post(address(waiting, "run/"))
    assert len(not_deleted(owner)) == 4
    assert "4 sessions imported" in flat(signed_in.get(address(waiting)))


def test_the_undo_page_goes_on_with_it(signed_in, owner, waiting, monkeypatch):
    monkeypatch.setattr(view, "SECONDS_OF_WORK", 0)
    monkeypatch.setattr(commit, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    signed_in.post(address(waiting, "run/"))
    (unfinished,) = services.unfinished_work(owner)

    signed_in.post("/undo/go-on/", {"changeset": str(unfinished.id)})

    assert len(not_deleted(owner)) == 4
    assert services.unfinished_work(owner) == []


def test_files_are_gone_after_a_day(signed_in, owner, waiting, clock):
    clock.move_to(NOW + 2 * DAY, tick=False)
    choose(signed_in, HARVEST)

    assert signed_in.get(address(waiting)).status_code == 404
    assert ImportPiece.objects.count() == 1


def test_discard_forgets_them(signed_in, waiting):
    signed_in.post(address(waiting, "discard/"))

    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()


def test_empty_pages_lead_to_it(signed_in):
    assert 'href="/imports/"' in signed_in.get("/").text
    assert 'href="/imports/"' in signed_in.get("/reports/").text
    assert 'href="/imports/"' in signed_in.get("/settings/data/").text


def test_lately_lists_them_with_undo(signed_in, owner, waiting):
    signed_in.post(address(waiting, "run/"))

    page = flat(signed_in.get("/imports/"))
    assert "file 0.csv" in page
    assert "4 sessions imported" in page
    assert 'action="/undo/changeset/"' in page


def read_table(page):
    """The cells of the table of both readings, row by row."""
    (table,) = (each for each in re.findall(r"<table.*?</table>", page) if "As times of" in each)
    rows = re.findall(r"<tr>.*?</tr>", table)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", re.sub(r"<span.*?</span>", "", row)) for row in rows]
    return [[cell.strip() for cell in row] for row in cells]


def test_the_zone_is_asked_for_with_rows_in_both_readings(signed_in, owner, waiting):
    assert read_table(flat(signed_in.get(address(waiting)))) == [
        ["Name", "As times of Europe/Berlin", "As times of UTC"],
        ["Draft", "Mon 2 Mar, 9:00–10:30", "Mon 2 Mar, 10:00–11:30"],
        ["Mail", "Mon 2 Mar, 11:00–11:15", "Mon 2 Mar, 12:00–12:15"],
    ]

    signed_in.post(address(waiting, "answers/"), {"timezone": "America/New_York"})

    assert read_table(flat(signed_in.get(address(waiting))))[:2] == [
        ["Name", "As times of America/New_York", "As times of Europe/Berlin"],
        ["Draft", "Mon 2 Mar, 15:00–16:30", "Mon 2 Mar, 9:00–10:30"],
    ]


def test_times_with_a_zone_have_one_reading(signed_in, owner):
    choose(signed_in, '[{"start": "20260302T080000Z", "end": "20260302T090000Z"}]')

    assert "As times of" not in signed_in.get(address(Import.objects.get(user=owner))).text


def test_an_export_of_an_account_comes_in_by_the_same_door(signed_in, owner):
    other = make_guest()
    make_session(other, "2026-03-02T08:00Z", "2026-03-02T09:30Z", name="Draft")
    make_session(other, "2026-03-03T08:00Z", "2026-03-03T09:00Z")

    assert choose(signed_in, export(other)).status_code == 303

    waiting = Import.objects.get(user=owner)
    page = flat(signed_in.get(address(waiting)))
    assert "2 new sessions, " in page
    assert "Timetracker, export" in page
    assert "Time zone" not in page
    assert not_deleted(owner) == []
    page = flat(signed_in.post(address(waiting, "run/"), follow=True))
    assert "2 sessions imported" in page
    assert {each.name for each in not_deleted(owner)} == {"Draft", ""}
    waiting.refresh_from_db()
    signed_in.post("/undo/changeset/", {"changeset": str(waiting.changeset_id)})
    assert not_deleted(owner) == []


def test_an_export_that_is_here_already_says_so(signed_in, owner):
    bring_in(owner, TOGGL)
    choose(signed_in, export(owner))
    waiting = Import.objects.get(user=owner)

    assert "4 are here already" in flat(signed_in.get(address(waiting)))
    assert "is here already" in flat(signed_in.post(address(waiting, "run/"), follow=True))


def test_an_export_comes_by_itself(signed_in, owner):
    response = choose(signed_in, export(owner), TOGGL)

    assert response.status_code == 422
    assert "Choose it by itself." in flat(response)
    assert not Import.objects.exists()


def test_nothing_new_offers_no_import(signed_in, owner):
    bring_in(owner, TOGGL)
    choose(signed_in, TOGGL)

    page = flat(signed_in.get(address(Import.objects.get(user=owner))))
    assert "Nothing in these files is new here." in page
    assert "4 are here already" in page
    assert "/run/" not in page


def test_a_damaged_export_says_where(signed_in, owner):
    content = export(owner)

    assert choose(signed_in, content.replace(b"sessions.jsonl", b"sessions.jsonx")).status_code == 422
    assert not Import.objects.exists()
