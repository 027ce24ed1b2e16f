"""GET /v1/users/{userId}/changesets and POST /v1/users/{userId}/changesets/{id}/undo"""

from uuid import UUID

import pytest

from sessions_app import services
from sessions_app.api import changesets as changesets_api
from sessions_app.api.idempotency import Attempt, attempt_in_parts
from sessions_app.models import Changeset, Project, Source, TimeSession
from sessions_app.services import Actor, parts, undo_parts
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token
from tests.work import make_project
from users_app.models import Scope

BASE = "/v1/users/me"
URL = f"{BASE}/changesets"
TIMES = {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}
DAY = 86_400


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def session(owner):
    return make_session(owner, TIMES["start"], TIMES["end"], "Logo")


def listed(api, query=""):
    response = api("GET", f"{URL}{query}")
    assert response.status_code == 200
    return response.data["changesets"]


def undo(api, changeset_id, **headers):
    return api("POST", f"{URL}/{changeset_id}/undo", **headers)


def import_two(api):
    file = "Date,Start,End,Description\n2026-11-02,09:00,10:30,First\n2026-11-02,11:00,11:30,Second in it\n"
    headers = {"Authorization": f"Bearer {api.token}"}
    return api.client.post(f"{BASE}/imports", file.encode(), content_type="text/csv", headers=headers).json()


def test_lists_what_was_written_the_latest_first(api, owner, session, time_machine):
    time_machine.shift(60)
    api("PATCH", f"{BASE}/sessions/{session.id}", {"sessionName": "Draft", "tags": ["new"]})

    response = api("GET", URL)

    latest, first = response.data["changesets"]
    assert latest == {
        "id": latest["id"],
        "at": "2026-11-23T12:01:00Z",
        "source": "api",
        "summary": "“new” added, “Draft” changed",
        "undoable": True,
        "undoneBy": None,
    }
    assert (first["source"], first["summary"], first["at"]) == ("web", "“Logo” added", "2026-11-23T12:00:00Z")
    assert response.data["next"] is None
    assert response["Cache-Control"] == "private, no-cache"


def test_what_changed_nothing_is_not_listed(api):
    api("POST", f"{BASE}/timer/stop", **{"Idempotency-Key": "nothing-to-stop"})

    assert listed(api) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_has_pages(api, owner, session, limit):
    for name in "abc":
        services.edit_session(owner, WEB, session.id, name=name)
    pages, address = [], f"{URL}?limit={limit}"
    while address:
        response = api("GET", address)
        pages.append([each["summary"] for each in response.data["changesets"]])
        address = response.data["next"]
        assert (response.get("Link") is None) == (address is None)

    assert [each for page in pages for each in page] == [f"“{name}” changed" for name in "cba"] + ["“Logo” added"]
    assert all(len(page) <= limit for page in pages)


@pytest.mark.parametrize("query", ["cursor=x", "cursor=LTE=", "cursor=", "limit=0", "limit=501", "q=x"])
def test_a_wrong_query_is_rejected(api, query):
    assert api("GET", f"{URL}?{query}").status_code == 400


class TestUndo:
    def test_takes_back_and_does_again(self, api, session):
        api("PATCH", f"{BASE}/sessions/{session.id}", {"sessionName": "Draft", "tags": ["new"]})
        edit = listed(api)[0]["id"]

        response = undo(api, edit)

        assert (response.status_code, response.data.keys()) == (200, {"changesetId"})
        assert api("GET", f"{BASE}/sessions/{session.id}").data["sessionName"] == "Logo"
        assert api("GET", f"{BASE}/tags").data["tags"] == []
        undone, before = listed(api)[:2]
        assert undone["id"] == response.data["changesetId"]
        assert (undone["undoable"], undone["undoneBy"], undone["source"]) == (True, None, "api")
        assert (before["id"], before["undoable"], before["undoneBy"]) == (edit, False, undone["id"])

        again = undo(api, undone["id"])

        assert api("GET", f"{BASE}/sessions/{session.id}").data["sessionName"] == "Draft"
        found = {each["id"]: (each["undoable"], each["undoneBy"]) for each in listed(api)}
        assert found[again.data["changesetId"]] == (True, None)
        assert found[undone["id"]] == (False, again.data["changesetId"])
        assert found[edit] == (True, None)

    def test_what_was_made_goes_to_the_trash(self, api, session):
        undo(api, listed(api)[0]["id"])

        assert api("GET", f"{BASE}/sessions/{session.id}").status_code == 404
        assert [each["id"] for each in api("GET", f"{BASE}/sessions?deleted=true").data["sessions"]] == [
            str(session.id)
        ]

    def test_is_all_or_nothing(self, api, owner, session):
        made = api("POST", f"{BASE}/sessions/batch", {"operations": [{"op": "create", "body": TIMES}] * 2}).data
        first, second = (each["body"]["id"] for each in made["results"])
        changeset_id = listed(api)[0]["id"]
        services.edit_session(owner, WEB, second, name="since")

        response = undo(api, changeset_id)

        assert (response.status_code, response.data["code"]) == (409, "changed_since")
        assert "“since” was changed after that" in response.data["detail"]
        assert api("GET", f"{BASE}/sessions/{first}").status_code == 200

    @pytest.mark.parametrize("seconds", [DAY, DAY + 1, 40 * DAY])
    def test_not_after_a_day(self, api, session, time_machine, seconds):
        changeset_id = listed(api)[0]["id"]
        time_machine.shift(seconds)

        response = undo(api, changeset_id)

        assert listed(api)[0]["undoable"] is False
        assert (response.status_code, response.data["code"]) == (409, "changed_since")
        assert TimeSession.objects.get(id=session.id).deleted_at is None

    def test_within_a_day(self, api, session, time_machine):
        time_machine.shift(DAY - 1)

        assert undo(api, listed(api)[0]["id"]).status_code == 200

    def test_only_the_last_twenty(self, api, owner, session):
        changeset_id = listed(api)[0]["id"]
        for _time in range(20):
            make_project(owner, f"Project {_time}")

        response = undo(api, changeset_id)

        assert [each["undoable"] for each in listed(api)] == [True] * 20 + [False]
        assert (response.status_code, response.data["code"]) == (409, "changed_since")
        assert undo(api, listed(api)[19]["id"]).status_code == 200

    def test_not_twice(self, api, session):
        changeset_id = listed(api)[0]["id"]
        undo(api, changeset_id)

        assert (undo(api, changeset_id).status_code, undo(api, changeset_id).data["code"]) == (409, "changed_since")
        assert len(listed(api)) == 2

    def test_not_what_was_removed_for_good(self, api, owner, session):
        services.delete_session(owner, WEB, session.id)
        services.empty_trash(owner, WEB)

        assert [each["undoable"] for each in listed(api)] == [False, False, False]
        assert {undo(api, each["id"]).status_code for each in listed(api)} == {409}

    @pytest.mark.parametrize("changeset_id", ["nothing", str(UUID(int=7)), str(UUID(int=0xABC)).upper()])
    def test_of_nothing_is_not_found(self, api, session, changeset_id):
        assert undo(api, changeset_id).status_code == 404

    def test_of_a_stranger_is_not_found_and_not_listed(self, api, stranger_api, session):
        assert listed(stranger_api) == []
        assert undo(stranger_api, listed(api)[0]["id"]).status_code == 404
        assert len(listed(api)) == 1

    def test_sent_again_with_its_key_undoes_once(self, api, session):
        key = {"Idempotency-Key": "undo-1"}
        changeset_id = listed(api)[0]["id"]

        first, again = undo(api, changeset_id, **key), undo(api, changeset_id, **key)

        assert (again.status_code, again.data, again["Idempotency-Replayed"]) == (200, first.data, "true")
        assert len(listed(api)) == 2
        assert undo(api, first.data["changesetId"], **key).data["code"] == "idempotency_key_reused"

    def test_of_many_rows_sent_again_with_its_key_goes_on_and_undoes_once(self, api, session, monkeypatch):
        """It is written in parts, and what was interrupted is finished by the repetition."""
        monkeypatch.setattr(services.undo, "MAX_WHOLE", 0)
        monkeypatch.setattr(parts, "PART_SECONDS", 1e-9)
        step = undo_parts._step
        rows = iter(range(3))

        def interrupted(changes, state):
            if next(rows, None) is None:
                raise KeyboardInterrupt
            return step(changes, state)

        changeset_id, key = listed(api)[0]["id"], {"Idempotency-Key": "undo-1"}
        with monkeypatch.context() as patch:
            patch.setattr(undo_parts, "_step", interrupted)
            with pytest.raises(KeyboardInterrupt):
                undo(api, changeset_id, **key)
        assert Changeset.objects.filter(unfinished__isnull=False).count() == 1

        again, third = undo(api, changeset_id, **key), undo(api, changeset_id, **key)

        assert (again.status_code, again.data, again["Idempotency-Replayed"]) == (200, third.data, "true")
        assert not Changeset.objects.filter(unfinished__isnull=False).exists()
        assert listed(api)[0]["undoneBy"] is None
        assert (listed(api)[1]["id"], listed(api)[1]["undoneBy"]) == (changeset_id, again.data["changesetId"])

    def test_of_an_import_names_what_stays(self, api):
        changeset_id = import_two(api)["changesetId"]
        first = api("GET", f"{BASE}/sessions?q=First").json()["sessions"][0]
        api("PATCH", f"{BASE}/sessions/{first['id']}", {"note": "mine"})

        answer = undo(api, changeset_id)

        undone_by = listed(api)[0]["id"]
        assert (answer.status_code, answer.json()) == (
            200,
            {"changesetId": undone_by, "leftCount": 1, "left": ["First"]},
        )
        assert [each["sessionName"] for each in api("GET", f"{BASE}/sessions?q=i").json()["sessions"]] == ["First"]

    def test_of_an_import_that_leaves_nothing_says_nothing_of_it(self, api):
        assert set(undo(api, import_two(api)["changesetId"]).json()) == {"changesetId"}

    def test_that_came_twice_at_once_is_answered_alike(self, api, session, monkeypatch):
        """The later one looked for the earlier before that had begun."""
        changeset_id, key = listed(api)[0]["id"], {"Idempotency-Key": "undo-1"}
        first = undo(api, changeset_id, **key)
        looked = iter([Attempt(Actor(Source.API))])
        monkeypatch.setattr(
            changesets_api, "attempt_in_parts", lambda *args: next(looked, None) or attempt_in_parts(*args)
        )

        second = undo(api, changeset_id, **key)

        assert (second.status_code, second.data) == (200, first.data)

    def test_takes_no_body(self, api, session):
        changeset_id = listed(api)[0]["id"]

        response = api("POST", f"{URL}/{changeset_id}/undo", {"force": True})

        assert response.data["code"] == "unknown_field"
        assert api("POST", f"{URL}/{changeset_id}/undo", {}).status_code == 200

    @pytest.mark.parametrize("scope", [Scope.READ, Scope.TRACK, Scope.ACCOUNT])
    def test_needs_the_scope_write_since_it_may_delete(self, api, owner, session, scope):
        caller = ApiClient(make_token(owner, scope))

        assert len(listed(caller)) == 1
        assert undo(caller, listed(api)[0]["id"]).data["code"] == "missing_scope"
        assert undo(ApiClient(make_token(owner, Scope.WRITE)), listed(api)[0]["id"]).status_code == 200

    def test_in_use_since_is_a_conflict(self, api, owner):
        project = make_project(owner, "Site")
        changeset_id = listed(api)[0]["id"]
        make_session(owner, TIMES["start"], TIMES["end"], project_id=project.id)

        assert undo(api, changeset_id).data["code"] == "in_use"
        assert Project.objects.get(id=project.id).deleted_at is None
