"""The single keys, each as its sheet says, and where the focus is after each action."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.timer import type_line
from tests.server import CHECKOUT

DAY = "2026-03-02"


def row(page: Page, name: str) -> Locator:
    return page.locator("li.session").filter(has_text=name)


def notice(page: Page) -> Locator:
    return page.locator("#notices")


@pytest.fixture
def page(new_page) -> Page:
    """Of a guest with three sessions of 2 March, on that day."""
    page = new_page(timezone_id="UTC")
    page.goto("/")
    for line in ("Call 9-10", "Mail 10:30-11", "Logo 11-12"):
        name, times = line.split()
        type_line(page, f"{name} {DAY} {times}")
        expect(notice(page)).to_contain_text(f"Added “{name}”")
    page.goto(f"/day/{DAY}/")
    return page


def send_keys(page: Page, *keys: str) -> None:
    page.wait_for_load_state()  # an address is there before its scripts are
    for key in keys:
        page.keyboard.press(key)


def test_rows_are_walked_and_opened(page):
    for key, name in (("j", "Logo"), ("j", "Mail"), ("ArrowDown", "Call"), ("ArrowUp", "Mail"), ("k", "Logo")):
        send_keys(page, key)
        expect(row(page, name)).to_be_focused()
    send_keys(page, "k")  # above the first there is none
    expect(row(page, "Logo")).to_be_focused()
    send_keys(page, "Enter")
    expect(page.locator("#edit-form").get_by_label("Name")).to_have_value("Logo")


def test_the_name_of_a_row_is_changed_and_left(page):
    send_keys(page, "j", "e")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    send_keys(page, "Escape")
    expect(page.locator(".cell-form")).to_have_count(0)
    send_keys(page, "j")  # from the row that was edited
    expect(row(page, "Mail")).to_be_focused()


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_row_is_deleted_and_the_next_has_the_focus(page, key):
    send_keys(page, "j", "j", key)
    expect(row(page, "Mail")).to_have_count(0)
    expect(row(page, "Call")).to_be_focused()


def test_after_the_last_row_the_one_before_it_has_the_focus(page):
    send_keys(page, "j", "j", "j", "Delete")
    expect(row(page, "Call")).to_have_count(0)
    expect(row(page, "Mail")).to_be_focused()


def test_rows_are_selected_and_deleted_together(page):
    send_keys(page, "j", "x", "j", "x", "x", "x")  # the second: on, off, on
    expect(page.locator(".pick:checked")).to_have_count(2)
    send_keys(page, "Delete")
    expect(page.locator("li.session")).to_have_count(1)
    expect(row(page, "Call")).to_be_focused()
    send_keys(page, "Delete")
    expect(page.get_by_text("Nothing tracked on this day.")).to_be_visible()
    expect(page.locator("#heading")).to_be_focused()
    for count in (1, 3):
        send_keys(page, "z")
        expect(page.locator("li.session")).to_have_count(count)


def test_a_gap_that_is_closed_leaves_the_focus_on_the_page(page):
    page.get_by_role("button", name="Stretch over").click()
    page.get_by_role("button", name="End “Call” at 10:30").click()
    expect(page.get_by_text("30 min untracked")).to_have_count(0)
    expect(page.locator("#heading")).to_be_focused()


def test_undo_leaves_the_focus_on_the_page(page):
    send_keys(page, "j", "Delete")
    expect(row(page, "Logo")).to_have_count(0)
    notice(page).get_by_role("button", name="Undo").focus()
    send_keys(page, "Enter")
    expect(row(page, "Logo")).to_have_count(1)
    expect(page.locator("#heading")).to_be_focused()


def test_continue_keeps_its_focus_and_numbers_pick_up(page):
    page.get_by_role("button", name="Continue Mail").focus()
    send_keys(page, "Enter")
    expect(page.locator("#timer-name")).to_have_text("Mail")
    expect(page.get_by_role("button", name="Continue Mail")).to_be_focused()
    send_keys(page, "s")
    expect(notice(page)).to_contain_text("Stopped after")
    page.goto("/")
    send_keys(page, "1")
    expect(page.locator("#timer-name")).to_have_text("Mail")
    send_keys(page, "s")
    expect(notice(page)).to_contain_text("Stopped after")


def test_letters_and_arrows_go_from_page_to_page(page):
    for key, path in (
        ("ArrowLeft", "/day/2026-03-01/"),
        ("ArrowRight", f"/day/{DAY}/"),
        ("w", "/week/"),
        ("ArrowLeft", re.compile(r"/week/\d{4}-\d\d-\d\d/$")),
        ("m", "/month/"),
        ("ArrowLeft", re.compile(r"/month/\d{4}-\d\d/$")),
        ("r", "/reports/"),
        ("p", "/projects/"),
        ("a", re.compile("/sessions/add/")),
    ):
        send_keys(page, key)
        expect(page).to_have_url(re.compile(re.escape(path) + "$") if isinstance(path, str) else path)
    page.goto(f"/day/{DAY}/")
    for key in ("t", "d"):
        send_keys(page, key)
        expect(page).to_have_url(re.compile(r"://[^/]+/$"))


def test_a_slash_goes_to_the_filter(page):
    page.goto("/reports/")
    send_keys(page, "/")
    assert page.evaluate("document.activeElement.closest('.query') !== null")


@pytest.mark.parametrize(
    ("typed", "key", "expected"),
    [
        ("9:15", "ArrowUp", "9:16"),
        ("9:15", "Shift+ArrowUp", "9:30"),
        ("10:00", "ArrowDown", "9:59"),
        ("0:05", "Shift+ArrowDown", "23:50"),
        ("23:59", "ArrowUp", "0:00"),
        ("11:59 am", "ArrowUp", "12:00 pm"),
        ("12:10 AM", "Shift+ArrowDown", "11:55 pm"),
        ("-15", "ArrowUp", "-15"),
        ("9:75", "ArrowUp", "9:75"),
    ],
)
def test_up_and_down_change_a_time_in_its_field(page, typed, key, expected):
    page.goto("/sessions/add/")
    start = page.get_by_label("Start", exact=True)
    start.fill(typed)
    start.press(key)
    expect(start).to_have_value(expected)


def test_ctrl_enter_saves_from_any_field(page):
    send_keys(page, "j", "Enter")
    note = page.locator("#edit-form").get_by_label("Note")
    note.evaluate("field => field.closest('details')?.setAttribute('open', '')")
    note.fill("Two lines\nof a note")
    send_keys(page, "Control+Enter")
    expect(notice(page)).to_contain_text("Saved “Logo”.")


def test_buttons_and_links_say_their_keys(page):
    send_keys(page, "j", "Delete")
    expect(notice(page).get_by_role("button", name="Undo")).to_have_attribute("title", "Undo (Z)")
    send_keys(page, "c")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    titles = page.evaluate("[...document.querySelectorAll('[title]')].map((each) => each.title)")
    for key in "ABDEMPRSTW←→":
        assert any(title.endswith(f"({key})") for title in titles), key


def test_every_key_of_the_sheet_is_known(page):
    """The sheet and the script that listens name the same keys."""
    send_keys(page, "?")
    sheet = page.get_by_role("dialog", name="Keys and input")
    in_sheet = set("".join(sheet.locator("dl:not(.examples) kbd").all_inner_texts()).lower())
    source = (CHECKOUT / "static/js/keys.js").read_text()
    listened = set(re.findall(r"^    ([a-z]): ", source, re.MULTILINE))
    assert listened
    assert listened <= in_sheet
