"""GET /v1/users/{userId}/changes"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from io import StringIO

import pytest
from django.core.management import call_command

from sessions_app import services
from sessions_app.models import Tag
from tests.accounts import bring_in, export
from tests.factories import WEB, make_session, start_session

URL = "/v1/users/me/changes"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def add(user, day, name="", **fields):
    return make_session(user, f"2026-11-{day:02}T08:00:00Z", f"2026-11-{day:02}T09:00:00Z", name, **fields)


def ask(api, cursor=None, limit=None):
    query = "&".join(f"{key}={value}" for key, value in (("cursor", cursor), ("limit", limit)) if value is not None)
    response = api("GET", f"{URL}?{query}" if query else URL)
    assert response.status_code == 200, response.data
    return response.data


def take(api, copy, cursor=None, limit=100):
    """Brings a script's copy up to date from the cursor, and gives the next one."""
    while True:
        page = ask(api, cursor, limit)
        copy |= {session["id"]: session for session in page["changed"]}
        for tombstone in page["deleted"]:
            copy.pop(tombstone["id"], None)
        cursor = page["cursor"]
        if not page["hasMore"]:
            return cursor


def present(api):
    sessions = api("GET", "/v1/users/me/sessions?from=2026-01-01&to=2027-01-01&limit=500").data["sessions"]
    return {each["id"]: {key: each[key] for key in each if key != "secondsInPeriod"} for each in sessions}


def test_says_all_at_first_and_then_what_is_new(api, owner):
    first = add(owner, 19, "First", tags=["deep"])
    everything = ask(api)
    second = add(owner, 20, "Second")
    feed = ask(api, everything["cursor"])

    assert everything["changed"] == [api("GET", f"/v1/users/me/sessions/{first.id}").data]
    assert [each["id"] for each in feed["changed"]] == [str(second.id)]
    assert (feed["deleted"], feed["hasMore"]) == ([], False)
    assert ask(api, feed["cursor"]) == {"changed": [], "deleted": [], "cursor": feed["cursor"], "hasMore": False}


def test_there_is_a_cursor_before_there_is_anything(api, owner):
    nothing = ask(api)
    add(owner, 20, "First")

    assert (nothing["changed"], nothing["hasMore"]) == ([], False)
    assert [each["sessionName"] for each in ask(api, nothing["cursor"])["changed"]] == ["First"]


def test_one_in_the_trash_and_one_gone_for_good_leave_tombstones(api, owner):
    trashed, purged = add(owner, 19), add(owner, 20)
    cursor = ask(api)["cursor"]
    services.delete_session(owner, WEB, purged.id)
    services.empty_trash(owner, WEB)
    services.delete_session(owner, WEB, trashed.id)

    feed = ask(api, cursor)

    assert feed["changed"] == []
    assert {each["id"]: each["deletedAt"] for each in feed["deleted"]} == {
        str(session.id): "2026-11-23T12:00:00Z" for session in (trashed, purged)
    }


def test_what_was_restored_is_told_as_changed(api, owner):
    session = add(owner, 20)
    services.delete_session(owner, WEB, session.id)
    cursor = ask(api)["cursor"]
    services.restore_session(owner, WEB, session.id)

    feed = ask(api, cursor)
    assert ([each["id"] for each in feed["changed"]], feed["deleted"]) == ([str(session.id)], [])


@pytest.mark.parametrize("limit", [1, 2, 7, 500])
def test_every_page_size_leads_to_the_same_copy(api, owner, limit):
    sessions = [add(owner, day, str(day)) for day in range(1, 13)]
    for session in sessions[::3]:
        services.edit_session(owner, WEB, session.id, name="edited")
    for session in sessions[::4]:
        services.delete_session(owner, WEB, session.id)
    copy = {}

    take(api, copy, limit=limit)

    assert copy == present(api)
    assert len(copy) == 9


def test_a_page_has_no_more_than_its_limit(api, owner):
    for day in range(1, 6):
        add(owner, day)

    page = ask(api, limit=2)
    assert (len(page["changed"]), page["hasMore"]) == (2, True)
    assert (len(ask(api, page["cursor"], limit=3)["changed"]), ask(api, limit=5)["hasMore"]) == (3, False)


def test_edits_while_paging_are_neither_lost_nor_stale(api, owner):
    sessions = [add(owner, day, "old") for day in range(1, 7)]
    copy = {}
    page = ask(api, limit=3)
    copy |= {session["id"]: session for session in page["changed"]}
    services.edit_session(owner, WEB, sessions[0].id, name="was on the first page")
    services.edit_session(owner, WEB, sessions[5].id, name="was to come")
    services.delete_session(owner, WEB, sessions[1].id)
    services.delete_session(owner, WEB, sessions[4].id)
    added = add(owner, 8, "new")

    take(api, copy, page["cursor"], limit=3)

    assert copy == present(api)
    assert copy[str(added.id)]["sessionName"] == "new"
    assert len(copy) == 5


def test_an_old_cursor_stays_good_and_may_be_used_again(api, owner, time_machine):
    cursor = ask(api)["cursor"]
    session = add(owner, 20)
    time_machine.shift(3600 * 24 * 400)

    assert ask(api, cursor) == ask(api, cursor)
    assert [each["id"] for each in ask(api, cursor)["changed"]] == [str(session.id)]


def test_a_running_session_lasts_until_now(api, owner):
    start_session(owner, "2026-11-23T11:00:00Z")

    (running,) = ask(api)["changed"]
    assert (running["running"], running["end"], running["durationSeconds"]) == (True, None, 3600)


def test_an_import_is_told(api, owner, stranger):
    add(stranger, 19, "Imported", tags=["deep"])
    cursor = ask(api)["cursor"]
    bring_in(owner, export(stranger))

    assert [each["sessionName"] for each in ask(api, cursor)["changed"]] == ["Imported"]


def test_tags_and_projects_are_no_sessions(api, owner):
    services.create_entry(owner, WEB, Tag, name="deep")

    assert ask(api)["changed"] == []


def test_the_cursor_of_another_user_is_not_taken(api, owner, stranger_api, stranger):
    add(stranger, 20, "Theirs")
    add(owner, 20, "Own")
    foreign = ask(stranger_api)["cursor"]

    assert [each["sessionName"] for each in ask(api)["changed"]] == ["Own"]
    for asking, cursor in ((api, foreign), (stranger_api, ask(api)["cursor"])):
        response = asking("GET", f"{URL}?cursor={cursor}")
        assert (response.status_code, response.data["code"]) == (410, "cursor_expired")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=", "invalid_cursor"),
        ("cursor=x", "invalid_cursor"),
        ("cursor=LTE=", "invalid_cursor"),  # -1
        ("cursor=MS41", "invalid_cursor"),  # 1.5
        ("cursor=2aE=", "invalid_cursor"),  # a digit, but not of ASCII
        ("cursor=OTIyMzM3MjAzNjg1NDc3NTgwOA==", "invalid_cursor"),  # 2^63
        ("limit=0", "min_value"),
        ("limit=501", "max_value"),
        ("limit=x", "invalid"),
        ("limit=1&limit=2", "invalid"),
        ("since=1", "unknown_parameter"),
    ],
)
def test_names_the_parameter_that_is_wrong(api, query, code):
    response = api("GET", f"{URL}?{query}")

    assert (response.status_code, response.data["code"]) == (400, code)
    assert [each["parameter"] for each in response.data["errors"]] == [query.partition("=")[0]]


def test_a_cursor_of_before_a_restore_has_expired(api, owner):
    add(owner, 20)
    cursor = ask(api)["cursor"]
    assert ask(api, cursor)["changed"] == []
    call_command("restored", stdout=StringIO())

    response = api("GET", f"{URL}?cursor={cursor}")

    assert (response.status_code, response.data["code"]) == (410, "cursor_expired")
    assert response["Content-Type"] == "application/problem+json"
    assert "read everything again" in response.data["detail"]
    assert ask(api, ask(api)["cursor"])["changed"] == []


def test_a_cursor_past_the_end_has_expired(api, owner):
    add(owner, 20)
    epoch, _revision, number = urlsafe_b64decode(ask(api)["cursor"]).decode().split(".")
    late = urlsafe_b64encode(f"{epoch}.2.{number}".encode()).decode()

    assert api("GET", f"{URL}?cursor={late}").status_code == 410


def test_a_cursor_tells_nothing_of_others(api, owner, stranger):
    before = ask(api)["cursor"]
    add(owner, 20)
    for _number in range(5):
        add(stranger, 20)

    assert urlsafe_b64decode(before).decode().partition(".")[2] == "0.0"
    assert urlsafe_b64decode(ask(api)["cursor"]).decode().partition(".")[2] == "1.1"


def test_is_not_to_be_kept_by_others(api, owner):
    assert api("GET", URL)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("count", [2, 40])
def test_six_queries_whatever_happened(api, owner, count, django_assert_num_queries):
    sessions = [add(owner, 1 + number % 20, tags=["deep"]) for number in range(count)]
    services.delete_session(owner, WEB, sessions[0].id)
    api("GET", "/v1/users/me/timer")  # notes the use of the token

    with django_assert_num_queries(6):  # the token, the epoch, the changes, the sessions, their tags, the names of tags
        assert len(ask(api)["changed"]) == count - 1
