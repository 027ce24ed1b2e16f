"""Week and Month as a person reads them: every width, both themes, by keyboard, printed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looks import check_look

LINES = (
    "Logo @Brand 2026-03-02 9-12:30",
    "Call @Support 2026-03-03 8-19:45",
    "Mail 2026-03-04 10:30-11",
)
GRID = "/week/2026-03-02/grid/"
PAGES = ("/week/2026-03-02/", "/month/2026-03/", GRID)


@pytest.fixture(scope="module")
def shown(browser, server):
    """What a browser keeps of a guest who tracked a few days of March."""
    context = browser.new_context(base_url=server.url, timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    for line in LINES:
        page.goto("/")
        field = page.get_by_label(re.compile("What are you doing|Switch to"))
        field.fill(line)
        field.press("Enter")
        if "@" in line:
            page.get_by_role("button", name="Create project").click()
        expect(page.get_by_role("status")).to_contain_text("Added “")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_only_the_week_table_scrolls(new_page, shown, path):
    page = new_page(storage_state=shown)
    page.goto(path)

    check_look(page)
    if path != PAGES[1]:
        box = page.get_by_role("region", name="Hours by project and day")
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert box.evaluate("box => box.scrollWidth > box.clientWidth") == (width < 720)


def test_the_week_table_is_scrolled_by_keys_under_its_first_column(new_page, shown):
    page = new_page(storage_state=shown, viewport={"width": 320, "height": 800})
    page.goto("/week/2026-03-02/")
    box = page.get_by_role("region", name="Hours by project and day")
    name = box.get_by_role("rowheader").first
    before = name.bounding_box()["x"]

    box.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")

    moved = """async box => {
        for (let frame = 0; frame < 200 && box.scrollLeft < 40; frame++) await new Promise(requestAnimationFrame);
        return box.scrollLeft >= 40;
    }"""
    assert box.evaluate(moved)
    assert name.bounding_box()["x"] == before


def test_the_hours_of_a_day_fit_into_its_cell_on_the_smallest_phone(new_page, shown):
    page = new_page(storage_state=shown, viewport={"width": 320, "height": 800})
    page.goto("/month/2026-03/")
    cell = page.locator(".calendar td").filter(has_text="11:45")

    assert cell.evaluate("cell => [cell.scrollWidth <= cell.clientWidth + 1, cell.querySelector('b').offsetWidth]")[0]
    assert cell.locator("b").evaluate("hours => hours.scrollWidth <= hours.clientWidth + 1")


def test_a_month_is_printed_without_its_buttons(new_page, shown):
    page = new_page(storage_state=shown)
    page.goto("/month/2026-03/")
    page.emulate_media(media="print")

    expect(page.get_by_role("table", name="By project")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".links")).to_be_hidden()
    expect(page.locator(".day-head .icon-button").first).to_be_hidden()


def test_a_day_of_the_week_is_unfolded_and_folded_by_keys(new_page, shown):
    page = new_page(storage_state=shown)
    page.goto("/week/2026-03-02/")
    row, fold = page.locator("li.session"), page.get_by_role("link", name="Tue 3 Mar").last
    expect(row).to_have_count(0)

    fold.focus()
    page.keyboard.press("Enter")
    expect(row).to_be_visible()
    expect(fold).to_be_focused()
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)

    page.go_back()
    expect(row).to_be_visible()


def cell(page, name, day):
    return page.get_by_label(f"{name}, {day}", exact=True)


def test_a_grid_is_typed_into_by_keys_and_undone_at_once(new_page, shown):
    page = new_page(storage_state=shown)
    page.goto(GRID)
    cell(page, "Brand", "Mon 2 Mar").focus()
    page.keyboard.press("Tab")
    expect(cell(page, "Brand", "Tue 3 Mar")).to_be_focused()
    page.keyboard.type("1:30")
    page.keyboard.press("Enter")
    expect(cell(page, "Support", "Tue 3 Mar")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(cell(page, "Brand", "Tue 3 Mar")).to_be_focused()

    cell(page, "Another project", "Tue 3 Mar").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save the week")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Saved 1 cell of the week.")
    expect(cell(page, "Brand", "Tue 3 Mar")).to_have_value("1:30")
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(cell(page, "Brand", "Tue 3 Mar")).to_have_value("")


def test_a_long_name_in_a_cell_of_the_grid_leaves_the_days_where_they_are(new_page):
    page = new_page(viewport={"width": 1280, "height": 800})
    page.goto("/")
    for hours in ("9-10", "11-12"):
        field = page.get_by_label(re.compile("What are you doing|Switch to"))
        field.fill(f"{'The whole subject of a ticket ' * 6} 2026-03-02 {hours}")
        field.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Added “The whole")
        expect(field).to_have_value("")
    page.goto(GRID)
    page.locator(".week-table summary").click()
    expect(page.locator(".week-table details a").first).to_be_visible()

    assert page.locator(".week-table").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_grid_is_saved_and_corrected_without_scripts(new_page, shown):
    page = new_page(storage_state=shown, java_script_enabled=False)
    page.goto("/week/2026-03-02/")
    page.get_by_role("link", name="Grid", exact=True).click()
    cell(page, "No project", "Wed 4 Mar").fill("soon")
    page.get_by_role("button", name="Save the week").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was saved yet.")).to_contain_text("Wed 4 Mar, “soon”")
    expect(cell(page, "No project", "Wed 4 Mar")).to_be_focused()

    cell(page, "No project", "Wed 4 Mar").fill("0:45")
    page.get_by_role("button", name="Save the week").click()
    expect(page.get_by_role("status")).to_contain_text("Saved 1 cell of the week.")
    expect(cell(page, "No project", "Wed 4 Mar")).to_have_value("0:45")
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(cell(page, "No project", "Wed 4 Mar")).to_have_value("0:30")


@pytest.fixture
def week(new_page):
    """The week of somebody who tracked on two days of it, one over midnight."""
    page = new_page()
    for line in ("Call 2026-03-03 9-10", "Mail 2026-03-03 10:30-11", "Night 2026-03-03 22:30-1:15"):
        page.goto("/")
        field = page.get_by_label(re.compile("What are you doing|Switch to"))
        field.fill(line)
        field.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Added “{line.split()[0]}")
    page.goto("/week/2026-03-02/")
    return page


def unfold(page, name):
    page.locator(".fold").filter(has_text=name).click()
    return page.get_by_role("region", name=name)


def test_sessions_of_the_week_are_edited_where_they_stand_and_all_totals_follow(week):
    week.evaluate("window.isSamePage = true")
    tuesday = unfold(week, "Tue 3 Mar")
    end = tuesday.locator("li.session").filter(has_text="Mail").locator("a[id^=end-]")
    end.click()
    expect(week.get_by_label("End", exact=True)).to_be_focused()
    week.keyboard.type("12")
    week.keyboard.press("Enter")

    expect(week.locator(".day-head .total")).to_contain_text("5:15")
    expect(tuesday.get_by_role("heading")).to_contain_text("4:00")
    expect(week.locator(".week-table tfoot td").nth(1)).to_have_text("4:00")
    expect(end).to_be_focused()
    assert week.evaluate("window.isSamePage")


def test_sessions_of_the_week_are_selected_and_changed_at_once(week):
    tuesday = unfold(week, "Tue 3 Mar")
    week.get_by_role("checkbox", name="Select Call").check()
    week.get_by_role("checkbox", name="Select Night").check()
    week.locator("#selection").get_by_role("button", name="Delete").click()

    expect(week.get_by_role("status")).to_contain_text("Deleted 2 sessions.")
    expect(week.locator(".day-head .total")).to_contain_text("0:30")
    expect(tuesday.locator("li.session")).to_be_visible()


def test_without_scripts_a_session_of_the_week_is_edited_and_shown_again(week, new_page):
    page = new_page(storage_state=week.context.storage_state(), java_script_enabled=False)
    page.goto("/week/2026-03-02/")
    unfold(page, "Tue 3 Mar")
    page.locator("li.session").filter(has_text="Call").locator("a[id^=name-]").click()
    page.get_by_label("Name", exact=True).fill("Call with Mira")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("link", name="Call with Mira", exact=True)).to_be_visible()
    assert "/week/2026-03-02/?day=2026-03-03#session-" in page.url


def test_an_unfolded_day_of_a_week_fits_and_axe_finds_nothing(week, new_page):
    page = new_page(storage_state=week.context.storage_state())
    page.goto("/week/2026-03-02/?day=2026-03-03")

    check_look(page)
