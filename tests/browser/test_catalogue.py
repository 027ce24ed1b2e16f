"""Projects, clients and tags as a person keeps them: made by name, given a rate, archived, deleted, brought back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look


def add(page: Page, kinds: str, name: str) -> None:
    page.goto(f"/{kinds}/")
    form = page.locator("main form").filter(has=page.get_by_role("textbox", name="Name"))
    form.get_by_role("textbox", name="Name").fill(name)
    form.get_by_role("button", name="Add a").click()
    expect(page.get_by_role("status").first).to_contain_text(f"Added “{name}”.")


def row(page: Page, name: str):
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=name)


def menu(page: Page, name: str):
    """The menu of a row, opened."""
    row(page, name).get_by_role("button", name=re.compile(f"More for {name}")).click()
    return page.locator(".menu:popover-open")


def changeset(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_project_from_its_name_to_the_trash_and_back(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    said = page.get_by_role("status").first
    page.goto("/")
    page.get_by_role("link", name="Projects").click()
    expect(page.get_by_text("Projects appear here when you type @ in the timer.")).to_be_visible()
    add(page, "projects", "Acme")
    name = page.get_by_role("main").get_by_role("textbox", name="Name")
    name.fill("ACME")
    changeset(page, "Add a project")
    expect(page.get_by_role("alert")).to_contain_text("There is “Acme” already.")
    expect(name).to_have_value("ACME")
    expect(name).to_be_focused()

    page.get_by_role("link", name="Acme").click()
    page.get_by_label("New client").fill("Mira Ltd")
    page.get_by_role("main").get_by_label("Name").fill("Acme Web")
    page.get_by_label("Plum").check()
    page.get_by_label("Billable", exact=True).check()
    page.get_by_label("Hourly rate").fill("1,200")
    changeset(page, "Save")
    expect(page.get_by_role("alert")).to_have_text("“1,200” can be read in two ways. Give 1200 or 1.20.")
    expect(page.get_by_label("New client")).to_have_value("Mira Ltd")
    page.get_by_label("Hourly rate").fill("62,5")
    changeset(page, "Save")
    expect(said).to_contain_text("Saved “Acme Web”. Earlier sessions keep their rate.")
    expect(page.get_by_role("main").get_by_label("Client", exact=True)).to_have_value(re.compile(".{36}"))
    expect(page.get_by_label("Plum")).to_be_checked()
    expect(page.get_by_label("Hourly rate")).to_have_value("62.50")

    page.get_by_role("link", name="Clients").click()
    expect(row(page, "Mira Ltd")).to_contain_text("Acme Web")
    page.get_by_role("link", name="Projects").last.click()
    menu(page, "Acme Web").get_by_role("button", name="Archive").click()
    expect(said).to_contain_text("Archived “Acme Web”. Reports keep it.")
    page.get_by_text("1 archived").click()
    menu(page, "Acme Web").get_by_role("button", name="Unarchive").click()
    expect(said).to_contain_text("“Acme Web” is offered again.")

    page.get_by_role("link", name="Acme Web").click()
    changeset(page, "Delete")
    expect(said).to_contain_text("Deleted “Acme Web”.")
    expect(row(page, "Acme Web")).to_have_count(0)
    said.get_by_role("button", name="Undo").click()
    expect(row(page, "Acme Web")).to_contain_text("Mira Ltd")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_earlier_sessions_get_a_new_rate_only_after_the_preview(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    said = page.get_by_role("status").first
    page.goto("/sessions/add/")
    form = page.locator("form.edit-form")
    form.get_by_label("Name").fill("Proposal")
    form.get_by_label("Day").fill("2026-03-02")
    form.get_by_label("Start").fill("9:00")
    form.get_by_label("End").fill("11:00")
    form.get_by_role("button", name="Add").click()
    page.goto(page.locator("a.whole").first.get_attribute("href"))
    page.get_by_role("main").get_by_label("Billable", exact=True).check()
    changeset(page, "Save")

    page.goto("/settings/rates/")
    rates = page.get_by_role("form", name="Rates", exact=True)
    rates.get_by_label("Hourly rate").fill("80")
    rates.get_by_role("button", name="Save").click()
    expect(rates.get_by_role("status")).to_have_text(re.compile(r"Saved\.\s+Earlier sessions keep their rate\."))
    page.get_by_label("From").fill("2026-03-01")
    changeset(page, "Show what would change")
    expect(page.get_by_role("row", name="0.00")).to_contain_text("+160.00")
    changeset(page, "Apply to 1 session")
    expect(said).to_contain_text("1 session has its new rate.")
    said.get_by_role("button", name="Undo").click()
    expect(said).to_contain_text("Undone:")
    page.goto("/settings/rates/earlier/?since=2026-03-01")
    expect(page.get_by_role("row", name="0.00")).to_contain_text("+160.00")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_name_is_changed_in_its_row(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    said = page.get_by_role("status").first
    for name in ("Acme", "Bolt"):
        add(page, "projects", name)
    menu(page, "Acme").get_by_role("link", name="Rename").click()
    field = page.get_by_role("main").get_by_label("Name").last
    if scripts:
        expect(page.locator(".menu:popover-open")).to_have_count(0)
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Acme")).to_be_focused()
        menu(page, "Acme").get_by_role("link", name="Rename").click()
        expect(field).to_be_focused()
    field.fill("BOLT")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is “Bolt” already.")
    expect(field).to_have_value("BOLT")
    field.fill("Acme Web")
    field.press("Enter")

    expect(said).to_contain_text("Saved “Acme Web”.")
    expect(row(page, "Acme Web")).to_be_visible()
    assert page.url.partition("#")[0].endswith("/projects/")
    if scripts:
        expect(page.get_by_role("link", name="Acme Web")).to_be_focused()
        expect(page.locator(".cell-form")).to_have_count(0)
    menu(page, "Bolt").get_by_role("button", name="Delete").click()
    expect(said).to_contain_text("Deleted “Bolt”.")
    if scripts:
        expect(page.locator(".entry:focus, #heading:focus")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_budget_is_typed_watched_and_stops_nothing(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    add(page, "projects", "Acme")
    page.get_by_role("link", name="Acme").click()
    page.get_by_role("textbox", name="Budget").fill("much")
    changeset(page, "Save")
    expect(page.get_by_role("alert")).to_have_text("“much” is not a budget. Give hours, such as 40 or 40:30.")
    page.get_by_role("textbox", name="Budget").fill("2")
    page.get_by_label("For", exact=True).select_option("the whole project")
    changeset(page, "Save")
    expect(page.locator(".budget")).to_have_text(re.compile(r"0:00 of 2:00 in total\s+0 %"))
    bar = page.get_by_role("region", name="Timer").get_by_label("What are you doing?")
    bar.fill("Draft @acme 2026-03-02 9-10:45")
    bar.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Added “Draft”")

    page.goto("/projects/")
    expect(row(page, "Acme")).to_contain_text(re.compile(r"1:45 of 2:00 in total\s+87 % used"))
    bar.fill("Again @acme 2026-03-03 9-9:30")
    bar.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Added “Again”")
    page.goto("/projects/")
    expect(row(page, "Acme")).to_contain_text(re.compile(r"2:15 of 2:00 in total\s+0:15 over"))
    menu(page, "Acme").get_by_role("link", name="Edit all").click()
    page.get_by_role("textbox", name="Budget").fill("")
    changeset(page, "Save")
    expect(page.locator(".budget")).to_have_count(0)


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/projects/")
    add(page, "projects", "A" * 60 + " with a name as long as people write")
    page.get_by_role("link", name="AAAA").click()
    page.get_by_label("New client").fill("The brothers and sisters of Mira Ltd and partners")
    page.get_by_label("Hourly rate").fill("12345678.1234")
    page.get_by_role("textbox", name="Budget").fill("12345678.12")
    page.get_by_label("In", exact=True).select_option("money")
    changeset(page, "Save")
    pages = [page.url, f"{page.url}rates/?since=2026-01-01"]
    add(page, "projects", "Acme")
    page.goto("/projects/")  # without the message, which may cover a row of so small a page
    menu(page, "Acme").get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 archived")).to_be_visible()
    page.goto("/projects/")
    page.get_by_text("1 archived").click()
    page.get_by_role("link", name="Acme").click()
    pages.append(page.url)
    add(page, "tags", "urgent")
    page.get_by_role("link", name="urgent").click()
    pages.append(page.url)
    page.goto("/clients/")
    page.get_by_role("link", name="Mira").click()
    pages.append(page.url)

    for path in ("/projects/", "/clients/", "/tags/", "/settings/rates/", "/settings/rates/earlier/?since=", *pages):
        page.goto(path)
        for details in page.get_by_role("main").locator("details").all():
            details.locator("summary").click()
        check_look(page)
    page.goto("/projects/")
    menu(page, "AAAA").get_by_role("link", name="Rename").click()
    expect(page.locator(".cell-form")).to_be_visible()
    check_look(page, "the form of a name")
