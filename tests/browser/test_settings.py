"""Settings as a person meets them: guessed from the browser, changed by forms, asked about on a journey."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.timer import type_line as start

SECTIONS = [
    f"/settings/{section}"
    for section in ("", "time/", "timer/", "rates/", "look/", "data/", "devices/", "tokens/", "calendar/", "keys/")
]


def group(page: Page, name: str):
    return page.get_by_role("form", name=name, exact=True)


def to_section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Settings").get_by_role("link", name=name, exact=True).click()


def save(page: Page, name: str) -> None:
    group(page, name).get_by_role("button", name="Save").click()
    expect(group(page, name).get_by_role("status")).to_have_text("Saved.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_each_group_saves_alone_and_the_pages_follow(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    page.locator(".more summary").click()
    page.get_by_role("link", name="Settings").click()
    to_section(page, "Time")

    time = group(page, "Time")
    time.get_by_label("Time zone").fill("toky")
    offered = page.locator("#id_timezone_list option")
    expect(offered).to_have_count(1 if scripts else 12)
    time.get_by_label("Time zone").fill("tokyo")
    time.get_by_label("First day of the week").select_option("Sunday")
    time.get_by_label("3:30 pm").check()
    time.get_by_label("2025-11-18").check()
    time.get_by_label("1.50").check()
    save(page, "Time")
    page.reload()
    expect(page.get_by_text("Saved.", exact=True)).to_have_count(0)
    expect(time.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    to_section(page, "Timer")
    timer = group(page, "Timer")
    timer.get_by_label("Long session").fill("80")
    timer.get_by_role("button", name="Save").click()
    expect(timer.get_by_role("alert")).to_have_text("Give a whole number from 1 to 24.")
    expect(timer.get_by_label("Long session")).to_have_value("80")
    expect(timer.get_by_label("Long session")).to_be_focused()
    timer.get_by_label("Long session").fill("5")
    timer.get_by_label("Remember when I was last here").uncheck()
    save(page, "Timer")
    page.reload()
    expect(timer.get_by_label("Long session")).to_have_value("5")
    expect(timer.get_by_label("Remember when I was last here")).not_to_be_checked()
    to_section(page, "You")
    group(page, "You").get_by_label("Name").fill("Mira")
    save(page, "You")
    expect(group(page, "You").get_by_label("Name")).to_have_value("Mira")

    page.goto("/day/2026-03-02/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Monday, 2026-03-02")
    page.goto("/week/2026-03-02/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Week, 2026-03-01 to 2026-03-07")
    expect(page.get_by_role("columnheader", name="Sun 2026-03-01")).to_be_visible()
    expect(page.locator("main .total").first).to_contain_text("0.00")
    start(page, "Logo")
    expect(page.get_by_role("region", name="Timer")).to_contain_text(re.compile(r"since \d+:\d\d [ap]m"))


def test_an_american_browser_gets_american_formats_without_being_asked(new_page):
    page = new_page(locale="en-US", timezone_id="America/New_York")
    page.goto("/")
    start(page, "Logo")

    expect(page.get_by_role("region", name="Timer")).to_contain_text(re.compile(r"since \d+:\d\d [ap]m"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\w+day, \w+ \d+"))
    page.goto("/settings/time/")
    time = group(page, "Time")
    expect(time.get_by_label("Time zone")).to_have_value("America/New_York")
    expect(time.get_by_label("First day of the week")).to_have_value("6")
    expect(time.get_by_label("3:30 pm")).to_be_checked()
    expect(time.get_by_label("Nov 18, 2025")).to_be_checked()


def test_the_very_first_page_shows_the_day_of_the_device(new_page):
    zone, hours = ("Pacific/Kiritimati", 14) if datetime.now(UTC).hour >= 10 else ("Pacific/Pago_Pago", -11)
    page = new_page(timezone_id=zone)
    page.goto("/")

    expect(page.get_by_role("heading", level=1)).to_contain_text(
        datetime.fromtimestamp(datetime.now(UTC).timestamp() + hours * 3600, UTC).strftime("%A, %-d %B")
    )


def test_pages_load_once_where_cookies_are_rejected(new_page):
    page = new_page(timezone_id="Pacific/Kiritimati")
    page.add_init_script("Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} })")
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.resource_type == "document" else None)
    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert len(loads) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_on_a_journey_the_zone_is_asked_about_once(new_page, server, scripts):
    page = new_page()
    page.goto("/")
    start(page, "Logo")
    expect(page.get_by_role("region", name="Time zone")).to_have_count(0)
    cookies = page.context.storage_state()
    for cookie in cookies["cookies"]:  # as the script of the first page there will have told
        if cookie["name"] == "timezone":
            cookie["value"] = "Europe/Lisbon"

    page = new_page(storage_state=cookies, timezone_id="Europe/Lisbon", java_script_enabled=scripts)
    page.goto("/week/")
    notice = page.get_by_role("region", name="Time zone")
    expect(notice).to_contain_text("This device is on Lisbon time, your account on Berlin time.")
    notice.get_by_role("button", name="Keep Berlin").click()
    expect(page).to_have_url(f"{server.url}/week/")
    expect(notice).to_have_count(0)
    page.goto("/")
    expect(notice).to_have_count(0)

    page.context.clear_cookies(name="timezone")
    page.context.add_cookies([{"name": "timezone", "value": "America/New_York", "url": server.url}])
    page.goto("/")
    notice.get_by_role("button", name="Use New York").click()
    expect(page.get_by_text("Your account is on New York time now.")).to_be_visible()


def test_settings_fit_and_the_axe_rules_find_nothing(new_page, server):
    page = new_page(viewport=PHONE)
    page.goto("/")
    start(page, "A running session with a rather long name, as people write them")
    page.goto("/settings/time/")
    group(page, "Time").get_by_label("1 h 30 min").check()
    group(page, "Time").get_by_label("3:30 pm").check()
    save(page, "Time")
    check_look(page, "saved")
    page.goto("/settings/timer/")
    group(page, "Timer").get_by_label("Long session").fill("80")
    group(page, "Timer").get_by_role("button", name="Save").click()
    check_look(page, "refused")
    for path in (*SECTIONS, "/", "/week/", "/month/"):
        page.context.add_cookies([{"name": "timezone", "value": "America/New_York", "url": server.url}])
        page.goto(path)
        expect(page.get_by_role("region", name="Time zone")).to_be_visible()
        check_look(page)
