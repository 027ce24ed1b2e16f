"""Repairing mistakes as a person does it, without scripts, and in two browsers at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.timer import field, type_line


def edit_all(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"More for {name}").click()  # with scripts it opens a menu


def notice(page: Page):
    return page.get_by_role("status")


@pytest.fixture
def page(new_page) -> Page:
    """Without scripts: what works here works everywhere."""
    page = new_page(java_script_enabled=False)
    page.goto("/")
    return page


def test_one_line_adds_asks_and_undoes(page):
    type_line(page, "Call 45m")  # whatever the hour
    expect(notice(page)).to_contain_text("Added “Call”")

    type_line(page, "Mail 2026-03-02 22:30-1:15")
    expect(notice(page)).to_contain_text("Added “Mail”, Mon 2 Mar, 22:30–1:15 (+1 day), 2 h 45 min.")

    type_line(page, "Late 9:75-10")
    expect(page.get_by_role("alert")).to_have_text(re.compile("“9:75” is not a time. Try 9:45, 945 or -15."))
    expect(field(page)).to_have_value("Late 9:75-10")

    page.goto("/day/2026-03-03/")
    expect(page.get_by_role("listitem").filter(has_text="Mail")).to_contain_text("continued from 2 Mar")
    page.goto("/undo/")
    page.get_by_role("listitem").filter(has_text="“Mail”").get_by_role("button", name="Undo").click()
    expect(notice(page)).to_contain_text("Undone:")
    page.goto("/day/2026-03-03/")
    expect(page.get_by_text("Nothing tracked on this day.")).to_be_visible()


def test_two_browsers_change_one_session_and_neither_loses_anything(new_page, page):
    type_line(page, "Logo 2026-03-02 9-10")
    other = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    for each in (page, other):
        each.goto("/day/2026-03-02/")
        edit_all(each, "Logo")
    page.locator("#edit-form").get_by_label("Name").fill("From the desk")
    page.get_by_role("button", name="Save").click()
    other.locator("#edit-form").get_by_label("Name").fill("From the phone")
    other.locator("#edit-form").get_by_label("Duration").fill("2h")
    other.get_by_role("button", name="Save").click()

    expect(other.get_by_role("heading", level=1)).to_contain_text("was changed in the meantime")
    expect(other.get_by_role("row", name="Name")).to_contain_text("From the phone From the desk")
    other.get_by_role("button", name="Save mine").click()

    expect(notice(other)).to_contain_text("Saved “From the phone”.")
    page.goto("/day/2026-03-02/")
    row = page.get_by_role("listitem").filter(has_text="From the phone")
    expect(row).to_contain_text(re.compile(r"9:00\s*–\s*11:00"))


def test_overlap_gap_and_trash_are_one_click_each(page):
    type_line(page, "Call 2026-03-02 9-10")
    type_line(page, "Mail 2026-03-02 9:40-11")
    type_line(page, "Logo 2026-03-02 11:25-12")
    page.goto("/day/2026-03-02/")

    page.get_by_role("button", name="End “Call” at 9:40").click()
    expect(page.get_by_text("Worth a look")).to_have_count(0)
    page.get_by_role("button", name="Stretch over 11:00–11:25").click()
    page.get_by_role("button", name="End “Mail” at 11:25").click()
    expect(page.get_by_text("25 min untracked")).to_have_count(0)
    notice(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_text("25 min untracked")).to_be_visible()

    for name in ("Call", "Mail"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    page.locator("#selection").get_by_role("button", name="Delete").click()
    expect(notice(page)).to_contain_text("Deleted 2 sessions.")
    page.goto("/trash/")
    page.get_by_role("button", name="Restore Call").click()
    expect(notice(page)).to_contain_text("Restored “Call”.")


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/")
    type_line(page, "Call with Mira about the second round 2026-03-02 9-10")
    type_line(page, "Mail 2026-03-02 9:40-11")
    type_line(page, "Logo 2026-03-02 11:25-12")
    page.goto("/day/2026-03-02/")
    paths = ["/day/2026-03-02/", page.locator(".whole").first.get_attribute("href"), "/undo/", "/trash/"]
    for path in paths:
        page.goto(path)
        check_look(page)
