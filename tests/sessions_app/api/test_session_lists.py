"""GET /v1/users/{userId}/sessions: the order, several projects and clients, searches and the Trash"""

from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.selectors import search
from tests.conftest import ApiClient
from tests.factories import WEB, instant, make_session, make_token, start_session
from tests.work import make_client, make_project
from users_app.models import Scope

URL = "/v1/users/me/sessions"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def make(owner, number, name="", **fields):
    """A session of a minute, on the numberth day before today."""
    start = instant("2026-11-23T08:00:00Z") - timedelta(days=number)
    return make_session(owner, start.isoformat(), (start + timedelta(minutes=1)).isoformat(), name, **fields)


def names(response):
    assert response.status_code == 200, response.data
    return [each["sessionName"] for each in response.data["sessions"]]


def follow(api, address):
    """The answers of all pages."""
    while address:
        response = api("GET", address)
        assert response.status_code == 200
        assert (response.get("Link") is None) == (response.data["next"] is None)
        yield response
        address = response.data["next"]


def walk(api, address):
    return [name for response in follow(api, address) for name in names(response)]


class TestOrder:
    @pytest.fixture(autouse=True)
    def sessions(self, owner):
        for number in range(5):
            make(owner, number, f"day {number}")
        make_session(owner, "2026-11-16T22:00:00Z", "2026-11-17T02:00:00Z", "night")
        start_session(owner, "2026-11-23T11:00:00Z", "now")

    RISING = ["night", "day 4", "day 3", "day 2", "day 1", "day 0", "now"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    def test_of_a_period_is_by_start_and_can_be_turned_round(self, api, limit):
        period = f"from=2026-11-17&to=2026-11-24&limit={limit}"

        assert walk(api, f"{URL}?{period}") == self.RISING
        assert walk(api, f"{URL}?{period}&order=asc") == self.RISING
        assert walk(api, f"{URL}?{period}&order=desc") == self.RISING[::-1]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
    def test_of_a_search_is_by_start_the_newest_first(self, api, limit):
        assert walk(api, f"{URL}?q=&limit={limit}") == self.RISING[::-1]
        assert walk(api, f"{URL}?q=&order=desc&limit={limit}") == self.RISING[::-1]
        assert walk(api, f"{URL}?q=&order=asc&limit={limit}") == self.RISING

    def test_changes_no_total(self, api):
        rising, falling = (api("GET", f"{URL}?duration=month&order={order}").data for order in ("asc", "desc"))

        assert {**rising, "sessions": None} == {**falling, "sessions": None}

    @pytest.mark.parametrize("order", ["up", "", "ASC", "-start"])
    def test_is_one_of_two(self, api, order):
        response = api("GET", f"{URL}?order={order}")

        assert [(each["parameter"], each["code"]) for each in response.data["errors"]] == [("order", "invalid_choice")]

    def test_of_sessions_that_start_together_is_by_id(self, api, owner):
        together = sorted(str(make(owner, 10, "twin").id) for _time in range(5))

        for order, expected in (("asc", together), ("desc", together[::-1])):
            for query in ("q=twin", "from=2026-11-01&to=2026-11-20&q=twin"):
                pages = follow(api, f"{URL}?{query}&order={order}&limit=2")
                assert [each["id"] for page in pages for each in page.data["sessions"]] == expected


class TestSeveral:
    @pytest.fixture
    def ids(self, owner):
        acme, mira = make_client(owner, "Acme"), make_client(owner, "Mira")
        entries = {
            "site": make_project(owner, "Site", acme),
            "logo": make_project(owner, "Logo", acme),
            "shop": make_project(owner, "Shop", mira),
            "garden": make_project(owner, "Garden"),
        }
        for number, (name, project) in enumerate(entries.items()):
            make(owner, number, name, project_id=project.id)
        make(owner, 5, "plain")
        return {name: str(each.id) for name, each in {**entries, "acme": acme, "mira": mira}.items()} | {"none": "none"}

    @pytest.mark.parametrize(
        ("parameter", "given", "expected"),
        [
            ("projectId", ["site", "shop"], {"site", "shop"}),
            ("projectId", ["site", "site"], {"site"}),
            ("projectId", ["site", "none"], {"site", "plain"}),
            ("projectId", ["none", "none"], {"plain"}),
            ("clientId", ["acme", "mira"], {"site", "logo", "shop"}),
            ("clientId", ["mira", "none"], {"shop", "garden", "plain"}),
            ("clientId", ["none"], {"garden", "plain"}),
        ],
    )
    def test_of_any_of_them(self, api, ids, parameter, given, expected):
        query = "&".join(f"{parameter}={ids[name]}" for name in given)

        assert set(names(api("GET", f"{URL}?duration=month&{query}"))) == expected
        assert set(names(api("GET", f"{URL}?q=&{query}"))) == expected
        report = api("GET", f"/v1/users/me/reports/summary?from=2026-11-01&to=2026-12-01&groupBy=name&{query}")
        assert {line["sessionName"] for line in report.data["lines"]} == expected
        assert report.data["totalSeconds"] == 60 * len(expected)

    def test_of_projects_and_clients_both_count(self, api, ids):
        query = f"projectId={ids['site']}&projectId={ids['shop']}&clientId={ids['acme']}&clientId=none"

        assert names(api("GET", f"{URL}?duration=month&{query}")) == ["site"]

    def test_the_next_page_keeps_them(self, api, ids):
        query = f"duration=month&limit=1&projectId={ids['site']}&projectId={ids['shop']}"

        assert walk(api, f"{URL}?{query}") == ["shop", "site"]

    @pytest.mark.parametrize("parameter", ["projectId", "clientId"])
    def test_one_that_is_not_there_is_an_error(self, api, stranger, ids, parameter):
        theirs = {"projectId": make_project(stranger, "Theirs"), "clientId": make_client(stranger, "Theirs")}[parameter]
        mine = {"projectId": ids["site"], "clientId": ids["acme"]}[parameter]

        response = api("GET", f"{URL}?{parameter}={mine}&{parameter}={theirs.id}")

        assert response.status_code == 400
        assert response.data["code"] == f"unknown_{parameter.removesuffix('Id')}"

    @pytest.mark.parametrize("parameter", ["projectId", "clientId"])
    def test_fifty_and_no_more(self, api, owner, parameter):
        make(owner, 0, "plain")

        assert names(api("GET", f"{URL}?{'&'.join([f'{parameter}=none'] * 50)}")) == ["plain"]
        assert api("GET", f"{URL}?{'&'.join([f'{parameter}=none'] * 51)}").data["code"] == "too_many"

    def test_no_id_is_an_error(self, api):
        (error,) = api("GET", f"{URL}?projectId=none&projectId=x").data["errors"]

        assert (error["parameter"], error["code"]) == ("projectId", "invalid")


class TestSearch:
    @pytest.fixture(autouse=True)
    def sessions(self, owner):
        make(owner, 0, "Logo sketches")
        make(owner, 400, "Call", note="about the LOGO")
        make(owner, 900, "logo", tags=["deep"], billable=True)
        make(owner, 1, "Mail")
        services.delete_session(owner, WEB, make(owner, 2, "logo in the Trash").id)

    def test_needs_no_period(self, api, owner):
        response = api("GET", f"{URL}?q=logo")

        assert names(response) == ["Logo sketches", "Call", "logo"]
        assert response.data.keys() == {"userId", "serverTime", "sessions", "next"}
        assert response.data["userId"] == str(owner.id)
        assert response.data["serverTime"] == "2026-11-23T12:00:00Z"
        first = response.data["sessions"][0]
        assert first == api("GET", f"{URL}/{first['id']}").data
        assert response["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize(
        "period", ["duration=day", "date=2026-11-23", "offset=0", "duration=week", "from=2026-11-20&to=2026-11-24"]
    )
    def test_with_a_period_is_within_it(self, api, period):
        response = api("GET", f"{URL}?q=logo&{period}")

        assert names(response) == ["Logo sketches"]
        assert response.data["totalSeconds"] == 60

    def test_takes_other_filters(self, api):
        assert names(api("GET", f"{URL}?q=logo&billable=true&tag=deep&projectId=none")) == ["logo"]
        assert names(api("GET", f"{URL}?q=logo&running=true")) == []

    def test_of_nothing_is_all(self, api):
        assert names(api("GET", f"{URL}?q=")) == ["Logo sketches", "Mail", "Call", "logo"]

    def test_without_it_today_is_meant(self, api):
        assert api("GET", f"{URL}?billable=false").data["duration"] == "day"

    def test_of_a_stranger_is_not_searched(self, stranger_api):
        assert names(stranger_api("GET", f"{URL}?q=logo")) == []

    def test_every_scope_may(self, owner):
        assert ApiClient(make_token(owner, Scope.TRACK))("GET", f"{URL}?q=logo").status_code == 200

    @pytest.mark.parametrize("order", ["asc", "desc"])
    @pytest.mark.parametrize(("most", "limit"), [(1, 100), (2, 1), (3, 2), (4, 100), (5, 2), (6, 1)])
    def test_looks_at_so_many_at_once_and_says_where_to_go_on(self, api, monkeypatch, most, limit, order):
        monkeypatch.setattr(search, "MAX_SEARCHED", most)
        pages = list(follow(api, f"{URL}?q=logo&limit={limit}&order={order}"))

        found = [name for page in pages for name in names(page)]
        assert found == ["Logo sketches", "Call", "logo"][:: 1 if order == "desc" else -1]
        assert all(len(page.data["sessions"]) <= min(most, limit) for page in pages)

    def test_has_a_next_page_even_when_none_matched(self, api, monkeypatch):
        monkeypatch.setattr(search, "MAX_SEARCHED", 2)

        first, *rest = follow(api, f"{URL}?q=nothing+like+it")

        assert (names(first), len(rest)) == ([], 2)
        assert first.data["next"] is not None

    def test_of_twins_at_its_end_misses_none(self, api, owner, monkeypatch):
        twins = sorted(str(make(owner, 10, "twin").id) for _time in range(5))
        monkeypatch.setattr(search, "MAX_SEARCHED", 3)

        pages = follow(api, f"{URL}?q=twin")

        assert [each["id"] for page in pages for each in page.data["sessions"]] == twins[::-1]

    @pytest.mark.parametrize("cursor", ["x", "MTc3", "bm90aGluZw=="])
    def test_a_cursor_is_one_we_gave(self, api, cursor):
        assert api("GET", f"{URL}?q=logo&cursor={cursor}").data["code"] == "invalid_cursor"


class TestTrash:
    @pytest.fixture(autouse=True)
    def sessions(self, owner, time_machine):
        make(owner, 0, "there")
        for number in (3, 1, 2):
            services.delete_session(owner, WEB, make(owner, number, f"day {number}", billable=number == 1).id)
            time_machine.shift(60)

    def test_is_listed_the_latest_deleted_first(self, api):
        response = api("GET", f"{URL}?deleted=true")

        assert names(response) == ["day 2", "day 1", "day 3"]
        assert [each["deletedAt"] for each in response.data["sessions"]] == [
            "2026-11-23T12:02:00Z",
            "2026-11-23T12:01:00Z",
            "2026-11-23T12:00:00Z",
        ]
        assert response.data["next"] is None

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_has_pages_both_ways(self, api, limit):
        assert walk(api, f"{URL}?deleted=true&limit={limit}") == ["day 2", "day 1", "day 3"]
        assert walk(api, f"{URL}?deleted=true&limit={limit}&order=asc") == ["day 3", "day 1", "day 2"]

    def test_takes_filters(self, api):
        assert names(api("GET", f"{URL}?deleted=true&q=day&billable=true")) == ["day 1"]

    def test_what_is_restored_is_not_in_it(self, api):
        first = api("GET", f"{URL}?deleted=true").data["sessions"][0]
        api("POST", f"{URL}/{first['id']}/restore")

        assert names(api("GET", f"{URL}?deleted=true")) == ["day 1", "day 3"]

    def test_false_is_as_without(self, api):
        assert api("GET", f"{URL}?deleted=false").data == api("GET", URL).data

    @pytest.mark.parametrize(
        "period", ["duration=day", "date=2026-11-23", "offset=-1", "from=2026-11-20&to=2026-11-24"]
    )
    def test_has_no_period(self, api, period):
        (error,) = api("GET", f"{URL}?deleted=true&{period}").data["errors"]

        assert (error["parameter"], error["code"]) == ("deleted", "does_not_match")

    def test_of_a_stranger_is_not_shown(self, stranger_api):
        assert names(stranger_api("GET", f"{URL}?deleted=true")) == []
