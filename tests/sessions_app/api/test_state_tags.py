"""Weak ETags of the timer, lists and the overview: 304 until something of the user changes"""

import pytest
from django.test import Client as Browser

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.services.change_feed import renew_epoch
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from users_app.services.preferences import save_preferences

ADDRESSES = ["timer", "sessions", "sessions?duration=month&limit=5", "sessions?q=x", "clients", "projects", "tags"]
EACH = pytest.mark.parametrize("address", ADDRESSES)


@pytest.fixture(autouse=True)
def at_noon(owner, clock):
    start_session(owner, "2026-11-23T08:00:00Z", "Work")


def read(api, address, tag=None):
    return api("GET", f"/v1/users/me/{address}", **({"If-None-Match": tag} if tag else {}))


@EACH
def test_nothing_is_sent_twice(api, address, clock):
    first = read(api, address)
    clock.shift(90)
    again = read(api, address, first["ETag"])

    assert first["ETag"].startswith('W/"')
    assert first["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert read(api, address, first["ETag"].removeprefix("W/")).status_code == 304
    assert read(api, address, "*").status_code == 304
    assert read(api, address, 'W/"other"').status_code == 200


@EACH
@pytest.mark.parametrize(
    "change",
    [
        lambda owner: make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z"),
        lambda owner: services.stop_timer(owner, WEB),
        lambda owner: services.create_entry(owner, WEB, Client, name="Acme"),
        lambda owner: services.create_entry(owner, WEB, Project, name="Site"),
        lambda owner: services.create_entry(owner, WEB, Tag, name="deep"),
        lambda owner: save_preferences(owner, timezone="Asia/Tokyo"),
        lambda owner: renew_epoch(),
    ],
    ids=["save", "stop", "client", "project", "tag", "settings", "restored"],
)
def test_what_changes_for_the_user_is_sent(api, owner, address, change):
    tag = read(api, address)["ETag"]
    owner.refresh_from_db()
    change(owner)
    changed = read(api, address, tag)

    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_new_day_is_sent(api, owner, clock):
    """Without a date the overview is of today, in the zone of the user: Berlin."""
    clock.move_to("2026-11-23T22:59:59Z")
    tag = read(api, "sessions")["ETag"]
    assert read(api, "sessions", tag).status_code == 304
    clock.move_to("2026-11-23T23:00:00Z")
    assert read(api, "sessions", tag).status_code == 200


def test_each_address_and_user_has_another(api, stranger, stranger_api):
    tags = [read(api, address)["ETag"] for address in ADDRESSES]
    tags += [read(stranger_api, address)["ETag"] for address in ADDRESSES]
    elsewhere = Browser(headers={"host": "127.0.0.1", "authorization": f"Bearer {make_token(stranger)}"})
    tags.append(elsewhere.get("/v1/users/me/sessions")["ETag"])  # whose next page has that address

    assert len(set(tags)) == 2 * len(ADDRESSES) + 1


def test_a_change_between_the_tag_and_the_answer_is_not_missed(api, owner, monkeypatch):
    """The revision is read first: an answer may be newer than its tag, never older."""
    from sessions_app.api import sessions

    read_rows = sessions.read_session_rows

    def read_late(*args, **options):
        make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z", "Late")
        monkeypatch.setattr(sessions, "read_session_rows", read_rows)
        return read_rows(*args, **options)

    monkeypatch.setattr(sessions, "read_session_rows", read_late)
    first = read(api, "sessions")
    assert "Late" in [each["sessionName"] for each in first.data["sessions"]]
    assert read(api, "sessions", first["ETag"]).status_code == 200


@EACH
def test_who_may_not_read_is_told_so_whatever_they_know(api, owner, address):
    tag = read(api, address)["ETag"]
    owner.access_tokens.update(scopes=[])
    assert read(api, address, tag).status_code == 403
    assert read(ApiClient(None), address, tag).status_code == 401


@EACH
def test_a_known_state_takes_two_queries(api, address, django_assert_num_queries):
    tag = read(api, address)["ETag"]
    with django_assert_num_queries(2):  # the token, the epoch
        read(api, address, tag)


@pytest.mark.parametrize("address", ["sessions?duration=year", "sessions?cursor=x"])
def test_a_wrong_query_has_no_tag(api, address):
    response = read(api, address)
    assert response.status_code == 400
    assert "ETag" not in response


def test_any_state_is_known_but_an_address_without_one_is_still_rejected(api):
    assert read(api, "projects?limit=5", "*").status_code == 304
    assert read(api, "projects?limit=-5", "*").status_code == 400
