"""The rows of a day as a person uses them: values edited where they stand, menus, the day's charts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import WIDTHS, check_look

DAY = "2026-03-02"
FIELDS = ("name", "project", "tags", "start", "end", "duration", "billable")


def add(page: Page, *lines: str) -> None:
    page.goto("/")
    for line in lines:
        field = page.get_by_label(re.compile("What are you doing|Switch to"))
        field.fill(line)
        field.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Added “{line.split()[0]}")
    page.goto(f"/day/{DAY}/")


def row(page: Page, name: str):
    return page.locator("li.session").filter(has_text=name)


def value(page: Page, name: str, field: str):
    return row(page, name).locator(f"a[id^={field}-]")


@pytest.fixture
def page(new_page) -> Page:
    page = new_page()
    add(page, f"Call {DAY} 9-10", f"Mail {DAY} 10:30-11")
    return page


def test_a_name_is_clicked_typed_and_saved_with_enter(page):
    value(page, "Call", "name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Call with Mira")
    page.keyboard.press("Enter")

    expect(value(page, "Call with Mira", "name")).to_be_focused()
    expect(page.locator(".cell-form")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("Saved “Call with Mira”.")
    assert page.url.endswith(f"/day/{DAY}/")


def test_a_name_is_in_one_line_whatever_its_project_is_called(new_page):
    page = new_page()
    page.goto("/")
    field = page.get_by_label(re.compile("What are you doing|Switch to"))
    field.fill(f"Logo sketches for Mira @{'Donau' * 18} {DAY} 9-10")
    field.press("Enter")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("status")).to_contain_text("Added “Logo")
    page.goto(f"/day/{DAY}/")

    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert value(page, "Logo", "name").bounding_box()["height"] < 40, width


def test_many_tags_stand_below_the_name(new_page):
    page = new_page()
    page.goto("/")
    page.get_by_label(re.compile("What are you doing|Switch to")).fill(
        f"Logo {' '.join(f'#campaign-{number}' for number in range(16))} {DAY} 9-10"
    )
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Create tags").click()
    expect(page.get_by_role("status")).to_contain_text("Added “Logo")
    page.goto(f"/day/{DAY}/")

    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.locator(".session").bounding_box()["height"] < 240, width
        name, tags = value(page, "Logo", "name").bounding_box(), page.locator(".session .tags > a").bounding_box()
        assert tags["x"] == pytest.approx(name["x"], abs=6), width
        assert tags["y"] > name["y"], width
        assert page.locator(".session .duration").bounding_box()["y"] < tags["y"] or width == 360


def test_row_totals_and_charts_change_together_without_a_page(page):
    page.evaluate("window.isSamePage = true")
    blocks = page.locator(".timeline rect.ink")
    before = blocks.last.get_attribute("width")
    value(page, "Mail", "end").click()
    expect(page.get_by_label("End", exact=True)).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")

    expect(row(page, "Mail")).to_contain_text("1:30")
    expect(page.locator(".day-head .total")).to_contain_text("2:30")
    expect(blocks.last).not_to_have_attribute("width", before)
    expect(value(page, "Mail", "end")).to_be_focused()
    assert page.evaluate("window.isSamePage")


def test_a_value_that_is_clicked_twice_opens_once(page):
    value(page, "Call", "name").dblclick()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.wait_for_timeout(300)
    expect(page.locator(".cell-form")).to_have_count(1)


def test_esc_restores_and_asks_nothing(page):
    requests: list[str] = []
    value(page, "Call", "name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.on("request", lambda request: requests.append(request.url))
    page.keyboard.type("Something else")
    page.keyboard.press("Escape")

    expect(value(page, "Call", "name")).to_be_focused()
    expect(value(page, "Call", "name")).to_have_text("Call")
    expect(page.locator(".cell-form")).to_have_count(0)
    assert requests == []


def test_leaving_a_value_saves_it_and_opens_the_next(page):
    value(page, "Call", "name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Call with Mira")
    value(page, "Mail", "duration").click()

    expect(row(page, "Call with Mira")).to_be_visible()
    expect(page.get_by_label("Duration")).to_be_focused()
    page.keyboard.type("45m")
    page.keyboard.press("Enter")
    expect(row(page, "Mail")).to_contain_text(re.compile(r"10:30\s*–\s*11:15"))


def test_leaving_without_a_change_changes_nothing(page):
    value(page, "Call", "name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    for _step in range(3):  # over Save and Cancel
        page.keyboard.press("Tab")

    expect(page.locator(".cell-form")).to_have_count(0)
    expect(page.get_by_role("status")).not_to_contain_text("Saved")


def test_an_impossible_time_keeps_the_text_says_why_and_can_be_mended(page):
    value(page, "Call", "end").click()
    expect(page.get_by_label("End", exact=True)).to_be_focused()
    page.keyboard.type("9:75")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("“9:75” is not a time.")
    field = page.get_by_label("End", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("9:75")
    field.fill("9:45")
    field.press("Enter")
    expect(row(page, "Call")).to_contain_text(re.compile(r"9:00\s*–\s*9:45"))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_change_elsewhere_is_shown_and_one_button_decides(page, new_page):
    value(page, "Call", "name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    phone = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    phone.goto(f"/day/{DAY}/")
    value(phone, "Call", "name").click()
    phone.get_by_label("Name", exact=True).fill("From the phone")
    phone.get_by_role("button", name="Save").click()
    expect(row(phone, "From the phone")).to_be_visible()

    page.keyboard.type("From the desk")
    page.keyboard.press("Enter")
    expect(page.locator(".both")).to_contain_text("From the phone")
    page.get_by_role("button", name="Save mine").click()

    expect(value(page, "From the desk", "name")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_project_tags_and_billable_are_given_in_a_row(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    add(page, f"Call {DAY} 9-10")
    row(page, "Call").hover()
    value(page, "Call", "project").click()
    page.get_by_label("New project").fill("Relaunch")
    page.locator(".cell-form").get_by_role("button", name="Save").click()
    expect(row(page, "Call").locator(".project")).to_have_text("Relaunch")

    row(page, "Call").hover()
    value(page, "Call", "tags").click()
    page.get_by_label("Tags").fill("draft print")
    page.get_by_label("Tags").press("Enter")
    expect(row(page, "Call")).to_contain_text("#draft #print")

    row(page, "Call").hover()
    value(page, "Call", "billable").click()
    page.get_by_label("Billable", exact=True).check()
    page.locator(".cell-form").get_by_role("button", name="Save").click()
    expect(page.locator(".billable-total")).to_have_text("1:00 billable")
    if not scripts:
        assert "#session-" in page.url


def test_the_menu_of_a_row_deletes_without_a_page_and_offers_undo(page):
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="More for Call").click()
    page.get_by_role("button", name="Delete").click()

    expect(row(page, "Call")).to_have_count(0)
    expect(row(page, "Mail")).to_be_focused()
    expect(page.get_by_role("status").get_by_role("button", name="Undo")).to_be_visible()
    assert page.evaluate("window.isSamePage")


def test_the_menu_of_a_row_makes_it_billable_and_duplicates_it(new_page):
    page = new_page()
    add(page, f"Call {DAY} 9-10")
    page.get_by_role("button", name="More for Call").click()
    page.get_by_role("button", name="Billable", exact=True).click()
    expect(page.locator(".billable-total")).to_have_text("1:00 billable")

    page.get_by_role("button", name="More for Call").click()
    page.get_by_role("button", name="Duplicate").click()
    expect(row(page, "Call")).to_have_count(2)


def test_without_scripts_the_menu_of_a_row_is_the_page_of_the_session(new_page):
    page = new_page(java_script_enabled=False)
    add(page, f"Call {DAY} 9-10")
    page.get_by_role("button", name="More for Call").click()
    page.get_by_label("Billable").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".billable-total")).to_have_text("1:00 billable")

    page.get_by_role("button", name="More for Call").click()
    page.locator("summary").filter(has_text="More").last.click()
    page.get_by_role("button", name="Duplicate").click()
    expect(row(page, "Call")).to_have_count(2)


def test_the_bar_for_many_is_there_only_when_something_is_selected(page):
    bar = page.locator("#selection")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Select Call").check()
    expect(bar.get_by_role("button", name="Delete")).to_be_visible()
    page.get_by_role("checkbox", name="Select Call").uncheck()
    expect(bar).to_be_hidden()


def test_open_forms_and_menus_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page()
    add(
        page,
        f"Call with Mira about the second round of the brochure {DAY} 9-10",
        f"Mail {DAY} 9:30-11",
        f"Night {DAY} 22:30-1:15",
    )

    check_look(page, "the day")
    page.get_by_role("button", name="More for Mail").click()
    expect(page.get_by_role("link", name="Edit all")).to_be_visible()
    check_look(page, "the menu")
    page.keyboard.press("Escape")
    for field in FIELDS:  # on phones they are on the page of the session
        value(page, "Mail", field).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".cell-form")).to_be_visible()
        check_look(page, field, widths=(768, 1280))
        page.keyboard.press("Escape")
    page.goto(row(page, "Mail").locator(".whole").get_attribute("href") + "&more")
    check_look(page, "the page of a session")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        for target in page.locator("#edit-form button, #edit-form input:visible").all():
            assert target.bounding_box()["height"] >= 20


def test_targets_of_a_row_are_large_enough_for_a_thumb(new_page):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True)
    add(page, f"Call {DAY} 9-10")

    box = page.get_by_role("button", name="Continue Call").bounding_box()
    assert min(box["width"], box["height"]) >= 44
    times = row(page, "Call").locator(".times").bounding_box()
    page.touchscreen.tap(times["x"] + 5, times["y"] + 5)  # anywhere on the row
    expect(page.locator("#edit-form")).to_be_visible()
