"""GET /v1/users/{userId}/reports/timesheet"""

from io import BytesIO

import pypdf
import pytest

from sessions_app.reports import timesheet
from tests.conftest import ApiClient
from tests.factories import make_session, make_token
from tests.work import make_client, make_project
from users_app.models import Scope

URL = "/v1/users/me/reports/timesheet"
NOVEMBER = "from=2026-11-01&to=2026-12-01"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


@pytest.fixture
def ids(owner):
    acme = make_client(owner, "Acme", "80", "EUR")
    site = make_project(owner, "Site", acme)
    logo = make_project(owner, "Logo", acme)
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:30:00Z", "Draft", project_id=site.id, billable=True)
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "Sketch", project_id=logo.id, billable=False)
    make_session(owner, "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "Garden")
    return {"acme": acme.id, "site": site.id, "logo": logo.id}


def text_of(response):
    assert response.status_code == 200, response.data
    assert response["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(BytesIO(response.content)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_is_the_pdf_of_the_page(api, signed_in, ids):
    response = api("GET", f"{URL}?{NOVEMBER}&clientId={ids['acme']}&billable=true&format=pdf")
    page = signed_in.get(f"/timesheet.pdf?from=2026-11-01&to=2026-11-30&client={ids['acme']}")

    assert response["Content-Disposition"] == 'attachment; filename="timesheet-2026-11-01-2026-11-30.pdf"'
    assert response["Cache-Control"] == "private, no-cache"
    assert response.content == b"".join(page.streaming_content)


@pytest.mark.parametrize("accept", ["application/pdf", "application/json", "*/*"])
def test_has_the_sessions_of_the_client(api, ids, accept):
    text = text_of(api("GET", f"{URL}?{NOVEMBER}&clientId={ids['acme']}", Accept=accept))

    assert all(word in text for word in ("Owner", "Acme", "Draft", "Sketch", "120.00"))
    assert "Garden" not in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("projectId={site}", {"Draft"}),
        ("projectId={site}&projectId={logo}", {"Draft", "Sketch"}),
        ("clientId={acme}&projectId={logo}", {"Sketch"}),
        ("clientId={acme}&billable=true", {"Draft"}),
        ("clientId={acme}&q=ske", {"Sketch"}),
        ("projectId=none", {"Garden"}),
    ],
)
def test_takes_filters(api, ids, query, expected):
    text = text_of(api("GET", f"{URL}?duration=month&{query.format(**ids)}"))

    assert {word for word in ("Draft", "Sketch", "Garden") if word in text} == expected


@pytest.mark.parametrize(
    ("per", "told"), [("session", "Each session"), ("day", "Each day of a project"), ("project", "Each project")]
)
def test_rounds_as_reports_do(api, ids, per, told):
    query = f"{NOVEMBER}&clientId={ids['acme']}&roundMinutes=10&roundDirection=up&roundPer={per}"

    assert f"{told} is rounded up to 10 min." in text_of(api("GET", f"{URL}?{query}"))


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        (NOVEMBER, "clientId", "required"),
        (f"{NOVEMBER}&projectId=x", "projectId", "invalid"),
        (f"{NOVEMBER}&projectId=0198aaaa-0000-7000-8000-000000000001", "projectId", "unknown_project"),
        (f"{NOVEMBER}&projectId=none&format=csv", "format", "invalid_choice"),
        (f"{NOVEMBER}&projectId=none&roundPer=week", "roundPer", "invalid_choice"),
        (f"{NOVEMBER}&projectId=none&groupBy=day", "groupBy", "unknown_parameter"),
        ("from=2026-11-01&projectId=none", "to", "required"),
        ("duration=year&projectId=none", "duration", "invalid_choice"),
    ],
)
def test_names_what_is_wrong(api, query, parameter, code):
    response = api("GET", f"{URL}?{query}")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert [(each["parameter"], each["code"]) for each in response.data["errors"]] == [(parameter, code)]


def test_too_many_sessions_are_rejected_with_the_way_on(api, ids, monkeypatch):
    monkeypatch.setattr(timesheet, "MAX_SESSIONS", 1)

    (error,) = api("GET", f"{URL}?{NOVEMBER}&clientId={ids['acme']}").data["errors"]

    assert (error["parameter"], error["code"]) == ("to", "too_many_sessions")
    assert "at most 1 sessions" in error["detail"]


def test_of_a_strangers_client_is_not_made(stranger_api, ids):
    response = stranger_api("GET", f"{URL}?{NOVEMBER}&clientId={ids['acme']}")

    assert response.data["code"] == "unknown_client"


def test_every_scope_may_read(owner, ids):
    caller = ApiClient(make_token(owner, Scope.TRACK))

    assert caller("GET", f"{URL}?{NOVEMBER}&projectId=none").status_code == 200
