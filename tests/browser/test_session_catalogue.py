"""Giving sessions a project, tags and a rate as a person does it: by the line, on the page, for many at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.timer import field, type_line

DAY = "2026-03-02"


def add_catalogue(page: Page) -> None:
    """A day with two sessions, one of them with a project that the line made."""
    page.goto("/")
    type_line(page, f"Logo sketches @acme #design {DAY} 9-10")
    page.get_by_role("button", name="Create project “acme”").click()
    page.get_by_role("button", name="Create tag “design”").click()
    type_line(page, f"Mail {DAY} 10-11")


def row(page: Page, name: str):
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_project_is_made_by_typing_and_one_undo_takes_both_back(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    type_line(page, "Logo @acme")
    expect(page.get_by_role("alert")).to_have_text("There is no project “acme” yet.")
    expect(page.get_by_label("What are you doing?")).to_have_value("Logo @acme")
    page.get_by_role("button", name="Create project “acme”").click()

    timer = page.get_by_role("region", name="Timer")
    expect(timer.locator(".timer-now")).to_contain_text("acme")
    expect(row(page, "Logo").locator(".project.p1")).to_have_text("acme")
    expect(page.get_by_role("status")).to_contain_text("Started “Logo”. Created project “acme”.")

    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(timer.get_by_role("button", name="Start")).to_be_visible()
    expect(timer.get_by_label("Project")).to_have_count(0)


def test_keyboard_alone_answers_and_chooses(new_page):
    page = new_page()
    page.goto("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("Logo @acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    activate_by_keyboard(page, "Create project “acme”")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    page.keyboard.press("n")  # opens the field, and is no part of it
    page.keyboard.type("Mail")
    expect(field(page)).to_have_value("Mail")
    page.keyboard.press("Tab")
    page.keyboard.type("acme")  # chooses in the list
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "Mail").locator(".project")).to_have_text("acme")


def edit_all(page: Page, name: str, *, scripts: bool = True) -> None:
    page.get_by_role("button", name=f"More for {name}").click()
    if scripts:  # without, the button leads there
        page.get_by_role("link", name="Edit all").click()


def activate_by_keyboard(page: Page, name: str) -> None:
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_project_tags_and_rate_change_on_the_page_of_a_session(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    add_catalogue(page)
    page.goto(f"/day/{DAY}/")
    edit_all(page, "Logo sketches", scripts=scripts)
    form = page.locator("#edit-form")
    form.get_by_label("New project").fill("Beta")
    form.get_by_label("Tags").fill("print, draft")
    form.get_by_label("Hourly rate").fill("lots")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("“lots” is not a rate.")
    form.get_by_label("Hourly rate").fill("62,50")
    form.get_by_role("button", name="Save").click()

    expect(row(page, "Logo sketches")).to_contain_text(re.compile(r"Beta\s*#draft\s*#print"))
    edit_all(page, "Logo sketches", scripts=scripts)
    expect(form.get_by_label("Project", exact=True)).to_have_value(re.compile(".+"))
    expect(form.get_by_text("62.50")).to_be_visible()


def test_two_are_given_a_project_and_one_undo_takes_it_back(new_page):
    page = new_page(java_script_enabled=False)
    add_catalogue(page)
    type_line(page, f"Call {DAY} 11-12")
    page.goto(f"/day/{DAY}/")
    for name in ("Mail", "Call"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    selection = page.locator("#selection")
    selection.get_by_label("Project").select_option("acme")
    selection.get_by_role("button", name="Set project").click()

    expect(page.get_by_role("status")).to_contain_text("Changed 2 sessions.")
    expect(page.locator(".session .project")).to_have_text(["acme"] * 3)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.locator(".session .project")).to_have_count(1)


def test_the_marks_of_a_row_leave_room_for_its_name(page):
    page.goto("/")
    type_line(page, "Long flight 2026-03-01 20:30-11:30")
    expect(page.get_by_role("status")).to_contain_text("Added “Long flight”")
    page.goto("/settings/time/")
    time = page.get_by_role("form", name="Time", exact=True)
    time.get_by_label("Time zone").fill("New York")
    time.get_by_role("button", name="Save").click()
    page.goto(f"/day/{DAY}/")
    page.get_by_role("checkbox", name="Select Long flight").check()
    page.locator("#selection").get_by_role("button", name="Billable", exact=True).click()

    expect(row(page, "Long flight")).to_contain_text("continued from 1 Mar")
    expect(row(page, "Long flight").locator(".tag")).to_have_count(2)
    page.wait_for_function("document.querySelector('.session .what')?.getBoundingClientRect().width >= 150")


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    add_catalogue(page)
    page.goto("/")  # which has all of it: a bar that follows is not taken for the answer
    page.wait_for_load_state("networkidle")
    type_line(page, "Call about the brochure @" + "northwind-traders-and-sons-" * 3 + "brochure")
    page.get_by_role("button", name=re.compile("^Create project")).click()
    page.goto(f"/day/{DAY}/")
    edit = row(page, "Logo sketches").locator(".whole").get_attribute("href")

    for path in ("/", f"/day/{DAY}/", edit, "/sessions/add/"):
        page.goto(path)
        check_look(page)
    type_line(page, "Draft @newcorp-with-a-rather-long-name #idea")
    expect(page.get_by_role("alert")).to_be_visible()
    check_look(page, "the question")
