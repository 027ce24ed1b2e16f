"""/v1/users/{userId}/projects/{projectId}/budget: what pages and reports say is used of a budget"""

import re
from decimal import Decimal
from html import unescape

import pytest

from sessions_app import services
from sessions_app.models import Project, TimeSession
from tests.factories import WEB, make_session, start_session


@pytest.fixture(autouse=True)
def now(owner, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def project(owner, **fields):
    return services.create_entry(owner, WEB, Project, name="Web", **fields)


def budget(api, of):
    response = api("GET", f"/v1/users/me/projects/{of.id}/budget")
    assert response.status_code == 200, response.data
    return response.data


def given(data):
    """The keys of an answer that are not null."""
    return {key: value for key, value in data.items() if value is not None}


def hard_work(owner, web):
    """Sessions over the ends of the month in Berlin, at a rate of their own, in another currency, running, deleted."""
    times = {
        "into the month": ("2026-10-31T21:00:00Z", "2026-11-01T00:30:00Z"),  # 22:00 to 1:30 in Berlin
        "plain": ("2026-11-09T08:00:00Z", "2026-11-09T08:20:00Z"),
        "odd seconds": ("2026-11-10T08:00:00Z", "2026-11-10T08:00:07Z"),
        "last year": ("2025-03-30T00:30:00Z", "2025-03-30T02:30:00Z"),
        "gone": ("2026-11-11T08:00:00Z", "2026-11-11T18:00:00Z"),
    }
    made = {name: make_session(owner, *each, project_id=web.id) for name, each in times.items()}
    services.delete_session(owner, WEB, made["gone"].id)
    make_session(owner, "2026-11-12T08:00:00Z", "2026-11-12T09:00:00Z", project_id=web.id, billable=False)
    at = {"project_id": web.id, "billable": True}
    make_session(owner, "2026-11-12T10:00:00Z", "2026-11-12T11:00:00Z", **at, hourly_rate=Decimal(200), currency="USD")
    make_session(owner, "2026-11-12T12:00:00Z", "2026-11-12T13:00:00Z", **at, hourly_rate=Decimal("99.99"))
    services.add_hours(owner, WEB, day=made["plain"].first_date, length_seconds=900, project_id=web.id)
    make_session(owner, "2026-11-13T08:00:00Z", "2026-11-13T09:00:00Z")  # of no project
    start_session(owner, "2026-11-23T11:30:00Z", project_id=web.id)


RATE = {"hourly_rate": Decimal("80.5555"), "currency": "EUR", "billable_by_default": True}


@pytest.mark.parametrize("period", ["month", "total"])
@pytest.mark.parametrize("limit", [{"budget_seconds": 36_000}, {"budget_amount": Decimal(500)}], ids=["time", "money"])
def test_api_report_and_page_say_the_same(api, signed_in, owner, period, limit):
    web = project(owner, **RATE, budget_period=period, **limit)
    hard_work(owner, web)
    days = {"month": ("2026-11-01", "2026-12-01"), "total": ("2022-01-01", "2027-01-01")}[period]

    found = budget(api, web)
    query = f"from={days[0]}&to={days[1]}&groupBy=project&projectId={web.id}"
    (line,) = api("GET", f"/v1/users/me/reports/summary?{query}").data["lines"]

    assert (found["fromDate"], found["toDate"]) == (days if period == "month" else (None, None))
    page = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", signed_in.get("/projects/").text)))
    when = {"month": "this month", "total": "in total"}[period]
    if "budget_seconds" in limit:
        assert found["usedSeconds"] == line["totalSeconds"]
        assert found["leftSeconds"] == 36_000 - line["totalSeconds"]
        assert found["usedPercent"] == line["totalSeconds"] * 100 // 36_000
        minutes = (found["usedSeconds"] + 30) // 60
        assert f"{minutes // 60}:{minutes % 60:02} of 10:00 {when}" in page
    else:
        amounts = {each["currency"]: Decimal(each["amount"]) for each in line["amounts"]}
        assert set(amounts) == {"EUR", "USD"}
        assert Decimal(found["usedAmount"]) == amounts["EUR"] == 500 - Decimal(found["leftAmount"])
        assert found["usedPercent"] == amounts["EUR"] * 100 // 500
        assert f"{found['usedAmount']} EUR of 500.00 EUR {when}" in page


def test_a_budget_in_time_has_seconds_and_one_in_money_amounts(api, owner):
    always = {"serverTime": "2026-11-23T12:00:00Z"}
    month = {"fromDate": "2026-11-01", "toDate": "2026-12-01"}
    web = project(owner, **RATE, budget_seconds=3600, budget_period="month")
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z", project_id=web.id)

    assert given(budget(api, web)) == {
        "projectId": str(web.id),
        "budgetSeconds": 3600,
        "usedSeconds": 7200,
        "leftSeconds": -3600,
        "usedPercent": 200,
        **month,
        **always,
    }
    services.edit_entry(owner, WEB, Project, web.id, budget_seconds=None, budget_amount=Decimal("161.111"))
    assert given(budget(api, web)) == {
        "projectId": str(web.id),
        "budgetAmount": "161.111",
        "usedAmount": "161.11",
        "leftAmount": "0.001",
        "currency": "EUR",
        "usedPercent": 99,
        **month,
        **always,
    }
    services.edit_entry(owner, WEB, Project, web.id, budget_amount=None)
    assert given(budget(api, web)) == {"projectId": str(web.id), **always}


def test_the_month_is_that_of_the_users_zone(api, owner, time_machine):
    """On Kiritimati November begins when the clocks of UTC show ten in the morning of the last day of October."""
    owner.timezone = "Pacific/Kiritimati"
    owner.save()
    web = project(owner, budget_seconds=36_000, budget_period="month")
    make_session(owner, "2026-10-31T09:00:00Z", "2026-10-31T10:30:00Z", project_id=web.id)
    time_machine.move_to("2026-10-31T10:30:00Z", tick=False)

    found = budget(api, web)

    assert (found["fromDate"], found["usedSeconds"]) == ("2026-11-01", 1800)


def test_what_is_undone_or_moved_is_not_used(api, owner):
    web, other = project(owner, budget_seconds=36_000), services.create_entry(owner, WEB, Project, name="Other")
    session = make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z", project_id=web.id)
    used = [budget(api, web)["usedSeconds"]]
    for write in (
        lambda: services.edit_session(owner, WEB, session.id, project_id=other.id),
        lambda: services.undo_changeset(owner, WEB, TimeSession.objects.get(id=session.id).changeset_id),
        lambda: services.delete_session(owner, WEB, session.id),
        lambda: services.restore_session(owner, WEB, session.id),
    ):
        write()
        used.append(budget(api, web)["usedSeconds"])

    assert used == [7200, 0, 7200, 0, 7200]


def test_a_project_in_the_bin_or_of_nobody_has_none(api, owner):
    web = project(owner, budget_seconds=36_000)
    services.delete_entry(owner, WEB, Project, web.id)

    for address in (web.id, "x", owner.id):
        assert api("GET", f"/v1/users/me/projects/{address}/budget").status_code == 404


def test_takes_as_many_queries_for_a_month_as_for_a_report(api, owner, django_assert_max_num_queries):
    web = project(owner, budget_seconds=36_000, budget_period="month")
    budget(api, web)

    with django_assert_max_num_queries(5):  # the token, the epoch, the project, and two of its report
        budget(api, web)


def test_nothing_is_sent_twice(api, owner, time_machine):
    web = project(owner, budget_seconds=36_000)
    address = f"/v1/users/me/projects/{web.id}/budget"
    tag = api("GET", address)["ETag"]
    assert tag.startswith('W/"')
    time_machine.shift(90)

    assert api("GET", address, **{"If-None-Match": tag}).status_code == 304
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z", project_id=web.id)
    assert api("GET", address, **{"If-None-Match": tag}).data["usedSeconds"] == 7200
