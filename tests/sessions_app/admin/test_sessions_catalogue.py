"""Projects, tags and rates of sessions in the admin."""

import re
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Project, Tag, TimeSession
from sessions_app.models.querysets import UserScopedQuerySet
from tests.admin import SESSIONS, fields_in_error
from tests.factories import WEB, make_session
from tests.query_plans import queries_of
from tests.sessions_app.admin.test_sessions import ELEVEN, TEN, all_fields, change_page, new_session


@pytest.fixture
def session(owner) -> TimeSession:
    return make_session(owner, TEN, ELEVEN, "Draft")


def make_project(user, name="Logo", **fields):
    return services.create_entry(user, WEB, Project, name=name, **fields)


def options(response, field) -> list[str]:
    return [str(label) for _value, label in response.context["adminform"].form.fields[field].choices][1:]


def tags_of(session: TimeSession) -> set[str]:
    return set(Tag.objects.for_user(session.user).filter(id__in=session.tag_ids).values_list("name", flat=True))


def test_the_list_shows_projects_in_one_more_query(operator, owner):
    for _ in range(3):
        make_session(owner, TEN, ELEVEN)
    operator.get(SESSIONS)  # the first page of a day renews the cookie
    without = len(queries_of(lambda: operator.get(SESSIONS)))
    for number in range(40):
        make_session(owner, TEN, ELEVEN, project_id=make_project(owner, f"Logo {number}").id)
    assert len(queries_of(lambda: operator.get(SESSIONS))) == without + 1
    assert "Logo 39" in operator.get(SESSIONS).content.decode()


def test_a_project_is_selected_among_those_the_user_has_in_use(operator, owner, stranger, session):
    make_project(owner, "Logo")
    make_project(owner, "Gone", archived=True)
    make_project(stranger, "Secret")
    services.delete_entry(owner, WEB, Project, make_project(owner, "Deleted").id)
    archived = make_project(owner, "Kept though archived", archived=True)
    assert options(operator.get(change_page(session)), "project") == ["Logo"]
    TimeSession.objects.for_user(owner).update(project=archived)
    assert options(operator.get(change_page(session)), "project") == ["Kept though archived", "Logo"]


def test_many_projects_take_no_more_queries(operator, owner, session):
    operator.get(change_page(session))
    few = len(queries_of(lambda: operator.get(change_page(session))))
    for number in range(30):
        make_project(owner, f"Logo {number}")
    assert len(queries_of(lambda: operator.get(change_page(session)))) == few


def test_a_project_of_another_user_is_an_error(operator, owner, stranger, session):
    for project in (make_project(stranger), make_project(owner, "Gone", archived=True)):
        response = operator.submit(change_page(session), project=str(project.pk))
        assert fields_in_error(response) == {
            "project": ["Select a valid choice. That choice is not one of the available choices."]
        }
    session.refresh_from_db()
    assert session.project is None


def test_a_project_that_went_in_the_meantime_is_told_at_its_field(operator, owner, session, monkeypatch):
    project = make_project(owner)
    services.delete_entry(owner, WEB, Project, project.id)
    monkeypatch.setattr(UserScopedQuerySet, "not_deleted", lambda rows: rows)  # it was there a moment ago
    response = operator.submit(change_page(session), project=str(project.pk))
    assert fields_in_error(response) == {
        "project": ["There is no project with this id. Make it first, or leave it out."]
    }


def test_project_tags_and_rate_are_edited_and_stand_in_the_history(operator, owner, session):
    project = make_project(owner, hourly_rate=Decimal(60), billable_by_default=True)
    operator.submit(change_page(session), project=str(project.pk), tags="#Print, urgent")
    session = TimeSession.objects.for_user(owner).get()
    assert (session.project, session.hourly_rate, session.currency, session.billable) == (project, 60, "EUR", True)
    assert tags_of(session) == {"Print", "urgent"}
    page = operator.get(change_page(session)).content.decode()
    assert 'name="tags" value="Print urgent"' in page
    for line in ("project: – → Logo", "tags: – → Print, urgent", "hourly rate: – → 60<", "currency: – → EUR"):
        assert line in page
    assert "60.00\N{NO-BREAK SPACE}EUR" in page
    operator.submit(change_page(session), project="", tags="")
    session = TimeSession.objects.for_user(owner).get()
    assert (session.project, session.tag_ids, session.hourly_rate) == (None, (), None)


def test_an_edit_leaves_the_rate_a_session_was_saved_with(operator, owner):
    project = make_project(owner, hourly_rate=Decimal(60))
    session = make_session(owner, TEN, ELEVEN, project_id=project.id)
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(90))
    operator.submit(change_page(session), name="Letter", note="Long", tags="print")
    session.refresh_from_db()
    assert (session.name, session.hourly_rate, session.rate_is_override) == ("Letter", 60, False)


def test_a_session_gets_a_rate_override_and_loses_it_again(operator, owner):
    session = make_session(owner, TEN, ELEVEN, project_id=make_project(owner, hourly_rate=Decimal(60)).id)
    assert 'name="hourly_rate" value' not in operator.get(change_page(session)).content.decode()
    for changes, rate in [
        ({"hourly_rate": "80.5"}, (Decimal("80.5"), "EUR", True)),
        ({"currency": "usd"}, (Decimal("80.5"), "USD", True)),
        ({"hourly_rate": "70", "currency": "CHF"}, (Decimal(70), "CHF", True)),
        ({"hourly_rate": ""}, (Decimal(60), "EUR", False)),
    ]:
        assert operator.submit(change_page(session), **changes).status_code == 302
        session.refresh_from_db()
        assert (session.hourly_rate, session.currency, session.rate_is_override) == rate


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"hourly_rate": "-1"}, "hourly_rate", "Give an hourly rate from 0 to 99999999, or none."),
        ({"hourly_rate": "0.00001"}, "hourly_rate", "Ensure that there are no more than 4 decimal places."),
        ({"hourly_rate": "lots"}, "hourly_rate", "Enter a number."),
        ({"hourly_rate": "1", "currency": "XYZ"}, "currency",
         "“XYZ” is not a currency. Give three letters of ISO 4217, such as EUR or USD."),
        ({"currency": "EUR"}, "currency", "A currency needs a rate. Give one, or leave the currency empty."),
        ({"tags": "a b 2026"}, "tags",
         '“2026” cannot be a tag. Give one word with a letter in it and none of @ # : , ; ! ? " \\.'),
        ({"tags": " ".join(f"tag{number}" for number in range(21))}, "tags",
         "A session has at most 20 tags. Leave some out."),
    ],
)  # fmt: skip
def test_wrong_rates_and_tags_are_told_at_their_fields(operator, session, changes, field, message):
    before = all_fields(session)
    assert fields_in_error(operator.submit(change_page(session), **changes)) == {field: [message]}
    assert all_fields(session) == before
    assert not Tag.objects.exists()


def test_a_new_session_names_its_project(operator, owner, stranger):
    project = make_project(owner, hourly_rate=Decimal(60), billable_by_default=True)
    make_project(stranger, "Poster")
    operator.post(f"{SESSIONS}add/", new_session(owner, project_name="LOGO", tags="print"))
    session = TimeSession.objects.for_user(owner).get()
    assert (session.project, session.billable, session.hourly_rate) == (project, True, 60)
    assert tags_of(session) == {"print"}
    operator.post(f"{SESSIONS}add/", new_session(owner, project_name="Poster"))
    made = Project.objects.for_user(owner).get(name="Poster")
    assert TimeSession.objects.for_user(owner).filter(project=made).count() == 1


def test_what_is_in_the_trash_shows_its_project_tags_and_rate(operator, owner):
    project = make_project(owner, hourly_rate=Decimal(60))
    session = make_session(owner, TEN, ELEVEN, project_id=project.id, tags=["print"])
    services.delete_session(owner, WEB, session.pk)
    page = operator.get(change_page(session)).content.decode()
    shown = re.findall(r'<div class="readonly">(.*?)</div>', page)
    assert {"print", "60.00\N{NO-BREAK SPACE}EUR"} <= set(shown)
    assert "Logo" in page
    assert "Seen version" not in page
