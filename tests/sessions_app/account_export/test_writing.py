"""What an export holds: everything that was tracked, nothing of who exported it and when."""

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app import services
from sessions_app.account_export import build_account_export
from sessions_app.models import BATCH_SIZE, Client, Project, Tag, TimeSession
from tests.accounts import ACCOUNT, export, make_everything
from tests.factories import WEB, make_account, make_session, start_session
from tests.many_sessions import add_sessions
from tests.sessions_app.services.states import DAY, NOW


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def mira(db):
    return make_everything(ACCOUNT)


def part(user, name):
    with zipfile.ZipFile(io.BytesIO(export(user))) as opened:
        return opened.read(name).decode()


def lines(user):
    return [json.loads(line) for line in part(user, "sessions.jsonl").split("\n")[:-1]]


def test_it_has_four_parts_without_a_time(mira):
    with zipfile.ZipFile(io.BytesIO(export(mira))) as opened:
        infos = opened.infolist()

    assert [info.filename for info in infos] == ["README.txt", "account.json", "sessions.jsonl", "sessions.csv"]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_the_account_has_settings_and_the_catalogue(mira):
    services.delete_entry(mira, WEB, Tag, Tag.objects.get(name="draft").id)

    account = json.loads(part(mira, "account.json"))

    assert (account["format"], account["version"]) == ("timetracker-export", 1)
    assert account["settings"] == {
        "clock": "24",
        "currency": "EUR",
        "date_format": "day",
        "display_name": "Mira",
        "duration_format": "clock",
        "hourly_rate": "80.0000",
        "long_session_hours": 8,
        "notes_last_seen": True,
        "wants_notices": True,
        "theme": "system",
        "day_goal_seconds": None,
        "week_goal_seconds": None,
        "timezone": "Europe/Berlin",
        "week_start": 0,
    }
    assert [each["name"] for each in account["clients"]] == ["Acme"]
    assert {each["name"]: each["hourly_rate"] for each in account["projects"]} == {"Logo": "95.5000", "Site": None}
    assert {each["name"]: each["deleted_at"] for each in account["tags"]} == {
        "call": None,
        "draft": "2026-11-23T09:00:00+00:00",
    }


def test_sessions_have_all_that_was_selected_one_on_each_line_by_start(mira):
    project, tag = Project.objects.get(name="Logo"), Tag.objects.get(name="call")
    later = make_session(mira, "2026-11-23T08:00Z", "2026-11-23T08:30Z", "Later")
    first = make_session(
        mira,
        "2026-11-23T07:00Z",
        "2026-11-23T08:00Z",
        "Ünï",
        note="one\ntwo three",
        project_id=project.id,
        tags=["call"],
        timezone="Asia/Tokyo",
    )
    services.delete_session(mira, WEB, later.id)

    assert [each["id"] for each in lines(mira)] == [str(first.id), str(later.id)]
    assert lines(mira)[0] == {
        "id": str(first.id),
        "name": "Ünï",
        "note": "one\ntwo three",
        "start": "2026-11-23T07:00:00+00:00",
        "end": "2026-11-23T08:00:00+00:00",
        "timezone": "Asia/Tokyo",
        "project_id": str(project.id),
        "tag_ids": [str(tag.id)],
        "billable": False,
        "hourly_rate": "95.5000",
        "currency": "EUR",
        "rate_is_override": False,
        "confirmed_at": None,
        "needs_end_check": False,
        "times_known": True,
        "deleted_at": None,
        "source": "web",
        "version": 1,
        "created_at": "2026-11-23T09:00:00+00:00",
        "updated_at": "2026-11-23T09:00:00+00:00",
    }
    assert lines(mira)[1]["deleted_at"] == "2026-11-23T09:00:00+00:00"


def test_the_table_is_for_users(mira):
    client = Client.objects.get()
    project = Project.objects.get(name="Logo")
    services.edit_entry(mira, WEB, Project, project.id, client_id=client.id)
    make_session(mira, "2026-11-23T07:00Z", "2026-11-23T08:30Z", "=1+1", project_id=project.id, tags=["call", "draft"])
    gone = make_session(mira, "2026-11-23T07:00Z", "2026-11-23T08:30Z", "Gone")
    services.delete_session(mira, WEB, gone.id)
    start_session(mira, "2026-11-23T08:45Z", "Mail")

    rows = list(csv.DictReader(io.StringIO(part(mira, "sessions.csv").removeprefix("\ufeff"), newline="")))

    assert ",".join(rows[0]) == (
        "id,name,project,client,tags,start,end,timezone,seconds,hours,billable,hourly_rate,currency,note"
    )
    del rows[0]["id"]
    assert rows[0] == {
        "name": "'=1+1",
        "project": "Logo",
        "client": "Acme",
        "tags": "call draft",
        "start": "2026-11-23T07:00:00Z",
        "end": "2026-11-23T08:30:00Z",
        "timezone": "Europe/Berlin",
        "seconds": "5400",
        "hours": "1.5000",
        "billable": "false",
        "hourly_rate": "95.5000",
        "currency": "EUR",
        "note": "",
    }
    assert [(row["name"], row["end"], row["seconds"]) for row in rows[1:]] == [("Mail", "", "")]


def test_the_same_account_gives_the_same_bytes_whoever_and_whenever(mira, clock):
    start_session(mira, "2026-11-23T08:45Z", "Mail")
    before = export(mira)

    clock.move_to(NOW + DAY, tick=False)

    assert export(mira) == before


def test_nothing_tells_who_it_is(db):
    user = make_account("mira@example.org")
    user.access_tokens.model.objects.issue(user, name="Laptop")
    make_session(user, "2026-11-23T07:00Z", "2026-11-23T08:00Z")

    with zipfile.ZipFile(io.BytesIO(export(user))) as opened:
        content = b"".join(opened.read(name) for name in opened.namelist()).decode()

    for secret in (str(user.id), user.id.hex, "mira@example.org", "Laptop", "tt_"):
        assert secret not in content


def test_nothing_of_others_is_in_it(mira, stranger):
    make_session(stranger, "2026-11-23T07:00Z", "2026-11-23T08:00Z", "Theirs", project_name="Secret", tags=["hidden"])

    assert lines(mira) == []
    assert part(mira, "account.json").count('"id"') == 5
    assert part(mira, "sessions.csv").count("\r\n") == 1


def test_it_is_read_in_parts(mira):
    add_sessions(mira, 3 * BATCH_SIZE, until=NOW, over=timedelta(days=1000), tags=list(Tag.objects.all()))
    tracemalloc.start()
    try:
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            build_account_export(mira) as file,
        ):
            size = file.seek(0, io.SEEK_END)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > 100_000
    assert TimeSession.objects.for_user(mira).count() == 3 * BATCH_SIZE
    assert len(queries) < 30
    assert peak < 4_000_000
