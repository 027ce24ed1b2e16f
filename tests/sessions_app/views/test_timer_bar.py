"""What the timer bar asks while it is open: the reading of a line, suggestions, the state, the start of what runs"""

import re
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import Change, Project, Tag, TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.pages import NOW, flat
from users_app.models import User

HTMX = {"HX-Request": "true"}


def chips_of(page: str) -> list[str]:
    reading = page.split('id="timer-submit-label"', maxsplit=1)[0]
    found = re.findall(r"<button[^>]*class=\"chip[^>]*>(.*?)</button>", reading, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each).replace("Keep as text", "").split()) for each in found]


def button_of(page: str) -> str:
    found = re.search(r'id="timer-submit-label"[^>]*>(.*?)</span>', page, re.DOTALL)
    return re.sub(r"<[^>]*>", "", found[1]).strip()


def lines_of(page: str) -> list[str]:
    return [each.replace("&quot;", '"') for each in re.findall(r'data-text="([^"]*)"', page)]


def preview(client: Client, name: str, **values: str) -> str:
    return flat(client.get("/timer/preview/", {"name": name, **values}, headers=HTMX))


class TestPreview:
    @pytest.mark.parametrize(
        ("line", "chips", "button"),
        [
            ("", [], "Start"),
            ("Logo sketches", [], "Start"),
            ("Logo -20", ["since 10:10"], "Start at 10:10"),
            ("Call 9-10:25", ["9:00–10:25"], "Add 1 h 25 min"),
            ("Proposal @web yesterday 14-15:30", ["Website", "Sun 22 Nov, 14:00–15:30"], "Add 1 h 30 min, yesterday"),
            ("Call 2026-03-02 9-10", ["Mon 2 Mar, 9:00–10:00"], "Add 1 h, Mon 2 Mar 2026"),
            ("Logo @acme #talk", ["New project “acme”", "New tag #talk"], "Start"),
            ("Draft @Big site", ["Big site", "billable"], "Start"),
            ('Draft @"web"', ["New project “web”"], "Start"),
            ("Draft \\@web 45m", ["9:45–10:30"], "Add 45 min"),
            ("Call 16:30-17", ["16:30-17"], "Add"),
        ],
    )
    def test_says_what_a_line_does(self, signed_in, owner, line, chips, button):
        services.create_entry(owner, WEB, Project, name="Website")
        services.create_entry(owner, WEB, Project, name="Big site", billable_by_default=True)

        page = preview(signed_in, line)

        assert chips_of(page) == chips
        assert button_of(page) == button

    def test_says_switch_while_a_session_runs(self, signed_in, owner):
        start_session(owner, "2026-11-23T09:00Z", "Logo")

        assert button_of(preview(signed_in, "Mail")) == "Switch"
        assert button_of(preview(signed_in, "Mail 45m")) == "Add 45 min"

    def test_says_what_is_wrong_or_asked(self, signed_in):
        assert "“9:75” is not a time." in preview(signed_in, "Late 9:75-10")
        assert "Is “@Spring” the project?" in preview(signed_in, "Poster @Spring fair")

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("L" * 201 + " 45m", "This has 201 characters, at most 200 are kept."),
            ("Logo \x07 45m", "Control characters cannot be kept."),
        ],
        ids=["too long", "a control character"],
    )
    def test_says_what_would_be_said_of_the_name(self, signed_in, owner, line, reason):
        assert reason in preview(signed_in, line)
        assert reason in signed_in.post("/timer/start/", {"id": str(uuid4()), "name": line}).text
        assert not TimeSession.objects.for_user(owner).exists()

    def test_copied_cells_and_lines_are_one_line(self, signed_in, owner):
        line = "Logo\tsketches\r\n45m"
        assert button_of(preview(signed_in, line)) == "Add 45 min"
        signed_in.post("/timer/start/", {"id": str(uuid4()), "name": line})
        assert TimeSession.objects.for_user(owner).get().name == "Logo sketches"

    def test_writes_nothing_and_takes_strangers(self, db):
        assert button_of(preview(Client(), "Logo @acme #talk")) == "Start"
        assert not User.objects.exists()
        assert not Tag.objects.exists()

    def test_markup_in_a_line_stays_text(self, signed_in):
        assert "<b>x" not in preview(signed_in, "<b>x @<b>y -20")


class TestSuggestions:
    def test_are_the_latest_things_once_each_by_the_begin_of_their_words(self, signed_in, owner):
        for day in (20, 21):
            make_session(
                owner, f"2026-11-{day}T08:00Z", f"2026-11-{day}T09:00Z", "Cover drafts", project_name="Book covers"
            )
        make_session(owner, "2026-11-19T08:00Z", "2026-11-19T09:00Z", "Ticket 45m", tags=["urgent"])
        make_session(owner, "2026-11-18T08:00Z", "2026-11-18T09:00Z")  # nothing to take up
        start_session(owner, "2026-11-23T09:00Z", "Running")

        cover, ticket = 'Cover drafts @"Book covers"', "Ticket \\45m #urgent"
        assert lines_of(preview(signed_in, "")) == [cover, ticket]
        assert lines_of(preview(signed_in, "dra")) == [cover]
        assert lines_of(preview(signed_in, "book")) == [cover]
        assert lines_of(preview(signed_in, "raft")) == []
        assert lines_of(preview(signed_in, "tick urg")) == [ticket]

    def test_a_billable_one_is_started_billable(self, signed_in, owner):
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Mail", billable=True)

        assert 'data-billable="yes"' in preview(signed_in, "mail")
        signed_in.post("/timer/start/", {"id": str(uuid4()), "name": "Mail", "billable": "yes"})

        assert TimeSession.objects.for_user(owner).running().get().billable

    def test_cost_the_same_whatever_the_history(self, signed_in, owner, django_assert_max_num_queries):
        for hour in range(12):
            make_session(owner, f"2026-11-20T{hour:02}:00Z", f"2026-11-20T{hour:02}:30Z", f"Thing {hour}")

        preview(signed_in, "thing")  # renews the cookie of the day
        with django_assert_max_num_queries(8):
            assert len(lines_of(preview(signed_in, "thing"))) == 8


class TestState:
    def test_is_no_content_while_nothing_changed_and_the_page_else(self, signed_in, owner):
        owner.refresh_from_db()
        seen = owner.revision
        assert signed_in.get(f"/timer/state/?v={seen}&next=/week/").status_code == 204

        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")

        response = signed_in.get(f"/timer/state/?v={seen}&next=/week/")
        assert (response.status_code, response["Location"]) == (303, "/week/")
        assert signed_in.get(f"/timer/state/?v={seen}&next=//elsewhere.example/")["Location"] == "/"

    def test_of_a_stranger_stays(self, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert Client().get("/timer/state/?v=").status_code == 204
        assert Client().get("/timer/state/?v=7&next=/").status_code == 303

    def test_following_does_not_count_as_seen(self, signed_in, owner):
        signed_in.get("/", headers={**HTMX, "HX-Trigger": "timer-bar"})
        owner.refresh_from_db()
        assert owner.last_seen_at is None

        signed_in.get("/")
        owner.refresh_from_db()
        assert owner.last_seen_at is not None


class TestSince:
    @pytest.mark.parametrize(
        ("typed", "start"),
        [
            ({"start": "9:12"}, "2026-11-23T08:12Z"),
            ({"start": "-20"}, "2026-11-23T09:10Z"),
            ({"start": "", "shift": "-15"}, "2026-11-23T09:15Z"),
            ({"start": "", "at": "2026-11-23T07:40:00+00:00"}, "2026-11-23T07:40Z"),
        ],
    )
    def test_moves_the_start_and_says_from_where(self, signed_in, owner, typed, start):
        session = start_session(owner, "2026-11-23T08:32Z", "Logo")

        page = flat(signed_in.post("/timer/since/", {"id": str(session.id), "next": "/week/", **typed}, follow=True))

        session.refresh_from_db()
        assert session.start == instant(start)
        assert "Start moved from 9:32 to" in page

    def test_a_wrong_one_stays_with_the_reason(self, signed_in, owner):
        session = start_session(owner, "2026-11-23T08:32Z", "Logo")

        response = signed_in.post("/timer/since/", {"id": str(session.id), "start": "9:75"}, headers=HTMX)

        assert response.status_code == 422
        assert response["HX-Retarget"] == "#timer-editor"
        assert "“9:75” is not a time." in response.text
        assert 'value="9:75"' in response.text
        assert "<html" not in response.text

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("-20", "Since 10:10 today, 20 min until now."),
            ("915", "Since 9:15 today, 1 h 15 min until now."),
            ("9:75", "“9:75” is not a time. Try 9:45, 945 or -15."),
            ("10:45", "10:45 hasn't come yet. Did you mean yesterday?"),
            ("", ""),
        ],
    )
    def test_spells_out_how_a_typed_one_is_read(self, signed_in, owner, typed, sentence):
        start_session(owner, "2026-11-23T08:32Z", "Logo")

        page = flat(signed_in.get("/timer/since/", {"start": typed}, headers=HTMX))

        assert re.sub(r"<[^>]*>", "", page).replace("&#x27;", "'").strip() == sentence
        assert TimeSession.objects.get().start == instant("2026-11-23T08:32Z")

    def test_offers_when_the_last_one_ended(self, signed_in, owner):
        make_session(owner, "2026-11-23T07:00Z", "2026-11-23T08:05Z", "Mail")
        start_session(owner, "2026-11-23T08:32Z", "Logo")

        page = flat(signed_in.get("/timer/since/?next=/week/"))

        assert "9:05, when the last one ended" in page
        assert 'value="2026-11-23T08:05:00+00:00"' in page
        assert "<html" in page

    def test_offers_no_end_that_is_still_to_come(self, signed_in, owner):
        start_session(owner, "2026-11-23T08:32Z", "Logo")
        make_session(owner, "2026-11-23T07:00Z", "2026-11-23T09:30Z", "Mail")  # half an hour from now

        assert "when the last one ended" not in flat(signed_in.get("/timer/since/"))

    def test_leads_back_when_nothing_runs(self, signed_in):
        assert signed_in.get("/timer/since/?next=/week/")["Location"] == "/week/"
        assert Client().get("/timer/since/").status_code == 303


class TestContinueLatest:
    def test_starts_what_ended_last_again(self, signed_in, owner):
        make_session(owner, "2026-11-22T07:00Z", "2026-11-22T08:00Z", "Old")
        make_session(owner, "2026-11-22T09:00Z", "2026-11-22T10:00Z", "Cover", project_name="Book covers")

        signed_in.post("/timer/continue/", {"next": "/"})

        running = TimeSession.objects.for_user(owner).running().get()
        assert (running.name, running.project.name, running.start) == ("Cover", "Book covers", NOW)

    def test_says_so_when_there_is_none(self, signed_in):
        assert "There is nothing to continue yet." in signed_in.post("/timer/continue/", follow=True).text


class TestPickUpAgain:
    def test_is_offered_today_for_two_weeks_back(self, signed_in, owner):
        make_session(owner, "2026-11-08T07:00Z", "2026-11-08T08:00Z", "Too old")
        for hour in range(8):
            make_session(owner, f"2026-11-20T{hour:02}:00Z", f"2026-11-20T{hour:02}:30Z", f"Thing {hour}")

        page = flat(signed_in.get("/"))

        form = re.search(r'<form class="pick-up".*?</form>', page)[0]
        assert re.findall(r"Thing \d", form) == [f"Thing {hour}" for hour in (7, 6, 5, 4, 3, 2)]
        assert '<form class="pick-up"' not in flat(signed_in.get("/day/2026-11-20/"))


class TestUnsent:
    def test_a_start_is_that_of_its_click_and_its_line_is_read_as_of_then(self, signed_in, owner):
        click = {"id": str(uuid4()), "name": "Logo", "at": "2026-11-23T09:10:07Z"}
        signed_in.post("/timer/start/", click)
        signed_in.post("/timer/start/", click)
        assert TimeSession.objects.for_user(owner).get().start == instant("2026-11-23T09:10:07Z")

        signed_in.post("/timer/start/", {**click, "id": str(uuid4()), "name": "Call 30m"})
        call = TimeSession.objects.for_user(owner).get(name="Call")
        assert (call.start, call.end) == (instant("2026-11-23T08:40Z"), instant("2026-11-23T09:10Z"))

    def test_one_of_this_very_second_is_not_in_the_future(self, signed_in, owner):
        signed_in.post("/timer/start/", {"id": str(uuid4()), "name": "Logo", "at": "2026-11-23T09:30:00.400Z"})

        assert TimeSession.objects.for_user(owner).get().start == instant("2026-11-23T09:30Z")

    def test_one_in_the_future_is_rejected(self, signed_in, owner):
        response = signed_in.post("/timer/start/", {"id": str(uuid4()), "name": "Logo", "at": "2026-11-23T09:31:00Z"})

        assert response.status_code == 422
        assert not TimeSession.objects.for_user(owner).exists()


class TestAnswersToScripts:
    def test_a_rejected_line_is_answered_with_the_bar_alone(self, signed_in):
        response = signed_in.post(
            "/timer/start/", {"id": str(uuid4()), "name": "Logo @acme", "next": "/week/"}, headers=HTMX
        )

        assert response.status_code == 422
        assert 'id="timer-bar"' in response.text
        assert "<html" not in response.text
        assert '<input type="hidden" name="next" value="/week/">' in flat(response)
        assert "HX-Request" in response["Vary"]

    def test_a_session_added_on_another_day_is_linked_to(self, signed_in, owner):
        page = signed_in.post("/timer/start/", {"id": str(uuid4()), "name": "<b>Call yesterday 9-10"}, follow=True).text
        assert '<a href="/day/2026-11-22/" hx-boost="false">Show Sun 22 Nov</a>' in page
        assert "“&lt;b&gt;Call”" in page
        assert Change.objects.filter(user=owner).count() == 1


class TestContinue:
    """A press that could not be sent at once has the id of what it starts and the time at which it was pressed."""

    @pytest.fixture
    def path(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Mail")
        return f"/sessions/{session.id}/continue/"

    @pytest.mark.parametrize("is_latest", [False, True])
    def test_begins_then_and_once(self, signed_in, owner, path, is_latest):
        values = {"id": str(uuid4()), "at": "2026-11-23T09:10:00.730Z"}
        for _twice in range(2):
            signed_in.post("/timer/continue/" if is_latest else path, values)

        session = TimeSession.objects.for_user(owner).running().get()
        assert (str(session.id), session.start) == (values["id"], instant("2026-11-23T09:10Z"))
        assert TimeSession.objects.for_user(owner).filter(end__gte=instant("2026-11-23T00:00Z")).count() == 0

    @pytest.mark.parametrize("at", ["2026-11-23T09:31:00Z", "2026-11-23T08:00:00Z"])
    def test_is_told_when_it_cannot_begin_then(self, signed_in, owner, path, at):
        start_session(owner, "2026-11-23T09:00Z", "Logo")

        page = signed_in.post(path, {"id": str(uuid4()), "at": at}, follow=True).text

        assert "is-error" in page
        assert TimeSession.objects.for_user(owner).running().get().name == "Logo"


@pytest.mark.parametrize(
    ("line", "answer", "name", "project"),
    [
        ("Poster @Spring fair", "+@Springfair", "Poster", "Spring fair"),
        ("Poster @Spring fair", "+@Spring", "Poster fair", "Spring"),
        ("Poster @Spring fair", "=@Springfair", "Poster @Spring fair", None),
        ("Poster @web page", "+@web", "Poster page", "Website"),
        ("Poster \\@Spring fair", "", "Poster @Spring fair", None),
        ("Write to @bob@example.social", "", "Write to @bob@example.social", None),
    ],
)
def test_an_at_sign_inside_a_line_never_silently_becomes_part_of_the_name(
    signed_in, owner, line, answer, name, project
):
    services.create_entry(owner, WEB, Project, name="Website")
    if answer:
        assert signed_in.post("/timer/start/", {"id": str(uuid4()), "name": line}).status_code == 422

    signed_in.post("/timer/start/", {"id": str(uuid4()), "name": line, "answer": answer})

    session = TimeSession.objects.for_user(owner).get()
    assert (session.name, session.project and session.project.name) == (name, project)
