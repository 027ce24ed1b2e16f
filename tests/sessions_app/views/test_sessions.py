"""Adding a finished session and changing a name, by plain forms."""

from uuid import uuid4

import pytest
from django.test import Client

from sessions_app.models import TimeSession
from tests.factories import instant, make_session, start_session
from tests.sessions_app.views.conftest import typed


def add(client: Client, date: str, start: str, end: str, **values: str):
    return client.post("/sessions/add/", {"id": str(uuid4()), "date": date, "start": start, "end": end, **values})


def test_adds_a_session_and_shows_its_day(signed_in, owner):
    response = add(signed_in, "2026-11-20", "14:00", "15:30", name="Proposal")

    assert (response.status_code, response["Location"]) == (303, "/day/2026-11-20/")
    session = TimeSession.objects.for_user(owner).get()
    assert session.name == "Proposal"
    assert (session.start, session.end) == (instant("2026-11-20T13:00Z"), instant("2026-11-20T14:30Z"))
    assert "Added “Proposal”, Fri 20 Nov, 14:00–15:30, 1 h 30 min." in signed_in.get("/").text


@pytest.mark.django_db
def test_first_session_may_be_one_that_is_added():
    client = Client()
    client.cookies["timezone"] = "Europe/Berlin"

    assert add(client, "2026-11-20", "14:00", "15:30").status_code == 303
    assert "1:30" in client.get("/day/2026-11-20/").text


def test_form_presets_the_day_it_was_opened_from(signed_in):
    assert 'value="Fri 20 Nov 2026"' in signed_in.get("/sessions/add/?date=2026-11-20").text
    assert 'value="Mon 23 Nov 2026"' in signed_in.get("/sessions/add/").text
    assert 'value="Mon 23 Nov 2026"' in signed_in.get("/sessions/add/?date=2026-02-30").text


def test_end_before_the_start_is_on_the_next_day(signed_in, owner):
    add(signed_in, "2026-11-20", "22:15", "0:40")

    session = TimeSession.objects.for_user(owner).get()
    assert (session.end - session.start).total_seconds() == (2 * 60 + 25) * 60


def test_sending_twice_adds_once(signed_in, owner):
    values = {"id": str(uuid4()), "date": "2026-11-20", "start": "14:00", "end": "15:30"}

    for _time in range(2):
        assert signed_in.post("/sessions/add/", values)["Location"] == "/day/2026-11-20/"

    assert TimeSession.objects.for_user(owner).count() == 1


def test_page_that_was_gone_back_to_adds_another_session_only_when_clicked_again(signed_in, owner):
    values = {"id": str(uuid4()), "date": "2026-11-20", "start": "14:00", "end": "15:30"}
    signed_in.post("/sessions/add/", values)

    page = signed_in.post("/sessions/add/", {**values, "start": "16:00", "end": "17:00"})
    assert page.status_code == 422
    assert "This page has added its session already. Press again to add this one, too." in page.text
    new_id = typed(page.text, "/sessions/add/")["id"]
    signed_in.post("/sessions/add/", {**values, "id": new_id, "start": "16:00", "end": "17:00"})

    assert TimeSession.objects.for_user(owner).count() == 2


@pytest.mark.parametrize(
    ("date", "start", "end", "message"),
    [
        ("2026-11-20", "14:00", "13:59", "From 14:00 to 13:59 on the next day is 23 h 59 min. Do you mean that?"),
        ("2026-11-20", "14:00", "14:00", "From 14:00 to 14:00 on the next day is 24 h. Do you mean that?"),
        ("2026-11-23", "10:00", "10:31", "10:31 hasn&#x27;t come yet."),
        (
            "2026-03-29",
            "02:30",
            "04:00",
            "2:30 did not exist on Sun 29 Mar 2026: the clock was put forward.",
        ),
        ("2026-11-20", "9:75", "10:00", "“9:75” is not a time. Try 9:45, 945 or -15."),
        ("2026-02-30", "9:00", "10:00", "“2026-02-30” is not a date."),
        ("9999-12-31", "9:00", "8:00", "Give a day from 1970 to today."),
        ("0001-01-01", "0:00", "8:00", "Give a day from 1970 to today."),
        ("2026-11-20", "", "10:00", "Type a time, such as 9:45, 945 or -15."),
    ],
)
def test_impossible_times_keep_what_was_typed_and_say_why(signed_in, owner, date, start, end, message):
    response = add(signed_in, date, start, end, name="Proposal")

    assert response.status_code == 422
    assert message in response.text
    assert 'value="Proposal"' in response.text
    assert f'value="{date}"' in response.text
    assert TimeSession.objects.for_user(owner).count() == 0


def test_time_that_came_twice_is_asked_about(signed_in, owner):
    response = add(signed_in, "2026-10-25", "02:30", "04:00")

    assert response.status_code == 422
    assert "2:30 came twice on Sun 25 Oct 2026: the clock was put back. Which one do you mean?" in response.text
    assert "The first time, at UTC+02:00" in response.text

    add(signed_in, "2026-10-25", "02:30", "04:00", start_answer="second")
    assert TimeSession.objects.for_user(owner).get().start == instant("2026-10-25T01:30Z")


def test_rejected_name_is_said_at_the_name(signed_in):
    response = add(signed_in, "2026-11-20", "14:00", "15:30", name="x" * 201)

    assert response.status_code == 422
    assert 'id="id_add_name_error"' in response.text
    assert "at most 200 are kept" in response.text


def test_name_can_be_changed_finished_or_running(signed_in, owner):
    finished = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")
    running = start_session(owner, "2026-11-23T09:00:00Z", "Logo")

    for session in (finished, running):
        path = f"/sessions/{session.id}/edit/name/"
        assert 'value="Logo"' in signed_in.get(f"{path}?next=/week/").text
        response = signed_in.post(path, {"name": "  Logo sketches ", "version": "1", "next": "/week/"})
        assert (response.status_code, response["Location"]) == (303, f"/week/#session-{session.id}")
        session.refresh_from_db()
        assert (session.name, session.version) == ("Logo sketches", 2)


def test_rejected_new_name_is_kept_in_the_field(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")

    response = signed_in.post(f"/sessions/{session.id}/edit/name/", {"name": "y" * 201, "version": "1"})

    assert response.status_code == 422
    assert "This has 201 characters, at most 200 are kept. Shorten it." in response.text
    assert "y" * 201 in response.text


def test_sessions_of_others_cannot_be_seen_or_renamed(signed_in, stranger):
    session = make_session(stranger, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Secret")
    path = f"/sessions/{session.id}/edit/name/"

    assert signed_in.get(path).status_code == 404
    assert signed_in.post(path, {"name": "Mine"}).status_code == 404
    session.refresh_from_db()
    assert session.name == "Secret"
