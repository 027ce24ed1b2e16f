"""Reports as a person reads them: filtered, explained, gone back from, downloaded; and the timesheet."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.test_catalogue import add
from tests.browser.test_corrections import type_line

MONTH = "from=2026-03-01&to=2026-03-31"


def add_project(page: Page, name: str, rate: str, *, client: str = "", currency: str = "") -> None:
    add(page, "projects", name)
    page.get_by_role("link", name=name).click()
    page.get_by_label("New client").fill(client)
    page.get_by_label("Billable", exact=True).check()
    page.get_by_label("Hourly rate").fill(rate)
    page.get_by_label("Currency").fill(currency)
    page.get_by_role("main").get_by_role("button", name="Save").first.click()
    page.goto("/")


def make_work(page: Page) -> None:
    """A client with a rate, a project of it, and three sessions of March."""
    add_project(page, "Website", "80", client="Acme GmbH")
    type_line(page, "Call with Mira about the second round @Website 2026-03-02 9-10:30")
    type_line(page, "Launch night @Website 2026-03-03 22:30-1:15")
    type_line(page, "Mail 2026-03-04 8-8:20")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_is_filtered_drilled_down_and_gone_back_to(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    make_work(page)
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Report, ")

    chips = page.get_by_role("main").locator("details.filter")
    chips.filter(has_text="Period").locator("summary").click()
    page.get_by_label("First day").fill("2026-03-01")
    page.get_by_label("Last day").fill("2026-03-31")
    chips.filter(has_text="Grouped by").locator("summary").click()
    page.get_by_label("Then by").select_option("Name")
    chips.nth(2).locator("summary").click()
    page.get_by_role("main").get_by_label("Project", exact=True).select_option("Website")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page).to_have_url(re.compile(r"project=.*group=project&then=name|group=project&then=name"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Report, March 2026")
    expect(page.get_by_role("row", name="Total")).to_contain_text("4:15")
    expect(page.get_by_role("row", name="Mail")).to_have_count(0)

    number = page.get_by_role("link", name="2:45 tracked, Launch night: explain this number")
    number.focus()
    number.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions, Website, Launch night")
    expect(page.get_by_role("row", name="Launch night")).to_contain_text("Tue 3 Mar 2026, 22:30–1:15 +1 day")
    expect(page.get_by_role("row", name="1 session")).to_contain_text("2:45:00")
    expect(page.get_by_text("2:45:00 at 80.00 EUR")).to_be_visible()

    page.get_by_role("link", name="‹ Report, March 2026").click()
    expect(page.get_by_text("Project Website", exact=True)).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.get_by_role("row", name="Total")).to_contain_text("4:35")
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").last.click()
    assert download.value.suggested_filename == "timetracker-2026-03-01-2026-03-31.csv"


def test_a_wrong_period_keeps_what_was_typed_and_says_how_to_fix_it(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/reports/?from=2026-03-20&to=2026-03-10")

    expect(page.get_by_role("alert")).to_have_text("The last day is before the first. Give a later one.")
    expect(page.get_by_label("Last day")).to_have_value("2026-03-10")
    expect(page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    make_work(page)
    for currency in ("CHF", "JPY", "KWD"):
        add_project(page, currency, "123456", currency=currency)
        type_line(page, f"Meeting @{currency} 2026-03-05 9-19:20")
    page.goto(f"/reports/?{MONTH}&group=client&then=project&rounding=15&direction=up&per=session")
    client = page.locator("#id_report_client option", has_text="Acme").get_attribute("value")
    paths = [
        page.url,
        f"/reports/?{MONTH}&q=nothing",
        "/reports/?from=x&group=day&then=day",
        f"/reports/sessions/?{MONTH}&group=project",
        f"/reports/sessions/?{MONTH}&group=client&at={client}&rounding=15&direction=up&per=day",
        f"/reports/?{MONTH}&group=client&then=project&third=name",
        "/reports/saved/",
        "/shares/",
        f"/shares/?page=timesheet&query={MONTH.replace('&', '%26')}",
        "/timesheet/",
        f"/timesheet/?{MONTH}&client={client}&rounding=15&direction=up&per=day",
    ]
    for path in paths:
        page.goto(path)
        check_look(page)


@pytest.mark.parametrize("page_of", ["reports", "reports/sessions"])
def test_a_long_name_of_a_project_fits(new_page, page_of):
    page = new_page(viewport=PHONE)
    add_project(page, "Donau" * 18, "80", client="Acme" * 22)
    type_line(page, f"Logo @{'Donau' * 18} 2026-03-02 9-10:30")
    page.goto(f"/{page_of}/?{MONTH}")
    expect(page.get_by_role("main")).to_contain_text("Donau" * 18)
    check_look(page)


def test_what_a_report_can_do_is_in_sight_on_a_phone(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/reports/")
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        for each in page.locator(".chips > .filter, .report-ways > li").all():
            box = each.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


def test_a_printed_report_says_what_it_is_filtered_by_and_has_no_buttons(new_page):
    page = new_page()
    page.goto(f"/reports/?{MONTH}&q=logo")
    page.emulate_media(media="print")

    chips = page.locator(".chips > .filter")
    expect(chips.filter(has_text="Words")).to_be_visible()
    expect(chips.filter(has_text="Words")).to_contain_text("logo")
    expect(chips.filter(has_text="All clients")).to_be_hidden()
    expect(page.locator(".chips > .clear")).to_be_hidden()
    expect(page.get_by_text("Save", exact=True)).to_be_hidden()


PAYLOAD = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


def test_whoever_has_a_link_sees_the_report_without_a_script_and_without_a_cookie(new_page):
    page = new_page()
    page.goto("/")
    type_line(page, f"{PAYLOAD} 2026-03-02 9-10:30")
    page.goto(f"/reports/?{MONTH}&group=name")
    page.get_by_role("link", name="Share…").click()
    page.get_by_label("Amounts").check()
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("New link, Report").input_value()

    other = new_page(viewport=PHONE)
    other.goto(address)

    expect(other.get_by_role("row", name="Total")).to_contain_text("1:30")
    expect(other.get_by_role("table")).to_contain_text("onerror")
    assert other.title() == "Report"
    assert other.context.cookies() == []
    check_look(other)
    page.goto("/shares/")
    expect(page.get_by_text("opened 1 time")).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked the link “Report”")).to_be_visible()
