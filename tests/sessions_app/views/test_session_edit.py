"""One session: all its fields, conflicts, and the presses that reshape it, by plain forms."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.views.conftest import edit, typed


@pytest.fixture
def session(owner) -> TimeSession:
    return make_session(owner, "2026-11-23T08:12:34Z", "2026-11-23T09:00:05Z", "Logo", note="first\nround")


def test_saving_without_a_change_changes_nothing(signed_in, session):
    assert edit(signed_in, session).status_code == 303

    session.refresh_from_db()
    assert session.version == 1


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "Logo sketches"}, {"name": "Logo sketches"}),
        ({"note": "second"}, {"note": "second"}),
        ({"start": "9"}, {"start": instant("2026-11-23T08:00Z")}),
        ({"start": "-5"}, {"start": instant("2026-11-23T08:07:34Z")}),
        ({"end": "1015"}, {"end": instant("2026-11-23T09:15Z")}),
        ({"date": "2026-11-22"}, {"start": instant("2026-11-22T08:12Z")}),
        ({"duration": "1h10"}, {"end": instant("2026-11-23T09:22:34Z")}),
        ({"duration": "70"}, {"end": instant("2026-11-23T09:22:34Z")}),
        ({"timezone": "Asia/Tokyo"}, {"timezone": "Asia/Tokyo", "start": instant("2026-11-23T08:12:34Z")}),
        ({"billable": "on"}, {"billable": True}),
    ],
)
def test_each_field_changes_alone(signed_in, session, changes, fields):
    assert edit(signed_in, session, **changes).status_code == 303

    session.refresh_from_db()
    assert {name: getattr(session, name) for name in fields} == fields
    assert session.version == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "9:75"}, "“9:75” is not a time. Try 9:45, 945 or -15."),
        ({"start": "10:20"}, "The end is not after the start. Give a later end."),
        ({"end": "10:31"}, "10:31 hasn't come yet."),
        ({"duration": "long"}, "“long” is not a length of time. Try 45m, 1h30 or 1.5h."),
        ({"duration": "9h"}, "This would end in the future."),
        ({"duration": "0:50", "end": "10:10"}, "Give either the duration or the times, not both."),
        ({"timezone": "Mars/Base"}, "“Mars/Base” is not a time zone. Use an IANA name such as Europe/Berlin."),
        ({"name": "x" * 201}, "This has 201 characters, at most 200 are kept. Shorten it."),
    ],
)
def test_rejected_changes_keep_what_was_typed_and_say_why(signed_in, session, changes, message):
    response = edit(signed_in, session, **{"name": "Changed", **changes})

    assert response.status_code == 422
    page = unescape(response.text)
    assert message in page
    for value in changes.values():
        assert value in page
    session.refresh_from_db()
    assert (session.name, session.version) == ("Logo", 1)


def test_duration_of_the_running_session_moves_its_start(signed_in, owner):
    running = start_session(owner, "2026-11-23T09:00:00Z", "Mail")

    assert edit(signed_in, running, duration="2h").status_code == 303

    running.refresh_from_db()
    assert (running.start, running.end) == (instant("2026-11-23T07:30Z"), None)


def test_a_stale_change_shows_both_values_and_loses_nothing(signed_in, owner, session):
    path = f"/sessions/{session.id}/edit/"
    seen = typed(signed_in.get(path).text, path)
    services.edit_session(owner, WEB, session.id, name="From the phone", billable=True)

    response = signed_in.post(path, {**seen, "name": "From the desk"})

    assert response.status_code == 409
    page = unescape(response.text)
    assert "From the phone" in page
    assert "From the desk" in page
    session.refresh_from_db()
    assert session.name == "From the phone"

    assert signed_in.post(path, typed(response.text, path)).status_code == 303  # “Save mine”
    session.refresh_from_db()
    assert (session.name, session.billable, session.version) == ("From the desk", True, 3)


def test_history_says_who_changed_what(signed_in, session):
    edit(signed_in, session, name="Letter")

    page = re.sub(r"\s+", " ", unescape(signed_in.get(f"/sessions/{session.id}/edit/").text))

    assert "changed (web)" in page
    assert "name: Logo → Letter" in page
    assert "added (web)" in page


def test_continue_starts_the_same_again(signed_in, owner, session):
    response = signed_in.post(f"/sessions/{session.id}/continue/")

    assert (response.status_code, response["Location"]) == (303, "/")
    assert TimeSession.objects.for_user(owner).running().get().name == "Logo"


def test_duplicate_merge_delete_and_restore(signed_in, owner, session):
    def changeset(session: TimeSession, action: str, **values: str) -> None:
        assert signed_in.post(f"/sessions/{session.id}/{action}/", {"next": "/", **values}).status_code == 303

    changeset(session, "duplicate")
    stored = TimeSession.objects.for_user(owner).not_deleted()
    other = stored.exclude(id=session.id).get()
    changeset(session, "merge", other=str(other.id))
    merged = stored.get()
    changeset(merged, "delete")
    assert stored.count() == 0
    assert "Logo" in signed_in.get("/trash/").text
    changeset(merged, "restore")
    assert stored.get().name == "Logo"


def test_split_at_a_time_inside(signed_in, owner, session):
    path = f"/sessions/{session.id}/split/"

    rejected = signed_in.post(path, {"at": "11"})
    assert rejected.status_code == 422
    assert "11:00 hasn't come yet." in unescape(rejected.text)
    assert 'value="11"' in rejected.text
    outside = signed_in.post(path, {"at": "8"})
    assert "This is not between the start and the end. Give a time inside the session." in outside.text

    assert signed_in.post(path, {"at": "9:30"}).status_code == 303
    first, second = TimeSession.objects.for_user(owner).order_by("start")
    assert first.end == second.start == instant("2026-11-23T08:30Z")


def test_move_to_another_day(signed_in, session):
    response = signed_in.post(f"/sessions/{session.id}/move/", {"day": "2026-11-19"})

    assert response["Location"] == "/day/2026-11-19/"
    session.refresh_from_db()
    assert session.start == instant("2026-11-19T08:12:34Z")


def test_move_to_a_day_on_which_the_time_came_twice_asks(signed_in, owner):
    session = make_session(owner, "2026-11-20T01:30:00Z", "2026-11-20T03:00:00Z")  # 2:30
    path = f"/sessions/{session.id}/move/"

    asked = signed_in.post(path, {"day": "2026-10-25"})
    assert asked.status_code == 422
    assert "The second time" in asked.text

    assert signed_in.post(path, {"day": "2026-10-25", "occurrence": "2"}).status_code == 303
    session.refresh_from_db()
    assert session.start == instant("2026-10-25T01:30Z")


def test_insert_splits_the_host(signed_in, owner, session):
    path = f"/sessions/{session.id}/insert/"

    assert signed_in.post(path, {"name": "Call", "start": "9:20", "end": "9:40"}).status_code == 303

    sessions = TimeSession.objects.for_user(owner).order_by("start")
    assert [each.name for each in sessions] == ["Logo", "Call", "Logo"]


@pytest.fixture
def weekend(owner) -> TimeSession:
    """Forgotten on Friday at 17:00, until Monday at 9:00."""
    return make_session(owner, "2026-11-20T16:00:00Z", "2026-11-23T08:00:00Z", "Logo")


def test_a_long_weekend_is_split_on_the_day_asked_for(signed_in, owner, weekend):
    options = re.findall(r'<option value="(2026-[^"]*)"', signed_in.get(f"/sessions/{weekend.id}/edit/").text)
    days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    assert options == days * 2

    for day in ("", days[0]):  # the first is shown, so it is meant, and no day is guessed
        rejected = signed_in.post(f"/sessions/{weekend.id}/split/", {"at": "0:00", "day": day})
        assert rejected.status_code == 422
        assert "Give a time inside the session." in rejected.text
    assert signed_in.post(f"/sessions/{weekend.id}/split/", {"at": "0:00", "day": "2026-11-24"}).status_code == 422

    assert signed_in.post(f"/sessions/{weekend.id}/split/", {"at": "0:00", "day": days[3]}).status_code == 303
    call = {"name": "Call", "start": "23:00", "end": "1:00", "day": days[1]}
    assert signed_in.post(f"/sessions/{weekend.id}/insert/", call).status_code == 303

    rows = TimeSession.objects.for_user(owner).order_by("start").values_list("name", "start", "end")
    assert list(rows) == [
        ("Logo", weekend.start, instant("2026-11-21T22:00Z")),
        ("Call", instant("2026-11-21T22:00Z"), instant("2026-11-22T00:00Z")),
        ("Logo", instant("2026-11-22T00:00Z"), instant("2026-11-22T23:00Z")),
        ("Logo", instant("2026-11-22T23:00Z"), weekend.end),
    ]


def test_what_runs_since_friday_is_split_on_monday(signed_in, owner):
    running = start_session(owner, "2026-11-20T16:00:00Z", "Logo")

    assert signed_in.post(f"/sessions/{running.id}/split/", {"at": "9", "day": "2026-11-23"}).status_code == 303

    first, second = TimeSession.objects.for_user(owner).order_by("start")
    assert (first.end, second.end) == (instant("2026-11-23T08:00Z"), None)


def test_a_session_over_one_midnight_asks_for_no_day(signed_in, owner):
    night = make_session(owner, "2026-11-20T21:00:00Z", "2026-11-21T01:00:00Z", "Logo")  # 22:00 to 2:00

    assert '<option value="2026' not in signed_in.get(f"/sessions/{night.id}/edit/").text
    assert signed_in.post(f"/sessions/{night.id}/split/", {"at": "1:00"}).status_code == 303

    first, _second = TimeSession.objects.for_user(owner).order_by("start")
    assert first.end == instant("2026-11-21T00:00Z")


def test_many_sessions_change_as_one_click(signed_in, owner, session):
    other = make_session(owner, "2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z")
    both = {"session": [str(session.id), str(other.id)]}

    signed_in.post("/sessions/selection/", {**both, "do": "billable"})
    assert TimeSession.objects.for_user(owner).filter(billable=True).count() == 2
    page = signed_in.post("/sessions/selection/", {**both, "do": "delete"}, follow=True).text
    assert "Deleted 2 sessions." in page
    signed_in.post("/undo/changeset/")
    assert TimeSession.objects.for_user(owner).not_deleted().count() == 2


def test_selecting_nothing_says_so(signed_in):
    page = signed_in.post("/sessions/selection/", {"do": "delete"}, follow=True).text

    assert "Choose one or more sessions first." in page


@pytest.mark.parametrize(
    "action",
    ["edit", "continue", "duplicate", "split", "merge", "move", "insert", "confirm", "delete", "restore", "edit/times"],
)
def test_sessions_of_others_are_not_there(signed_in, stranger, action):
    theirs = make_session(stranger, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Secret")

    for who in (signed_in, Client()):
        for session_id in (theirs.id, uuid4()):
            response = who.post(f"/sessions/{session_id}/{action}/", {"version": "1", "other": str(theirs.id)})
            assert response.status_code == 404
            assert "Secret" not in response.text
    theirs.refresh_from_db()
    assert (theirs.version, theirs.deleted_at) == (1, None)


@pytest.mark.parametrize("action", ["continue", "duplicate", "split", "merge", "move", "insert", "confirm", "delete"])
def test_looking_changes_nothing(signed_in, session, action):
    response = signed_in.get(f"/sessions/{session.id}/{action}/")

    assert (response.status_code, response["Location"]) == (302, "/")  # as when a tab is restored
    session.refresh_from_db()
    assert session.version == 1


@pytest.mark.parametrize("duration", ["\x00", "1" * 41])
def test_duration_that_no_field_takes_is_rejected(signed_in, session, duration):
    assert edit(signed_in, session, duration=duration).status_code == 422


def test_deleting_from_a_link_on_its_page_leads_to_a_page_that_is_there(signed_in, session):
    page = signed_in.post(f"/sessions/{session.id}/delete/", {"next": f"/sessions/{session.id}/edit/"}, follow=True)

    assert page.status_code == 200
    assert "Deleted “Logo”, 48 min. In Trash for 30 days." in page.text
