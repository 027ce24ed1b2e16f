"""GET /v1/users/{userId}/sessions"""

import uuid
from urllib.parse import parse_qsl, urlsplit

import pytest

from sessions_app import services
from tests.conftest import ApiClient
from tests.factories import WEB, make_guest, make_session, make_token, start_session
from users_app.models import Scope, WeekStart

URL = "/v1/users/me/sessions"


@pytest.fixture(autouse=True)
def monday(time_machine):
    """The day of the contract's example; it is 10:18:40 in Berlin."""
    time_machine.move_to("2026-11-23T09:18:40Z", tick=False)


def errors_of(response):
    assert response["Content-Type"] == "application/problem+json"
    return [(each["parameter"], each["code"]) for each in response.data["errors"]]


def test_the_example_of_the_contract(api, owner):
    session = start_session(owner, "2026-11-23T08:00:00Z", "API design")

    response = api("GET", f"{URL}?duration=week")

    day = {"totalSeconds": 4720, "runningSeconds": 4720, "billableSeconds": 0, "overlapSeconds": 0}
    day["sessionCount"] = 1
    empty = dict.fromkeys(day, 0)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Type"] == "application/json"
    assert not response.has_header("Link")
    assert response.data == {
        "userId": str(owner.id),
        "duration": "week",
        "timezone": "Europe/Berlin",
        "weekStart": "monday",
        "fromDate": "2026-11-23",
        "toDate": "2026-11-30",
        "from": "2026-11-22T23:00:00Z",
        "to": "2026-11-29T23:00:00Z",
        "serverTime": "2026-11-23T09:18:40Z",
        **day,
        "days": [{"date": f"2026-11-{number}", **(day if number == 23 else empty)} for number in range(23, 30)],
        "sessions": [{**api("GET", f"{URL}/{session.id}").data, "secondsInPeriod": 4720}],
        "next": None,
    }


def test_nothing_tracked_is_zeros(api):
    response = api("GET", URL)

    assert response.data["totalSeconds"] == response.data["sessionCount"] == 0
    assert response.data["days"] == [
        {
            "date": "2026-11-23",
            "totalSeconds": 0,
            "runningSeconds": 0,
            "billableSeconds": 0,
            "overlapSeconds": 0,
            "sessionCount": 0,
        }
    ]
    assert response.data["sessions"] == []
    assert response.data["next"] is None


@pytest.mark.parametrize(
    ("query", "first", "end", "duration"),
    [
        ("", "2026-11-23", "2026-11-24", "day"),
        ("?duration=day", "2026-11-23", "2026-11-24", "day"),
        ("?duration=week", "2026-11-23", "2026-11-30", "week"),
        ("?duration=month", "2026-11-01", "2026-12-01", "month"),
        ("?offset=-1", "2026-11-22", "2026-11-23", "day"),
        ("?duration=day&offset=1", "2026-11-24", "2026-11-25", "day"),
        ("?duration=week&offset=-1", "2026-11-16", "2026-11-23", "week"),
        ("?duration=month&offset=-1", "2026-10-01", "2026-11-01", "month"),
        ("?duration=month&offset=2", "2027-01-01", "2027-02-01", "month"),
        ("?duration=month&offset=-12", "2025-11-01", "2025-12-01", "month"),
        ("?date=2024-02-29", "2024-02-29", "2024-03-01", "day"),
        ("?duration=week&date=2027-01-01", "2026-12-28", "2027-01-04", "week"),
        ("?duration=month&date=2024-02-29", "2024-02-01", "2024-03-01", "month"),
        ("?duration=month&date=2026-03-31&offset=-1", "2026-02-01", "2026-03-01", "month"),
        ("?from=2026-11-20&to=2026-11-23", "2026-11-20", "2026-11-23", None),
        ("?from=2026-11-20&to=2026-11-21", "2026-11-20", "2026-11-21", None),
        ("?from=2021-11-23&to=2026-11-23", "2021-11-23", "2026-11-23", None),
        ("?from=2024-02-29&to=2029-03-01", "2024-02-29", "2029-03-01", None),
    ],
)
def test_the_period(api, query, first, end, duration):
    response = api("GET", URL + query)

    assert response.status_code == 200
    assert (response.data["fromDate"], response.data["toDate"]) == (first, end)
    assert response.data["duration"] == duration
    assert response.data["days"][0]["date"] == first
    assert len({day["date"] for day in response.data["days"]}) == len(response.data["days"])


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ("?date=2026-03-29", 23),
        ("?date=2026-10-25", 25),
        ("?date=2026-11-23", 24),
        ("?duration=week&date=2026-03-29", 167),
    ],
)
def test_days_are_as_long_as_they_are(api, owner, query, hours, time_machine):
    time_machine.move_to("2026-12-24T00:00:00Z", tick=False)
    make_session(owner, "2026-03-20T00:00:00Z", "2026-04-10T00:00:00Z")
    make_session(owner, "2026-10-20T00:00:00Z", "2026-11-10T00:00:00Z")
    make_session(owner, "2026-11-20T00:00:00Z", "2026-12-10T00:00:00Z")

    response = api("GET", URL + query)

    assert response.data["totalSeconds"] == hours * 3600


@pytest.mark.django_db
def test_today_is_that_of_the_user(time_machine):
    time_machine.move_to("2026-11-23T10:30:00Z", tick=False)
    kiritimati, honolulu = (make_guest(timezone=name) for name in ("Pacific/Kiritimati", "Pacific/Honolulu"))

    east, west = (ApiClient(make_token(user))("GET", URL).data for user in (kiritimati, honolulu))

    assert (east["fromDate"], east["from"]) == ("2026-11-24", "2026-11-23T10:00:00Z")
    assert (west["fromDate"], west["from"]) == ("2026-11-23", "2026-11-23T10:00:00Z")


@pytest.mark.django_db
def test_the_week_begins_when_the_users_does():
    user = make_guest(week_start=WeekStart.SUNDAY)

    response = ApiClient(make_token(user))("GET", f"{URL}?duration=week")

    assert response.data["weekStart"] == "sunday"
    assert (response.data["fromDate"], response.data["toDate"]) == ("2026-11-22", "2026-11-29")


def test_holds_only_the_part_inside_and_days_add_up(api, owner):
    make_session(owner, "2026-11-15T22:00:00Z", "2026-11-16T01:00:00Z", "Into the week", billable=True)
    make_session(owner, "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", "Inside")
    make_session(owner, "2026-11-18T22:30:00Z", "2026-11-18T23:30:00Z", "Over midnight", billable=True)
    make_session(owner, "2026-11-22T22:00:00Z", "2026-11-22T23:00:00Z", "Up to its end")
    make_session(owner, "2026-11-22T23:00:00Z", "2026-11-22T23:30:00Z", "After it")
    deleted = make_session(owner, "2026-11-19T08:00:00Z", "2026-11-19T09:00:00Z", "Deleted")
    services.delete_session(owner, WEB, deleted.id)
    make_session(make_guest(), "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z", "A stranger's")

    week = api("GET", f"{URL}?duration=week&date=2026-11-18").data

    assert [(each["sessionName"], each["secondsInPeriod"]) for each in week["sessions"]] == [
        ("Into the week", 2 * 3600),
        ("Inside", 3600),
        ("Over midnight", 3600),
        ("Up to its end", 3600),
    ]
    assert week["sessions"][0]["durationSeconds"] == 3 * 3600
    assert (week["totalSeconds"], week["billableSeconds"], week["runningSeconds"]) == (5 * 3600, 3 * 3600, 0)
    assert week["sessionCount"] == 4
    for key in ("totalSeconds", "billableSeconds", "runningSeconds"):
        assert sum(day[key] for day in week["days"]) == week[key]
    assert [day["totalSeconds"] for day in week["days"]] == [7200, 0, 5400, 1800, 0, 0, 3600]
    assert [day["sessionCount"] for day in week["days"]] == [1, 0, 2, 1, 0, 0, 1]


def follow(api, address):
    """All pages from `address` on, checked to agree in all but their sessions."""
    pages = []
    while address is not None:
        parts = urlsplit(address)
        page = api("GET", f"{parts.path}?{parts.query}")
        assert page.status_code == 200
        assert page.get("Link") == (f'<{page.data["next"]}>; rel="next"' if page.data["next"] else None)
        pages.append(page.data)
        address = page.data["next"]
    assert not any("days" in page for page in pages[1:])
    same = [{**page, "sessions": [], "next": "", "serverTime": "", "days": []} for page in pages]
    assert all(each == same[0] for each in same)
    return pages


@pytest.mark.parametrize("period", ["duration=week", "duration=month", "from=2026-11-22&to=2026-11-25"])
def test_pages_hold_every_session_once(api, owner, period):
    ids = [str(uuid.uuid4()) for _ in range(4)]
    for session_id in ids:  # one start: the id decides
        make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T08:10:00Z", session_id=uuid.UUID(session_id))
    make_session(owner, "2026-11-22T22:00:00Z", "2026-11-23T07:00:00Z", "Over midnight")
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Early")
    start_session(owner, "2026-11-23T09:00:00Z", "Running")

    pages = follow(api, f"{URL}?{period}&limit=2")

    whole = api("GET", f"{URL}?{period}").data
    assert [len(page["sessions"]) for page in pages] == [2, 2, 2, 1]
    assert [each["id"] for page in pages for each in page["sessions"]] == [each["id"] for each in whole["sessions"]]
    assert [each["id"] for each in whole["sessions"] if each["id"] in ids] == sorted(ids)
    starts = [each["start"] for each in whole["sessions"]]
    assert starts == sorted(starts)
    assert whole["sessionCount"] == pages[0]["sessionCount"] == 7


def test_the_next_page_is_of_the_same_period_after_midnight(api, owner, time_machine):
    for hour in (6, 7, 8):
        make_session(owner, f"2026-11-23T0{hour}:00:00Z", f"2026-11-23T0{hour}:10:00Z")
    first = api("GET", f"{URL}?limit=2").data
    time_machine.move_to("2026-11-24T09:00:00Z")

    second = follow(api, first["next"])[0]

    assert first["next"].startswith("http://testserver/v1/users/me/sessions?")
    assert dict(parse_qsl(urlsplit(first["next"]).query)).items() >= {"date": "2026-11-23", "limit": "2"}.items()
    assert second["fromDate"] == "2026-11-23"
    assert len(second["sessions"]) == 1


def test_a_page_has_a_hundred_unless_asked_otherwise(api, owner):
    for minute in range(101):
        start = f"2026-11-22T{minute // 60:02}:{minute % 60:02}"
        make_session(owner, f"{start}:00Z", f"{start}:30Z")

    for limit, shown in (("", 100), ("&limit=1", 1), ("&limit=101", 101), ("&limit=500", 101)):
        response = api("GET", f"{URL}?date=2026-11-22{limit}")

        assert len(response.data["sessions"]) == shown
        assert response.data["sessionCount"] == 101
        assert (response.data["next"] is None) == (shown == 101)


def test_what_counts_twice_is_told_by_day_and_in_all(api, owner):
    make_session(owner, "2026-11-18T21:30:00Z", "2026-11-19T00:00:00Z")  # 22:30 to 1:00 in Berlin
    make_session(owner, "2026-11-18T22:00:00Z", "2026-11-18T22:30:00Z")
    make_session(owner, "2026-11-18T22:45:00Z", "2026-11-18T23:20:00Z")  # over midnight too
    start_session(owner, "2026-11-23T08:00:00Z")
    make_session(owner, "2026-11-23T08:30:00Z", "2026-11-23T08:40:00Z")

    week, before = api("GET", f"{URL}?duration=week&limit=1").data, api("GET", f"{URL}?duration=week&offset=-1").data

    assert week["overlapSeconds"] == 10 * 60
    assert {day["date"]: day["overlapSeconds"] for day in before["days"] if day["overlapSeconds"]} == {
        "2026-11-18": 45 * 60,
        "2026-11-19": 20 * 60,
    }
    assert before["overlapSeconds"] == 65 * 60


def test_more_sessions_need_no_more_queries(api, owner, django_assert_num_queries):
    def add(hour):
        make_session(owner, f"2026-11-{hour:02}T08:00:00Z", f"2026-11-{hour:02}T09:00:00Z")
        make_session(owner, f"2026-11-{hour:02}T22:00:00Z", f"2026-11-{hour:02}T23:30:00Z")

    add(1)
    api("GET", URL)  # the first use of a token is noted
    with django_assert_num_queries(1 + 6):
        api("GET", f"{URL}?duration=month")
    for hour in range(2, 20):
        add(hour)
    with django_assert_num_queries(1 + 6):
        assert len(api("GET", f"{URL}?duration=month").data["sessions"]) == 38


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("duration=year", ("duration", "invalid_choice")),
        ("duration=Week", ("duration", "invalid_choice")),
        ("duration=", ("duration", "invalid_choice")),
        ("duration=day&duration=week", ("duration", "invalid")),
        ("date=2026-11-31", ("date", "invalid_date")),
        ("date=20261123", ("date", "invalid_date")),
        ("date=2026-W48-1", ("date", "invalid_date")),
        ("date=2026-11-23T00:00:00Z", ("date", "invalid_date")),
        ("date=today", ("date", "invalid_date")),
        ("date=", ("date", "invalid_date")),
        ("date=%D9%A2026-11-23", ("date", "invalid_date")),
        ("date=%ff%00", ("date", "invalid_date")),
        ("offset=x", ("offset", "invalid")),
        ("offset=", ("offset", "invalid")),
        ("offset=1.0", ("offset", "invalid")),
        ("offset=1_0", ("offset", "invalid")),
        ("offset=%2B1", ("offset", "invalid")),
        ("offset=%D9%A1", ("offset", "invalid")),
        (f"offset={'1' * 5000}", ("offset", "invalid")),
        ("offset=999999999", ("offset", "range")),
        ("offset=-999999999&duration=month", ("offset", "range")),
        ("offset=-60000", ("offset", "range")),
        ("date=0001-01-01", ("date", "range")),
        ("date=9999-12-31", ("date", "range")),
        ("date=0001-01-01&duration=week&offset=-1", ("offset", "range")),
        ("from=2026-11-23", ("to", "range")),
        ("to=2026-11-23", ("from", "range")),
        ("from=2026-11-23&to=2026-11-23", ("to", "range")),
        ("from=2026-11-23&to=2026-11-22", ("to", "range")),
        ("from=2021-11-22&to=2026-11-23", ("to", "range")),
        ("from=2024-02-29&to=2029-03-02", ("to", "range")),
        ("from=0001-01-01&to=0001-01-02", ("to", "range")),
        ("from=9999-12-30&to=9999-12-31", ("to", "range")),
        ("from=2026-11-22&to=2026-11-23&duration=day", ("from", "range")),
        ("from=2026-11-22&to=2026-11-23&date=2026-11-22", ("from", "range")),
        ("from=2026-11-22&to=2026-11-23&offset=0", ("from", "range")),
        ("from=soon&to=2026-11-23", ("from", "invalid_date")),
        ("from=2026-11-22&to=tomorrow", ("to", "invalid_date")),
        ("limit=0", ("limit", "min_value")),
        ("limit=-1", ("limit", "min_value")),
        ("limit=501", ("limit", "max_value")),
        ("limit=all", ("limit", "invalid")),
        ("limit=", ("limit", "invalid")),
        (f"limit={'9' * 2000}", ("limit", "invalid")),
        ("cursor=", ("cursor", "invalid_cursor")),
        ("cursor=1", ("cursor", "invalid_cursor")),
        ("cursor=%00", ("cursor", "invalid_cursor")),
        ("cursor=MTc5NTQyMDgwMA%3D%3D", ("cursor", "invalid_cursor")),
        (f"cursor={'A' * 4000}", ("cursor", "invalid_cursor")),
        ("page=2", ("page", "unknown_parameter")),
        ("token=tt_x", ("token", "unknown_parameter")),
        ("format=json", ("format", "unknown_parameter")),
        ("Duration=day", ("Duration", "unknown_parameter")),
    ],
)
def test_names_what_is_wrong(api, query, wrong):
    response = api("GET", f"{URL}?{query}")

    assert response.status_code == 400
    assert errors_of(response) == [wrong]
    assert response.data["code"] == wrong[1]
    assert response.data["errors"][0]["detail"]


def test_the_encoding_of_a_query_is_not_the_callers_to_choose(api):
    response = api("GET", f"{URL}?date=%C3%A9", **{"Content-Type": "text/plain; charset=latin-1"})

    assert response.status_code == 400
    assert errors_of(response) == [("date", "invalid_date")]
    assert "é" in response.data["detail"]


def test_needs_a_token(owner):
    response = ApiClient(None)("GET", f"/v1/users/{owner.id}/sessions")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scope", ["read", "track", "write", "account"])
def test_every_scope_includes_reading(owner, scope):
    assert ApiClient(make_token(owner, Scope(scope)))("GET", URL).status_code == 200


def test_a_strangers_sessions_are_like_those_of_nobody(stranger_api, owner):
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")

    theirs, nobodys = (stranger_api("GET", f"/v1/users/{each}/sessions") for each in (owner.id, uuid.uuid4()))

    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.data, "requestId": ""} == {**nobodys.data, "requestId": ""}
    assert stranger_api("GET", URL).data["sessionCount"] == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, URL)

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD"


def test_the_days_may_be_left_out(api):
    assert "days" not in api("GET", "/v1/users/me/sessions?duration=week&days=false").data
    assert len(api("GET", "/v1/users/me/sessions?duration=week&days=true").data["days"]) == 7
