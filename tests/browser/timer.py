"""The timer bar as a user works it, with scripts and without."""

import re

from playwright.sync_api import Locator, Page, expect

FIELD = re.compile("What are you doing|Switch to")


def field(page: Page) -> Locator:
    """The field of the bar; while a session runs, Switch opens it."""
    found = page.get_by_label(FIELD)
    if not found.is_visible():
        page.locator("#timer-switch > summary").click()
    return found


def type_line(page: Page, line: str) -> None:
    """Sends a line, and returns when the bar shows what came of it."""
    token = page.locator("#timer-start [name=csrfmiddlewaretoken]")  # each bar has it masked anew
    before = token.input_value()
    found = field(page)
    found.fill(line)
    found.press("Enter")
    expect(token).not_to_have_value(before)
