"""An export brought in again: equal to what was taken out, all or nothing, once and not twice."""

import io
import json
import random
import struct
import tracemalloc
import zipfile
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings

from sessions_app import services
from sessions_app.account_export import archive
from sessions_app.models import Change, Client, Kind, Project, SessionTag, Source, Tag, TimeSession
from tests.accounts import accounts, bring_in, make_everything, take_out
from tests.factories import WEB, make_guest, make_session, start_session
from tests.many_sessions import add_sessions
from tests.sessions_app.services.states import DAY, NOW, everything, not_deleted
from timetracker.errors import ConflictError, InvalidInputError
from users_app.models import User
from users_app.services.deletion import remove_users

SESSION = {
    "id": "0198aaaa-0000-7000-8000-000000000001",
    "name": "Draft",
    "note": "one\ntwo",
    "start": "2026-11-23T07:00:00+00:00",
    "end": "2026-11-23T08:00:00+00:00",
    "timezone": "Europe/Berlin",
    "project_id": None,
    "tag_ids": [],
    "billable": True,
    "hourly_rate": "80.0000",
    "currency": "EUR",
    "rate_is_override": False,
    "confirmed_at": None,
    "needs_end_check": False,
    "deleted_at": None,
    "source": "api",
    "version": 3,
    "created_at": "2026-11-23T07:00:00+00:00",
    "updated_at": "2026-11-23T08:00:00+00:00",
}
OTHER_ID = "0198aaaa-0000-7000-8000-000000000002"
STAMPS = {"version": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "deleted_at": None}
TAG = {"id": "0198aaaa-0000-7000-8000-00000000000a", "name": "call", "archived": False, **STAMPS}
CLIENT = {
    "id": "0198aaaa-0000-7000-8000-00000000000b",
    "name": "Acme",
    "hourly_rate": None,
    "currency": "",
    "archived": False,
    **STAMPS,
}
PROJECT = {
    **CLIENT,
    "id": "0198aaaa-0000-7000-8000-00000000000c",
    "name": "Logo",
    "client_id": CLIENT["id"],
    "colour": 8,
    "billable_by_default": True,
}
SETTINGS = {
    "clock": "12",
    "currency": "USD",
    "date_format": "iso",
    "display_name": "Mira",
    "duration_format": "words",
    "hourly_rate": "70.0000",
    "long_session_hours": 5,
    "notes_last_seen": False,
    "timezone": "Asia/Tokyo",
    "week_start": 6,
}


def account_of(**changes):
    items = {"clients": [CLIENT], "projects": [PROJECT], "tags": [TAG]}
    return {"format": "timetracker-export", "version": 1, "settings": SETTINGS, **items, **changes}


def zip_of(*sessions, account=None, **parts):
    """An export of these sessions, each a dict or a line; `parts` are by their names without a dot."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in sessions]
    content = {
        "account.json": json.dumps(account_of() if account is None else account).encode(),
        "sessions.jsonl": b"\n".join(lines),
        **{name.replace("_", "."): part for name, part in parts.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in content.items():
            if part is not None:
                made.writestr(name, part)
    return file.getvalue()


def all_rows():
    people = [model_to_dict(user) for user in User.objects.order_by("pk")]
    items = [list(model.objects.order_by("pk").values()) for model in (Client, Project, Tag, SessionTag)]
    return [*everything(), *items, people]


def test_what_was_taken_out_comes_back_equal_and_a_second_import_changes_nothing(db):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(account=accounts)
    def export_and_import(account):
        user = make_everything(account)
        taken_out = take_out(user)
        remove_users([user.id])
        guest = make_guest()

        bring_in(guest, taken_out)

        guest.refresh_from_db()
        assert take_out(guest) == taken_out
        rows = all_rows()
        assert bring_in(guest, taken_out).batch is None
        assert all_rows() == rows
        assert list(services.find_inconsistent_sessions(guest)) == []

    export_and_import()


def test_import_next_to_the_original_makes_new_ids_and_finds_them_again(db):
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(account=accounts)
    def export_and_import_beside(account):
        user, guest = make_everything(account), make_guest()
        taken_out = take_out(user)

        bring_in(guest, taken_out)

        assert take_out(user) == taken_out
        rows = all_rows()
        assert bring_in(guest, taken_out).batch is None
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
    items = [
        {**item.snapshot(), "client_id": getattr(item, "client_id", None) and item.client.name}
        for model in (Client, Project, Tag)
        for item in model.objects.for_user(user)
    ]
    return [sorted(rows, key=lambda row: json.dumps(row, sort_keys=True)) for rows in (sessions, items)]


def test_an_import_is_one_changeset_and_says_what_it_did(owner):
    tagged = {**SESSION, "id": OTHER_ID, "project_id": PROJECT["id"], "tag_ids": [TAG["id"]]}

    summary = bring_in(owner, zip_of(SESSION, tagged))

    assert summary.added == {Kind.SESSION: 2, Kind.PROJECT: 1, Kind.CLIENT: 1, Kind.TAG: 1}
    assert (summary.present.total(), summary.has_settings) == (0, True)
    recorded = Change.objects.filter(user=owner)
    assert {(each.changeset_id, each.action, each.source, each.at) for each in recorded} == {
        (summary.batch, "import", "import", NOW)
    }
    session = TimeSession.objects.for_user(owner).get(id=OTHER_ID)
    assert (session.source, session.version, session.tag_ids) == (Source.API, 3, (Tag.objects.get().id,))
    assert recorded.get(object_id=session.id).after == session.snapshot()
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
    imported = take_out(owner)

    undone = services.undo_changeset(owner, WEB)

    assert not_deleted(owner) == []
    assert TimeSession.objects.for_user(owner).in_trash().count() == 2
    assert not any(model.objects.for_user(owner).not_deleted().exists() for model in (Client, Project, Tag))
    redo = Change.objects.filter(undoes=undone.id).first().batch
    services.undo_changeset(owner, WEB, redo)
    assert chosen_in(take_out(owner)) == chosen_in(imported)


def chosen_in(taken_out):
    """All of an export but versions and instants of writing, which undo counts on."""
    with zipfile.ZipFile(io.BytesIO(taken_out)) as opened:
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

    assert bring_in(owner, content).batch is None


def test_empty_lines_and_other_files_do_not_matter(owner):
    summary = bring_in(owner, zip_of(b"", SESSION, b"\r", README_txt=b"x", **{"../../x": b"y"}))

    assert summary.added[Kind.SESSION] == 1


WRONG_LINES = {
    "not JSON": (b"{", "This is not JSON in UTF-8."),
    "not UTF-8": (b'{"id": "\xff"}', "This is not JSON in UTF-8."),
    "nested": (b"[" * 100_000, "This is not JSON in UTF-8."),
    "a long number": (b"1" * 5000, "This is not JSON in UTF-8."),
    "no object": (b"[]", "This must be an object, in braces."),
    "a key that is missing": (b"{}", "“id” is missing."),
}
WRONG_FIELDS = [
    ({"colour": 1}, "“colour” is not known here. Leave it out."),
    ({"id": "1"}, "“id” must be an id, such as 0198aaaa-0000-7000-8000-000000000001."),
    ({"id": None}, "“id” must be an id"),
    ({"name": None}, "“name” must be text, in quotes."),
    ({"name": "x" * 201}, "This has 201 characters, at most 200 are kept."),
    ({"note": "a\0b"}, "Control characters cannot be kept."),
    ({"name": "\ud800"}, "Control characters cannot be kept."),
    ({"timezone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone."),
    ({"start": None}, "“start” must be an instant with its offset"),
    ({"start": "2026-11-23T07:00:00"}, "“start” must be an instant with its offset"),
    ({"start": "1969-12-31T23:59:59Z"}, "“start” is before 1970, or in the future."),
    ({"start": "0001-01-01T00:00:00+14:00"}, "“start” is before 1970, or in the future."),
    ({"end": "9999-12-31T23:59:59-14:00"}, "“end” is before 1970, or in the future."),
    ({"end": "2026-11-23T06:59:59Z"}, "The end is before the start. Give a later end."),
    ({"end": None, "start": "2026-11-23T09:00:01Z"}, "This start hasn't come yet."),
    ({"end": None, "deleted_at": "2026-11-23T07:00:00Z"}, "A session in the Trash cannot be running."),
    ({"deleted_at": "2027-01-01T00:00:00Z"}, "“deleted_at” is before 1970, or in the future."),
    ({"billable": 1}, "“billable” must be true or false."),
    ({"hourly_rate": 80}, "“hourly_rate” must be a number in quotes"),
    ({"hourly_rate": "eighty"}, "“hourly_rate” must be a number in quotes"),
    ({"hourly_rate": "NaN"}, "Give an hourly rate from 0"),
    ({"hourly_rate": "1e999999"}, "Give an hourly rate from 0"),
    ({"hourly_rate": "0.00001"}, "Give a rate of at most 4 decimal places."),
    ({"currency": "XXX"}, "“XXX” is not a currency."),
    ({"currency": ""}, "A rate needs a currency"),
    ({"hourly_rate": None}, "A rate needs a currency"),
    (
        {"hourly_rate": None, "currency": "", "rate_is_override": True},
        "“rate_is_override” is true, but there is no rate.",
    ),
    ({"source": "fax"}, "“source” must be one of web, api, import, admin, system."),
    ({"version": 0}, "“version” must be from 1 to 1,000,000,000."),
    ({"version": 10**30}, "“version” must be from 1 to 1,000,000,000."),
    ({"version": True}, "“version” must be a whole number."),
    ({"project_id": OTHER_ID}, f"“project_id” names {OTHER_ID}, which is not in the file."),
    ({"tag_ids": [OTHER_ID]}, f"“tag_ids” names {OTHER_ID}, which is not in the file."),
    ({"tag_ids": [TAG["id"]] * 2}, "“tag_ids” has an id twice."),
    ({"tag_ids": "x"}, "“tag_ids” must be a list of ids."),
    ({"id": SESSION["id"]}, f"The id {SESSION['id']} was used before."),
]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        *WRONG_LINES.values(),
        *(({**SESSION, "id": OTHER_ID, **changes}, message) for changes, message in WRONG_FIELDS),
    ],
)
def test_a_wrong_line_is_reported_and_nothing_is_written(owner, line, message):
    refuse(owner, zip_of(SESSION, line), f"sessions.jsonl, line 2: {message}")


def test_a_second_running_session_in_the_file_is_rejected(owner):
    running = {**SESSION, "end": None}

    refuse(owner, zip_of(running, {**running, "id": OTHER_ID}), "sessions.jsonl, line 2: A second session is running.")


def refuse(user, content, message):
    """The file is refused with this, at the field of the form, and nothing is written."""
    before = all_rows()
    with pytest.raises(InvalidInputError) as raised:
        bring_in(user, content)
    assert [each.field for each in raised.value.errors] == ["file"]
    assert raised.value.message.startswith(message)
    assert all_rows() == before


WRONG_ACCOUNTS = [
    ([], "account.json: This is not an export of Timetracker."),
    (account_of(format="other"), "account.json: This is not an export of Timetracker."),
    (account_of(version=2), "account.json: This server reads version 1 of the format only."),
    (account_of(version=True), "account.json: This server reads version 1 of the format only."),
    (account_of(more=1), "account.json: “more” is not known here. Leave it out."),
    (account_of(tags={}), "account.json: “tags” must be a list."),
    (account_of(settings=[]), "account.json: This must be an object, in braces."),
    (account_of(settings={**SETTINGS, "is_staff": True}), "account.json: “is_staff” is not known here."),
    (account_of(settings={**SETTINGS, "timezone": "Mars"}), "account.json: “timezone”: “Mars” is not a time zone."),
    (account_of(settings={**SETTINGS, "week_start": 7}), "account.json: “week_start”: "),
    (account_of(settings={**SETTINGS, "hourly_rate": "NaN"}), "account.json: “hourly_rate”: "),
    (account_of(settings={**SETTINGS, "display_name": "x" * 101}), "account.json: This has 101 characters"),
    (account_of(tags=[TAG, {**TAG, "id": OTHER_ID, "name": "two words"}]), "account.json, tags, entry 2: “two words”"),
    (account_of(tags=[TAG, TAG]), f"account.json, tags, entry 2: The id {TAG['id']} was used before."),
    (
        account_of(tags=[TAG, {**TAG, "id": OTHER_ID, "name": "CALL"}]),
        "account.json, tags, entry 2: Another one has the name “CALL”, too.",
    ),
    (account_of(clients=[]), f"account.json, projects, entry 1: “client_id” names {CLIENT['id']}, which is not in"),
    (account_of(projects=[{**PROJECT, "colour": 9}]), "account.json, projects, entry 1: Colours are numbered"),
    (account_of(projects=[{**PROJECT, "name": " "}]), "account.json, projects, entry 1: Give a name."),
]


@pytest.mark.parametrize(("account", "message"), WRONG_ACCOUNTS)
def test_a_wrong_account_is_reported_and_nothing_is_written(owner, account, message):
    refuse(owner, zip_of(SESSION, account=account), message)


BROKEN = "This file is no ZIP, or is damaged."


def test_what_is_no_take_out_is_rejected(owner):
    whole = zip_of(SESSION)
    refuse(owner, b"", BROKEN)
    refuse(owner, b"x" * 5000, BROKEN)
    refuse(owner, whole[:-10], BROKEN)
    refuse(owner, whole + b"x", BROKEN)
    refuse(owner, zip_of(account_json=None), "This file should have one account.json, but has 0.")
    refuse(owner, zip_of(sessions_jsonl=None), "This file should have one sessions.jsonl, but has 0.")


def test_a_part_that_is_there_twice_is_rejected(owner):
    file = io.BytesIO(zip_of(SESSION))
    with zipfile.ZipFile(file, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("sessions.jsonl", b"")

    refuse(owner, file.getvalue(), "This file should have one sessions.jsonl, but has 2.")


def test_ways_of_packing_that_could_exhaust_the_server_are_rejected(owner):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("account.json", json.dumps(account_of()))
        made.writestr("sessions.jsonl", b"")
    refuse(owner, file.getvalue(), "account.json is encrypted or packed in an unusual way.")

    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for number in range(2_000):
            made.writestr(f"{number:05}", b"")
    refuse(owner, many.getvalue(), BROKEN)

    encrypted = bytearray(zip_of(SESSION))
    place = encrypted.index(b"PK\x01\x02") + 8
    encrypted[place : place + 2] = struct.pack("<H", 1)
    refuse(owner, bytes(encrypted), "account.json is encrypted")


def test_parts_have_limits_that_hold_whatever_the_zip_says(owner, monkeypatch):
    monkeypatch.setattr(archive, "MAX_LINES", 2)
    refuse(owner, zip_of(b"", SESSION, SESSION), "sessions.jsonl has more than 2 lines.")
    monkeypatch.setattr(archive, "MAX_BYTES_OF_LINE", 1000)
    refuse(owner, zip_of(b" " * 1001), "sessions.jsonl, line 1: This line is longer than any session can be.")
    monkeypatch.setitem(archive.MAX_BYTES, "sessions.jsonl", 10_000_000)
    bomb = zip_of(b" " * 10_000_001)
    assert len(bomb) < 20_000
    refuse(owner, bomb, "sessions.jsonl is larger than 10 MB.")
    refuse(owner, bomb.replace(struct.pack("<I", 10_000_001), struct.pack("<I", 10)), BROKEN)


def test_damaged_files_are_rejected_or_mean_the_same(owner):
    chance = random.Random(4)
    whole = zip_of(SESSION, {**SESSION, "id": OTHER_ID})
    before = all_rows()
    for _turn in range(400):
        damaged = bytearray(whole)
        for _time in range(chance.choice([1, 1, 4])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            summary = bring_in(owner, bytes(damaged))
        except InvalidInputError:
            assert all_rows() == before
        else:
            assert summary.added[Kind.SESSION] == 2
            services.undo_changeset(owner, WEB)
            owner.delete()
            owner = make_guest(id=owner.id, timezone="Europe/Berlin", display_name="Owner")
            assert all_rows()[0] == []
            before = all_rows()


def test_an_id_that_nobody_can_be_given_is_rejected(owner, stranger):
    first = UUID(SESSION["id"])
    for session_id in (first, uuid5(owner.id, str(first))):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=session_id)

    with pytest.raises(ConflictError, match=f"sessions.jsonl: The id {first} cannot be used"):
        bring_in(owner, zip_of(SESSION))


def test_sessions_are_never_all_in_memory(owner, stranger):
    add_sessions(owner, 4_000, until=NOW - DAY, over=timedelta(days=500))
    taken_out = take_out(owner)
    tracemalloc.start()
    try:
        summary = bring_in(stranger, taken_out)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert summary.added[Kind.SESSION] == 4_000
    assert peak < 7_000_000
