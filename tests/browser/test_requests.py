"""What is asked of somebody who was signed out meanwhile, and saved when they are signed in again"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.timer import type_line


@pytest.fixture
def page(new_page) -> Page:
    """Of a guest with a session that has ended and one that runs, on Today."""
    page = new_page(timezone_id="UTC")
    page.goto("/")
    type_line(page, "Mail 30m")
    expect(page.locator("#notices")).to_contain_text("Added “Mail”")
    type_line(page, "Logo")
    page.goto("/")
    return page


def continue_row(page: Page) -> None:
    page.get_by_role("button", name="Continue Mail").click()


def delete_row(page: Page) -> None:
    page.get_by_role("button", name="More for Mail").click()
    page.get_by_role("button", name="Delete").click()


def send_key(page: Page) -> None:
    page.locator("h1").click()
    page.keyboard.press("c")


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize(
    ("action", "done"),
    [
        (continue_row, "Started “Mail”"),
        (delete_row, "Deleted “Mail”"),
        (send_key, "Started “"),
        (stop, "Stopped after"),
    ],
)
@pytest.mark.parametrize("is_drawn_anew", [False, True], ids=["as it was", "drawn anew"])
def test_every_button_does_what_it_was_to_do(page, action, done, is_drawn_anew):
    cookie = next(each for each in page.context.cookies() if each["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    action(page)
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_be_visible()
    page.context.add_cookies([cookie])
    if is_drawn_anew:  # as after a change in another tab
        page.evaluate("htmx.ajax('GET', '/', {source: bar.element(), target: '#timer-bar', select: '#timer-bar'})")
        page.wait_for_timeout(500)
    dialog.get_by_role("button", name="Save it now").click()
    expect(page.locator("#notices")).to_contain_text(done)
    expect(dialog).to_be_hidden()
