"""GET /v1/users/{userId}/changes of several kinds"""

import random

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.selectors import change_feed
from tests.factories import WEB, make_session
from tests.work import make_client, make_project

BASE = "/v1/users/me"
URL = f"{BASE}/changes"
ALL = "kinds=session,client,project,tag"
COLLECTIONS = {"session": "sessions", "client": "clients", "project": "projects", "tag": "tags"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def add(user, day=20, name="", **fields):
    return make_session(user, f"2026-11-{day:02}T08:00:00Z", f"2026-11-{day:02}T09:00:00Z", name, **fields)


def ask(api, query=ALL):
    response = api("GET", f"{URL}?{query}")
    assert response.status_code == 200, response.data
    return response.data


def kinds_of(page):
    return [each["kind"] for each in page["changed"]]


@pytest.fixture
def entries(owner):
    client = make_client(owner, "Acme", "80", "EUR")
    project = make_project(owner, "Site", client, "90")
    session = add(owner, name="Logo", project_id=project.id, tags=["new"])
    return {"client": client, "project": project, "tag": Tag.objects.get(), "session": session}


def test_of_each_is_told_as_it_is_and_its_kind_in_the_order_of_changes(api, entries):
    page = ask(api)

    assert kinds_of(page) == ["client", "project", "tag", "session"]
    for each in page["changed"]:
        kind = each.pop("kind")
        assert each == api("GET", f"{BASE}/{COLLECTIONS[kind]}/{entries[kind].id}").data
    assert (page["deleted"], page["hasMore"]) == ([], False)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("session", ["session"]),
        ("project", ["project"]),
        ("tag,client", ["client", "tag"]),
        ("client,client", ["client"]),
    ],
)
def test_of_those_that_are_asked_for(api, entries, kinds, expected):
    assert kinds_of(ask(api, f"kinds={kinds}")) == expected


def test_without_it_sessions_are_told_as_ever(api, owner, entries):
    page = ask(api, "")

    assert page["changed"] == [api("GET", f"{BASE}/sessions/{entries['session'].id}").data]
    services.delete_session(owner, WEB, entries["session"].id)
    assert ask(api, f"cursor={page['cursor']}")["deleted"] == [
        {"id": str(entries["session"].id), "deletedAt": "2026-11-23T12:00:00Z"}
    ]


def test_each_leaves_a_tombstone(api, owner, entries, time_machine):
    cursor = ask(api)["cursor"]
    time_machine.shift(60)
    services.delete_session(owner, WEB, entries["session"].id)
    for model, kind in ((Tag, "tag"), (Project, "project"), (Client, "client")):
        services.delete_entry(owner, WEB, model, entries[kind].id, detach=True)

    page = ask(api, f"{ALL}&cursor={cursor}")

    assert page["changed"] == []
    assert [each["kind"] for each in page["deleted"]] == ["session", "tag", "project", "client"]
    assert {each["kind"]: each["id"] for each in page["deleted"]} == {
        kind: str(entry.id) for kind, entry in entries.items()
    }
    assert {each["deletedAt"] for each in page["deleted"]} == {"2026-11-23T12:01:00Z"}


def test_what_is_restored_is_there_again(api, owner, entries):
    services.delete_entry(owner, WEB, Tag, entries["tag"].id, detach=True)
    cursor = ask(api)["cursor"]
    services.undo_changeset(owner, WEB)

    page = ask(api, f"{ALL}&cursor={cursor}")

    assert sorted(kinds_of(page)) == ["session", "tag"]
    assert page["deleted"] == []


def test_of_a_stranger_nothing_is_told(stranger_api, entries):
    assert ask(stranger_api)["changed"] == []


@pytest.mark.parametrize("kinds", ["", "sessions", "session,", "session,user", "SESSION", "session;tag"])
def test_is_some_of_the_four(api, kinds):
    response = api("GET", f"{URL}?kinds={kinds}")

    (error,) = response.data["errors"]
    assert (response.status_code, error["parameter"], error["code"]) == (400, "kinds", "invalid_choice")


@pytest.mark.parametrize("most", [2, 7, 20_000])
@pytest.mark.parametrize("kinds", ["session,client,project,tag", "project", "tag,client"])
def test_a_copy_stays_true_whatever_happens_while_it_pages(api, owner, kinds, most, monkeypatch):
    monkeypatch.setattr(change_feed, "MAX_SEARCHED", most)
    chance = random.Random(most)
    copy, cursor = {}, ""

    def take(limit):
        nonlocal cursor
        page = ask(api, f"kinds={kinds}&limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        copy.update({(each["kind"], each["id"]): each["version"] for each in page["changed"]})
        for tombstone in page["deleted"]:
            copy.pop((tombstone["kind"], tombstone["id"]), None)
        cursor = page["cursor"]
        return page["hasMore"]

    models = {"client": Client, "project": Project, "tag": Tag}
    for number in range(60):
        kind = chance.choice(["session", *models])
        act = chance.choice(["add", "add", "edit", "delete", "page"])
        stored = list(models[kind].objects.for_user(owner).not_deleted()) if kind in models else []
        if act == "page":
            take(chance.randrange(1, 4))
        elif kind == "session":
            add(owner, 1 + number % 20, f"session {number}", tags=[f"tag{number % 5}"])
        elif act == "add":
            services.create_entry(owner, WEB, models[kind], name=f"{kind}-{number}")
        elif stored and act == "edit":
            services.edit_entry(owner, WEB, models[kind], chance.choice(stored).id, name=f"{kind}-edited-{number}")
        elif stored:
            services.delete_entry(owner, WEB, models[kind], chance.choice(stored).id, detach=True)
    while take(3):
        pass

    assert copy == {
        (kind, each["id"]): each["version"]
        for kind in kinds.split(",")
        for each in api("GET", f"{BASE}/{COLLECTIONS[kind]}?limit=500{'&q=' if kind == 'session' else ''}").data[
            COLLECTIONS[kind]
        ]
    }
