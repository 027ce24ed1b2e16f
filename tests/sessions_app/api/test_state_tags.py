"""Weak ETags of the timer, lists and the overview: 304 until something of the user changes"""

import pytest
from django.test import Client as Browser

from sessions_app import services
from sessions_app.api import state_tags
from sessions_app.models import Client, Project, Tag
from sessions_app.services.change_feed import renew_epoch
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from timetracker.api.recent_answers import RecentAnswers
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


class TestReadAgain:
    """While nothing runs and nothing changes, what was answered is not read again."""

    KEPT = ("ETag", "Cache-Control", "Content-Type", "Link")
    LISTS = [address for address in ADDRESSES if address != "timer"]

    @pytest.fixture(autouse=True)
    def keeps_short_answers(self, monkeypatch):
        monkeypatch.setattr(state_tags, "_recent", RecentAnswers(max_bytes=100_000))

    @pytest.fixture(autouse=True)
    def stopped(self, owner, clock):
        services.stop_timer(owner, WEB)
        services.create_entry(owner, WEB, Project, name="Site")
        services.create_entry(owner, WEB, Project, name="Shop")

    @pytest.mark.parametrize("address", [*LISTS, "sessions?duration=month&limit=1", "projects?limit=1"])
    def test_it_is_the_same_but_for_the_time(self, api, owner, address, clock, django_assert_num_queries):
        for name in ("Mail", "Call"):
            make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z", name)
        first = read(api, address)
        clock.shift(90)
        with django_assert_num_queries(2):  # the token, the epoch
            again = read(api, address)

        assert [again.get(name) for name in self.KEPT] == [first.get(name) for name in self.KEPT]
        assert ("next" in again.data and again.data["next"] is not None) == address.endswith("limit=1")
        assert without_time(again.data) == without_time(first.data)
        if "serverTime" in first.data:
            assert again.data["serverTime"] == "2026-11-23T09:31:30Z"

    @pytest.mark.parametrize("address", LISTS)
    def test_what_runs_is_counted_up_to_now_in_each_answer(self, api, owner, address, clock):
        read(api, address)
        start_session(owner, "2026-11-23T09:00:00Z", "x")
        first = read(api, address).data
        clock.shift(60)
        again = read(api, address).data

        if "runningSeconds" in first:
            assert (first["runningSeconds"], again["runningSeconds"]) == (30 * 60, 31 * 60)
        if address == "sessions?q=x":
            assert [each["durationSeconds"] for each in again["sessions"]] == [31 * 60]

    def test_what_runs_in_another_zone_reaches_tomorrow_before_its_user_does(self, api, owner, clock):
        """In Auckland it is the 24th already at noon of the 23rd, which is still today for the user."""
        read(api, "sessions?date=2026-11-24")
        start_session(owner, "2026-11-23T09:00:00Z", "Runs", timezone="Pacific/Auckland")
        clock.move_to("2026-11-23T10:59:00Z")
        assert read(api, "sessions?date=2026-11-24").data["totalSeconds"] == 0
        clock.move_to("2026-11-23T11:01:00Z")
        assert read(api, "sessions?date=2026-11-24").data["totalSeconds"] == 60

    def test_a_wish_for_any_state_is_answered_by_what_is_here(self, api):
        read(api, "sessions")
        assert read(api, "sessions", "*").status_code == 304
        assert api("GET", "/v1/users/me/sessions", Accept="application/json; indent=2").text.startswith('{\n  "')

    def test_the_sessions_of_another_user_are_not(self, api, stranger_api, owner):
        make_session(owner, "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z")
        assert read(api, "sessions").data["sessions"]
        assert read(stranger_api, "sessions").data["sessions"] == []


@pytest.mark.parametrize(("count", "queries"), [(3, 7), (40, 2)])
def test_only_a_long_answer_is_worth_keeping(api, owner, django_assert_max_num_queries, count, queries):
    services.stop_timer(owner, WEB)
    for minute in range(count):
        make_session(owner, f"2026-11-23T05:{minute:02}:00Z", f"2026-11-23T05:{minute:02}:30Z")
    read(api, "sessions")
    with django_assert_max_num_queries(queries) as captured:
        read(api, "sessions")
    assert len(captured) == queries


def without_time(data):
    return {key: value for key, value in data.items() if key != "serverTime"}
