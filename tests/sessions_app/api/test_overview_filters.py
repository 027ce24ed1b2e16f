"""GET /v1/users/{userId}/sessions, narrowed"""

import uuid
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from time_machine import travel

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from tests.factories import WEB, make_guest, make_session, start_session
from users_app.models import User

URL = "/v1/users/me/sessions"


NOW = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module")
def week(module_db):
    """Somebody with a week of five sessions, and the ids of their catalogue entries."""
    with travel(NOW, tick=False):
        owner = make_guest(timezone="Europe/Berlin")
        return owner, make_week(owner)


@pytest.fixture
def owner(week):
    return User.objects.get(pk=week[0].pk)


@pytest.fixture
def ids(week):
    return week[1]


def make_week(owner):
    acme = services.create_entry(owner, WEB, Client, name="ACME")
    relaunch = services.create_entry(owner, WEB, Project, name="Relaunch", client_id=acme.id)
    other = services.create_entry(owner, WEB, Project, name="Own")
    for name in ("unused", "old"):
        services.create_entry(owner, WEB, Tag, name=name, archived=name == "old")
    for hour, name, fields in (
        ("05", "Design", {"project_id": relaunch.id, "billable": True, "tags": ["deep", "old"]}),
        ("06", "Call", {"project_id": relaunch.id, "tags": ["call", "deep"]}),
        ("07", "Books", {"project_id": other.id, "note": "for the DESIGN"}),
        ("08", "", {}),
    ):
        make_session(owner, f"2026-11-23T{hour}:00:00Z", f"2026-11-23T{hour}:10:00Z", name, **fields)
    start_session(owner, "2026-11-22T22:00:00Z", "Running", project_id=other.id)
    return {"client": acme.id, "relaunch": relaunch.id, "own": other.id}


ALL = ["Running", "Design", "Call", "Books", ""]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("projectId={relaunch}", ["Design", "Call"]),
        ("projectId={own}", ["Running", "Books"]),
        ("projectId=none", [""]),
        ("clientId={client}", ["Design", "Call"]),
        ("clientId=none", ["Running", "Books", ""]),
        ("clientId={client}&projectId={own}", []),
        ("clientId=none&projectId={own}", ["Running", "Books"]),
        ("tag=deep", ["Design", "Call"]),
        ("tag=%23DEEP", ["Design", "Call"]),
        ("tag=deep&tag=call", ["Call"]),
        ("tag=deep&tag=Deep", ["Design", "Call"]),
        ("tag=old", ["Design"]),
        ("tag=unused", []),
        ("tag=nothing", []),
        ("tag=deep&tag=nothing", []),
        ("billable=true", ["Design"]),
        ("billable=false", ["Running", "Call", "Books", ""]),
        ("running=true", ["Running"]),
        ("running=false", ["Design", "Call", "Books", ""]),
        ("q=design", ["Design", "Books"]),
        ("q=%20DESIGN%20", ["Design", "Books"]),
        ("q=nothing", []),
        ("q=%25", []),
        ("q=", ALL),
        ("q=design&billable=true&tag=deep", ["Design"]),
        ("", ALL),
    ],
)
def test_only_what_is_asked_for_is_listed_and_counted(api, ids, query, names):
    page = api("GET", f"{URL}?duration=week&{query.format(**ids)}".rstrip("&"))

    assert page.status_code == 200, page.data
    data = page.data
    assert [each["sessionName"] for each in data["sessions"]] == names
    assert data["sessionCount"] == len(names)
    assert data["totalSeconds"] == sum(each["secondsInPeriod"] for each in data["sessions"])
    assert data["runningSeconds"] == sum(each["secondsInPeriod"] for each in data["sessions"] if each["running"])
    assert data["billableSeconds"] == sum(each["secondsInPeriod"] for each in data["sessions"] if each["billable"])
    for key in ("totalSeconds", "runningSeconds", "billableSeconds", "overlapSeconds"):
        assert sum(day[key] for day in data["days"]) == data[key]


def test_only_what_is_listed_overlaps(api, ids):
    def overlap(query):
        return api("GET", f"{URL}?{query}").data["overlapSeconds"]

    assert [overlap(query) for query in ("", f"projectId={ids['own']}", "running=false")] == [40 * 60, 10 * 60, 0]


def test_pages_keep_the_filter_and_the_period(api, ids, time_machine):
    asked = {"tag": ["deep", "#deep"], "projectId": [str(ids["relaunch"])], "running": ["false"]}
    query = urlencode({**asked, "duration": "day", "offset": -1, "limit": 1}, doseq=True)
    time_machine.move_to("2026-11-24T12:00:00Z")

    first = api("GET", f"{URL}?{query}")
    time_machine.move_to("2026-11-25T12:00:00Z")
    second = api("GET", first.data["next"].removeprefix("http://testserver"))

    following = parse_qs(urlsplit(first.data["next"]).query)
    assert first["Link"] == f'<{first.data["next"]}>; rel="next"'
    assert following.items() >= {**asked, "duration": ["day"], "date": ["2026-11-23"], "limit": ["1"]}.items()
    assert following.keys() == {*asked, "duration", "date", "limit", "cursor"}
    assert [page.data["sessions"][0]["sessionName"] for page in (first, second)] == ["Design", "Call"]
    assert [(page.data["sessionCount"], page.data["fromDate"]) for page in (first, second)] == [(2, "2026-11-23")] * 2
    assert second.data["next"] is None


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("projectId=1", ("projectId", "invalid")),
        ("projectId=", ("projectId", "invalid")),
        ("projectId=None", ("projectId", "invalid")),
        ("projectId=%00", ("projectId", "invalid")),
        (f"projectId={uuid.UUID(int=1)}", ("projectId", "unknown_project")),
        ("projectId={client}", ("projectId", "unknown_project")),
        ("clientId=1", ("clientId", "invalid")),
        (f"clientId={uuid.UUID(int=1)}", ("clientId", "unknown_client")),
        ("clientId={own}", ("clientId", "unknown_client")),
        ("tag=", ("tag", "blank")),
        ("tag=a&tag=%00", ("tag", "control_character")),
        (f"tag={'x' * 101}", ("tag", "max_length")),
        ("&".join(f"tag=x{number}" for number in range(21)), ("tag", "too_many")),
        ("billable=1", ("billable", "invalid_choice")),
        ("billable=True", ("billable", "invalid_choice")),
        ("running=", ("running", "invalid_choice")),
        ("q=a%00b", ("q", "control_character")),
        (f"q={'x' * 201}", ("q", "max_length")),
        ("q=a&q=b", ("q", "invalid")),
        ("name=x", ("name", "unknown_parameter")),
        ("project=x", ("project", "unknown_parameter")),
    ],
)
def test_names_what_is_wrong(api, ids, query, wrong):
    response = api("GET", f"{URL}?{query.format(**ids)}")

    assert response.status_code == 400
    assert [(each["parameter"], each["code"]) for each in response.data["errors"]] == [wrong]
    assert response.data["errors"][0]["detail"]


def test_both_ids_are_reported_when_both_are_wrong(api):
    response = api("GET", f"{URL}?projectId={uuid.uuid4()}&clientId={uuid.uuid4()}")

    assert {each["parameter"] for each in response.data["errors"]} == {"projectId", "clientId"}


def test_text_is_found_however_it_is_composed(api, owner):
    make_session(owner, "2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z", "Café")

    response = api("GET", f"{URL}?q={quote('cafe' + chr(0x301))}")

    assert [each["sessionName"] for each in response.data["sessions"]] == ["Café"]


def test_a_filter_takes_a_query_for_each_of_project_client_and_tags(api, owner, ids, django_assert_num_queries):
    filters = f"projectId={ids['relaunch']}&clientId={ids['client']}&tag=deep&q=e&billable=true&running=false"
    api("GET", URL)
    with django_assert_num_queries(1 + 7 + 3):
        assert len(api("GET", f"{URL}?duration=week&{filters}").data["sessions"]) == 1
    for hour in range(10, 20):
        make_session(
            owner,
            f"2026-11-22T{hour}:00:00Z",
            f"2026-11-22T{hour}:10:00Z",
            "More",
            project_id=ids["relaunch"],
            billable=True,
            tags=["deep"],
        )
    with django_assert_num_queries(1 + 7 + 3):
        api("GET", f"{URL}?duration=month&{filters}")
