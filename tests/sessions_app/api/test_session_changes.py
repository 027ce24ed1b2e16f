"""PATCH and DELETE /v1/users/{userId}/sessions/{id}, /restore and /continue"""

import json
from uuid import UUID, uuid4

import pytest

from sessions_app import services
from sessions_app.models import Change, Changeset, Project, Tag, TimeSession
from sessions_app.selectors.sessions import find_running
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.models import Scope

BASE = "/v1/users/me/sessions"
START, END = "2026-11-23T08:00:00Z", "2026-11-23T09:30:00Z"
GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def project(owner):
    return services.create_entry(owner, WEB, Project, name="Website", billable_by_default=True)


@pytest.fixture
def session(owner, project):
    return make_session(
        owner, START, END, "Before", note="stored", timezone="Asia/Tokyo", project_id=project.id, tags=["deep"]
    )


@pytest.fixture
def running(owner):
    return start_session(owner, "2026-11-23T11:00:00Z", "Running")


def url(session, *more):
    return "/".join([BASE, str(session.id), *more])


def read(api, session):
    return api("GET", url(session)).data


def errors_of(response):
    return [(each["pointer"], each["code"]) for each in response.data["errors"]]


def without(data, *names):
    return {name: value for name, value in data.items() if name not in names}


# PATCH


@pytest.mark.parametrize(
    ("key", "sent", "stored"),
    [
        ("sessionName", " After ", "After"),
        ("sessionName", None, ""),
        ("sessionName", "", ""),
        ("note", "two\nlines", "two\nlines"),
        ("note", None, ""),
        ("start", "2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00Z"),
        ("start", 1795507200, "2026-11-24T08:00:00Z"),
        ("timezone", "America/New_York", "America/New_York"),
        ("projectId", None, None),
        ("tags", [], []),
        ("tags", ["#Deep", "new", "new"], ["deep", "new"]),
        ("billable", False, False),
    ],
)
def test_what_is_given_changes_and_the_rest_stays(api, session, key, sent, stored):
    before = read(api, session)
    body = {key: sent, **({"end": "2026-11-24T09:00:00Z"} if sent == 1795507200 else {})}

    response = api("PATCH", url(session), body)

    changed = before[key] != stored
    assert response.status_code == 200
    assert response["ETag"] == f'"{1 + changed}"'
    assert response.data[key] == stored
    untouched = {key, "end", "durationSeconds", "version", "updatedAt"}
    assert without(response.data, *untouched) == without(before, *untouched)
    assert read(api, session) == response.data


def test_a_merge_patch_may_say_what_it_is(api, session):
    for media_type in (
        "application/json",
        "application/merge-patch+json",
        "application/merge-patch+json; charset=utf-8",
    ):
        response = api.client.patch(
            url(session),
            json.dumps({"sessionName": media_type}),
            content_type=media_type,
            headers={"Authorization": f"Bearer {api.token}"},
        )
        assert (response.status_code, response.json()["sessionName"]) == (200, media_type)


@pytest.mark.parametrize(
    "media_type", ["application/json-patch+json", "text/plain", "application/x-www-form-urlencoded"]
)
def test_another_kind_of_patch_is_rejected(api, session, media_type):
    response = api.client.patch(
        url(session), "[]", content_type=media_type, headers={"Authorization": f"Bearer {api.token}"}
    )

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_only_a_patch_is_a_merge_patch(api):
    response = api.client.post(
        BASE,
        json.dumps({"start": START, "end": END}),
        content_type="application/merge-patch+json",
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert response.status_code == 415


@pytest.mark.parametrize("body", [None, {}, {"sessionName": "Before"}])
def test_a_patch_that_changes_nothing_makes_no_version(api, owner, session, body):
    before = Change.objects.filter(user=owner).count()

    response = api("PATCH", url(session), body)

    assert (response.status_code, response["ETag"], response.data["version"]) == (200, '"1"', 1)
    assert Change.objects.filter(user=owner).count() == before


def test_what_was_read_can_be_sent_back_also_from_a_list(api, session):
    (listed,) = api("GET", BASE).data["sessions"]

    assert api("PATCH", url(session), listed).data == read(api, session)
    assert read(api, session)["version"] == 1


@pytest.mark.parametrize("path", [f"{BASE}?deleted=true", "/v1/users/me/changes?kinds=session"])
def test_what_was_in_the_trash_or_among_changes_can_be_sent_back(api, session, path):
    api("DELETE", url(session))
    (found,) = api("GET", f"{BASE}?deleted=true").json()["sessions"]
    api("POST", f"{url(session)}/restore")
    if "changes" in path:
        (found,) = api("GET", path).json()["changed"]

    assert api("PATCH", url(session), found).status_code == 200
    assert "deletedAt" not in read(api, session)


def test_read_only_keys_are_ignored(api, session):
    before = read(api, session)
    sent = {
        "running": False,
        "secondsInPeriod": 1,
        "source": "admin",
        "version": 9,
        "createdAt": "1999-01-01T00:00:00Z",
        "updatedAt": None,
    }

    assert api("PATCH", url(session), sent).data == before


def test_a_finished_session_runs_again_with_an_end_of_null(api, owner, session):
    response = api("PATCH", url(session), {"end": None})

    assert (response.data["running"], response.data["durationSeconds"]) == (True, 4 * 3600)
    assert find_running(owner).id == session.id


def test_not_while_another_runs(api, session, running):
    response = api("PATCH", url(session), {"end": None})

    assert (response.status_code, response.data["code"]) == (409, "timer_running")
    assert read(api, session)["end"] == END


def test_a_running_session_can_be_renamed_moved_and_ended(api, running):
    renamed = api("PATCH", url(running), {"sessionName": "Named", "start": "2026-11-23T10:00:00Z"}).data
    ended = api("PATCH", url(running), {"end": "2026-11-23T11:30:00Z"}).data

    assert (renamed["running"], renamed["sessionName"], renamed["durationSeconds"]) == (True, "Named", 7200)
    assert (ended["running"], ended["durationSeconds"]) == (False, 5400)


def test_times_move_across_midnight_and_count_on_the_other_day(api, session):
    api("PATCH", url(session), {"start": "2026-11-20T22:00:00Z", "end": "2026-11-21T00:30:00Z", "timezone": "UTC"})

    days = api("GET", f"{BASE}?from=2026-11-20&to=2026-11-24").data["days"]
    assert [day["totalSeconds"] for day in days] == [7200, 1800, 0, 0]


def test_a_project_gives_its_billable_mark_and_never_takes_it(api, owner, project):
    plain = make_session(owner, START, END)
    given = api("PATCH", url(plain), {"projectId": str(project.id)})
    taken = api("PATCH", url(plain), {"projectId": None})
    said = api("PATCH", url(plain), {"projectId": str(project.id), "billable": False})

    assert [each.data["billable"] for each in (given, taken, said)] == [True, True, False]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"start": None}, ("#/start", "null")),
        ({"timezone": None}, ("#/timezone", "null")),
        ({"billable": None}, ("#/billable", "null")),
        ({"tags": None}, ("#/tags", "null")),
        ({"tags": [None]}, ("#/tags/0", "null")),
        ({"tags": "deep"}, ("#/tags", "not_a_list")),
        ({"tags": ["two words"]}, ("#/tags", "invalid_tag")),
        ({"tags": [f"t{number}" for number in range(21)]}, ("#/tags", "too_many")),
        ({"projectId": "x"}, ("#/projectId", "invalid")),
        ({"projectId": GIVEN_ID}, ("#/projectId", "unknown_project")),
        ({"end": START}, ("#/end", "end_not_after_start")),
        ({"start": END}, ("#/end", "end_not_after_start")),
        ({"start": "2026-10-01T00:00:00Z"}, ("#/end", "too_long")),
        ({"start": "2026-11-24T12:00:01Z", "end": "2026-11-24T13:00:00Z"}, ("#/start", "out_of_range")),
        ({"end": "2026-11-23"}, ("#/end", "invalid_instant")),
        ({"note": "nul\0"}, ("#/note", "control_character")),
        ({"note": "x" * 10_001}, ("#/note", "max_length")),
        ({"sessionName": 5}, ("#/sessionName", "invalid")),
        ({"name": "x"}, ("#/name", "unknown_field")),
        ({"amount": 80, "rate": 80}, ("#/rate", "unknown_field")),
        ({"id": GIVEN_ID}, ("#/id", "does_not_match")),
        ([], ("#", "invalid")),
    ],
)
def test_names_what_is_wrong_and_changes_nothing(api, session, body, wrong):
    before = read(api, session)

    response = api("PATCH", url(session), body)

    assert (response.status_code, response.data["code"]) == (400, wrong[1])
    assert errors_of(response) == [wrong]
    assert read(api, session) == before


def test_an_unknown_key_names_those_that_are_known(api, session):
    (error,) = api("PATCH", url(session), {"ende": END}).data["errors"]

    assert error["detail"] == (
        "“ende” is not known. Accepted: id, sessionName, start, timezone, note, projectId, tags, billable, "
        "hourlyRate, running, currency, end, durationSeconds."
    )


def test_a_project_or_tag_of_another_is_like_none(api, stranger, session):
    theirs = services.create_entry(stranger, WEB, Project, name="Theirs")
    services.create_entry(stranger, WEB, Tag, name="theirs")

    assert errors_of(api("PATCH", url(session), {"projectId": str(theirs.id)})) == [("#/projectId", "unknown_project")]
    assert api("PATCH", url(session), {"tags": ["theirs"]}).data["tags"] == ["theirs"]
    assert Tag.objects.filter(name="theirs").count() == 2


# What all writes to a session share


WRITES = pytest.mark.parametrize(
    ("method", "more", "body"),
    [("PATCH", (), {"sessionName": "After"}), ("DELETE", (), None), ("POST", ("restore",), {})],
)


@WRITES
@pytest.mark.parametrize("if_match", ['"1"', '"7", "1"', "*"])
def test_if_match_lets_the_known_version_change(api, session, method, more, body, if_match):
    assert api(method, url(session, *more), body, **{"If-Match": if_match}).status_code < 300


@WRITES
@pytest.mark.parametrize("if_match", ['"2"', 'W/"1"', "1", ""])
def test_if_match_rejects_another_version_and_shows_the_present_one(api, session, method, more, body, if_match):
    response = api(method, url(session, *more), body, **{"If-Match": if_match})

    assert (response.status_code, response.data["code"], response["ETag"]) == (412, "version_mismatch", '"1"')
    assert response.data["current"] == read(api, session)
    assert response.data["current"]["sessionName"] == "Before"


def test_a_lost_update_is_found(api, session):
    seen = api("GET", url(session))["ETag"]
    first = api("PATCH", url(session), {"sessionName": "First"}, **{"If-Match": seen})
    second = api("PATCH", url(session), {"sessionName": "Second"}, **{"If-Match": seen})
    third = api("PATCH", url(session), {"note": "Third"}, **{"If-Match": second["ETag"]})

    assert [each.status_code for each in (first, second, third)] == [200, 412, 200]
    assert (third.data["sessionName"], third.data["note"]) == ("First", "Third")


EVERY = pytest.mark.parametrize(
    ("method", "more"), [("PATCH", ()), ("DELETE", ()), ("POST", ("restore",)), ("POST", ("continue",))]
)


@EVERY
@pytest.mark.parametrize("address", [GIVEN_ID, "x", "1", "null"])
def test_what_is_not_there_is_not_found(api, owner, method, more, address):
    response = api(method, "/".join([BASE, address, *more]))

    assert (response.status_code, response.data["code"]) == (404, "not_found")
    assert not Change.objects.exists()


@EVERY
@pytest.mark.parametrize(
    ("scope", "allowed"), [(Scope.READ, 0), (Scope.ACCOUNT, 0), (Scope.TRACK, {"PATCH", "POST"}), (Scope.WRITE, 1)]
)
def test_needs_its_scope(owner, session, method, more, scope, allowed):
    allowed = allowed if isinstance(allowed, int) else method in allowed

    response = ApiClient(make_token(owner, scope))(method, url(session, *more))

    assert (response.status_code < 300) == bool(allowed)
    if not allowed:
        assert (response.status_code, response.data["code"]) == (403, "missing_scope")
        assert not Change.objects.exclude(action=Change.Action.CREATE).exists()


@EVERY
def test_an_unknown_key_is_rejected_everywhere_but_in_a_delete(api, session, method, more):
    response = api(method, url(session, *more), {"sesionName": "x"})

    assert response.status_code == (204 if method == "DELETE" else 400)


# DELETE


def test_a_deleted_session_is_in_the_trash(api, owner, session):
    response = api("DELETE", url(session))

    assert (response.status_code, response.content) == (204, b"")
    assert api("GET", url(session)).status_code == 404
    assert api("GET", BASE).data["sessions"] == []
    assert TimeSession.objects.for_user(owner).in_trash().get().id == session.id


def test_it_may_be_deleted_again_and_stays_deleted_since_then(api, owner, session, time_machine):
    api("DELETE", url(session))
    time_machine.shift(60)
    again = api("DELETE", url(session))

    assert again.status_code == 204
    assert f"{TimeSession.objects.for_user(owner).get().deleted_at:%H:%M}" == "12:00"
    assert Change.objects.filter(action=Change.Action.DELETE).count() == 1


def test_a_running_session_ends_when_it_is_deleted(api, owner, running):
    assert api("DELETE", url(running)).status_code == 204

    assert api("GET", "/v1/users/me/timer").data["running"] is None
    assert TimeSession.objects.for_user(owner).get().duration_seconds == 3600


def test_one_in_the_trash_cannot_be_changed(api, session):
    api("DELETE", url(session))

    response = api("PATCH", url(session), {"sessionName": "After"})

    assert (response.status_code, response.data["code"]) == (409, "deleted")


def test_a_stale_delete_of_one_in_the_trash_shows_it(api, session):
    api("DELETE", url(session))

    response = api("DELETE", url(session), **{"If-Match": '"1"'})

    assert (response.status_code, response["ETag"], response.data["current"]["version"]) == (412, '"2"', 2)


# restore


def test_restore_brings_all_of_it_back(api, session):
    before = read(api, session)
    api("DELETE", url(session))

    response = api("POST", url(session, "restore"))

    assert (response.status_code, response["ETag"]) == (200, '"3"')
    assert without(response.data, "version") == without(before, "version")
    assert read(api, session) == response.data


@pytest.mark.parametrize("body", [None, {}])
def test_restore_of_one_that_is_there_changes_nothing(api, session, body):
    assert api("POST", url(session, "restore"), body).data == read(api, session)
    assert read(api, session)["version"] == 1


def test_restore_of_one_whose_project_is_gone(api, owner, session, project):
    api("DELETE", url(session))
    services.delete_entry(owner, WEB, Project, project.id)

    assert api("POST", url(session, "restore")).data["projectId"] is None


def test_restore_of_one_that_ran_does_not_run(api, running):
    api("DELETE", url(running))

    assert api("POST", url(running, "restore")).data["running"] is False


# continue


def test_continue_starts_a_session_with_the_same_fields(api, owner, session, project):
    response = api("POST", url(session, "continue"))

    started = response.data["started"]
    assert response.status_code == 201
    assert response["Location"] == f"/v1/users/{owner.id}/sessions/{started['id']}"
    assert response["ETag"] == '"1"'
    assert (response.data["stopped"], response.data["serverTime"]) == (None, "2026-11-23T12:00:00Z")
    assert started["id"] != str(session.id)
    shared = ("sessionName", "note", "projectId", "tags", "billable")
    assert {name: started[name] for name in shared} == {
        "sessionName": "Before",
        "note": "stored",
        "projectId": str(project.id),
        "tags": ["deep"],
        "billable": True,
    }
    assert (started["start"], started["running"], started["timezone"]) == (
        "2026-11-23T12:00:00Z",
        True,
        "Europe/Berlin",
    )


def test_continue_ends_what_runs_at_the_same_instant(api, session, running):
    response = api("POST", url(session, "continue"))

    assert (response.status_code, response.data["stopped"]["id"]) == (201, str(running.id))
    assert response.data["stopped"]["end"] == response.data["started"]["start"]


def test_continuing_what_runs_changes_nothing(api, running):
    response = api("POST", url(running, "continue"))

    assert (response.status_code, response.data["stopped"]) == (200, None)
    assert response.data["started"] == read(api, running)
    assert "Location" not in response
    assert Change.objects.count() == 1


def test_one_in_the_trash_cannot_be_continued(api, session):
    api("DELETE", url(session))

    assert api("POST", url(session, "continue")).status_code == 404
    assert api("GET", "/v1/users/me/timer").data["running"] is None


def test_continue_takes_an_id(api, session):
    made = api("POST", url(session, "continue"), {"id": GIVEN_ID})
    again = api("POST", url(session, "continue"), {"id": GIVEN_ID})

    assert made.data["started"]["id"] == GIVEN_ID
    assert (again.status_code, again.data["code"]) == (409, "id_taken")


def test_continue_of_one_whose_project_and_tags_are_gone(api, owner, session, project):
    services.delete_entry(owner, WEB, Project, project.id)
    services.delete_entry(owner, WEB, Tag, session.tag_ids[0])

    started = api("POST", url(session, "continue")).data["started"]
    assert (started["projectId"], started["tags"]) == (None, [])


def test_continue_with_a_key_starts_once(api, owner, session, time_machine):
    key = {"Idempotency-Key": "hot-key"}
    first = api("POST", url(session, "continue"), **key)
    time_machine.shift(60)
    api("POST", "/v1/users/me/timer/stop")
    again = api("POST", url(session, "continue"), **key)
    other = api("POST", url(session, "continue"), {"id": GIVEN_ID}, **key)

    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.data["started"]["id"] == first.data["started"]["id"]
    assert again.data["started"]["running"] is False
    assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")
    assert TimeSession.objects.for_user(owner).count() == 2


@EVERY
def test_a_strangers_session_is_like_no_session_at_all(stranger_api, owner, session, method, more):
    before = list(TimeSession.objects.values())

    theirs = stranger_api(method, url(session, *more))
    unknown = stranger_api(method, "/".join([BASE, str(uuid4()), *more]))

    assert theirs.status_code == unknown.status_code == 404
    assert {**theirs.data, "requestId": ""} == {**unknown.data, "requestId": ""}
    assert list(TimeSession.objects.values()) == before


def test_the_record_tells_who_did_it(api, owner, session):
    for method, more in (("PATCH", ()), ("DELETE", ()), ("POST", ("restore",)), ("POST", ("continue",))):
        api(method, url(session, *more), {"note": "x"} if method == "PATCH" else None)

    (token,) = owner.access_tokens.all()
    written = Changeset.objects.filter(user=owner, source="api").order_by("revision")
    changes = [Change.objects.get(user=owner, revision=each.revision) for each in written]
    assert [(change.action, each.token) for change, each in zip(changes, written, strict=True)] == [
        (action, token) for action in ("edit", "delete", "restore", "start")
    ]
    assert UUID(str(changes[0].object_id)) == session.id


RUNS = "This session runs. Stop it with timer/stop, or give its “end”."
IS_OVER = "This session is over. Start one with timer/start, or give “end” as null."


@pytest.mark.parametrize("write", ["PATCH", "PUT", "batch"])
@pytest.mark.parametrize(
    ("runs", "body", "detail"),
    [
        (True, {"running": False}, RUNS),
        (True, {"running": False, "end": None}, RUNS),
        (True, {"running": True, "end": END}, IS_OVER),
        (True, {"running": True, "durationSeconds": 60}, IS_OVER),
        (False, {"running": True}, IS_OVER),
        (False, {"running": False, "end": None}, RUNS),
    ],
)
def test_running_cannot_be_set(api, owner, session, write, runs, body, detail):
    if runs:
        session = services.start_timer(owner, WEB).started
    if write == "PUT":
        body = {"start": START, **({} if runs or body.get("end", 0) is None else {"end": END}), **body}
        if runs and "end" not in body and "durationSeconds" not in body:
            body["end"] = None
    if write == "batch":
        operation = {"op": "update", "id": str(session.id), "body": body}
        answered = api("POST", "/v1/users/me/sessions/batch", {"operations": [operation]}).data["results"][0]["problem"]
    else:
        answered = api(write, url(session), body).data

    assert (answered["status"], answered["code"], answered["detail"]) == (400, "does_not_match", detail)
    session.refresh_from_db()
    assert session.version == 1


def test_a_put_for_what_is_not_there_yet_replaces_nothing(api, owner, session):
    body = {"start": START, "end": END, "sessionName": "New"}
    here = api("PUT", url(session), body, **{"If-None-Match": "*"})
    new = f"/v1/users/me/sessions/{GIVEN_ID}"
    made = api("PUT", new, body, **{"If-None-Match": "*"})
    again = api("PUT", new, body, **{"If-None-Match": "*"})

    assert (here.status_code, here.data["code"], here.data["current"]["sessionName"]) == (
        412, "version_mismatch", "Before",
    )  # fmt: skip
    assert (made.status_code, again.status_code) == (201, 412)
