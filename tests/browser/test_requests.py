"""What requests of htmx have in common: somebody signed out meanwhile, and where "back" leads"""

import re

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


def test_back_leads_to_the_page_before_whatever_was_done(page):
    page.get_by_role("link", name="Week").first.click()
    page.wait_for_url("**/week/")
    stop(page)
    expect(page.locator("#notices")).to_contain_text("Stopped after")
    type_line(page, "Letter")
    page.locator("#timer-since").click()
    page.get_by_role("button", name="5 min ago", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Start moved from")
    page.go_back()
    expect(page).to_have_url(re.compile(r"://[^/]+/$"))
    expect(page.locator("#timer-name")).to_have_text("Letter")
    page.go_forward()
    expect(page).to_have_url(re.compile("/week/$"))
    expect(page.locator("#timer-name")).to_have_text("Letter")
