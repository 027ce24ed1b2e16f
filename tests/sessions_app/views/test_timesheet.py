"""The timesheet of a client: a page to print and a PDF that say the same, and add up to the report."""

import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client as Browser
from pypdf import PdfReader

from sessions_app import services
from sessions_app.models import Client, Project
from sessions_app.timekeeping.durations import format_clock, format_elapsed
from tests.factories import WEB, make_session, start_session
from tests.work import MONTH, make_client, make_project, make_work


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def text_of_pdf(response) -> str:
    pages = PdfReader(io.BytesIO(b"".join(response.streaming_content))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def acme(owner) -> Client:
    """Two days of work: an evening over midnight, a call, and what is not billable or somebody else's."""
    client = make_client(owner, "Acme GmbH", "80", "EUR")
    website = make_project(owner, "Website", client)
    for start, end, name, billable in (
        ("2026-11-09T22:00:00Z", "2026-11-10T00:10:00Z", "Launch", True),  # 23:00 to 1:10
        ("2026-11-10T08:00:00Z", "2026-11-10T09:20:00Z", "Call", True),
        ("2026-11-10T12:00:00Z", "2026-11-10T13:00:00Z", "Lunch talk", False),
    ):
        make_session(owner, start, end, name, project_id=website.id, billable=billable)
    make_session(owner, "2026-11-11T08:00:00Z", "2026-11-11T09:00:00Z", "Elsewhere", billable=True)
    return client


def test_it_asks_for_whom(signed_in, acme):
    page = signed_in.get("/timesheet/")

    assert "Choose a client or a project." in page.text
    assert signed_in.get("/timesheet.pdf").status_code == 400


def test_it_has_each_day_with_its_sessions_hours_and_amount(signed_in, acme):
    page = text_of(signed_in.get(f"/timesheet/?{MONTH}&client={acme.id}"))

    assert "From Owner Client Acme GmbH Period November 2026 Rounding Nothing is rounded." in page
    assert "Mon 9 Nov 2026 1:00:00 80.00 EUR Launch Website, 23:00–0:00 1:00:00" in page
    assert "Tue 10 Nov 2026 2:30:00 200.00 EUR Launch Website, 0:00–1:10 1:10:00 Call Website" in page
    assert "Hours 3:30:00 (3.50 h) Amount 280.00 EUR" in page
    assert "Lunch talk" not in page
    assert "Elsewhere" not in page


def test_all_sessions_may_be_asked_for(signed_in, acme):
    page = text_of(signed_in.get(f"/timesheet/?{MONTH}&client={acme.id}&billable=all"))

    assert "Lunch talk Website, 13:00–14:00 1:00:00" in page
    assert "Hours 4:30:00 (4.50 h) Amount 280.00 EUR" in page


def test_it_may_be_of_all_time(signed_in, acme):
    page = text_of(signed_in.get(f"/timesheet/?from=&to=&client={acme.id}"))

    assert "Period All time Rounding" in page
    assert "Hours 3:30:00 (3.50 h)" in page


def test_it_may_be_of_one_project(signed_in, owner, acme):
    website = Project.objects.for_user(owner).get(name="Website")

    assert "Client Acme GmbH, Website Period" in text_of(signed_in.get(f"/timesheet/?{MONTH}&project={website.id}"))


@pytest.mark.parametrize(
    ("policy", "said", "total"),
    [
        ("rounding=15&direction=up&per=session", "Each session is rounded up to 15 min.", "3:45 (3.75 h)"),
        ("rounding=30&direction=down&per=day", "Each day of a project is rounded down to 30 min.", "3:30:00 (3.50 h)"),
        (
            "rounding=15&direction=nearest&per=day",
            "Each day of a project is rounded to the nearest 15 min.",
            "3:30:00 (3.50 h)",
        ),
    ],
)
def test_the_rounding_is_stated_and_what_it_did(signed_in, acme, policy, said, total):
    page = text_of(signed_in.get(f"/timesheet/?{MONTH}&client={acme.id}&{policy}"))

    assert f"Rounding {said}" in page
    assert f"Hours {total}" in page
    assert ("Rounding adds 15 min." if "up" in policy else "Rounding changes nothing in the total.") in page


def test_a_length_without_times_is_shown_without_them(signed_in, owner, acme):
    """Not on the page, in the PDF, behind a share link, in the report's list of sessions, or in the Trash."""
    website = Project.objects.for_user(owner).get(name="Website")
    lengths = [
        make_session(
            owner, f"2026-11-12T0{hour}:00:00Z", f"2026-11-12T0{hour + 2}:00:00Z", "Sketches",
            project_id=project_id, billable=True, times_known=False,
        ) for hour, project_id in ((5, website.id), (3, None))
    ]  # fmt: skip
    make_session(owner, "2026-11-12T10:00:00Z", "2026-11-12T11:00:00Z", "Print", project_id=website.id, billable=True)
    asked = f"{MONTH}&client={acme.id}"
    _share, secret = services.share(owner, WEB, page="timesheet", query=asked)

    page, shared = text_of(signed_in.get(f"/timesheet/?{asked}")), text_of(Browser().get(f"/shared/{secret}/"))
    pdf = text_of_pdf(signed_in.get(f"/timesheet.pdf?{asked}"))
    listed = text_of(signed_in.get("/reports/sessions/?from=2026-11-12&to=2026-11-12"))
    for each in lengths:
        services.delete_session(owner, WEB, each.id)
    trash = text_of(signed_in.get("/trash/"))

    assert "Sketches Website 2:00:00 Print Website, 11:00–12:00" in page
    assert "Sketches Website 2:00:00" in shared
    assert "Sketches Website 2:00:00 Print Website 11:00 12:00" in pdf
    assert "Sketches Website Thu 12 Nov 2026, length only 2:00:00" in listed
    assert "Sketches Thu 12 Nov 2026, length only 2:00:00" in listed
    assert trash.count("12 Nov 2026, length only") == 2
    assert not re.search(r"\b[46]:00\b", page + shared + pdf + listed + trash)


def test_what_runs_counts_until_now_and_says_so(signed_in, owner, acme):
    website = Project.objects.for_user(owner).get(name="Website")
    start_session(owner, "2026-11-23T09:00:00Z", "Now", project_id=website.id, billable=True)

    page = text_of(signed_in.get(f"/timesheet/?{MONTH}&client={acme.id}"))

    assert "Now Website, 10:00–running 0:30:00" in page
    assert "“Now” is still running; it counts until 10:30." in page


@pytest.mark.parametrize("policy", ["", "&rounding=15&direction=up&per=session", "&rounding=6&per=day"])
@pytest.mark.parametrize("client", ["Acme", "Mira & Sons"])
def test_page_pdf_and_report_agree(signed_in, owner, client, policy):
    make_work(owner)
    client = Client.objects.for_user(owner).get(name=client)
    asked = f"{MONTH}&client={client.id}{policy}"

    total = signed_in.get(f"/reports/?{asked}&billable=yes&group=day").context["report"].total
    sheet = signed_in.get(f"/timesheet/?{asked}").context["sheet"]
    pdf = text_of_pdf(signed_in.get(f"/timesheet.pdf?{asked}"))

    hours = (format_clock if "per=session" in policy else format_elapsed)(total.rounded_seconds)
    assert next(each["value"] for each in sheet["totals"] if each["label"] == "Hours").startswith(f"{hours} (")
    amounts = [f"{amount:,.2f} {currency}" for currency, amount in total.amounts.items()]
    written = [each["value"].replace("\xa0", " ") for each in sheet["totals"] if each["label"] == "Amount"]
    assert written == amounts
    for value in [f"Hours {hours} (", *(f"Amount {amount}" for amount in amounts)]:
        assert value in pdf
    for day in sheet["days"]:
        assert f"{day['date']} {day['seconds_text']} {day['amount']}".replace("\xa0", " ").strip() in pdf
    per_day = [Decimal(day["amount"].partition("\xa0")[0].replace(",", "")) for day in sheet["days"]]
    assert sum(per_day) == sum(total.amounts.values())


def test_the_pdf_is_a_file_that_nobody_else_keeps(signed_in, acme):
    response = signed_in.get(f"/timesheet.pdf?{MONTH}&client={acme.id}")

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="timesheet-2026-11-01-2026-11-30.pdf"'
    assert response["Cache-Control"] == "private, no-store"


def test_what_is_wrong_is_said_at_its_field_and_makes_no_file(signed_in, acme):
    asked = f"from=2026-11-20&to=2026-11-10&client={acme.id}"

    page = signed_in.get(f"/timesheet/?{asked}")

    assert page.status_code == 200
    assert "The last day is before the first. Give a later one." in page.text
    assert "Period November 2026" in text_of(page)
    assert signed_in.get(f"/timesheet.pdf?{asked}").status_code == 400


def test_too_many_sessions_are_rejected_with_the_way_on(signed_in, acme, monkeypatch):
    monkeypatch.setattr("sessions_app.reports.timesheet.MAX_SESSIONS", 1)
    said = "A timesheet has at most 1 sessions. Choose a shorter period, or download a table."

    assert said in signed_in.get(f"/timesheet/?{MONTH}&client={acme.id}").text
    assert said in signed_in.get(f"/timesheet.pdf?{MONTH}&client={acme.id}").text


def test_nothing_to_bill_is_said(signed_in, acme):
    page = signed_in.get(f"/timesheet/?from=2026-10-01&to=2026-10-31&client={acme.id}")

    assert "Nothing to bill in this period. Choose another, or all sessions." in page.text


def test_the_report_of_a_client_links_to_it(signed_in, acme):
    report = signed_in.get(f"/reports/?{MONTH}&client={acme.id}&rounding=15&direction=up&per=project")

    page = signed_in.get(f"/timesheet/?{report.context['timesheet']}")

    assert "Each project is rounded up to 15 min." in page.text
    assert not page.context["form"].errors


def test_the_page_of_a_client_links_to_it(signed_in, acme):
    page = signed_in.get(f"/clients/{acme.id}/")

    assert f'href="/timesheet/?client={acme.id}"' in page.text


def test_strangers_have_no_such_client(signed_in, stranger, acme):
    other = Browser()
    other.force_login(stranger)

    page = other.get(f"/timesheet/?{MONTH}&client={acme.id}")

    assert "There is no such choice. Choose one of the list." in page.text
    assert "Launch" not in page.text


def test_it_takes_as_many_reads_whatever_the_history(signed_in, acme, django_assert_num_queries):
    address = f"/timesheet/?{MONTH}&client={acme.id}"
    signed_in.get(address)  # renews the cookie

    with django_assert_num_queries(2 + 2 + 3 + 4 + 4):  # who, the head, names, the report, the sessions
        signed_in.get(address)
