"""The page of reports, and what makes each of its numbers."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from sessions_app.models import Project
from sessions_app.reports import DIMENSIONS
from tests.factories import instant, make_session, start_session
from tests.many_sessions import add_sessions
from tests.work import MONTH, make_client, make_project, make_work


def text_of(response) -> str:
    """What is read on the page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def october(owner):
    """Two sessions of October and a running one, of two projects."""
    acme = make_client(owner, "Acme", "80", "EUR")
    website = make_project(owner, "Website", acme)
    make_session(owner, "2026-10-05T08:00:00Z", "2026-10-05T10:30:17Z", "Draft", project_id=website.id, billable=True)
    make_session(owner, "2026-10-06T08:00:00Z", "2026-10-06T08:40:00Z", "Mail")
    start_session(owner, "2026-11-23T09:00:00Z", "Now", project_id=website.id)
    return website


def test_asked_for_nothing_it_is_this_month_by_project(signed_in, october):
    response = signed_in.get("/reports/")

    page = text_of(response)
    assert "Report, November 2026" in page
    assert [(row.name, row.figures.seconds) for row in response.context["rows"]] == [("Website", 1_800)]
    assert 'class="project p1"' in response.text
    assert "2 h 40 min less than in October 2026 , which has 3 h 10 min." in page
    assert 'aria-current="page"><span>Reports<' in response.text


def test_lines_have_hours_share_billable_and_amount(signed_in, october):
    page = text_of(signed_in.get("/reports/?from=2026-10-01&to=2026-10-31&group=project"))

    assert "Website 2:30 79 % 2:30 200.38 EUR" in page
    assert "No project 0:40 21 % – –" in page
    assert "Total 3:10 100 % 2:30 200.38 EUR" in page


def test_two_dimensions_have_groups_with_their_sums(signed_in, month_of_work):
    response = signed_in.get(f"/reports/?{MONTH}&group=client&then=month")

    rows = response.context["rows"]
    assert {row.name for row in rows if row.level == "group"} == {"Acme", "Mira & Sons", "No client"}
    for number, row in enumerate(rows):
        if row.level == "group":
            inner = []
            for each in rows[number + 1 :]:
                if each.level != "inner":
                    break
                inner.append(each.figures.seconds)
            assert sum(inner) == row.figures.seconds


POLICIES = ["", "&rounding=15&direction=up&per=session", "&rounding=6&direction=nearest&per=day",
            "&rounding=30&direction=down&per=project"]  # fmt: skip
GROUPINGS = [("", ""), *((each, "") for each in DIMENSIONS), ("week", "project"), ("tag", "name"), ("client", "day")]


MANY_PAGES = pytest.mark.slow(reason="asks for hundreds of pages")


@pytest.mark.parametrize(
    "policy", [each if "per=session" in each else pytest.param(each, marks=MANY_PAGES) for each in POLICIES]
)
@pytest.mark.parametrize(("group", "then"), GROUPINGS)
def test_every_number_drills_down_to_sessions_that_add_up_to_it(signed_in, month_of_work, group, then, policy):
    report = signed_in.get(f"/reports/?{MONTH}&group={group}&then={then}{policy}").context
    for row in [*report["rows"][::4], report["total_row"]]:
        drilled_down = signed_in.get(f"/reports/sessions/?{row.sessions}").context
        total, sessions = drilled_down["figures"], drilled_down["sessions"]
        assert total == row.figures
        assert sum(each.part.seconds for each in sessions) == total.seconds
        assert len(sessions) == total.session_count
        assert sum(each.part.rounded_seconds for each in sessions) == total.rounded_seconds
        assert sum(each.part.amount(each.session.currency) or 0 for each in sessions) == sum(total.amounts.values())
        billable = signed_in.get(f"/reports/sessions/?{row.billable_sessions}").context["figures"]
        assert (billable.rounded_seconds, billable.amounts) == (row.figures.billable_seconds, row.figures.amounts)


def test_explanation_says_the_seconds_the_rounding_and_the_amount(signed_in, october):
    address = "from=2026-10-01&to=2026-10-31&group=project&rounding=15&direction=up&per=project"
    row = signed_in.get(f"/reports/?{address}").context["rows"][0]

    response = signed_in.get(f"/reports/sessions/?{row.sessions}")

    page = text_of(response)
    assert "Sessions, Website Total 2:45" in page
    assert "Draft Website Mon 5 Oct 2026, 10:00–12:30 2:30:17" in page
    assert "1 session 2:30:17 2:45:00 220.00 EUR" in page
    assert "Each project is rounded up to 15 min. Rounding adds 14 min 43 s." in page
    assert "Website: 2:45:00 at 80.00 EUR = 220.00 EUR" in page
    back = signed_in.get(f"/reports/?{response.context['back_address']}")
    assert back.context["rows"][0] == row


def test_explanation_shows_the_part_of_a_session_that_lies_in_the_line(signed_in, owner):
    make_session(owner, "2026-11-09T22:00:00Z", "2026-11-10T01:30:00Z", "Night")  # 23:00 to 2:30

    page = text_of(signed_in.get(f"/reports/sessions/?{MONTH}&group=day&at=2026-11-10"))

    assert "Night Mon 9 Nov 2026, 23:00–2:30 +1 day part of 3:30:00 2:30:00" in page


def test_explanation_of_several_prices_ends_in_their_amount(signed_in, owner):
    for hour, minutes, rate in ((8, 40, "80"), (9, 20, "60")):
        make_session(
            owner, f"2026-11-10T0{hour}:00:00Z", f"2026-11-10T0{hour}:{minutes}:00Z", "Call",
            billable=True, hourly_rate=Decimal(rate), currency="EUR",
        )  # fmt: skip

    page = text_of(signed_in.get(f"/reports/sessions/?{MONTH}&group=name&at=Call"))

    assert "No project: 0:40:00 at 80.00 EUR = 53.33 EUR" in page
    assert "No project: 0:20:00 at 60.00 EUR = 20.00 EUR" in page
    assert "Total 73.33 EUR" in page


def test_explanation_comes_in_pages_of_200_with_the_sum_of_all(signed_in, owner):
    for number in range(203):
        start = f"2026-11-{1 + number // 20:02}T{number % 20:02}:00:00Z"
        make_session(owner, start, start.replace(":00:00", ":10:00"), f"No {number}")

    first = signed_in.get(f"/reports/sessions/?{MONTH}&group=")
    second = signed_in.get(f"/reports/sessions/?{first.context['next_address']}")

    listed = [each.session.name for page in (first, second) for each in page.context["sessions"]]
    assert listed == [f"No {number}" for number in range(203)]
    assert second.context["next_address"] is None
    assert "All 203 sessions 33:50:00" in text_of(first)
    assert "All 203 sessions 33:50:00" in text_of(second)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("project=none", "1:00"),
        ("client=none", "1:00"),
        ("project={website}", "2:00"),
        ("client={acme}", "2:00"),
        ("tag={deep}", "2:00"),
        ("billable=yes", "2:00"),
        ("billable=no", "1:00"),
        ("q=mAI", "1:00"),
        ("q=remark", "2:00"),
    ],
)
def test_filters_leave_what_they_say(signed_in, owner, asked, shown):
    acme = make_client(owner, "Acme")
    website = make_project(owner, "Website", acme)
    session = make_session(
        owner, "2026-11-10T08:00:00Z", "2026-11-10T10:00:00Z", "Draft", note="A remark",
        project_id=website.id, tags=["deep"], billable=True,
    )  # fmt: skip
    make_session(owner, "2026-11-11T08:00:00Z", "2026-11-11T09:00:00Z", "Mail")

    page = signed_in.get(f"/reports/?{asked.format(website=website.id, acme=acme.id, deep=session.tag_ids[0])}")

    assert f"Total {shown}" in text_of(page)


@pytest.mark.parametrize(
    ("wrong", "message", "period"),
    [
        ("from=2026-13-01&to=2026-11-30", "This is no date. Give one such as 2026-11-18.", "November 2026"),
        ("from=2026-11-20&to=2026-11-10", "The last day is before the first. Give a later one.", "November 2026"),
        (f"{MONTH}&group=colour", "There is no such choice. Choose one of the list.", "November 2026"),
        (f"{MONTH}&group=day&then=day", "The report is grouped by this already. Choose something else.", "November"),
        (f"{MONTH}&project=7", "There is no such choice. Choose one of the list.", "November 2026"),
        (f"{MONTH}&tag=7", "There is no such choice. Choose one of the list.", "November 2026"),
        (f"{MONTH}&rounding=7", "There is no such choice. Choose one of the list.", "November 2026"),
        (f"{MONTH}&rounding=15&per=week", "There is no such choice. Choose one of the list.", "November 2026"),
        (f"{MONTH}&billable=maybe", "There is no such choice. Choose one of the list.", "November 2026"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_left_out(signed_in, month_of_work, wrong, message, period):
    response = signed_in.get(f"/reports/?{wrong}")

    assert response.status_code == 200
    page = text_of(response)
    assert message in page
    assert "The report is made without what is marked below." in page
    assert f"Report, {period}" in page
    assert response.context["report"].total.seconds > 0


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        ("from=&to=", "All time"),
        ("from=&to=2026-11-09", "Until 9 Nov 2026"),
        ("from=2026-11-09", "From 9 Nov 2026"),
        ("from=2026-11-09&to=2026-11-09", "Mon 9 Nov 2026"),
        ("from=2026-01-01&to=2026-12-31", "2026"),
        ("from=2026-11-09&to=2026-11-15", "9 Nov to 15 Nov 2026"),
        ("from=2025-12-29&to=2026-01-04", "29 Dec 2025 to 4 Jan 2026"),
    ],
)
def test_periods_have_familiar_labels_and_the_last_day_is_included(signed_in, owner, asked, period):
    make_session(owner, "2026-11-09T10:00:00Z", "2026-11-09T11:00:00Z")
    response = signed_in.get(f"/reports/?{asked}")

    assert f"Report, {period}" in text_of(response)
    expected = 0 if period.startswith("29 Dec") else 3_600
    assert response.context["report"].total.seconds == expected


def test_presets_keep_what_else_was_asked(signed_in):
    response = signed_in.get("/reports/?group=day&then=name&q=Mail")

    addresses = {preset.label: preset.address for preset in response.context["chips"][0].presets}
    assert addresses["Last week"] == "period=last_week&group=day&then=name&q=Mail"
    days = {}
    for label, address in addresses.items():
        period = signed_in.get(f"/reports/?{address}").context["form"].period
        days[label] = f"{period.first} {period.end}"
    assert days == {
        "Today": "2026-11-23 2026-11-24",
        "This week": "2026-11-23 2026-11-30",
        "Last week": "2026-11-16 2026-11-23",
        "This month": "2026-11-01 2026-12-01",
        "Last month": "2026-10-01 2026-11-01",
        "This year": "2026-01-01 2027-01-01",
        "Last year": "2025-01-01 2026-01-01",
        "All time": "1970-01-01 3000-01-01",
    }
    assert [preset.label for preset in response.context["chips"][0].presets if preset.is_selected] == ["This month"]


def test_the_period_before_may_have_nothing(signed_in, owner):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z")

    assert "Nothing was tracked in October 2026 ." in text_of(signed_in.get("/reports/"))


def test_an_empty_report_says_which_filter_empties_it(signed_in, owner):
    garden = make_project(owner, "Garden")
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", "Mail")

    response = signed_in.get(f"/reports/?{MONTH}&project={garden.id}&q=Mail")

    assert "Nothing in this period passes the filter “Project: Garden”. Clear this filter" in text_of(response)
    (blocking,) = response.context["blocking"]
    assert "Total 1:00" in text_of(signed_in.get(f"/reports/?{blocking.address}"))


def test_an_empty_report_says_that_filters_empty_it_together(signed_in, owner):
    garden = make_project(owner, "Garden")
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", "Mail")

    page = text_of(signed_in.get(f"/reports/?{MONTH}&project={garden.id}&q=Draft"))

    assert "Nothing in this period passes these filters together. Clear all filters" in page


def test_an_empty_period_is_calm(signed_in):
    page = text_of(signed_in.get(f"/reports/?{MONTH}"))

    assert "Nothing tracked in this period." in page
    assert "XLSX" not in page


def test_lines_that_do_not_add_up_as_shown_say_so(signed_in, owner):
    for day in ("10", "11"):
        make_session(owner, f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T09:00:20Z")

    page = text_of(signed_in.get(f"/reports/?{MONTH}&group=day"))

    assert "Totals count every second, so they can differ from the sum of the rounded lengths shown." in page


def test_percentages_add_up(signed_in, owner):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z")
    make_session(owner, "2026-11-11T08:00:00Z", "2026-11-11T15:00:00Z")

    page = text_of(signed_in.get(f"/reports/?{MONTH}&group=day"))

    assert "13 %" in page  # 12.5
    assert "87 %" in page  # 87.5
    assert "100 %" in page


def test_the_rounding_difference_is_said(signed_in, owner):
    for day in ("10", "11"):
        make_session(owner, f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T08:50:00Z")

    page = text_of(signed_in.get(f"/reports/?{MONTH}&group=day&rounding=15&direction=up&per=session"))

    assert "Each session is rounded up to 15 min. Rounding adds 20 min." in page
    assert "Total 1:40 2:00 100 %" in page


def test_very_long_reports_show_the_first_lines_and_where_the_others_are(signed_in, owner):
    for number in range(503):
        start = f"2026-11-{1 + number // 25:02}T{number % 25 // 2:02}:{number % 2 * 30:02}:00Z"
        make_session(owner, start, start.replace(":00Z", ":20Z"), f"Task {number}")

    response = signed_in.get(f"/reports/?{MONTH}&group=name")

    assert response.text.count('class="is-line"') == 500
    assert "3 more lines are not shown here. Download all lines as CSV" in text_of(response)


@pytest.mark.parametrize(
    "line",
    [
        "group=day&at=yesterday",
        "group=day&at=2026-12-24",
        "group=day&at=2026-02-30",
        "group=month&at=9999-12-31",
        "group=project&at=7",
        "group=tag&at=7",
        "group=name&at=%00",
    ],
)
def test_lines_that_a_report_cannot_have_are_not_found(signed_in, line):
    assert signed_in.get(f"/reports/sessions/?{MONTH}&{line}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "from=2000-01-01&to=2999-12-30",
        "from=1970-01-02&to=1970-01-02",
        "from=0001-01-01&to=9999-12-31",
        "from=&to=&group=day&then=week",
        "q=%00",
        "group=name&then=tag&tag=&project=&billable=",
    ],
)
def test_whatever_is_asked_is_answered(signed_in, month_of_work, asked):
    assert signed_in.get(f"/reports/?{asked}").status_code == 200


@pytest.mark.parametrize("after", ["x", "1.x", "99999999999999999999.x", "1.0198aaaa-0000-7000-8000-000000000000"])
def test_pages_that_there_are_not_show_the_first(signed_in, month_of_work, after):
    assert signed_in.get(f"/reports/sessions/?{MONTH}&after={after}").context["sessions"]


def test_strangers_see_nothing_of_it(owner, stranger, month_of_work):
    project = Project.objects.for_user(owner).get(name="Website")
    other, nobody = Client(), Client()
    other.force_login(stranger)
    for client in (other, nobody):
        for path in ("/reports/", "/reports/sessions/"):
            response = client.get(f"{path}?{MONTH}&project={project.id}&group=project&at={project.id}")
            context = response.context
            assert (context["report"].total if path == "/reports/" else context["figures"]).seconds == 0
            assert "Website" not in response.text


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        # Who, 2; the head, 2; what the bar suggests, 1; names, 3; saved reports, 1; the report, 2; the period
        # before, 2.
        (f"/reports/?{MONTH}&group=week&then=project", 13),
        (f"/reports/?{MONTH}&group=tag&then=name&rounding=15&per=day", 13),
        ("/reports/?from=&to=&group=month", 11),
        # No period before, but the sessions: the total they are of, 2; a page of them, 1; their tags, 1.
        (f"/reports/sessions/?{MONTH}&group=month&at=2026-11-01", 16),
    ],
)
@pytest.mark.parametrize("count", [10, 1_000])
def test_reads_are_as_many_whatever_the_history(signed_in, owner, path, queries, count, django_assert_num_queries):
    make_work(owner, 10)
    add_sessions(owner, count, until=instant("2026-11-23T00:00Z"), over=timedelta(days=100))
    signed_in.get(path)  # renews the cookie

    with django_assert_num_queries(queries):
        signed_in.get(path)


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("", "period=month"),
        ("period=week", "period=week"),
        ("period=nonsense", "period=month"),
        ("period=week&from=2026-11-23&to=2026-11-29", "period=week"),
        ("period=week&from=2026-11-23&to=2026-11-28", "from=2026-11-23&to=2026-11-28"),
        ("period=week&from=&to=", "from=&to="),
        ("period=all&from=&to=", "period=all"),
        ("from=2026-11-23&to=2026-11-29", "from=2026-11-23&to=2026-11-29"),
    ],
)
def test_a_usual_period_counts_unless_other_days_stand_beside_it(signed_in, asked, address):
    assert signed_in.get(f"/reports/?{asked}&group=project").context["address"] == f"{address}&group=project"
