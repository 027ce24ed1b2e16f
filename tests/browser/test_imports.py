"""From another tracker's file to sessions, and back: choose, look, answer, import, undo"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looks import PHONE, check_look

HEADER = (
    "Project,Client,Description,Task,User,Email,Tags,Billable,Start Date,Start Time,End Date,End Time,"
    "Duration (h),Duration (decimal)\n"
)
ROWS = (
    "Website,Acme,Sketches,Design,Mira,mira@example.org,deep,Yes,05/03/2026,9:00 AM,05/03/2026,10:30 AM,1:30,1.50\n"
    "Garden,,Plants,,Jon,jon@example.org,,No,05/03/2026,9:00 AM,05/03/2026,11:00 AM,2:00,2.00\n"
    "Website,Bolt,,Design,Mira,mira@example.org,,Yes,06/03/2026,11:00 PM,06/03/2026,11:45 PM,0:45,0.75\n"
    "Website,Acme,Nothing,,Mira,mira@example.org,,Yes,06/03/2026,8:00 AM,06/03/2026,8:00 AM,0:00,0.00\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text(HEADER + ROWS)
    return path


def choose(page, *files):
    page.goto("/imports/")
    page.get_by_label("Files").set_input_files(list(files))
    page.get_by_role("button", name="Look at the files").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_is_looked_at_imported_and_undone(new_page, file, scripts):
    page = new_page(java_script_enabled=scripts)
    choose(page, file)

    answers = page.get_by_role("form", name="How they are read")
    expect(answers.get_by_role("group", name="Dates are written")).to_contain_text("“05/03/2026”")
    answers.get_by_label("day, month, year").check()
    answers.get_by_label("mira@example.org").check()
    answers.get_by_label("Time zone").fill("Europe/Berlin")
    answers.get_by_role("button", name="Read the files this way").click()

    plan = page.get_by_role("region", name="What would be imported")
    expect(plan).to_contain_text("2 new sessions, 2:15")
    expect(plan).to_contain_text("5 Mar 2026 – 6 Mar 2026")
    expect(plan).to_contain_text("Website (Bolt)")
    expect(plan).to_contain_text("report.csv, line 5: No time was tracked")
    expect(page.get_by_role("table", name="Is the time zone right?")).to_contain_text("9:00–10:30")
    page.get_by_role("button", name="Import", exact=True).click()

    result = page.get_by_role("region", name="report.csv")
    expect(result).to_contain_text("2 sessions imported, 2:15")
    expect(result).to_contain_text("1 row is no session")
    page.goto("/day/2026-03-05/")
    expect(page.locator(".session", has_text="Sketches")).to_have_count(1)
    page.goto("/imports/")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone:")).to_be_visible()
    page.goto("/day/2026-03-05/")
    expect(page.locator(".session", has_text="Sketches")).to_have_count(0)


def test_each_step_fits_and_the_axe_rules_find_nothing(new_page, file, tmp_path):
    page = new_page(viewport=PHONE)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x00\x01\x02%PDF")
    choose(page, bad)
    expect(page.get_by_role("alert")).to_contain_text("bad.csv")
    check_look(page)
    choose(page, file)
    check_look(page)
    page.get_by_label("mira@example.org").check()
    page.get_by_role("button", name="Read the files this way").click()
    expect(page.get_by_role("region", name="What would be imported")).to_be_visible()
    check_look(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("sessions imported,").first).to_be_visible()
    check_look(page)
    page.goto("/imports/")
    expect(page.get_by_role("link", name="report.csv")).to_be_visible()
    check_look(page)


READ_ROWS, IMPORTED_ROWS = 160_000, 60_000
"""More than can be read, and imported, in the seconds that a page works, on a quick machine, too."""
WAIT = 120_000
"""Milliseconds."""


@pytest.fixture
def large_file(tmp_path) -> Callable[[int], Path]:
    """Makes a file of so many rows."""

    def make(count: int) -> Path:
        start = datetime(2000, 1, 1, 8)
        times = (start + timedelta(days=number // 20, minutes=number % 20 * 30) for number in range(count))
        rows = (f"{at:%Y-%m-%d},{at:%H:%M},{at + timedelta(minutes=30):%H:%M},Work {at.day}\n" for at in times)
        path = tmp_path / "large.csv"
        path.write_text("Date,Start,End,Description\n" + "".join(rows))
        return path

    return make


@pytest.mark.slow(reason="reads tens of thousands of rows")
def test_a_large_file_says_how_far_it_is_read(new_page, large_file):
    page = new_page(viewport=PHONE)
    choose(page, large_file(READ_ROWS))
    work = page.get_by_role("region", name="large.csv")
    expect(work).to_contain_text("These files are being read.")
    expect(work).to_contain_text("so far")
    check_look(page)
    plan = page.get_by_role("region", name="What would be imported")
    expect(plan).to_contain_text(f"{READ_ROWS} new sessions", timeout=WAIT)


@pytest.mark.slow(reason="imports tens of thousands of sessions")
def test_a_large_file_says_how_far_it_is_imported(new_page, large_file):
    page = new_page(viewport=PHONE)
    choose(page, large_file(IMPORTED_ROWS))
    plan = page.get_by_role("region", name="What would be imported")
    expect(plan).to_contain_text(f"{IMPORTED_ROWS} new sessions", timeout=WAIT)
    page.get_by_role("button", name="Import", exact=True).click()
    work = page.get_by_role("region", name="large.csv")
    expect(work).to_contain_text(f"of {IMPORTED_ROWS} sessions so far")
    check_look(page)
    expect(page.get_by_text(f"{IMPORTED_ROWS} sessions imported")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()


@pytest.mark.slow(reason="reads tens of thousands of rows")
def test_a_large_file_is_read_on_without_scripts(new_page, large_file):
    page = new_page(java_script_enabled=False, viewport=PHONE)
    choose(page, large_file(READ_ROWS))
    plan = page.get_by_role("region", name="What would be imported")
    go_on = page.get_by_role("button", name="Go on")
    expect(go_on).to_be_visible()
    deadline = time.monotonic() + WAIT / 1000
    while go_on.is_visible():
        assert time.monotonic() < deadline
        with page.expect_navigation():
            go_on.click()
        expect(plan.or_(go_on).first).to_be_visible()
    expect(plan).to_contain_text(f"{READ_ROWS} new sessions")
    page.get_by_role("button", name="Do not import").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
