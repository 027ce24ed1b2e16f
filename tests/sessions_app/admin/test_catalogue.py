"""Clients, projects and tags in the admin."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry

from sessions_app import services
from sessions_app.models import Change, Client, Project, Source, Tag, TimeSession
from tests.admin import CLIENTS, PROJECTS, TAGS, fields_in_error
from tests.factories import WEB, make_account, make_guest, make_session
from tests.query_plans import plan_text, queries_of
from timetracker import admin_lists

LISTS = {Client: CLIENTS, Project: PROJECTS, Tag: TAGS}
PAGES = ["", "add/", "{id}/change/", "{id}/history/", "{id}/delete/"]
TEN = "2026-11-20T10:00:00Z"
ELEVEN = "2026-11-20T11:00:00Z"


def make(model, user, name="Acme", **fields):
    return services.create_entry(user, WEB, model, name=name, **fields)


def change_page(entry) -> str:
    return f"{LISTS[type(entry)]}{entry.pk}/change/"


def all_fields(entry) -> dict[str, object]:
    return type(entry).objects.filter(pk=entry.pk).values().get()


def listed(response) -> list:
    return list(response.context["cl"].result_list)


@pytest.fixture(params=LISTS, ids=["client", "project", "tag"])
def entry(request, owner):
    return make(request.param, owner)


# Looking


def test_the_list_of_projects_shows_them_in_words(operator, owner):
    client = make(Client, owner, "Beta Ltd", hourly_rate=Decimal(90), currency="USD")
    make(Project, owner, "Logo", client_id=client.id, colour=3, hourly_rate=Decimal("80.5"), currency="EUR")
    page = operator.get(PROJECTS).content.decode()
    for text in ("Logo", "Owner", "Beta Ltd", "3 – Teal", "80.50\N{NO-BREAK SPACE}EUR"):
        assert text in page
    assert "90.00\N{NO-BREAK SPACE}USD" in operator.get(CLIENTS).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Acme", "Old", "Gone", "Other"}),
        ("?state=used", {"Acme", "Other"}),
        ("?state=archived", {"Old"}),
        ("?state=deleted", {"Gone"}),
        ("?q=cme", {"Acme"}),
        ("?q=mira@example.org", {"Other"}),
        ("?q=nobody", set()),
    ],
)
@pytest.mark.parametrize("model", LISTS)
def test_the_lists_are_searched_and_filtered(operator, owner, model, query, names):
    make(model, owner)
    make(model, owner, "Old", archived=True)
    services.delete_entry(owner, WEB, model, make(model, owner, "Gone", archived=True).id)
    make(model, make_account("mira@example.org"), "Other")
    assert {found.name for found in listed(operator.get(LISTS[model] + query))} == names


def test_one_is_found_by_its_id_and_by_that_of_its_user(operator, owner, entry):
    path = LISTS[type(entry)]
    make(type(entry), make_guest())
    for wanted in (entry.pk, owner.pk):
        assert listed(operator.get(path, {"q": str(wanted)})) == [entry]
    assert listed(operator.get(path, {"user__id__exact": str(owner.pk)})) == [entry]
    assert listed(operator.get(path, {"q": str(uuid4())})) == []


@pytest.mark.parametrize("model", LISTS)
def test_more_rows_take_no_more_queries(operator, model):
    def add(count):
        for _ in range(count):
            user = make_guest()
            client = {"client_id": make(Client, user).id} if model is Project else {}
            make(model, user, "Logo", **client)

    add(5)
    operator.get(LISTS[model])  # the first page of a day renews the cookie
    few = len(queries_of(lambda: operator.get(LISTS[model])))
    add(45)
    assert len(queries_of(lambda: operator.get(LISTS[model]))) == few
    assert operator.get(LISTS[model]).content.count(b'name="_selected_action"') == 50


@pytest.mark.parametrize("model", LISTS)
def test_no_list_counts_or_sorts_the_whole_table(operator, owner, model):
    now = TimeSession._meta.get_field("created_at").to_python(TEN)
    for user in (owner, make_guest()):
        model.objects.bulk_create(
            model(user=user, name=f"{n}", folded_name=f"{n}", created_at=now, updated_at=now) for n in range(2_000)
        )
    for query in ("", f"?user__id__exact={owner.pk}", f"?q={owner.pk}"):
        operator.get(LISTS[model] + query)
        asked = queries_of(lambda path=LISTS[model] + query: operator.get(path))
        queries = [each for each in asked if model._meta.db_table in each]
        assert all("LIMIT 10000" in each for each in queries if "COUNT(" in each), query
        (rows,) = [each for each in queries if "ORDER BY" in each]
        assert "TEMP B-TREE" not in plan_text(rows), query


def test_a_long_list_is_counted_to_its_limit_and_says_so(operator, owner, monkeypatch):
    monkeypatch.setattr(admin_lists, "MAX_LISTED", 2)
    for name in ("a", "b", "c"):
        make(Tag, owner, name)
    page = operator.get(TAGS)
    assert "The newest 2 tags. Search or filter to see others." in page.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_within_the_content_security_policy(operator, entry, path):
    response = operator.get(LISTS[type(entry)] + path.format(id=entry.pk))
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not re.search(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", response.content.decode()
    )


@pytest.mark.parametrize("path", PAGES)
def test_only_operators_get_in(client, owner, entry, path):
    client.force_login(owner)
    response = client.get(LISTS[type(entry)] + path.format(id=entry.pk))
    assert response["Location"].startswith("/admin/login/")


def test_a_project_shows_its_history(operator, owner):
    client = make(Client, owner, "Beta Ltd")
    project = make(Project, owner, "<b>Logo</b>")
    operator.submit(change_page(project), client=str(client.pk), colour="3", hourly_rate="80.5", archived="on")
    page = operator.get(change_page(project)).content.decode()
    rows = [row.split("</td><td>")[1:] for row in re.findall(r"<tr><td>(.*?)</td></tr>", page)]
    changes = "client: – → Beta Ltd<br>colour: Blue → Teal<br>hourly rate: – → 80.50<br>archived: no → yes<br>"
    assert rows == [
        ["admin: operator@example.org", "changed", changes],
        ["web", "added", "name: – → &lt;b&gt;Logo&lt;/b&gt;<br>"],
    ]


def test_a_deleted_one_is_only_looked_at(operator, owner, entry):
    services.delete_entry(owner, WEB, type(entry), entry.id)
    page = operator.get(change_page(entry))
    assert b'name="_save"' not in page.content
    assert b"Seen version" not in page.content
    assert operator.get(f"{LISTS[type(entry)]}{entry.pk}/delete/").status_code == 403


# Adding and changing


@pytest.mark.parametrize(
    ("model", "given", "saved"),
    [
        (Client, {"hourly_rate": "80.5", "currency": "eur"}, {"hourly_rate": Decimal("80.5"), "currency": "EUR"}),
        (Project, {"colour": "5", "billable_by_default": "on"}, {"colour": 5, "billable_by_default": True}),
        (Project, {}, {"colour": 2, "billable_by_default": False, "client": None}),
        (Tag, {}, {"archived": False}),
    ],
)
def test_one_is_added_by_the_service(operator, owner, model, given, saved):
    make(Project, owner, "Has colour 1")
    data = {"user": str(owner.pk), "name": " New ", **given}
    assert operator.post(f"{LISTS[model]}add/", data).status_code == 302
    added = model.objects.for_user(owner).get(name="New")
    assert {name: getattr(added, name) for name in saved} == saved
    change = Change.objects.latest("id")
    assert (change.user, change.kind, change.object_id, change.action) == (owner, model.KIND, added.pk, "create")
    assert (change.changeset.source, change.changeset.operator) == (Source.ADMIN, operator.user)


def test_a_new_project_names_a_client_of_its_user(operator, owner, stranger):
    client = make(Client, owner, "Beta Ltd")
    make(Client, stranger, "Secret")
    for name, client_name in (("Logo", "BETA ltd"), ("Poster", "Secret")):
        operator.post(f"{PROJECTS}add/", {"user": str(owner.pk), "name": name, "client_name": client_name})
    logo, poster = Project.objects.for_user(owner).order_by("name")
    assert logo.client == client
    assert (poster.client.name, poster.client.user) == ("Secret", owner)
    assert "Secret" not in operator.get(f"{PROJECTS}add/").content.decode()


def test_an_edit_goes_by_the_service(operator, owner, entry):
    assert operator.submit(change_page(entry), name=" Letter ", archived="on").status_code == 302
    entry.refresh_from_db()
    assert (entry.name, entry.folded_name, entry.archived, entry.version) == ("Letter", "letter", True, 2)
    change = Change.objects.latest("id")
    assert (change.user, change.object_id, change.changeset.source, change.changeset.operator, change.action) == (
        owner, entry.pk, Source.ADMIN, operator.user, Change.Action.EDIT,
    )  # fmt: skip
    assert (change.before["name"], change.after["name"]) == ("Acme", "Letter")


def test_saving_what_was_not_changed_changes_nothing(operator, entry):
    before = all_fields(entry)
    assert operator.submit(change_page(entry)).status_code == 302
    assert all_fields(entry) == before
    assert Change.objects.count() == 1


def test_a_changed_rate_leaves_sessions_as_they_are(operator, owner):
    project = make(Project, owner, hourly_rate=Decimal(60))
    session = make_session(owner, TEN, ELEVEN, project_id=project.id)
    assert operator.submit(change_page(project), hourly_rate="90").status_code == 302
    session.refresh_from_db()
    project.refresh_from_db()
    assert (project.hourly_rate, session.hourly_rate) == (90, 60)


@pytest.mark.parametrize(
    ("model", "changes", "field", "message"),
    [
        (Client, {"name": "BETA"}, "name", "There is “Beta” already. Choose another name, or use that one."),
        (Client, {"name": "n" * 101}, "name", "Ensure this value has at most 100 characters (it has 101)."),
        (Client, {"name": "a\x07b"}, "name", "Control characters cannot be kept. Leave them out."),
        (Client, {"hourly_rate": "-1"}, "hourly_rate", "Give an hourly rate from 0 to 99999999, or none."),
        (Client, {"currency": "XYZ"}, "currency",
         "“XYZ” is not a currency. Give three letters of ISO 4217, such as EUR or USD."),
        (Project, {"name": "beta"}, "name", "There is “Beta” already. Choose another name, or use that one."),
        (Project, {"name": ""}, "name", "This field is required."),
        (Project, {"colour": "9"}, "colour", "Select a valid choice. 9 is not one of the available choices."),
        (Project, {"colour": ""}, "colour", "This field is required."),
        (Tag, {"name": "beta"}, "name", "There is “Beta” already. Choose another name, or use that one."),
        (Tag, {"name": "two words"}, "name",
         '“two words” cannot be a tag. Give one word with a letter in it and none of @ # : , ; ! ? " \\.'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(operator, owner, model, changes, field, message):
    make(model, owner, "Beta")
    entry = make(model, owner)
    before = all_fields(entry)
    response = operator.submit(change_page(entry), **changes)
    assert fields_in_error(response) == {field: [message]}
    assert response.context["adminform"].form[field].value() == changes[field]
    assert all_fields(entry) == before
    if changes[field]:
        fresh = {"user": str(owner.pk), "name": "New", **changes}
        assert fields_in_error(operator.post(f"{LISTS[model]}add/", fresh)) == {field: [message]}
    assert (model.objects.count(), LogEntry.objects.count()) == (2, 0)


def test_a_form_that_is_out_of_date_changes_nothing(operator, owner, entry):
    services.edit_entry(owner, WEB, type(entry), entry.id, archived=True)
    for changes in ({"name": "Lost"}, {}):
        response = operator.submit(change_page(entry), seen_version="1", **changes)
        assert fields_in_error(response) == {
            "__all__": ["This was changed in the meantime. Read it again, then repeat the change."]
        }
    entry.refresh_from_db()
    assert (entry.name, entry.version) == ("Acme", 2)


def test_one_that_was_deleted_in_the_meantime_is_not_changed(operator, owner, entry):
    services.delete_entry(owner, WEB, type(entry), entry.id)
    response = operator.post(
        change_page(entry), {"seen_version": "2", "name": "Late", "colour": "1", "budget_period": "total"}
    )
    assert fields_in_error(response) == {"__all__": ["This was deleted in the meantime. It cannot be changed."]}


def test_one_stays_with_its_user(operator, owner, stranger, entry):
    assert 'name="user"' not in operator.get(change_page(entry)).content.decode()
    operator.submit(change_page(entry), user=str(stranger.pk), name="Moved")
    entry.refresh_from_db()
    assert (entry.user, entry.name) == (owner, "Moved")


def test_a_client_is_selected_among_those_the_user_has_in_use(operator, owner, stranger):
    project, client = make(Project, owner), make(Client, owner)
    make(Client, owner, "Gone", archived=True)
    other = make(Client, stranger, "Secret")
    choices = operator.get(change_page(project)).context["adminform"].form.fields["client"].choices
    assert [str(label) for _value, label in choices][1:] == ["Acme"]
    response = operator.submit(change_page(project), client=str(other.pk))
    assert fields_in_error(response) == {
        "client": ["Select a valid choice. That choice is not one of the available choices."]
    }
    assert operator.submit(change_page(project), client=str(client.pk)).status_code == 302
    services.edit_entry(owner, WEB, Client, client.id, archived=True)
    assert operator.submit(change_page(project), name="Letter").status_code == 302
    project.refresh_from_db()
    assert (project.name, project.client) == ("Letter", client)


# Deleting


def test_deleting_takes_it_off_sessions_as_one_changeset(operator, owner):
    project = make(Project, owner, hourly_rate=Decimal(60))
    session = make_session(owner, TEN, ELEVEN, project_id=project.id)
    page = operator.get(f"{PROJECTS}{project.pk}/delete/").content.decode()
    assert "Delete “Acme”? Its sessions stay, without a project, and keep their rates." in page
    assert operator.post(f"{PROJECTS}{project.pk}/delete/", {"post": "yes"}).status_code == 302
    session.refresh_from_db()
    project.refresh_from_db()
    assert (session.project, session.hourly_rate, session.deleted_at) == (None, 60, None)
    assert project.deleted_at is not None
    first, second = Change.objects.order_by("-id")[:2]
    assert first.changeset_id == second.changeset_id
    assert {(change.changeset.source, change.changeset.operator) for change in (first, second)} == {
        (Source.ADMIN, operator.user)
    }
    services.undo_changeset(owner, WEB)
    session.refresh_from_db()
    assert session.project == project


@pytest.mark.parametrize("model", LISTS)
def test_several_are_deleted_at_once(operator, owner, stranger, model):
    gone = make(model, owner, "Gone")
    services.delete_entry(owner, WEB, model, gone.id)
    entries = [gone, make(model, owner), make(model, stranger)]
    form = {"action": "delete_selected", "_selected_action": [str(entry.pk) for entry in entries]}
    page = operator.post(LISTS[model], form, follow=True).content.decode()
    assert f"2 {model._meta.verbose_name_plural} were changed." in page
    assert not model.objects.all().not_deleted().exists()


def test_a_client_is_deleted_and_its_projects_stay(operator, owner):
    client = make(Client, owner)
    project = make(Project, owner, "Logo", client_id=client.id)
    assert "Its projects stay" in operator.get(f"{CLIENTS}{client.pk}/delete/").content.decode()
    operator.post(f"{CLIENTS}{client.pk}/delete/", {"post": "yes"})
    project.refresh_from_db()
    assert (project.client, project.deleted_at) == (None, None)
