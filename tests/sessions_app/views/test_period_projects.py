"""Week and month by project: the numbers are those of the report, its file and the API."""

import csv
import re
from decimal import Decimal
from io import StringIO

import pytest

from sessions_app import services
from sessions_app.models import Project
from tests.factories import WEB, make_session, start_session

HOUR = 3600


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.text))


@pytest.fixture
def tracked(owner):
    """Two projects at awkward rates in two currencies, one over midnight, none for a third; and one that runs."""
    fields = {"billable": True, "timezone": "Europe/Berlin"}
    site = services.create_entry(owner, WEB, Project, name="Site").id
    logo = services.create_entry(owner, WEB, Project, name="Logo").id
    euros = {"hourly_rate": Decimal("33.33"), "currency": "EUR", **fields}
    dollars = {"hourly_rate": Decimal("77.77"), "currency": "USD", **fields}
    for day in (16, 17, 18):
        make_session(owner, f"2026-11-{day}T08:00:00Z", f"2026-11-{day}T08:20:10Z", project_id=site, **euros)
        make_session(owner, f"2026-11-{day}T09:00:00Z", f"2026-11-{day}T09:10:07Z", project_id=logo, **dollars)
    make_session(owner, "2026-11-19T21:00:00Z", "2026-11-20T01:00:00Z", project_id=logo, **dollars)
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    start_session(owner, "2026-11-23T08:45:00Z", project_id=site, **euros)
    return {"Site": str(site), "Logo": str(logo)}


@pytest.mark.parametrize(
    ("path", "days"),
    [("/month/2026-11/", "from=2026-11-01&to=2026-11-30"), ("/week/2026-11-16/", "from=2026-11-16&to=2026-11-22")],
)
def test_the_numbers_are_those_of_the_report_its_file_and_the_api(signed_in, api, owner, tracked, path, days):
    context = signed_in.get(path).context
    report = signed_in.get(f"/reports/?{days}&group=project").context
    lines = list(
        csv.DictReader(
            StringIO(b"".join(signed_in.get(f"/reports/download.csv?{days}&group=project")).decode("utf-8-sig"))
        )
    )
    first, last = re.findall(r"\d{4}-\d\d-(\d\d)", days)
    call = f"/v1/users/{owner.pk}/reports/summary?from=2026-11-{first}&to=2026-11-{int(last) + 1:02}&groupBy=project"
    if last == "30":
        call = call.replace("2026-11-31", "2026-12-01")
    answer = api("GET", call).json()

    rows = context["rows"]
    assert [(row.figures, row.amounts, row.percent) for row in rows] == [
        (row.figures, row.amounts, row.percent) for row in report["rows"]
    ]
    assert (context["figures"], context["amounts"]) == (report["total_row"].figures, report["total_row"].amounts)
    assert context["total"].seconds == report["total_row"].figures.seconds
    by_project = {line["project"]["name"] if line["project"] else None: line for line in answer["lines"]}
    for row in rows:
        line = by_project[row.ink.project and row.ink.project.name]
        assert line["totalSeconds"] == row.figures.seconds
        assert {each["currency"]: Decimal(each["amount"]) for each in line["amounts"]} == row.figures.amounts
    assert len(lines) == len(rows)
    assert [[Decimal(line[name]) for name in line if name.startswith("amount") and line[name]] for line in lines] == [
        list(row.figures.amounts.values()) for row in rows
    ]


def test_each_row_leads_to_the_sessions_that_make_it(signed_in, tracked):
    for row in signed_in.get("/month/2026-11/").context["rows"]:
        drilled_down = signed_in.get(f"/reports/sessions/?{row.address}")
        assert drilled_down.context["figures"] == row.figures


@pytest.mark.parametrize("path", ["/month/2026-11/", "/reports/?period=month&group=project"])
def test_each_bar_is_as_long_as_its_share(signed_in, tracked, path):
    response = signed_in.get(path)
    bars = re.findall(r'<rect class="(?:ink|length)[^>]* width="(\d+)%" height="10"', response.text)
    assert [int(each) for each in bars] == [row.percent for row in response.context["rows"]]
    assert len(set(bars)) > 1
    assert "Each bar is a share of the total." in response.text


def test_a_month_has_hours_share_and_amount_of_each_project(signed_in, tracked):
    page = text_of(signed_in.get("/month/2026-11/"))

    assert re.search(r"Logo 4:30 62 % 350\.42 USD", page)
    assert re.search(r"Site 1:46 24 % 58\.61 EUR", page)
    assert re.search(r"No project 1:00 14 % –", page)


def test_without_rates_there_is_no_word_of_amounts(signed_in, owner):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")

    for path in ("/month/2026-11/", "/week/2026-11-16/"):
        page = text_of(signed_in.get(path))
        assert "No project" in page
        assert "Amount" not in page
        assert 'class="billable-total"' not in signed_in.get(path).text


def test_projects_beyond_the_eighth_are_one_row(signed_in, owner):
    for number in range(1, 12):
        make_session(
            owner, "2026-11-20T08:00:00Z", f"2026-11-20T08:{60 - 2 * number}:00Z", project_name=f"Project {number}"
        )

    page = signed_in.get("/month/2026-11/")

    assert [str(row.ink.project) for row in page.context["rows"]] == [f"Project {number}" for number in range(1, 9)]
    assert page.context["others"].figures.seconds == sum(60 * (60 - 2 * number) for number in (9, 10, 11))
    assert "3 others" in text_of(page)


@pytest.mark.parametrize(
    ("hours_of_october", "sentence"),
    [
        (1, "1 h more than in October , which has 1 h."),
        (3, "1 h less than in October , which has 3 h."),
        (2, "As much as in October ."),
        (0, "Nothing was tracked in October ."),
    ],
)
def test_the_total_is_compared_with_the_month_before(signed_in, owner, hours_of_october, sentence):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z")
    if hours_of_october:
        make_session(owner, "2026-10-05T08:00:00Z", f"2026-10-05T{8 + hours_of_october:02}:00:00Z")

    assert sentence in text_of(signed_in.get("/month/2026-11/"))


def test_an_empty_month_has_one_sentence(signed_in, owner):
    page = signed_in.get("/month/2026-11/")

    assert page.text.count('class="empty"') == 1
    assert "report shares" not in page.text


def rows_of_week(response):
    """The cells of the table, row by row."""
    table = response.text[response.text.index('class="week-table"') :].partition("</table>")[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.split(r"</t[dh]>", row)[:-1]] for row in rows
    ]


def test_a_week_has_the_hours_of_each_project_on_each_day(signed_in, tracked):
    rows = rows_of_week(signed_in.get("/week/2026-11-16/"))

    assert rows == [
        ["Project", "Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22", "Total", "Amount"],
        ["Logo", "0:10", "0:10", "0:10", "2:00", "2:00", "·", "·", "4:30", "350.42 USD"],
        ["Site", "0:20", "0:20", "0:20", "·", "·", "·", "·", "1:01", "33.61 EUR"],
        ["No project", "·", "·", "·", "·", "1:00", "·", "·", "1:00", "–"],
        ["Total", "0:30", "0:30", "0:30", "2:00", "3:00", "·", "·", "6:31", "33.61 EUR 350.42 USD"],
        ["Billable", "0:30", "0:30", "0:30", "2:00", "2:00", "·", "·", "5:31", ""],
    ]


def test_the_rows_of_a_week_add_up_to_its_days(signed_in, owner, tracked):
    context = signed_in.get("/week/2026-11-16/").context

    by_day = zip(*(row.seconds for row in context["rows"]), strict=True)
    assert [sum(each) for each in by_day] == [total.seconds for _day, total, _sessions in context["days"]]
    assert context["figures"].billable_seconds == sum(total.billable_seconds for _day, total, _ in context["days"])
    assert all(sum(row.seconds) == row.figures.seconds for row in context["rows"])


def test_an_empty_week_has_its_days_and_nothing_more(signed_in):
    rows = rows_of_week(signed_in.get("/week/2026-11-16/"))

    assert [row[0] for row in rows] == ["Project", "Total"]
    assert rows[1][1:] == ["·"] * 7 + ["0:00"]


def folds(response):
    """The days of a week with sessions, and whether each is unfolded."""
    found = re.findall(r'id="fold-([\d-]+)".*?aria-expanded="(\w+)"', response.text, re.DOTALL)
    return {day: is_open == "true" for day, is_open in found}


@pytest.mark.parametrize(
    ("path", "open_days"),
    [
        ("/week/2026-11-23/", {"2026-11-23"}),
        ("/week/2026-11-23/?day=", set()),
        ("/week/2026-11-16/", set()),
        ("/week/2026-11-16/?day=2026-11-20", {"2026-11-20"}),
        ("/week/2026-11-16/?day=2026-11-23", set()),  # of another week
        ("/week/2026-11-16/?day=Friday", set()),
    ],
)
def test_one_day_of_a_week_is_unfolded_with_rows_that_can_be_edited(signed_in, owner, path, open_days):
    make_session(owner, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "Now")
    make_session(owner, "2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z", "Before")

    page = signed_in.get(path)

    assert {day for day, is_open in folds(page).items() if is_open} == open_days
    assert page.text.count('<li class="session"') == page.text.count('id="duration-') == len(open_days)


def test_a_session_over_midnight_is_in_the_list_of_both_days(signed_in, owner):
    make_session(owner, "2026-11-17T21:30:00Z", "2026-11-18T00:15:00Z", "Night")

    evening, morning = (text_of(signed_in.get(f"/week/2026-11-16/?day=2026-11-{day}")) for day in (17, 18))

    assert "continued from" not in evening
    assert "continued from 17 Nov" in morning


def test_a_change_leads_back_to_the_unfolded_day(signed_in, owner):
    session = make_session(owner, "2026-11-17T08:00:00Z", "2026-11-17T09:00:00Z", "Call")
    page = signed_in.get("/week/2026-11-16/?day=2026-11-17").text
    assert f'href="/sessions/{session.pk}/edit/name/?next=/week/2026-11-16/%3Fday%3D2026-11-17"' in page

    values = {"name": "Mail", "initial-name": "Call", "version": 1, "next": "/week/2026-11-16/?day=2026-11-17"}
    changed = signed_in.post(f"/sessions/{session.pk}/edit/name/", values)

    assert changed["Location"] == f"/week/2026-11-16/?day=2026-11-17#session-{session.pk}"
