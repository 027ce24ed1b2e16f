"""Projects, tags and rates wherever a session is started, added, changed and shown."""

import re
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from sessions_app import services
from sessions_app.models import Project, Tag, TimeSession
from tests.factories import WEB, make_session, start_session
from tests.sessions_app.views.conftest import edit, typed
from users_app.models import User


def text_of(response) -> str:
    """The page as it reads: no marks, single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", response.text)))


def make_project(user: User, name: str, **fields) -> Project:
    return services.create_entry(user, WEB, Project, name=name, **fields)


def make_tag(user: User, name: str) -> Tag:
    return services.create_entry(user, WEB, Tag, name=name)


def type_line(client: Client, line: str, **values: str):
    return client.post("/timer/start/", {"id": str(uuid4()), "next": "/", "name": line, **values})


def give_answer(client: Client, asked, label: str):
    """Presses the button of that label under a question; the rest of the form is sent as it stands."""
    buttons = re.findall(r'<button type="submit"\s+name="answer"\s+value="([^"]*)">([^<]*)</button>', asked.text)
    answers = {unescape(text).strip(): unescape(value) for value, text in buttons}
    return client.post("/timer/start/", {**typed(asked.text, "/timer/start/"), "answer": answers[label]})


def kept_of(user: User, session: TimeSession | None = None) -> tuple[str, str | None, list[str]]:
    """Name, project and tags of the one session."""
    session = session or TimeSession.objects.for_user(user).not_deleted().get()
    tags = Tag.objects.for_user(user).filter(id__in=session.tag_ids).order_by("folded_name")
    return session.name, session.project and session.project.name, [tag.name for tag in tags]


class TestLine:
    def test_an_unknown_project_is_offered_and_made_with_the_session_as_one_click(self, signed_in, owner):
        asked = type_line(signed_in, "Logo @acme")

        assert asked.status_code == 422
        assert "There is no project “acme” yet." in text_of(asked)
        assert 'value="Logo @acme"' in asked.text
        assert (TimeSession.objects.for_user(owner).count(), Project.objects.for_user(owner).count()) == (0, 0)

        done = give_answer(signed_in, asked, "Create project “acme”")

        assert done.status_code == 303
        assert kept_of(owner) == ("Logo", "acme", [])
        assert "Started “Logo”. Created project “acme”." in text_of(signed_in.get("/"))
        signed_in.post("/undo/changeset/")
        assert TimeSession.objects.for_user(owner).not_deleted().count() == 0
        assert Project.objects.for_user(owner).not_deleted().count() == 0

    def test_an_unknown_mark_may_stay_in_the_name(self, signed_in, owner):
        asked = type_line(signed_in, "Logo @acme 9-10")

        assert give_answer(signed_in, asked, "Keep “@acme” in the name").status_code == 303

        assert kept_of(owner) == ("Logo @acme", None, [])
        assert not Project.objects.for_user(owner).exists()

    @pytest.mark.parametrize(
        ("line", "project"),
        [
            ("Logo @Acme", "ACME"),
            ("Logo @acme-website 45m", "Acme Website"),
            ("Logo @Straße", "STRASSE"),
            ("Logo @old", "Old"),
        ],
    )
    def test_a_known_project_is_used(self, signed_in, owner, line, project):
        made = make_project(owner, project)
        services.edit_entry(owner, WEB, Project, made.id, archived=project == "Old")

        assert type_line(signed_in, line).status_code == 303

        assert kept_of(owner) == ("Logo", project, [])

    def test_of_two_names_that_a_word_could_mean_the_one_written_so_is_meant(self, signed_in, owner):
        make_project(owner, "Acme Website")
        make_project(owner, "acme-website")

        type_line(signed_in, "Logo @acme-website")

        assert kept_of(owner) == ("Logo", "acme-website", [])

    def test_projects_that_are_deleted_or_of_another_user_are_unknown(self, signed_in, owner, stranger):
        services.delete_entry(owner, WEB, Project, make_project(owner, "gone").id)
        make_project(stranger, "theirs")

        for word in ("gone", "theirs"):
            assert f"There is no project “{word}” yet." in text_of(type_line(signed_in, f"Logo @{word}"))

    def test_all_unknown_tags_are_one_question_and_known_ones_are_used(self, signed_in, owner):
        make_tag(owner, "Print")

        asked = type_line(signed_in, "Logo #design #print #draft")

        assert "There are no tags “design, draft” yet." in text_of(asked)
        give_answer(signed_in, asked, "Create tags “design, draft”")
        assert kept_of(owner) == ("Logo", None, ["design", "draft", "Print"])
        assert "Created tags “design, draft”." in text_of(signed_in.get("/"))

    def test_unknown_tags_may_stay_in_the_name(self, signed_in, owner):
        make_tag(owner, "print")

        asked = type_line(signed_in, "Logo #print #draft")
        give_answer(signed_in, asked, "Keep “#draft” in the name")

        assert kept_of(owner) == ("Logo #draft", None, ["print"])

    def test_times_project_and_tags_are_asked_about_one_after_the_other(self, signed_in, owner):
        asked = type_line(signed_in, "Call @acme #urgent 16:30-17")
        assert "Did you mean yesterday?" in text_of(asked)
        asked = give_answer(signed_in, asked, "Yesterday")
        assert "There is no project “acme” yet." in text_of(asked)
        assert "There is no tag" not in text_of(asked)
        asked = give_answer(signed_in, asked, "Create project “acme”")
        assert "There is no tag “urgent” yet." in text_of(asked)

        assert give_answer(signed_in, asked, "Create tag “urgent”").status_code == 303

        assert kept_of(owner) == ("Call", "acme", ["urgent"])
        signed_in.post("/undo/changeset/")
        assert not TimeSession.objects.for_user(owner).not_deleted().exists()
        assert not Tag.objects.for_user(owner).not_deleted().exists()

    @pytest.mark.parametrize(
        ("line", "both", "tags"),
        [
            ("Call @acme #urgent", "Create “acme” and tag “urgent”", ["urgent"]),
            ('Call @"Acme Ltd" #a #b', "Create “Acme Ltd” and tags “a, b”", ["a", "b"]),
        ],
    )
    def test_an_unknown_project_and_unknown_tags_are_made_by_one_answer(self, signed_in, owner, line, both, tags):
        asked = type_line(signed_in, line)

        assert give_answer(signed_in, asked, both).status_code == 303

        name, project, made = kept_of(owner)
        assert (name, f"“{project}”" in both, made) == ("Call", True, tags)

    def test_an_answer_does_not_count_for_another_word(self, signed_in, owner):
        asked = type_line(signed_in, "Logo @acne #x")
        asked = give_answer(signed_in, asked, "Create project “acne”")

        again = signed_in.post("/timer/start/", {**typed(asked.text, "/timer/start/"), "name": "Logo @acme"})

        assert again.status_code == 422
        assert "There is no project “acme” yet." in text_of(again)
        assert not Project.objects.for_user(owner).exists()

    @pytest.mark.parametrize(("line", "project"), [("Logo", "Acme"), ("Logo @beta", "Beta")])
    def test_the_project_beside_the_field_counts_unless_the_line_names_one(self, signed_in, owner, line, project):
        acme = make_project(owner, "Acme")
        make_project(owner, "Beta")

        assert type_line(signed_in, line, project_id=str(acme.id)).status_code == 303

        assert kept_of(owner) == ("Logo", project, [])

    def test_the_project_that_was_selected_stays_selected_while_something_is_asked(self, signed_in, owner):
        acme = make_project(owner, "Acme")

        asked = type_line(signed_in, "Logo #new", project_id=str(acme.id))
        give_answer(signed_in, asked, "Create tag “new”")

        assert kept_of(owner) == ("Logo", "Acme", ["new"])

    def test_a_choice_that_is_deleted_or_of_another_user_is_rejected(self, signed_in, owner, stranger):
        gone, theirs = make_project(owner, "Gone"), make_project(stranger, "Theirs")
        services.delete_entry(owner, WEB, Project, gone.id)

        for project_id in (str(gone.id), str(theirs.id), "x"):
            rejected = type_line(signed_in, "Logo", project_id=project_id)
            assert rejected.status_code == 422
            assert "This project was deleted. Choose another one, or none." in text_of(rejected)
        assert not TimeSession.objects.for_user(owner).exists()

    def test_only_what_is_in_use_is_offered_and_nothing_when_there_is_nothing(self, signed_in, owner):
        assert 'name="project_id"' not in signed_in.get("/").text
        make_project(owner, "Acme")
        services.edit_entry(owner, WEB, Project, make_project(owner, "Old").id, archived=True)

        page = text_of(signed_in.get("/"))

        assert "No project Acme" in page
        assert "Old" not in page

    @pytest.mark.django_db
    def test_a_first_click_may_make_a_project_and_asking_leaves_no_guest(self):
        client = Client()

        asked = type_line(client, "Logo @acme")
        assert asked.status_code == 422
        assert not User.objects.exists()
        give_answer(client, asked, "Create project “acme”")

        assert kept_of(User.objects.get()) == ("Logo", "acme", [])

    def test_a_name_that_is_too_long_for_a_project_is_said(self, signed_in, owner):
        asked = type_line(signed_in, "@" + "x" * 101)

        rejected = give_answer(signed_in, asked, f"Create project “{'x' * 101}”")

        assert rejected.status_code == 422
        assert "This has 101 characters, at most 100 are kept. Shorten it." in text_of(rejected)
        assert not TimeSession.objects.for_user(owner).exists()

    def test_clicking_the_answer_twice_makes_one_session_and_one_project(self, signed_in, owner):
        asked = type_line(signed_in, "Logo @acme")

        for _time in range(2):
            assert give_answer(signed_in, asked, "Create project “acme”").status_code == 303

        assert TimeSession.objects.for_user(owner).count() == 1
        assert Project.objects.for_user(owner).count() == 1


class TestRows:
    @pytest.mark.parametrize("path", ["/", "/week/"])
    def test_show_the_project_with_its_mark_and_the_tags(self, signed_in, owner, path):
        make_session(
            owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "Logo", project_name="Acme", tags=["print", "design"]
        )

        page = signed_in.get(path)

        assert re.search(r'<span class="cell project p1">\s*(<a [^>]*>)?Acme<', page.text)
        assert "Logo Acme #design #print" in text_of(page)

    def test_the_running_bar_shows_it_too(self, signed_in, owner):
        start_session(owner, "2026-11-23T09:00Z", "Logo", project_name="Acme")

        bar = re.search(
            r'<div class="timer-now">.*?<div class="timer-editor"', signed_in.get("/month/").text, re.DOTALL
        )[0]

        assert '<span class="project p1">Acme</span>' in bar

    def test_names_cannot_bring_markup(self, signed_in, owner):
        make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", project_name="<b>Acme", tags=["<i>"])

        page = signed_in.get("/").text

        assert "&lt;b&gt;Acme" in page
        assert "#&lt;i&gt;" in page


class TestAdding:
    def add(self, client: Client, **values: str):
        path = "/sessions/add/"
        times = {"date": "2026-11-20", "start": "14:00", "end": "15:30"}
        return client.post(path, {**typed(client.get(path).text, path), **times, **values})

    @pytest.mark.parametrize(
        ("values", "expected", "billable"),
        [
            ({}, (None, []), False),
            ({"project_name": "New one"}, ("New one", []), False),
            ({"project_name": "ACME"}, ("Acme", []), True),
            ({"tags": "#design, print  #Design"}, (None, ["design", "print"]), False),
            ({"billable": "true"}, (None, []), True),
            ({"billable": "false", "project_name": "Acme"}, ("Acme", []), False),
        ],
    )
    def test_project_tags_and_billable(self, signed_in, owner, values, expected, billable):
        make_project(owner, "Acme", billable_by_default=True)

        assert self.add(signed_in, name="Logo", **values).status_code == 303

        session = TimeSession.objects.for_user(owner).get()
        assert kept_of(owner) == ("Logo", *expected)
        assert session.billable is billable

    def test_a_selected_project(self, signed_in, owner):
        acme = make_project(owner, "Acme", billable_by_default=True)

        self.add(signed_in, project_id=str(acme.id))

        session = TimeSession.objects.for_user(owner).get()
        assert (session.project_id, session.billable) == (acme.id, True)

    @pytest.mark.parametrize(
        ("values", "field", "message"),
        [
            ({"tags": "design 7"}, "tags", "“7” cannot be a tag."),
            ({"project_name": "x" * 101}, "project_name", "This has 101 characters, at most 100 are kept."),
        ],
    )
    def test_rejected_ones_stay_in_their_fields_with_the_reason(self, signed_in, owner, values, field, message):
        response = self.add(signed_in, **values)

        assert response.status_code == 422
        assert message in text_of(response)
        assert f'id="id_add_{field}_error"' in response.text
        assert typed(response.text, "/sessions/add/")[field] == values[field]
        assert not Tag.objects.for_user(owner).exists()


@pytest.fixture
def acme(owner) -> Project:
    return make_project(owner, "Acme", hourly_rate=Decimal(80), currency="EUR", billable_by_default=True)


@pytest.fixture
def session(owner, acme) -> TimeSession:
    return make_session(
        owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "Logo", project_id=acme.id, tags=["print", "design"]
    )


class TestChanging:
    def test_saving_without_a_change_changes_nothing(self, signed_in, session):
        assert edit(signed_in, session).status_code == 303

        session.refresh_from_db()
        assert session.version == 1

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"project_id": ""}, {"project": None, "hourly_rate": None, "billable": True}),
            ({"project_name": "beta"}, {"project": "beta", "hourly_rate": None}),
            ({"project_name": "ACME"}, {"project": "Acme", "hourly_rate": Decimal(80)}),
            ({"tags": "#draft print"}, {"tags": ["draft", "print"]}),
            ({"tags": ""}, {"tags": []}),
            ({"hourly_rate": "62,50"}, {"hourly_rate": Decimal("62.5"), "currency": "EUR", "rate_is_override": True}),
            ({"hourly_rate": "90", "currency": "USD"}, {"hourly_rate": Decimal(90), "currency": "USD"}),
            ({"hourly_rate": "0"}, {"hourly_rate": Decimal(0), "rate_is_override": True}),
        ],
    )
    def test_each_alone(self, signed_in, owner, session, changes, fields):
        assert edit(signed_in, session, **changes).status_code == 303

        session = TimeSession.objects.for_user(owner).get()
        _name, project, tags = kept_of(owner)
        seen = {name: getattr(session, name) for name in ("hourly_rate", "currency", "rate_is_override", "billable")}
        assert {**seen, "project": project, "tags": tags} | fields == {**seen, "project": project, "tags": tags}

    def test_a_project_made_with_the_change_is_undone_with_it(self, signed_in, owner, session):
        edit(signed_in, session, project_name="Beta")
        signed_in.post("/undo/changeset/")

        assert kept_of(owner)[1] == "Acme"
        assert [each.name for each in Project.objects.for_user(owner).not_deleted()] == ["Acme"]

    def test_a_rate_override_is_removed_by_emptying_it(self, signed_in, owner, session):
        services.edit_session(owner, WEB, session.id, hourly_rate=Decimal(90), currency="USD")

        edit(signed_in, session, hourly_rate="")

        session.refresh_from_db()
        assert (session.hourly_rate, session.currency, session.rate_is_override) == (Decimal(80), "EUR", False)

    def test_only_the_currency_of_a_rate_override_changes(self, signed_in, owner, session):
        services.edit_session(owner, WEB, session.id, hourly_rate=Decimal(90))

        edit(signed_in, session, currency="USD")

        session.refresh_from_db()
        assert (session.hourly_rate, session.currency) == (Decimal(90), "USD")

    @pytest.mark.parametrize(
        ("changes", "field", "message"),
        [
            ({"tags": "a:b"}, "tags", "“a:b” cannot be a tag."),
            ({"project_name": "x" * 101}, "project_name", "This has 101 characters"),
            ({"hourly_rate": "lots"}, "hourly_rate", "“lots” is not a rate."),
            ({"currency": "USD"}, "hourly_rate", "Give a rate in USD, or leave the currency as it was."),
        ],
    )
    def test_rejected_ones_stay_in_their_fields_with_the_reason(self, signed_in, session, changes, field, message):
        response = edit(signed_in, session, **changes)

        assert response.status_code == 422
        assert message in text_of(response)
        assert f'id="id_session_{field}_error"' in response.text
        assert typed(response.text, f"/sessions/{session.id}/edit/") | changes == typed(
            response.text, f"/sessions/{session.id}/edit/"
        )
        session.refresh_from_db()
        assert session.version == 1

    def test_the_project_it_has_stays_a_choice_when_it_is_archived(self, signed_in, owner, session, acme):
        services.edit_entry(owner, WEB, Project, acme.id, archived=True)

        assert edit(signed_in, session, name="Logo 2").status_code == 303

        assert kept_of(owner)[:2] == ("Logo 2", "Acme")

    def test_a_project_archived_or_deleted_meanwhile_does_not_stop_another_change(
        self, signed_in, owner, session, acme
    ):
        path = f"/sessions/{session.id}/edit/"
        seen = typed(signed_in.get(path).text, path)
        services.delete_entry(owner, WEB, Project, acme.id)

        asked = signed_in.post(path, {**seen, "name": "Logo 2"})
        assert asked.status_code == 409
        signed_in.post(path, typed(asked.text, path))

        assert kept_of(owner)[:2] == ("Logo 2", None)

    @pytest.mark.parametrize(
        ("fields", "hint"),
        [
            ({}, "Now: 80.00 EUR, as the project says when it was saved."),
            ({"hourly_rate": Decimal(90)}, "Now: 90.00 EUR, its own. Left empty, it is as the project says."),
            ({"project_id": None}, "Now: no rate."),
        ],
    )
    def test_which_rate_it_has_and_why(self, signed_in, owner, session, fields, hint):
        services.edit_session(owner, WEB, session.id, **fields)

        page = signed_in.get(f"/sessions/{session.id}/edit/")

        assert hint in text_of(page).replace("\N{NO-BREAK SPACE}", " ")

    def test_a_stale_change_shows_project_tags_and_rate_of_both(self, signed_in, owner, session):
        path = f"/sessions/{session.id}/edit/"
        seen = typed(signed_in.get(path).text, path)
        services.edit_session(owner, WEB, session.id, project_name="Phone", tags=["phone"], hourly_rate=Decimal(70))

        response = signed_in.post(path, {**seen, "project_id": "", "tags": "desk", "hourly_rate": "60"})

        assert response.status_code == 409
        page = text_of(response)
        assert "Project No project Phone" in page
        assert "Tags desk phone" in page
        assert "Hourly rate 60 70" in page
        signed_in.post(path, typed(response.text, path))  # “Save mine”
        session.refresh_from_db()
        assert (kept_of(owner)[1:], session.hourly_rate) == ((None, ["desk"]), Decimal(60))

    def test_a_stale_change_shows_the_new_project_that_was_typed(self, signed_in, owner, session):
        path = f"/sessions/{session.id}/edit/"
        seen = typed(signed_in.get(path).text, path)
        services.edit_session(owner, WEB, session.id, name="From the phone")

        response = signed_in.post(path, {**seen, "project_name": "Beta"})

        assert "Project Beta Acme" in text_of(response)
        signed_in.post(path, typed(response.text, path))
        assert kept_of(owner)[:2] == ("From the phone", "Beta")


class TestButtons:
    @pytest.mark.parametrize("action", ["continue", "duplicate"])
    def test_the_same_again_keeps_project_tags_and_billable(self, signed_in, owner, session, action):
        services.edit_session(owner, WEB, session.id, billable=False)

        signed_in.post(f"/sessions/{session.id}/{action}/")

        again = TimeSession.objects.for_user(owner).exclude(id=session.id).get()
        assert kept_of(owner, again) == ("Logo", "Acme", ["design", "print"])
        assert again.billable is False

    def test_many_are_given_a_project_as_one_click(self, signed_in, owner, acme):
        both = [make_session(owner, f"2026-11-23T0{hour}:00Z", f"2026-11-23T0{hour}:30Z") for hour in (7, 8)]
        selection = {"session": [str(each.id) for each in both], "do": "project"}

        page = signed_in.post("/sessions/selection/", {**selection, "project_id": str(acme.id)}, follow=True)

        assert "Changed 2 sessions." in text_of(page)
        sessions = TimeSession.objects.for_user(owner)
        assert sessions.filter(project=acme, hourly_rate=80, billable=True).count() == 2
        signed_in.post("/undo/changeset/")
        assert sessions.filter(project=None, hourly_rate=None, billable=False).count() == 2

    def test_many_are_given_no_project(self, signed_in, owner, session):
        signed_in.post("/sessions/selection/", {"session": [str(session.id)], "do": "project", "project_id": ""})

        assert kept_of(owner)[1] is None

    def test_a_project_that_is_gone_is_said_and_nothing_changes(self, signed_in, session, stranger):
        theirs = make_project(stranger, "Theirs")
        selection = {"session": [str(session.id)], "do": "project", "project_id": str(theirs.id)}

        page = signed_in.post("/sessions/selection/", selection, follow=True)

        assert "This project was deleted. Choose another one, or none." in text_of(page)
        session.refresh_from_db()
        assert session.version == 1
