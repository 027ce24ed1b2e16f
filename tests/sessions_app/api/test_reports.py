"""GET /v1/users/{userId}/reports/summary"""

import csv
import io
import json
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Client, Project
from tests.conftest import ApiClient
from tests.factories import WEB, instant, make_session, make_token, start_session
from tests.many_sessions import add_sessions
from timetracker.tables.responses import CONTENT_TYPES
from users_app.models import Scope, WeekStart

BASE = "/v1/users/me/reports/summary"
NOVEMBER = f"{BASE}?from=2026-11-01&to=2026-12-01"
NOW = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def project(owner):
    """Relaunch, for ACME, at 80 EUR an hour."""
    client = services.create_entry(owner, WEB, Client, name="ACME")
    price = {"hourly_rate": Decimal(80), "currency": "EUR", "billable_by_default": True}
    return services.create_entry(owner, WEB, Project, name="Relaunch", client_id=client.id, **price)


@pytest.fixture
def tracked(owner, project):
    """50 minutes of Design, 20 of Call over midnight, both for the project; 10 of Books."""
    make_session(owner, "2026-11-02T08:00:00Z", "2026-11-02T08:50:00Z", "Design", project_id=project.id, tags=["deep"])
    call = {"project_id": project.id, "billable": False, "tags": ["call", "deep"]}
    make_session(owner, "2026-11-03T22:55:00Z", "2026-11-03T23:15:00Z", "Call", **call)
    make_session(owner, "2026-11-04T08:00:00Z", "2026-11-04T08:10:00Z", "Books")
    make_session(owner, "2026-10-31T08:00:00Z", "2026-10-31T09:00:00Z", "Before", project_id=project.id)


def download(api, path, **headers):
    """An answer that is no JSON, and its content."""
    response = api.client.get(path, headers={"Authorization": f"Bearer {api.token}", **headers})
    return response, b"".join(response.streaming_content)


def errors_of(response):
    assert response["Content-Type"] == "application/problem+json"
    return [(each["parameter"], each["code"]) for each in response.data["errors"]]


def figures(seconds, rounded=None, *, billable=0, running=0, count, amounts=()):
    rounded = seconds if rounded is None else rounded
    return {
        "totalSeconds": seconds,
        "roundedSeconds": rounded,
        "residueSeconds": rounded - seconds,
        "billableSeconds": billable,
        "runningSeconds": running,
        "sessionCount": count,
        "amounts": [{"currency": currency, "amount": amount} for currency, amount in amounts],
    }


def test_a_report_is_told_whole(api, owner, project, tracked):
    response = api("GET", f"{NOVEMBER}&groupBy=project,tag")

    relaunch = {"project": {"id": str(project.id), "name": "Relaunch"}}
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert response.data == {
        "userId": str(owner.id),
        "timezone": "Europe/Berlin",
        "weekStart": "monday",
        "fromDate": "2026-11-01",
        "toDate": "2026-12-01",
        "serverTime": NOW,
        "groupBy": ["project", "tag"],
        "rounding": {"minutes": 0, "direction": "nearest", "per": "project"},
        **figures(4800, billable=3000, count=3, amounts=[("EUR", "66.67")]),
        "lines": [
            {
                **relaunch,
                "tags": ["deep"],
                **figures(3000, billable=3000, count=1, amounts=[("EUR", "66.67")]),
                "share": 0.625,
            },
            {**relaunch, "tags": ["call", "deep"], **figures(1200, count=1), "share": 0.25},
            {"project": None, "tags": [], **figures(600, count=1), "share": 0.125},
        ],
        "previous": None,
    }


def test_nothing_tracked_is_no_lines(api):
    data = api("GET", NOVEMBER).data

    assert data["lines"] == data["groupBy"] == data["amounts"] == []
    assert data["totalSeconds"] == data["sessionCount"] == 0


@pytest.mark.parametrize(
    ("dimension", "group_values"),
    [
        ("day", ["2026-11-02", "2026-11-03", "2026-11-04"]),
        ("week", ["2026-11-02"]),
        ("month", ["2026-11"]),
        ("client", ["ACME", None]),
        ("project", ["Relaunch", None]),
        ("tag", [["deep"], ["call", "deep"], []]),
        ("name", ["Design", "Call", "Books"]),
    ],
)
def test_lines_stand_in_their_dimension_and_add_up(api, tracked, dimension, group_values):
    data = api("GET", f"{NOVEMBER}&groupBy={dimension}").data

    key = {"tag": "tags", "name": "sessionName"}.get(dimension, dimension)
    found = [line[key] for line in data["lines"]]
    assert [each["name"] if isinstance(each, dict) else each for each in found] == group_values
    assert sum(line["totalSeconds"] for line in data["lines"]) == data["totalSeconds"] == 4800
    assert sum(line["share"] for line in data["lines"]) == pytest.approx(1)


def test_weeks_begin_when_the_users_do(api, owner, tracked):
    owner.week_start = WeekStart.SUNDAY
    owner.save()

    data = api("GET", f"{NOVEMBER}&groupBy=week").data

    assert (data["weekStart"], [line["week"] for line in data["lines"]]) == ("sunday", ["2026-11-01"])


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("", (3000, 1200, 600)),
        ("&roundMinutes=0&roundDirection=up", (3000, 1200, 600)),
        ("&roundMinutes=15&roundDirection=up", (3600, 1800, 900)),
        ("&roundMinutes=15&roundDirection=down", (2700, 900, 0)),
        ("&roundMinutes=15", (2700, 900, 900)),
        ("&roundMinutes=15&roundDirection=up&roundPer=day", (3600, 1800, 900)),
        ("&roundMinutes=30&roundDirection=up&roundPer=day", (3600, 3600, 1800)),
        ("&roundMinutes=30&roundDirection=up&roundPer=session", (3600, 1800, 1800)),
    ],
)
def test_time_is_rounded_as_asked(api, tracked, rounding, expected):
    data = api("GET", f"{NOVEMBER}&groupBy=name{rounding}").data

    found = {line["sessionName"]: line["roundedSeconds"] for line in data["lines"]}
    assert found == dict(zip(("Design", "Call", "Books"), expected, strict=True))
    assert data["roundedSeconds"] == sum(expected)
    assert data["residueSeconds"] == sum(expected) - 4800


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("projectId={project}", ["Design", "Call"]),
        ("projectId=none", ["Books"]),
        ("clientId={client}", ["Design", "Call"]),
        ("tag=deep&tag=call", ["Call"]),
        ("tag=nothing", []),
        ("billable=true", ["Design"]),
        ("name=Design", ["Design"]),
        ("name=design", []),
        ("name=", []),
        ("q=a", ["Call"]),
    ],
)
def test_a_filter_leaves_out_the_others(api, project, tracked, query, names):
    query = query.format(project=project.id, client=project.client_id)

    data = api("GET", f"{NOVEMBER}&groupBy=name&{query}").data

    assert [line["sessionName"] for line in data["lines"]] == names
    assert data["sessionCount"] == len(names)


def test_the_running_session_counts_so_far(api, owner):
    start_session(owner, "2026-11-23T11:00:00Z", "Now")

    data = api("GET", NOVEMBER).data

    assert (data["totalSeconds"], data["runningSeconds"], data["serverTime"]) == (3600, 3600, NOW)


def test_the_period_before_is_what_a_report_of_it_would_say(api, owner, project, tracked):
    for day, minutes in (("05", 7), ("06", 8)):
        make_session(
            owner, f"2026-10-{day}T08:00:00Z", f"2026-10-{day}T08:0{minutes}:00Z", f"D{day}", project_id=project.id
        )
    rest = "groupBy=name&roundMinutes=30&roundDirection=up&roundPer=project&billable=true"

    compared = api("GET", f"{NOVEMBER}&{rest}&compare=true").data["previous"]
    october = api("GET", f"{BASE}?from=2026-10-01&to=2026-11-01&{rest}").data

    assert compared == {key: october[key] for key in compared}
    assert compared == figures(4500, 5400, billable=5400, count=3, amounts=[("EUR", "120.00")])
    assert api("GET", f"{NOVEMBER}&{rest}&compare=false").data["previous"] is None


def test_csv_has_the_same_numbers(api, tracked):
    response, content = download(api, f"{NOVEMBER}&groupBy=project,name&format=csv")

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    data = api("GET", f"{NOVEMBER}&groupBy=project,name").data
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"] == 'attachment; filename="report-2026-11-01-2026-12-01.csv"'
    assert response["Cache-Control"] == "private, no-cache"
    assert [(row["name"], int(row["seconds"]), row["amount_eur"]) for row in rows] == [
        (line["sessionName"], line["totalSeconds"], "".join(each["amount"] for each in line["amounts"]))
        for line in data["lines"]
    ]


def test_a_workbook_is_a_workbook(api, tracked):
    response, content = download(api, f"{NOVEMBER}&groupBy=project&format=xlsx")

    assert response.status_code == 200
    assert content.startswith(b"PK")
    assert response["Content-Disposition"] == 'attachment; filename="report-2026-11-01-2026-12-01.xlsx"'
    assert response["Cache-Control"] == "private, no-cache"


def test_a_workbook_that_would_be_too_long_is_rejected(api, tracked, monkeypatch):
    monkeypatch.setattr("timetracker.tables.workbook.MAX_ROWS", 3)

    response = api("GET", f"{NOVEMBER}&groupBy=name&format=xlsx")

    assert errors_of(response) == [("format", "too_many")]
    assert "CSV" in response.data["detail"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("to=2026-12-01", ("from", "required")),
        ("from=2026-11-01", ("to", "required")),
        ("from=2026-11-01&to=2026-11-01", ("to", "range")),
        ("from=2026-11-02&to=2026-11-01", ("to", "range")),
        ("from=0001-01-01&to=2026-11-01", ("to", "range")),
        ("from=2026-11-01&to=9999-12-31", ("to", "range")),
        ("from=1900-01-01&to=2026-11-01&compare=true", ("compare", "range")),
        ("from=soon&to=2026-11-01", ("from", "invalid_date")),
        ("groupBy=year", ("groupBy", "invalid_choice")),
        ("groupBy=", ("groupBy", "invalid_choice")),
        ("groupBy=day,", ("groupBy", "invalid_choice")),
        ("groupBy=day, name", ("groupBy", "invalid_choice")),
        ("groupBy=Day", ("groupBy", "invalid_choice")),
        ("groupBy=day,day", ("groupBy", "too_many")),
        ("groupBy=day,name,tag,week", ("groupBy", "too_many")),
        ("groupBy=day&groupBy=name", ("groupBy", "invalid")),
        ("roundMinutes=7", ("roundMinutes", "invalid_choice")),
        ("roundMinutes=015", ("roundMinutes", "invalid_choice")),
        ("roundDirection=round", ("roundDirection", "invalid_choice")),
        ("roundPer=week", ("roundPer", "invalid_choice")),
        ("compare=1", ("compare", "invalid_choice")),
        ("format=pdf", ("format", "invalid_choice")),
        ("format=", ("format", "invalid_choice")),
        ("name=%00", ("name", "control_character")),
        ("tag=", ("tag", "blank")),
        ("projectId=x", ("projectId", "invalid")),
        (f"projectId={uuid.UUID(int=1)}", ("projectId", "unknown_project")),
        (f"clientId={uuid.UUID(int=1)}", ("clientId", "unknown_client")),
        ("running=true", ("running", "unknown_parameter")),
        ("limit=5", ("limit", "unknown_parameter")),
        (f"{NOVEMBER.partition('?')[2]}&duration=week", ("from", "range")),
        ("duration=year", ("duration", "invalid_choice")),
    ],
)
def test_names_what_is_wrong(api, query, wrong):
    whole = query if "from=" in query or "to=" in query else f"from=2026-11-01&to=2026-12-01&{query}"

    response = api("GET", f"{BASE}?{whole}")

    assert response.status_code == 400
    assert errors_of(response) == [wrong]
    assert response.data["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("query", "first", "end"),
    [
        ("duration=day", "2026-11-23", "2026-11-24"),
        ("duration=week", "2026-11-23", "2026-11-30"),
        ("duration=month", "2026-11-01", "2026-12-01"),
        ("duration=month&offset=-1", "2026-10-01", "2026-11-01"),
        ("duration=week&date=2026-11-05", "2026-11-02", "2026-11-09"),
        ("date=2026-11-05", "2026-11-05", "2026-11-06"),
        ("offset=-1", "2026-11-22", "2026-11-23"),
    ],
)
def test_the_period_may_be_that_of_an_overview(api, tracked, query, first, end):
    report = api("GET", f"{BASE}?{query}").data
    overview = api("GET", f"/v1/users/me/sessions?{query}").data

    assert (report["fromDate"], report["toDate"]) == (first, end) == (overview["fromDate"], overview["toDate"])
    assert report["totalSeconds"] == overview["totalSeconds"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("groupBy=day", [("from", "required"), ("to", "required")]),
        ("duration=week&offset=99999999", [("offset", "range")]),
        ("duration=week&from=2026-11-01", [("to", "range")]),
        ("date=2026-11-31", [("date", "invalid_date")]),
    ],
)
def test_names_what_is_wrong_with_the_period(api, query, wrong):
    assert errors_of(api("GET", f"{BASE}?{query}")) == wrong


def test_only_the_parameter_chooses_the_form(api, tracked):
    response, _content = download(api, f"{NOVEMBER}&format=csv", Accept="application/json")

    assert response["Content-Type"].startswith("text/csv")
    for accepted in (
        "text/csv",
        "text/*",
        CONTENT_TYPES["xlsx"],
        "application/problem+json",
        "application/json",
        "*/*",
    ):
        assert api("GET", NOVEMBER, Accept=accepted)["Content-Type"] == "application/json"
        assert download(api, f"{NOVEMBER}&format=csv", Accept=accepted)[0].status_code == 200
    assert api("GET", NOVEMBER, Accept="image/png").status_code == 406


def test_any_period_may_be_asked_for(api, tracked):
    data = api("GET", f"{BASE}?from=1900-01-01&to=9000-01-01&groupBy=month").data

    assert [line["month"] for line in data["lines"]] == ["2026-10", "2026-11"]


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_includes_reading(owner, scope):
    assert ApiClient(make_token(owner, scope))("GET", NOVEMBER).status_code == 200


def test_needs_a_token_of_some_scope(owner):
    secret = make_token(owner)
    owner.access_tokens.update(scopes=[])

    assert ApiClient(None)("GET", NOVEMBER)["WWW-Authenticate"] == "Bearer"
    assert ApiClient(secret)("GET", NOVEMBER).data["code"] == "missing_scope"


def test_a_strangers_report_is_like_that_of_nobody(stranger_api, owner, tracked):
    rest = "reports/summary?from=2026-11-01&to=2026-12-01"
    answers = [stranger_api("GET", f"/v1/users/{each}/{rest}") for each in (owner.id, uuid.uuid4(), "x")]

    assert [each.status_code for each in answers] == [404] * 3
    assert len({json.dumps({**each.data, "requestId": ""}) for each in answers}) == 1
    assert stranger_api("GET", NOVEMBER).data["totalSeconds"] == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_possible(api, method):
    response = api(method, BASE)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(("rest", "queries"), [("", 2 + 3), ("&compare=true", 2 + 2 + 3), ("&tag=deep", 1 + 2 + 3)])
@pytest.mark.parametrize("count", [10, 1000])
def test_the_history_does_not_matter(api, owner, project, tracked, django_assert_num_queries, rest, queries, count):
    """The token; two for the report; clients, projects and tags."""
    add_sessions(owner, count, until=instant("2026-11-20T00:00:00Z"), over=timedelta(days=300))
    api("GET", NOVEMBER)  # the first use of a token is noted

    with django_assert_num_queries(1 + queries):
        data = api("GET", f"{BASE}?from=2026-01-01&to=2027-01-01&groupBy=project,month{rest}").data
    assert data["sessionCount"] > (0 if "tag" in rest else count * 0.9)
