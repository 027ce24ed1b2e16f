"""Importing an export: equal to what was exported, all or nothing, once and not twice."""

import io
import json
import tracemalloc
import zipfile
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given

from sessions_app import services
from sessions_app.account_export import import_account_export, importing
from sessions_app.models import BATCH_SIZE, Change, Client, Kind, Project, Source, Tag, TimeSession
from sessions_app.services import parts
from tests.accounts import accounts, bring_in, export, make_everything
from tests.examples import examples
from tests.factories import WEB, make_guest, make_session, start_session
from tests.many_sessions import add_sessions
from tests.sessions_app.account_export.files import (
    OTHER_ID,
    PROJECT,
    SESSION,
    TAG,
    all_rows,
    zip_of,
)
from tests.sessions_app.services.states import DAY, NOW, not_deleted
from timetracker.errors import ConflictError
from users_app.services.deletion import remove_users


def test_what_was_exported_comes_back_equal_and_a_second_import_changes_nothing(db):
    @examples(40)
    @given(account=accounts)
    def export_and_import(account):
        user = make_everything(account)
        exported = export(user)
        remove_users([user.id])
        guest = make_guest()

        bring_in(guest, exported)

        guest.refresh_from_db()
        assert export(guest) == exported
        rows = all_rows()
        assert bring_in(guest, exported).changeset_id is None
        assert all_rows() == rows
        assert list(services.find_inconsistent_sessions(guest)) == []

    export_and_import()


def test_import_next_to_the_original_makes_new_ids_and_finds_them_again(db):
    @examples(20)
    @given(account=accounts)
    def export_and_import_beside(account):
        user, guest = make_everything(account), make_guest()
        exported = export(user)

        bring_in(guest, exported)

        assert export(user) == exported
        rows = all_rows()
        assert bring_in(guest, exported).changeset_id is None
        assert all_rows() == rows
        assert without_ids(guest) == without_ids(user)

    export_and_import_beside()


def without_ids(user):
    """Every session with the names of what it has; and the items."""
    user.refresh_from_db()
    projects = {each.id: each for each in Project.objects.for_user(user)}
    tags = {each.id: each.name for each in Tag.objects.for_user(user)}
    sessions = [
        {
            **session.snapshot(),
            "project_id": session.project_id and projects[session.project_id].name,
            "tag_ids": sorted(tags[each] for each in session.tag_ids),
        }
        for session in TimeSession.objects.for_user(user)
    ]
    entries = [
        {**entry.snapshot(), "client_id": getattr(entry, "client_id", None) and entry.client.name}
        for model in (Client, Project, Tag)
        for entry in model.objects.for_user(user)
    ]
    return [sorted(rows, key=lambda row: json.dumps(row, sort_keys=True)) for rows in (sessions, entries)]


def test_an_import_is_one_changeset_and_says_what_it_did(owner):
    tagged = {**SESSION, "id": OTHER_ID, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}

    summary = bring_in(owner, zip_of(SESSION, tagged))

    assert summary.added == {Kind.SESSION: 2, Kind.PROJECT: 1, Kind.CLIENT: 1, Kind.TAG: 1}
    assert (summary.present.total(), summary.has_settings) == (0, True)
    tracked = Change.objects.filter(user=owner)
    assert {(each.changeset_id, each.action, each.changeset.source, each.changeset.at) for each in tracked} == {
        (summary.changeset_id, "import", "import", NOW)
    }
    session = TimeSession.objects.for_user(owner).get(id=OTHER_ID)
    assert (session.source, session.version, session.tag_ids) == (Source.API, 3, (Tag.objects.get().id,))
    assert tracked.get(object_id=session.id).after == session.snapshot()
    owner.refresh_from_db()
    assert (owner.timezone, owner.hourly_rate, owner.currency, owner.notes_last_seen) == (
        "Asia/Tokyo",
        70,
        "USD",
        False,
    )


def test_undo_takes_the_whole_import_back_and_can_be_undone(owner):
    running = {**SESSION, "id": OTHER_ID, "end": None, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}
    bring_in(owner, zip_of(SESSION, running))
    imported = export(owner)

    undone = services.undo_changeset(owner, WEB)

    assert not_deleted(owner) == []
    assert TimeSession.objects.for_user(owner).in_trash().count() == 2
    assert not any(model.objects.for_user(owner).not_deleted().exists() for model in (Client, Project, Tag))
    services.undo_changeset(owner, WEB, undone.undone_by)
    assert content_of(export(owner)) == content_of(imported)


def content_of(exported):
    """All of an export but versions and instants of writing, which undo counts on."""
    with zipfile.ZipFile(io.BytesIO(exported)) as opened:
        rows = [json.loads(line) for line in opened.read("sessions.jsonl").splitlines()]
        account = json.loads(opened.read("account.json"))
    for row in [*rows, *account["clients"], *account["projects"], *account["tags"]]:
        del row["version"], row["updated_at"]
    return rows, account


def test_what_is_here_stays_and_names_are_used_again(owner):
    here = services.create_entry(owner, WEB, Project, name="LOGO", colour=2)
    tag = services.create_entry(owner, WEB, Tag, name="Call")
    tagged = {**SESSION, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}

    summary = bring_in(owner, zip_of(tagged))

    assert summary.added == Counter({Kind.SESSION: 1, Kind.CLIENT: 1})
    assert summary.present == Counter({Kind.PROJECT: 1, Kind.TAG: 1})
    assert not summary.has_settings
    session = TimeSession.objects.for_user(owner).get()
    assert (session.project_id, session.tag_ids) == (here.id, (tag.id,))
    owner.refresh_from_db()
    here.refresh_from_db()
    assert (owner.timezone, here.name, here.version) == ("Europe/Berlin", "LOGO", 1)


def test_a_session_that_was_changed_here_is_left_alone(owner):
    bring_in(owner, zip_of(SESSION))
    services.edit_session(owner, WEB, TimeSession.objects.for_user(owner).get().id, name="Mine")

    summary = bring_in(owner, zip_of(SESSION, {**SESSION, "id": OTHER_ID}))

    assert (summary.added[Kind.SESSION], summary.present[Kind.SESSION]) == (1, 1)
    assert sorted(each.name for each in not_deleted(owner)) == ["Draft", "Mine"]


def test_what_was_deleted_here_since_is_not_given_to_anything_again(owner):
    bring_in(owner, zip_of(SESSION))
    services.delete_entry(owner, WEB, Project, Project.objects.get().id)
    services.delete_entry(owner, WEB, Tag, Tag.objects.get().id)

    bring_in(owner, zip_of({**SESSION, "id": OTHER_ID, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}))

    session = TimeSession.objects.for_user(owner).get(id=OTHER_ID)
    assert (session.project_id, session.tag_ids) == (None, ())


def test_a_timer_that_was_forgotten_for_months_comes_in(owner):
    bring_in(owner, zip_of({**SESSION, "start": "2026-03-01T00:00:00Z"}))

    assert not_deleted(owner)[0].duration_seconds > 31 * 86400


def test_a_second_running_session_is_rejected(owner):
    start_session(owner, "2026-11-23T08:30Z")
    before = all_rows()

    with pytest.raises(ConflictError, match=r"sessions\.jsonl, line 2: This session is running") as raised:
        bring_in(owner, zip_of(SESSION, {**SESSION, "id": OTHER_ID, "end": None}))

    assert raised.value.code == "timer_running"
    assert all_rows() == before


def test_the_running_session_itself_is_no_second_one(owner):
    content = zip_of({**SESSION, "end": None})
    bring_in(owner, content)

    assert bring_in(owner, content).changeset_id is None


def test_empty_lines_and_other_files_do_not_matter(owner):
    summary = bring_in(owner, zip_of(b"", SESSION, b"\r", README_txt=b"x", **{"../../x": b"y"}))

    assert summary.added[Kind.SESSION] == 1


def test_an_id_that_nobody_can_be_given_is_rejected(owner, stranger):
    first = UUID(SESSION["id"])
    for session_id in (first, uuid5(owner.id, str(first))):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=session_id)

    with pytest.raises(ConflictError, match=f"sessions.jsonl: The id {first} cannot be used"):
        bring_in(owner, zip_of(SESSION))


def test_the_same_export_twice_at_once_goes_on_where_the_other_is(owner, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    content = zip_of(SESSION, {**SESSION, "id": OTHER_ID})
    others = []

    def let_others_write(_seconds):
        if not others:
            others.append(True)
            others.append(import_account_export(owner, WEB, io.BytesIO(content), seconds=0))

    monkeypatch.setattr(parts.time, "sleep", let_others_write)

    summary = bring_in(owner, content)

    assert others[1].is_finished is False
    assert (summary.is_finished, summary.added[Kind.SESSION], len(not_deleted(owner))) == (True, 2, 2)


def test_sessions_are_never_all_in_memory(owner, stranger):
    add_sessions(owner, 2 * BATCH_SIZE, until=NOW - DAY, over=timedelta(days=100))
    exported = export(owner)
    tracemalloc.start()
    try:
        summary = bring_in(stranger, exported)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert summary.added[Kind.SESSION] == 2 * BATCH_SIZE
    assert peak < 4_000_000
