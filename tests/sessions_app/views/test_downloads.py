"""Reports and sessions as files: the numbers of the page, in three formats."""

import csv
import gc
import html
import io
import json
import re
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client

from sessions_app.models import BATCH_SIZE
from tests.factories import make_session
from tests.many_sessions import add_sessions
from tests.work import MONTH
from timetracker.tables import unguard, workbook


def content(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def read_csv(response) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"), newline=""))
    return [{key: unguard(value) for key, value in row.items()} for row in rows]


def read_sheet(response):
    return list(openpyxl.load_workbook(io.BytesIO(content(response))).active.iter_rows(values_only=True))


def amounts_of(lines) -> dict[str, Decimal]:
    """The sums of the columns `amount_eur` and so on."""
    columns = [key for key in lines[0] if key.startswith("amount_")]
    return {key[7:].upper(): sum(Decimal(line[key] or 0) for line in lines) for key in columns}


@pytest.mark.parametrize("policy", ["", "&rounding=15&direction=up&per=session", "&rounding=6&per=day"])
@pytest.mark.parametrize("group", ["group=project&then=name", "group=tag", "group=week&then=client", "group="])
def test_a_report_has_the_same_numbers_on_the_page_and_in_each_file(signed_in, month_of_work, group, policy):
    asked = f"{MONTH}&{group}{policy}"
    total = signed_in.get(f"/reports/?{asked}").context["report"].total

    lines = read_csv(signed_in.get(f"/reports/download.csv?{asked}"))
    *head_and_rows, last = read_sheet(signed_in.get(f"/reports/download.xlsx?{asked}"))
    whole = json.loads(content(signed_in.get(f"/reports/download.json?{asked}")))

    assert sum(int(line["seconds"]) for line in lines) == total.seconds
    assert sum(int(line["rounded_seconds"]) for line in lines) == total.rounded_seconds
    assert sum(int(line["billable_seconds"]) for line in lines) == total.billable_seconds
    assert amounts_of(lines) == dict(total.amounts)
    first = len(lines[0]) - len(total.amounts) - 6
    assert last[first : first + 5 : 2] == (total.seconds, total.rounded_seconds, total.billable_seconds)
    assert [Decimal(str(each)).quantize(Decimal("0.01")) for each in last[first + 6 :]] == [*total.amounts.values()]
    assert len(head_and_rows) - 1 == len(lines) == len(whole["lines"])
    assert (whole["totalSeconds"], whole["roundedSeconds"]) == (total.seconds, total.rounded_seconds)
    assert {each["currency"]: Decimal(each["amount"]) for each in whole["amounts"]} == total.amounts
    assert whole["toDate"] == "2026-12-01"
    assert whole["previous"]["totalSeconds"] > 0


def test_sessions_have_the_same_numbers_on_the_page_and_in_each_file(signed_in, month_of_work):
    asked = f"{MONTH}&group=month&at=2026-11-01&q=a"
    page = signed_in.get(f"/reports/sessions/?{asked}").context
    total = page["figures"]

    rows = read_csv(signed_in.get(f"/reports/sessions/download.csv?{asked}"))
    *head_and_rows, last = read_sheet(signed_in.get(f"/reports/sessions/download.xlsx?{asked}"))
    listed = json.loads(content(signed_in.get(f"/reports/sessions/download.json?{asked}")))["sessions"]

    assert [row["id"] for row in rows] == [str(each.session.id) for each in page["sessions"]]
    assert [each["id"] for each in listed] == [row["id"] for row in rows]
    assert sum(int(row["seconds"]) for row in rows) == total.seconds
    assert sum(each["seconds"] for each in listed) == total.seconds
    seconds, rounded = head_and_rows[0].index("Seconds in the period"), head_and_rows[0].index("Rounded seconds")
    assert (last[seconds], last[rounded]) == (total.seconds, total.rounded_seconds)
    assert sum(row[seconds] for row in head_and_rows[1:]) == total.seconds
    assert sum(Decimal(row["amount"] or 0) for row in rows) == sum(total.amounts.values())


def test_the_sessions_of_a_number_are_only_those(signed_in, owner):
    make_session(owner, "2026-11-09T22:00:00Z", "2026-11-10T01:30:00Z", "Night", billable=True)  # 23:00 to 2:30
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", "Mail")

    address = f"/reports/sessions/download.csv?{MONTH}&group=day&at=2026-11-10"

    assert [row["seconds"] for row in read_csv(signed_in.get(address))] == ["9000", "3600"]
    assert [row["name"] for row in read_csv(signed_in.get(f"{address}&only=billable"))] == ["Night"]


def test_names_that_could_be_formulas_are_text(signed_in, owner):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", "=1+1")

    response = signed_in.get(f"/reports/download.csv?{MONTH}&group=name")

    assert b"\r\n'=1+1,3600,1.0000," in content(response)


@pytest.mark.parametrize("path", ["/reports/download.csv", "/reports/sessions/download.csv"])
def test_semicolons_come_with_decimal_commas(signed_in, owner, path):
    make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:30:00Z", "Mail; 1.5")

    with_commas = content(signed_in.get(f"{path}?{MONTH}&group=name&separator=semicolon")).decode("utf-8-sig")
    default = content(signed_in.get(f"{path}?{MONTH}&group=name&separator=comma"))

    (row,) = csv.DictReader(io.StringIO(with_commas, newline=""), delimiter=";")
    assert (row["name"], row["seconds"], row["hours"]) == ("Mail; 1.5", "5400", "1,5000")
    assert default == content(signed_in.get(f"{path}?{MONTH}&group=name"))


@pytest.mark.parametrize("path", ["/reports/download.csv", "/reports/sessions/download.csv"])
def test_an_unknown_separator_is_an_error(signed_in, owner, path):
    response = signed_in.get(f"{path}?{MONTH}&separator=tab")

    assert response.status_code == 400
    assert "The separator is" in content(response).decode()


@pytest.mark.parametrize(("language", "separator"), [("de-DE,de;q=0.9,en;q=0.8", "semicolon"), ("en-GB", "")])
@pytest.mark.parametrize("path", [f"/reports/?{MONTH}", "/week/2026-11-09/", "/month/2026-11/"])
def test_the_first_csv_is_by_the_language_of_the_browser(signed_in, month_of_work, path, language, separator):
    text = signed_in.get(path, headers={"Accept-Language": language}, follow=True).content.decode()

    first = re.search(r'href="[^"]*download.csv\?([^"]*)"', text)[1]
    assert QueryDict(html.unescape(first)).get("separator", "") == separator


def test_times_are_local_and_in_utc(signed_in, owner):
    make_session(owner, "2026-11-09T23:30:00Z", "2026-11-10T00:15:00Z", "Call", timezone="America/New_York")
    path = f"/reports/sessions/download.{{}}?{MONTH}"

    (row,) = read_csv(signed_in.get(path.format("csv")))
    (listed,) = json.loads(content(signed_in.get(path.format("json"))))["sessions"]
    head, values, _total = read_sheet(signed_in.get(path.format("xlsx")))

    expected = {
        "start_local": "2026-11-09T18:30:00",
        "end_local": "2026-11-09T19:15:00",
        "timezone": "America/New_York",
        "start": "2026-11-09T23:30:00Z",
        "end": "2026-11-10T00:15:00Z",
    }
    assert {key: row[key] for key in expected} == {key: listed[key] for key in expected} == expected
    sheet = dict(zip(head, values, strict=True))
    assert (sheet["Start"], sheet["Start (UTC)"]) == (datetime(2026, 11, 9, 18, 30), datetime(2026, 11, 9, 23, 30))
    assert (sheet["End"], sheet["Time zone"]) == (datetime(2026, 11, 9, 19, 15), "America/New_York")


@pytest.mark.parametrize(
    ("path", "filename"),
    [
        (f"/reports/download.csv?{MONTH}", "timetracker-report-2026-11-01-2026-11-30.csv"),
        (f"/reports/sessions/download.xlsx?{MONTH}", "timetracker-2026-11-01-2026-11-30.xlsx"),
        ("/reports/download.json?from=&to=", "timetracker-report-all.json"),
        ("/reports/sessions/download.csv?from=2026-11-09", "timetracker-from-2026-11-09.csv"),
        ("/reports/sessions/download.csv?to=2026-11-09", "timetracker-until-2026-11-09.csv"),
        (f"/reports/sessions/download.csv?{MONTH}&group=day&at=2026-11-09", "timetracker-2026-11-09.csv"),
    ],
)
def test_files_are_called_by_their_period_and_cached_by_nobody(signed_in, month_of_work, path, filename):
    response = signed_in.get(path)
    content(response)

    assert response["Content-Disposition"] == f'attachment; filename="{filename}"'
    assert response["Cache-Control"] == "private, no-store"


def test_week_and_month_link_to_their_sessions(signed_in, month_of_work):
    for path, asked in (
        ("/week/2026-11-16/", "from=2026-11-16&amp;to=2026-11-22"),
        ("/month/2026-11/", "from=2026-11-01&amp;to=2026-11-30"),
    ):
        page = signed_in.get(path)
        link = f"/reports/sessions/download.csv?{asked}"
        assert f'href="{link}"' in page.text
        rows = read_csv(signed_in.get(link.replace("&amp;", "&")))
        assert sum(int(row["seconds"]) for row in rows) == page.context["total"].seconds


@pytest.mark.parametrize(
    "path", ["/reports/download.pdf", "/reports/sessions/download.", "/reports/sessions/download.xls"]
)
def test_other_formats_are_not_found(signed_in, path):
    assert signed_in.get(path).status_code == 404


def test_what_is_wrong_makes_no_file(signed_in):
    response = signed_in.get("/reports/download.csv?from=2026-11-20&to=2026-11-10")

    assert response.status_code == 400
    assert "Last day: The last day is before the first. Give a later one." in response.text


def test_too_many_rows_for_a_workbook_are_said_on_a_page(signed_in, month_of_work, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)

    response = signed_in.get(f"/reports/sessions/download.xlsx?{MONTH}")

    assert response.status_code == 400
    assert "A workbook holds at most 5 rows. Choose a shorter period, or CSV." in response.text


def test_strangers_get_nothing_of_it(owner, stranger, month_of_work):
    other = Client()
    other.force_login(stranger)
    for client in (other, Client()):
        assert read_csv(client.get("/reports/sessions/download.csv?from=&to=")) == []
        assert read_csv(client.get("/reports/download.csv?from=&to=&group=name")) == []


@pytest.mark.parametrize(
    "ending", ["csv", pytest.param("xlsx", marks=pytest.mark.slow(reason="a workbook takes seconds under tracemalloc"))]
)
def test_files_take_little_memory_for_each_session(signed_in, owner, ending):
    until = datetime(2026, 11, 20, tzinfo=UTC)
    peaks = []
    for count in (1, BATCH_SIZE, 2 * BATCH_SIZE):  # the first loads what is loaded once
        add_sessions(owner, count, until=until, over=timedelta(days=400))
        # The smaller of two: other tests leave work for Python's collector, and caches that grow at some point.
        (peak, size), (other_peak, _size) = (download_traced(signed_in, ending) for _time in range(2))
        peaks.append(min(peak, other_peak))

    assert size > 50 * 3 * BATCH_SIZE
    assert peaks[2] < peaks[1] + 1_500_000  # of the rows, only shares stay, so that all of them add up


def download_traced(client, ending):
    """Returns the most memory that a download took meanwhile, and its size, in bytes."""
    gc.collect()
    tracemalloc.start()
    response = client.get(f"/reports/sessions/download.{ending}?from=&to=")
    size = sum(map(len, response.streaming_content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, size
