"""The calendar of a week as a person uses it: links without scripts, keys, a mouse, every width, both themes."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look
from tests.browser.timer import type_line

CALENDAR = "/week/2026-03-02/?view=calendar"
SCRIPT = "<img src=x onerror=window.run=1><script>window.run=1</script>"
HOUR = 72


def add(page: Page, *lines: str) -> None:
    page.goto("/")
    for line in lines:
        field = page.get_by_label(re.compile("What are you doing|Switch to"))
        field.fill(line)
        field.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Added “{line.split(' 2026')[0]}”")
    page.goto(CALENDAR)


@pytest.fixture
def page(new_page) -> Page:
    page = new_page(viewport={"width": 1280, "height": 1100})
    add(page, "Call 2026-03-03 9-10:30", "Mail 2026-03-03 15-15:30")
    return page


def block(page: Page, name: str):
    return page.locator(".block:not(.is-ghost)").filter(has_text=name)


def link(page: Page, name: str):
    return block(page, name).get_by_role("link")


def range_of(page: Page, name: str):
    return block(page, name).locator(".range")


def drag(page: Page, grip, *, down: float = 0, right: float = 0, at: float = 30) -> None:
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + min(at, box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=3)
    page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def test_keys_move_a_session_which_is_saved_at_once_with_enter_and_undone(page):
    link(page, "Call").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".is-ghost .range")).to_have_text("9:16–10:46")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Moved “Call” to Tue 3 Mar, 9:16–10:46.")
    expect(range_of(page, "Call")).to_have_text("9:16–10:46")
    expect(link(page, "Call")).to_be_focused()
    expect(page.locator(".is-ghost")).to_have_count(0)

    page.keyboard.press("z")
    expect(range_of(page, "Call")).to_have_text("9:00–10:30")
    assert page.url.endswith(CALENDAR)


def test_keys_that_rest_save_and_esc_restores(page):
    link(page, "Call").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator(".is-ghost, .is-moving")).to_have_count(0)
    expect(range_of(page, "Call")).to_have_text("9:00–10:30")

    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("Moved “Call” to Wed 4 Mar, 9:00–10:30.")
    expect(page.locator(".calendar-day").nth(2).locator(".block")).to_contain_text("Call")


@pytest.mark.parametrize(
    ("week", "date", "key", "day"),
    [
        ("2026-03-23", "2026-03-28", "ArrowRight", "Sun 29 Mar"),
        ("2026-10-19", "2026-10-24", "ArrowRight", "Sun 25 Oct"),
        ("2026-10-19", "2026-10-25", "ArrowLeft", "Sat 24 Oct"),
    ],
)
def test_keys_keep_the_time_of_the_clock_when_it_was_changed(page, week, date, key, day):
    page.goto("/")
    type_line(page, f"Concert {date} 10-23")
    page.goto(f"/week/{week}/?view=calendar")
    link(page, "Concert").focus()
    page.keyboard.press(key)
    expect(page.locator(".is-ghost .range")).to_have_text("10:00–23:00")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text(f"Moved “Concert” to {day}, 10:00–23:00.")


def test_tab_leads_to_the_edges_which_keys_stretch(page):
    link(page, "Call").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Move the end of Call")).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("End of “Call” moved from 10:30 to 10:45.")
    expect(range_of(page, "Call")).to_have_text("9:00–10:45")
    expect(page.locator(".day-head .total")).to_contain_text("2:15")
    expect(page.get_by_role("button", name="Move the end of Call")).to_be_focused()


def test_a_session_is_dragged_to_another_time_and_day(page):
    width = page.locator(".calendar-column").first.bounding_box()["width"]
    page.evaluate("window.isSamePage = true")

    drag(page, link(page, "Call"), down=2 * HOUR, right=width)

    expect(page.get_by_role("status")).to_contain_text("Moved “Call” to Wed 4 Mar, 11:00–12:30.")
    expect(page.locator(".calendar-day").nth(2).locator(".block .range")).to_have_text("11:00–12:30")
    assert page.evaluate("window.isSamePage")


def test_an_edge_is_dragged(page):
    block(page, "Call").hover()
    drag(page, block(page, "Call").locator(".edge.is-start"), down=-HOUR / 2)

    expect(page.get_by_role("status")).to_contain_text("Start of “Call” moved from 9:00 to 8:30.")
    expect(range_of(page, "Call")).to_have_text("8:30–10:30")


def test_a_click_without_moving_edits(page):
    link(page, "Call").click()

    expect(page.locator("#edit-form")).to_be_visible()


def test_free_time_is_drawn_into_or_clicked(page):
    gap = page.get_by_role("link", name="Add 10:30–15:00, Tue 3 Mar")
    drag(page, gap, down=HOUR / 2, at=HOUR / 2)
    expect(page.get_by_label("Start", exact=True)).to_have_value("11:00")
    expect(page.get_by_label("End", exact=True)).to_have_value("11:30")

    page.goto(CALENDAR)
    gap.click(position={"x": 20, "y": 2 * HOUR})  # at half past twelve
    expect(page.get_by_label("Start", exact=True)).to_have_value("12:00")
    expect(page.get_by_label("End", exact=True)).to_have_value("13:00")
    page.get_by_label("Name").fill("Lunch talk")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(range_of(page, "Lunch talk")).to_have_text("12:00–13:00")


def test_below_folded_hours_all_stands_and_moves_by_the_same_times(page):
    add(page, "Night 2026-03-04 22:30-1:15")
    night, call = block(page, "Night").last.bounding_box(), block(page, "Call").bounding_box()
    assert call["y"] - night["y"] == 2 * HOUR + 24 + HOUR  # 2:00 to 8:00 are 24 pixels tall

    gap = page.get_by_role("link", name="Add 10:30–15:00, Tue 3 Mar")
    drag(page, gap, down=HOUR / 2, at=HOUR / 2)
    expect(page.get_by_label("Start", exact=True)).to_have_value("11:00")
    expect(page.get_by_label("End", exact=True)).to_have_value("11:30")
    page.goto(CALENDAR)
    gap.click(position={"x": 20, "y": 2 * HOUR})
    expect(page.get_by_label("Start", exact=True)).to_have_value("12:00")
    page.goto(CALENDAR)
    page.get_by_role("link", name="Add 0:00–9:00, Tue 3 Mar").click(position={"x": 20, "y": 2 * HOUR + 12})
    expect(page.get_by_label("Start", exact=True)).to_have_value("5:00")  # halfway between 2:00 and 8:00
    page.goto(CALENDAR)
    drag(page, link(page, "Call"), down=-HOUR - 24 - HOUR)
    expect(page.get_by_role("status")).to_contain_text("1:00–2:30")


def test_what_changed_elsewhere_is_not_overwritten(page, new_page):
    phone = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    page.route("**/timer/state/**", lambda route: route.fulfill(status=204))  # it has not followed yet
    phone.goto("/day/2026-03-03/")
    phone.locator("li.session").filter(has_text="Call").locator("a[id^=end-]").click()
    phone.get_by_label("End", exact=True).fill("11")
    phone.get_by_role("button", name="Save").click()
    link(page, "Call").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(".notice.is-error")).to_be_visible()
    expect(range_of(page, "Call")).to_have_text("9:00–11:00")


def test_without_scripts_a_gap_adds_and_a_block_edits(new_page, page):
    still = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    still.goto("/week/2026-03-02/")
    still.get_by_role("navigation", name="Ways to see the week").get_by_role("link", name="Calendar").click()
    still.get_by_role("link", name="Add 10:30–15:00, Tue 3 Mar").click()
    still.get_by_label("Name").fill("Sketches")
    still.get_by_role("button", name="Add", exact=True).click()
    expect(range_of(still, "Sketches")).to_have_text("10:30–15:00")

    link(still, "Sketches").click()
    still.locator("#edit-form").get_by_label("End", exact=True).fill("12")
    still.locator("#edit-form").get_by_role("button", name="Save").click()
    expect(range_of(still, "Sketches")).to_have_text("10:30–12:00")
    expect(still.locator(".edge").first).to_be_hidden()


def test_axe_finds_nothing_no_name_is_run_and_only_the_calendar_scrolls(new_page):
    page = new_page(viewport=PHONE)
    add(
        page,
        f"{SCRIPT} 2026-03-02 9-12:30",
        "Night 2026-03-03 22:30-1:15",
        "Call 2026-03-04 9-10",
        "Overlapping 2026-03-04 9:30-11",
        "Short 2026-03-05 9-9:04",
    )

    check_look(page)
    box = page.get_by_role("region", name="Calendar of the week")
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert box.evaluate("box => box.scrollWidth > box.clientWidth") == (width < 720)
    assert page.evaluate("window.run") is None
    expect(block(page, "onerror")).to_have_count(1)


def test_the_hours_of_a_clock_of_12_hours_are_whole_on_a_phone(new_page):
    page = new_page(viewport=PHONE, locale="en-US")
    add(page, "Night 2026-03-03 22:30-23:15")
    expect(page.locator(".hours text").filter(has_text="10:00 pm")).to_have_count(1)

    edge = page.locator(".hours").bounding_box()["x"]
    assert all(each.bounding_box()["x"] >= edge for each in page.locator(".hours text").all())


def test_the_times_of_a_short_session_beside_others_are_read_while_it_moves(new_page):
    page = new_page(viewport={"width": 1280, "height": 1100})
    add(page, *(f"Number {number} 2026-03-04 9:0{number}-9:1{number}" for number in range(4)))
    link(page, "Number 3").focus()
    page.keyboard.press("ArrowDown")

    times = page.locator(".is-ghost .range")
    expect(times).to_have_text("9:04–9:14")
    box, ghost = times.bounding_box(), page.locator(".is-ghost .box").bounding_box()
    assert ghost["y"] <= box["y"] <= ghost["y"] + 4
    assert times.evaluate("range => range.scrollWidth <= range.clientWidth")


def test_a_printed_week_is_as_wide_as_the_paper(page):
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    sunday = page.locator(".calendar-day").last.bounding_box()
    assert sunday["x"] + sunday["width"] <= 794


def test_blocks_can_be_clicked_and_do_not_cover_each_other(new_page):
    page = new_page()
    add(page, *(f"Number {number} 2026-03-04 9:0{number}-9:1{number}" for number in range(4)))

    boxes = [each.bounding_box() for each in page.locator(".block .box").all()]
    assert len(boxes) == 4
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
    edges = sorted((box["x"], box["x"] + box["width"]) for box in boxes)
    assert all(before[1] <= after[0] + 0.5 for before, after in pairwise(edges))
