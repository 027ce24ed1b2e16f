"""The project and the tags of a session, wherever sessions are sent and read"""

from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Change, Client, Project, Tag, TimeSession
from tests.factories import WEB, make_session, start_session

BASE = "/v1/users/me"
GIVEN_ID = "0198abcd-0000-7000-8000-00000000abcd"
TIMES = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:00:00Z"}
DOORS = {
    "session": ("POST", f"{BASE}/session", TIMES),
    "sessions": ("POST", f"{BASE}/sessions", TIMES),
    "put": ("PUT", f"{BASE}/sessions/{GIVEN_ID}", TIMES),
    "start": ("POST", f"{BASE}/timer/start", {}),
}
EACH_DOOR = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def project(owner):
    return services.create_entry(owner, WEB, Project, name="Relaunch", billable_by_default=True)


def send(api, door, **fields):
    method, path, body = door
    response = api(method, path, {**body, **fields})
    return response.status_code, response.data.get("started", response.data)


@EACH_DOOR
def test_a_session_takes_a_project_and_tags(api, owner, project, door):
    services.create_entry(owner, WEB, Tag, name="Call")

    status, session = send(api, door, projectId=str(project.id).upper(), tags=["#Deep", "call", "DEEP"])

    assert status == 201
    assert (session["projectId"], session["tags"], session["billable"]) == (str(project.id), ["Call", "Deep"], True)
    assert api("GET", f"{BASE}/sessions/{session['id']}").data == session
    assert sorted(Tag.objects.for_user(owner).values_list("name", flat=True)) == ["Call", "Deep"]


@EACH_DOOR
def test_neither_is_needed(api, door):
    for nothing in ({}, {"projectId": None, "tags": []}):
        status, session = send(api, door, **nothing)

        assert status in {200, 201}
        assert (session["projectId"], session["tags"], session["billable"]) == (None, [], False)


@EACH_DOOR
def test_a_project_that_was_deleted_is_not_there(api, owner, project, door):
    services.delete_entry(owner, WEB, Project, project.id)
    tags = Tag.objects.for_user(owner).count()

    status, body = send(api, door, projectId=str(project.id), tags=["new"])

    assert (status, body["code"]) == (400, "unknown_project")
    assert body["errors"] == [
        {
            "pointer": "#/projectId",
            "code": "unknown_project",
            "detail": "There is no project with this id. Make it first, or leave it out.",
        }
    ]
    assert not TimeSession.objects.for_user(owner).exists()
    assert Tag.objects.for_user(owner).count() == tags  # nothing of a refused request stays


def test_what_was_read_can_be_sent_back(api, owner, project):
    client = services.create_entry(owner, WEB, Client, name="ACME", hourly_rate=Decimal(80), currency="EUR")
    services.edit_entry(owner, WEB, Project, project.id, client_id=client.id)
    session = make_session(owner, *TIMES.values(), project_id=project.id, tags=["zoo", "Äpfel", "call"])
    services.edit_entry(owner, WEB, Project, project.id, archived=True)
    url = f"{BASE}/sessions/{session.id}"
    read = api("GET", url).data
    (listed,) = api("GET", f"{BASE}/sessions").data["sessions"]
    changes = Change.objects.count()

    assert read["tags"] == ["Äpfel", "call", "zoo"]
    assert listed == {**read, "secondsInPeriod": 3600}
    assert api("PUT", url, read).data == read
    assert api("PUT", url, listed).data == read
    assert Change.objects.count() == changes
    assert api("POST", f"{BASE}/session", {**read, "id": GIVEN_ID}).data["tags"] == read["tags"]


def test_what_a_whole_session_leaves_out_is_taken_away(api, owner, project):
    session = make_session(owner, *TIMES.values(), project_id=project.id, tags=["deep"])

    replaced = api("PUT", f"{BASE}/sessions/{session.id}", TIMES).data

    assert (replaced["projectId"], replaced["tags"]) == (None, [])


def test_a_renamed_tag_is_read_by_its_present_name(api, owner):
    session = make_session(owner, *TIMES.values(), tags=["deep"])
    services.edit_entry(owner, WEB, Tag, Tag.objects.for_user(owner).get().id, name="focus")

    assert api("GET", f"{BASE}/sessions/{session.id}").data["tags"] == ["focus"]


def test_the_timer_tells_them_too(api, owner, project):
    start_session(owner, "2026-11-23T11:00:00Z", project_id=project.id, tags=["deep"])

    running = api("GET", f"{BASE}/timer").data["running"]
    stopped = api("POST", f"{BASE}/timer/stop").data["stopped"]

    assert [(each["projectId"], each["tags"]) for each in (running, stopped)] == [(str(project.id), ["deep"])] * 2


def test_the_present_session_of_a_stale_write_has_them(api, owner, project):
    session = make_session(owner, *TIMES.values(), project_id=project.id, tags=["deep"])

    response = api("PUT", f"{BASE}/sessions/{session.id}", TIMES, **{"If-Match": '"7"'})

    assert response.status_code == 412
    assert response.data["current"] == api("GET", f"{BASE}/sessions/{session.id}").data
    assert response.data["current"]["tags"] == ["deep"]


@pytest.mark.parametrize(
    ("tags", "pointer", "code"),
    [
        (["ok", 5], "#/tags/1", "invalid"),
        ([None], "#/tags/0", "null"),
        (["ok", "two words"], "#/tags", "invalid_tag"),
    ],
)
def test_a_wrong_tag_is_pointed_at(api, owner, tags, pointer, code):
    response = api("POST", f"{BASE}/session", {**TIMES, "tags": tags})

    assert [(each["pointer"], each["code"]) for each in response.data["errors"]] == [(pointer, code)]
    assert not Tag.objects.for_user(owner).exists()


@pytest.mark.parametrize(("path", "queries"), [("sessions/{id}", 1 + 4), ("sessions", 1 + 7)])
def test_more_tags_need_no_more_queries(api, owner, project, django_assert_num_queries, path, queries):
    """Of a session: the token, the session, its tags, whether one was changed since, their names."""
    session = make_session(owner, *TIMES.values(), project_id=project.id, tags=["one"])
    url = f"{BASE}/{path.format(id=session.id)}"
    api("GET", f"{BASE}/timer")  # the first use of a token is noted

    with django_assert_num_queries(queries):
        api("GET", url)
    services.edit_session(owner, WEB, session.id, tags=[f"tag{number}" for number in range(20)])
    for number in range(20):
        make_session(owner, *TIMES.values(), tags=[f"own{number}", "one"])
    with django_assert_num_queries(queries):
        api("GET", url)
