"""The main job as a person does it: start, stop, name, save; close everything, come back."""

import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.timer import field
from tests.browser.timer import type_line as start

SMALLEST = {"width": 320, "height": 640}
THIRTY_SESSIONS = """
from datetime import datetime, timedelta, UTC
from sessions_app import services
from sessions_app.models import Project
from sessions_app.pages.actions import WEB
from users_app.models import User
user, start = User.objects.latest("created_at"), datetime(2026, 3, 3, 6, tzinfo=UTC)
projects = [services.create_entry(user, WEB, Project, name=f"{word} relaunch").id for word in ("Site", "Shop", "Logo")]
for number in range(30):
    end = start + timedelta(minutes=17 + number % 9)
    services.save_session(
        user, WEB, name=f"Call {number % 12} about the draft", start=start, end=end, timezone="UTC",
        project_id=projects[number % 3], billable=number % 3 > 0, tags=["design"] if number % 2 else [],
    )
    start = end + timedelta(minutes=12 if number % 5 == 0 else 0)
"""


def add(page: Page, name: str, start_at: str, end_at: str, date: str | None = None) -> None:
    page.goto("/sessions/add/")
    form = page.locator("form.edit-form")
    form.get_by_label("Name").fill(name)
    if date is not None:
        form.get_by_label("Day").fill(date)
    form.get_by_label("Start").fill(start_at)
    form.get_by_label("End").fill(end_at)
    form.get_by_role("button", name="Add").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_start_name_switch_stop_add_and_see_the_periods(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    expect(page.get_by_text("Nothing tracked yet.")).to_be_visible()

    start(page, "")
    timer = page.get_by_role("region", name="Timer")
    expect(timer.get_by_text("Running")).to_be_visible()
    expect(timer.get_by_role("timer")).to_have_text(re.compile(r"0:00:\d\d"))

    timer.get_by_role("link", name="(no name)").click()
    page.get_by_label("Name", exact=True).fill("Logo sketches")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved “Logo sketches”.")
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    expect(timer.get_by_role("link", name="Logo sketches")).to_be_visible()

    start(page, "Mail")
    expect(timer.get_by_role("link", name="Mail")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Stopped after")
    timer.get_by_role("button", name="Stop").click()
    expect(timer.get_by_role("button", name="Start")).to_be_visible()

    add(page, "Proposal", "00:00", "00:01", "2026-03-02")
    expect(page.get_by_role("listitem").filter(has_text="Proposal")).to_contain_text("0:01")
    page.goto("/week/2026-03-02/")
    expect(page.get_by_role("row", name="No project")).to_contain_text("0:01")
    page.goto("/month/2026-03/")
    expect(page.get_by_role("cell", name="2 0:01")).to_be_visible()


def test_everything_is_there_again_after_the_plug_is_pulled(new_page, server):
    page = new_page()
    page.goto("/")
    start(page, "Logo sketches")
    started = page.get_by_role("timer").get_attribute("data-started")
    cookies = page.context.storage_state()
    page.context.close()

    server.kill()
    server.start()

    page = new_page(storage_state=cookies)
    page.goto("/")
    expect(page.get_by_role("timer")).to_have_attribute("data-started", started)
    expect(page.get_by_role("region", name="Timer").get_by_role("link", name="Logo sketches")).to_be_visible()


def test_clock_ticks_from_the_time_of_the_server_whatever_the_device_thinks(new_page):
    page = new_page()
    page.clock.install(time="2031-01-01T00:00:00Z")
    page.goto("/")
    start(page, "Logo")
    clock = page.get_by_role("timer")
    expect(clock).to_have_text(re.compile(r"0:00:0[1-9]"))  # the script is there, and has ticked
    page.clock.fast_forward("01:02:00")
    expect(clock).to_have_text(re.compile(r"1:02:[01]\d"))
    expect(page).to_have_title("1:02 Logo – Timetracker")


def test_days_are_those_of_the_device(new_page):
    page = new_page(timezone_id="Pacific/Kiritimati")
    page.goto("/")
    start(page, "Far east")
    page.goto("/sessions/add/")
    expect(page.get_by_text("Times of Pacific/Kiritimati.")).to_be_visible()


def test_keyboard_alone_starts_and_stops(new_page):
    page = new_page()
    page.goto("/")
    expect(field(page)).to_be_focused()  # at the first visit
    page.keyboard.type("Logo sketches")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start")).to_be_focused()


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/")
    add(page, "A" * 60 + " call with Mira about the second round of the brochure", "00:00", "11:10", "2026-03-02")
    add(page, "Overnight", "22:30", "01:15", "2026-03-02")
    start(page, "A running session with a rather long name, as people write them")
    for path in ("/", "/day/2026-03-03/", "/week/2026-03-02/", "/month/2026-03/", "/sessions/add/", "/nowhere/"):
        page.goto(path)
        check_look(page)


def test_first_visit_is_light(new_page, server):
    page = new_page(timezone_id="UTC")  # elsewhere the date may be another, and the page is loaded again
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert len(requests) <= 10, requests
    assert sum(int(size) for size in page.evaluate("performance.getEntries().map((e) => e.transferSize || 0)")) < 60_000
    assert json.load(urlopen(f"{server.url}/readyz"))["ready"] is True


def test_a_first_visit_to_a_full_day_is_light_too(new_page, server):
    first = new_page(timezone_id="UTC")
    first.goto("/")
    add(first, "Call with Mira", "9:00", "9:10", "2026-03-02")
    server.manage("shell", "-v", "0", "-c", THIRTY_SESSIONS)
    page = new_page(storage_state=first.context.storage_state(), timezone_id="UTC")
    page.goto("/day/2026-03-03/")
    page.wait_for_load_state("networkidle")

    expect(page.locator(".session")).to_have_count(30)
    sizes = page.evaluate(
        """() => performance.getEntries().filter((e) => e.encodedBodySize)
            .map((e) => [new URL(e.name).pathname, e.encodedBodySize])"""
    )
    assert sum(size for _path, size in sizes) < 60_000, sizes
    budgets = {"/day/": 14_000, ".css": 12_000, "/htmx": 17_000, "/js/": 11_000}  # of icons, most are in the page
    of_parts = {part: sum(size for path, size in sizes if part in path) for part in budgets}
    assert all(0 < of_parts[part] <= budgets[part] for part in budgets), of_parts
