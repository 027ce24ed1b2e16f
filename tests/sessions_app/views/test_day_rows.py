"""What a mistake costs: undo, the Trash, forgotten timers, overlaps and gaps, the one-line input."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.views.conftest import edit, typed
from users_app.models import User


def text_of(response) -> str:
    """The page as it reads: no marks, single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", response.text)))


def type_line(client: Client, line: str, **values: str):
    return client.post("/timer/start/", {"id": str(uuid4()), "next": "/", "name": line, **values})


def sessions_of(user: User) -> list[tuple[str, str, str]]:
    return [
        (each.name, f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}" if each.end else "")
        for each in TimeSession.objects.for_user(user).not_deleted().order_by("start")
    ]


@pytest.mark.parametrize(
    ("line", "session"),
    [
        ("Logo -20", ("Logo", "23 09:10", "")),
        ("Logo 9:10-", ("Logo", "23 08:10", "")),
        ("Call 9-10:25", ("Call", "23 08:00", "23 09:25")),
        ("Call 45m", ("Call", "23 08:45", "23 09:30")),
        ("Call yesterday 14-15:30", ("Call", "22 13:00", "22 14:30")),
        ("Ticket 45", ("Ticket 45", "23 09:30", "")),
        (r"Meeting \9-10", ("Meeting 9-10", "23 09:30", "")),
    ],
)
def test_the_line_says_when(signed_in, owner, line, session):
    assert type_line(signed_in, line).status_code == 303

    assert sessions_of(owner) == [session]


def test_an_unclear_line_keeps_its_text_and_asks(signed_in, owner):
    response = type_line(signed_in, "Call 16:30-17")

    assert response.status_code == 422
    assert "16:30 hasn't come yet. Did you mean yesterday?" in text_of(response)
    assert 'value="Call 16:30-17"' in response.text
    assert sessions_of(owner) == []

    assert type_line(signed_in, "Call 16:30-17", answer="yesterday").status_code == 303
    assert sessions_of(owner) == [("Call", "22 15:30", "22 16:00")]


def test_every_change_can_be_undone_where_it_is_said(signed_in, owner):
    type_line(signed_in, "Call 9-10:25")
    page = signed_in.get("/")
    assert "Added “Call”, Mon 23 Nov, 9:00–10:25, 1 h 25 min." in text_of(page)
    changeset_id = re.search(r'name="changeset" value="([^"]+)"', page.text)[1]

    page = signed_in.post("/undo/changeset/", {"changeset": changeset_id}, follow=True)

    assert sessions_of(owner) == []
    assert "Undone:" in text_of(page)
    again = re.search(r'name="changeset" value="([^"]+)"', page.text)[1]
    signed_in.post("/undo/changeset/", {"changeset": again})
    assert sessions_of(owner) == [("Call", "23 08:00", "23 09:25")]


def test_undo_from_another_device(signed_in, owner):
    phone = Client()
    phone.force_login(owner)
    type_line(signed_in, "Call 9-10:25")

    assert "“Call” added" in text_of(phone.get("/undo/"))
    phone.post("/undo/changeset/")

    assert sessions_of(owner) == []
    assert "There is nothing to undo." in text_of(phone.get("/undo/"))


def test_undo_list_tells_equal_changes_apart_by_the_times_of_the_session(signed_in, owner):
    type_line(signed_in, "Call 8-9")
    type_line(signed_in, "Call 9-9:25")
    services.edit_session(
        owner, WEB, TimeSession.objects.for_user(owner).latest("start").id, end=instant("2026-11-23T08:20:00Z")
    )
    services.start_timer(owner, WEB, name="Logo")

    listed = [
        " ".join(each.split())
        for each in re.findall(r"Undo\s*<span[^>]*>(.*?)</span>", signed_in.get("/undo/").text, re.DOTALL)
    ]

    assert listed == [
        "“Logo” started Mon 23 Nov, since 10:30",
        "“Call” changed Mon 23 Nov, 9:00–9:20",
        "“Call” added Mon 23 Nov, 9:00–9:25",
        "“Call” added Mon 23 Nov, 8:00–9:00",
    ]


def test_undo_list_has_no_times_of_a_length(signed_in, owner):
    services.add_hours(owner, WEB, day=date(2026, 11, 20), length_seconds=3600, project_id=None)

    page = signed_in.get("/undo/").text

    assert " ".join(re.search(r"Undo\s*<span[^>]*>(.*?)</span>", page, re.DOTALL)[1].split()).endswith("Fri 20 Nov")


def test_history_of_a_length_has_its_day_and_length(signed_in, owner):
    day = date(2026, 11, 20)
    session = services.add_hours(owner, WEB, day=day, length_seconds=3600, project_id=None)
    services.change_hours(owner, WEB, session.id, versions=[1], length_seconds=5400)

    page = text_of(signed_in.get(f"/sessions/{session.id}/edit/"))

    assert "start: – → 2026-11-20" in page
    assert "end: – → 1 h" in page
    assert "end: 1 h → 1 h 30 min" in page


def test_undo_that_would_collide_says_how(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")
    services.edit_session(owner, WEB, session.id, name="Letter")
    first = services.undoable_changesets(owner, now=instant("2026-11-23T09:30Z"))[-1]

    page = signed_in.post("/undo/changeset/", {"changeset": str(first.id)}, follow=True)

    assert "“Letter” was changed after that. Undo the later change first." in text_of(page)
    assert len(sessions_of(owner)) == 1


@pytest.mark.parametrize("changeset_id", ["nonsense", str(uuid4())], ids=["nonsense", "unknown"])
def test_undo_of_what_never_was_changes_nothing(signed_in, owner, changeset_id):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    assert signed_in.post("/undo/changeset/", {"changeset": changeset_id}).status_code == 303

    assert len(sessions_of(owner)) == 1


def test_undo_of_another_users_changeset_changes_nothing(signed_in, stranger):
    make_session(stranger, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")
    theirs = services.undoable_changesets(stranger, now=instant("2026-11-23T09:30Z"))[0]

    signed_in.post("/undo/changeset/", {"changeset": str(theirs.id)})

    assert len(sessions_of(stranger)) == 1


def test_the_trash_is_emptied_only_when_sure(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")
    signed_in.post(f"/sessions/{session.id}/delete/")
    assert "until 23 Dec" in text_of(signed_in.get("/trash/"))

    signed_in.post("/trash/empty/")
    assert TimeSession.objects.for_user(owner).count() == 1
    assert "It cannot be undone." in text_of(signed_in.get("/trash/?empty"))
    page = signed_in.post("/trash/empty/", {"sure": "yes"}, follow=True)

    assert "Removed 1 session for good." in text_of(page)
    assert "Trash is empty." in text_of(page)
    assert TimeSession.objects.for_user(owner).count() == 0


def test_emptying_a_large_trash_goes_on_until_it_is_done(signed_in, owner, monkeypatch):
    """With scripts off, by the button Go on. It has no Undo, nor has what it wrote so far."""
    monkeypatch.setattr("sessions_app.services.parts.PART_SECONDS", 0)
    monkeypatch.setattr("sessions_app.services.trash.CHUNK", 2)
    monkeypatch.setattr("sessions_app.views.history.SECONDS_OF_WORK", 0)
    for hour in range(5):
        made = make_session(owner, f"2026-11-20T0{hour}:00:00Z", f"2026-11-20T0{hour + 1}:00:00Z", "Draft")
        services.delete_session(owner, WEB, made.id)

    page = signed_in.post("/trash/empty/", {"sure": "yes"}, follow=True)
    assert "2 changes so far" in text_of(page)
    (unfinished,) = page.context["unfinished"]
    assert 'action="/undo/changeset/"' not in page.text.split("Not finished")[1].split("</section>")[0]
    sent = {"changeset": str(unfinished.id), "next": "/trash/"}
    assert "4 changes so far" in text_of(signed_in.post("/undo/go-on/", sent, follow=True))
    done = signed_in.post("/undo/go-on/", sent, follow=True)

    assert "Removed 5 sessions for good." in text_of(done)
    assert "Trash is empty." in text_of(done)


@pytest.fixture
def forgotten(owner, signed_in, clock) -> TimeSession:
    """Started at 14:05 in Berlin, seen until 18:07; now it is the next morning, 9:05."""
    clock.move_to(instant("2026-11-23T13:05Z"))
    session = start_session(owner, "2026-11-23T13:05:00Z", "Logo sketches")
    clock.move_to(instant("2026-11-23T17:07Z"))
    signed_in.get("/")
    clock.move_to(instant("2026-11-24T08:05Z"))
    return session


def test_a_forgotten_session_is_asked_about_once_and_stays_as_it_is(signed_in, forgotten):
    for _look in range(2):
        page = text_of(signed_in.get("/"))
        assert "“Logo sketches” has been running for 19 h, since Mon 23 Nov, 14:05. When did you really stop?" in page
        assert "Stopped at 18:07, when you were last here" in page

    forgotten.refresh_from_db()
    assert (forgotten.version, forgotten.end) == (1, None)


def test_one_click_ends_it_when_its_user_was_last_here(signed_in, forgotten):
    page = signed_in.get("/").text
    end = re.search(r'name="end" value="([^"]+)"', page)[1]

    signed_in.post("/timer/stop/", {"id": str(forgotten.id), "end": end})

    forgotten.refresh_from_db()
    assert forgotten.end == instant("2026-11-23T17:07Z")
    signed_in.post("/undo/changeset/")
    forgotten.refresh_from_db()
    assert forgotten.is_running


def test_still_going_and_it_is_not_asked_again(signed_in, forgotten):
    signed_in.post(f"/sessions/{forgotten.id}/confirm/")

    assert "When did you really stop?" not in signed_in.get("/").text
    forgotten.refresh_from_db()
    assert forgotten.is_running


def test_discard_moves_it_to_the_trash(signed_in, owner, forgotten):
    page = signed_in.post("/timer/stop/", {"id": str(forgotten.id), "discard": "yes"}, follow=True)

    assert "Discarded “Logo sketches”. In Trash for 30 days." in text_of(page)
    assert sessions_of(owner) == []


def test_another_time_is_typed_and_rejected_with_the_reason(signed_in, forgotten):
    rejected = signed_in.post("/timer/stop-at/", {"date": "2026-11-24", "end": "9:75"})
    assert rejected.status_code == 422
    assert "“9:75” is not a time. Try 9:45, 945 or -15." in text_of(rejected)
    assert 'value="9:75"' in rejected.text

    assert signed_in.post("/timer/stop-at/", {"date": "2026-11-23", "end": "17:30"}).status_code == 303
    forgotten.refresh_from_db()
    assert forgotten.end == instant("2026-11-23T16:30Z")


def test_starting_something_new_first_ends_it_at_the_guess_to_be_checked(signed_in, owner, forgotten):
    type_line(signed_in, "Mail")

    assert sessions_of(owner) == [("Logo sketches", "23 13:05", "23 17:07"), ("Mail", "24 08:05", "")]
    assert "Check end time" in signed_in.get("/day/2026-11-23/").text
    signed_in.post(f"/sessions/{forgotten.id}/confirm/")
    assert "Check end time" not in signed_in.get("/day/2026-11-23/").text


def test_a_timer_of_340_hours_is_stopped_corrected_and_undone(signed_in, owner, clock):
    session = start_session(owner, "2026-11-09T05:30:00Z", "Logo")
    signed_in.post("/timer/stop/", {"id": str(session.id)})
    session.refresh_from_db()
    assert session.duration_seconds == 340 * 3600

    assert edit(signed_in, session, duration="4h").status_code == 303
    session.refresh_from_db()
    assert session.duration_seconds == 4 * 3600

    signed_in.post("/undo/changeset/")
    signed_in.post("/undo/changeset/")
    session.refresh_from_db()
    assert (session.start, session.end) == (instant("2026-11-09T05:30Z"), None)


def test_overlaps_are_shown_with_their_fixes(signed_in, owner):
    call = make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Call")
    mail = make_session(owner, "2026-11-23T07:40:00Z", "2026-11-23T09:00:00Z", "Mail")

    page = signed_in.get("/")
    assert "“Mail” overlaps “Call” by 20 min, so that time counts twice." in text_of(page)
    assert "End “Call” at 8:40" in text_of(page)
    assert "Start “Mail” at 9:00" in text_of(page)

    shorten = {"end": mail.start.isoformat(), "version": "1", "next": "/"}
    assert " overlaps " not in signed_in.post(f"/sessions/{call.id}/edit/times/", shorten, follow=True).text
    call.refresh_from_db()
    assert call.end == mail.start


def test_keep_both_is_remembered_until_one_changes(signed_in, owner):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Call")
    mail = make_session(owner, "2026-11-23T07:40:00Z", "2026-11-23T09:00:00Z", "Mail")
    key = re.search(r'name="overlap" value="([^"]+)"', signed_in.get("/").text)[1]

    assert " overlaps " not in signed_in.post("/overlaps/keep/", {"overlap": key}, follow=True).text

    services.edit_session(owner, WEB, mail.id, start=instant("2026-11-23T07:30Z"))
    assert "“Mail” overlaps “Call” by 30 min" in text_of(signed_in.get("/"))


def test_a_click_on_an_old_page_does_not_move_an_edge(signed_in, owner):
    call = make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Call")
    services.edit_session(owner, WEB, call.id, name="Call with Mira")

    page = signed_in.post(
        f"/sessions/{call.id}/edit/times/", {"end": "2026-11-23T07:30:00+00:00", "version": "1"}, follow=True
    )

    assert "This was changed in the meantime." in text_of(page)
    call.refresh_from_db()
    assert call.end == instant("2026-11-23T08:00Z")


def test_gaps_are_quiet_rows_with_fill_and_stretch(signed_in, owner):
    mail = make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Mail")
    make_session(owner, "2026-11-23T08:25:00Z", "2026-11-23T09:00:00Z", "Call")

    page = signed_in.get("/")
    assert "9:00– 9:25 25 min untracked" in text_of(page)
    fill = unescape(re.search(r'href="(/sessions/add/[^"]*start=9[^"]*)"', page.text)[1])
    form = signed_in.get(fill).text
    assert [f'value="{value}"' in form for value in ("Mon 23 Nov 2026", "9:00", "9:25")] == [True] * 3
    assert re.search(r'<input[^>]*name="name"[^>]*autofocus[^>]*id="id_add_name"', form)

    buttons = re.findall(
        r'form="row-action"\s+formaction="([^"]*/times/[^"]*)"\s+name="(\w+)"\s+value="([^"]+)"', page.text
    )
    _until_now, (address, name, value), (_of_call, *until) = [[unescape(each) for each in button] for button in buttons]
    assert (address, name, value) == (f"/sessions/{mail.id}/edit/times/?version=1", "end", "2026-11-23T08:25:00+00:00")
    assert until == ["start", "2026-11-23T08:00:00+00:00"]
    page = signed_in.post(address, {name: value}, follow=True)
    assert "9:00– 9:25" not in text_of(page)
    page = signed_in.post(address, {name: value}, follow=True)
    assert "This was changed in the meantime." in text_of(page)


def test_a_gap_of_nine_minutes_is_none(signed_in, owner):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z")
    make_session(owner, "2026-11-23T08:09:00Z", "2026-11-23T09:00:00Z")

    assert "9:00– 9:09" not in text_of(signed_in.get("/"))


def test_the_time_since_the_last_session_is_a_gap_until_something_runs(signed_in, owner):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T09:20:00Z", "Mail")
    assert "10:20– now 10 min untracked" in text_of(signed_in.get("/"))
    assert "Fill 10:20–10:30" in signed_in.get("/").text

    start_session(owner, "2026-11-23T09:25:00Z", "Call")
    assert "10:20– now" not in text_of(signed_in.get("/"))


def test_yesterday_ends_without_a_gap_until_now(signed_in, owner):
    make_session(owner, "2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "Mail")

    assert "untracked" not in text_of(signed_in.get("/day/2026-11-22/"))


def test_overlaps_are_one_line_for_each_pair(signed_in, owner):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T09:00:00Z", "Call")
    for minute in (10, 40):
        make_session(owner, f"2026-11-23T07:{minute}:00Z", f"2026-11-23T07:{minute + 15}:00Z", f"Mail {minute}")

    page = text_of(signed_in.get("/"))

    assert page.count("Worth a look") == 1
    assert page.count("so that time counts twice") == 2
    assert page.count(" overlaps ") == 2 + 3  # a word at each row


def test_a_forgotten_session_is_not_asked_about_as_an_overlap_as_well(signed_in, owner, clock, forgotten):
    make_session(owner, "2026-11-24T07:00:00Z", "2026-11-24T07:30:00Z", "Mail")

    page = text_of(signed_in.get("/"))

    assert "When did you really stop?" in page
    assert "counts twice" not in page


def test_a_guessed_end_may_be_given_another_time(signed_in, owner, forgotten):
    type_line(signed_in, "Mail")
    page = signed_in.get("/day/2026-11-23/")
    assert "“Logo sketches” ended at 18:07 by our guess." in text_of(page)
    path = f"/sessions/{forgotten.id}/edit/end/"
    assert f'href="{path}?next=/day/2026-11-23/"' in page.text

    signed_in.post(path, {**typed(signed_in.get(path).text, path), "end": "17:30"})

    forgotten.refresh_from_db()
    assert (forgotten.end, forgotten.needs_end_check) == (instant("2026-11-23T16:30Z"), False)


def test_last_seen_is_noted_once_a_minute_and_only_when_wanted(signed_in, owner, clock):
    signed_in.get("/")
    owner.refresh_from_db()
    first = owner.last_seen_at
    clock.shift(30)
    signed_in.get("/")
    owner.refresh_from_db()
    assert owner.last_seen_at == first == instant("2026-11-23T09:30Z")
    clock.shift(40)
    signed_in.get("/")
    owner.refresh_from_db()
    assert owner.last_seen_at == instant("2026-11-23T09:31:10Z")

    User.objects.filter(pk=owner.pk).update(notes_last_seen=False, last_seen_at=None)
    clock.shift(600)
    signed_in.get("/")
    owner.refresh_from_db()
    assert owner.last_seen_at is None


def test_a_click_that_changes_nothing_offers_no_undo_of_another(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")
    type_line(signed_in, "Mail")
    signed_in.get("/")  # shows what was said of that

    for path, values in (
        ("/sessions/selection/", {"session": str(session.id), "do": "not_billable"}),
        (f"/sessions/{session.id}/move/", {"day": "2026-11-23"}),
        (f"/sessions/{session.id}/edit/name/", {"name": "Logo", "version": "1"}),
    ):
        page = signed_in.post(path, values, follow=True)
        assert "Nothing changed." in text_of(page)
        assert 'name="changeset"' not in page.text


def test_undo_on_an_old_notice_takes_back_that_click_only(signed_in, owner):
    page = signed_in.get("/")
    type_line(signed_in, "Call 9-10:25")
    page = signed_in.get("/").text
    other = make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T07:30:00Z", "From the phone")

    signed_in.post("/undo/changeset/", {"changeset": re.search(r'name="changeset" value="([^"]+)"', page)[1]})

    assert [name for name, *_times in sessions_of(owner)] == [other.name]


def test_history_keeps_names_as_they_are_and_tells_times_of_the_user(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "The Tin Tomb")

    page = text_of(signed_in.get(f"/sessions/{session.id}/edit/"))

    assert "name: – → The Tin Tomb" in page
    assert "start: – → 23 Nov, 9:00" in page


def test_moving_to_a_day_that_has_not_come_is_rejected(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    rejected = signed_in.post(f"/sessions/{session.id}/move/", {"day": "2026-11-24"})

    assert rejected.status_code == 422
    assert "This day hasn't come yet. Give today or an earlier one." in text_of(rejected)


def test_an_end_typed_before_the_start_is_on_the_next_day(signed_in, owner):
    session = make_session(owner, "2026-11-20T21:15:00Z", "2026-11-20T22:00:00Z")  # 22:15 to 23:00

    assert edit(signed_in, session, end="0:40").status_code == 303

    session.refresh_from_db()
    assert session.end == instant("2026-11-20T23:40Z")


def test_what_was_typed_for_a_session_deleted_meanwhile_is_kept(signed_in, owner):
    session = make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "Logo")
    path = f"/sessions/{session.id}/edit/"
    values = typed(signed_in.get(path).text, path)
    services.delete_session(owner, WEB, session.id)

    rejected = signed_in.post(path, {**values, "name": "Letter", "version": "2"})

    assert rejected.status_code == 422
    assert "This session is in the Trash. Restore it first" in text_of(rejected)
    assert 'value="Letter"' in rejected.text


def test_questions_write_dates_as_selected(signed_in, owner):
    User.objects.filter(pk=owner.pk).update(date_format="month")

    asked = signed_in.post(
        "/sessions/add/", {"id": str(uuid4()), "date": "2026-10-25", "start": "02:30", "end": "04:00"}
    )

    assert "2:30 came twice on Sun Oct 25, 2026" in text_of(asked)
