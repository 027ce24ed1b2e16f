"""What a day of tracking costs: the ten usual tasks by mouse and by keyboard, each begun on Today, just loaded.

A click, tap or key counts 1, typing a word or a time 0, the key that sends it 1. What is seen at once costs nothing.
"""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.timer import field, type_line

MAX_ACTIONS = 16
HOURS_AND_MINUTES = re.compile(r"^\d+:\d\d$")


class Hands:
    """Works the page by mouse or by keyboard alone, and counts what that takes."""

    def __init__(self, page: Page, *, has_mouse: bool) -> None:
        self.page = page
        self.has_mouse = has_mouse
        self.count = 0

    def act(self, target: Locator, *keys: str) -> None:
        """Clicks the target, or does the same by keys."""
        if self.has_mouse:
            target.click()
            self.count += 1
        for key in () if self.has_mouse else keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text: str, *, into: Locator) -> None:
        """Types where the focus is."""
        expect(into).to_be_focused()
        self.page.keyboard.type(text)


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Timer")


def notice(page: Page) -> Locator:
    return page.locator("#notices")


def row(page: Page, name: str) -> Locator:
    return page.locator(".sessions > .session").filter(has_text=name)


def start_with_a_name(page: Page, hands: Hands) -> None:
    hands.act(field(page), "n")
    hands.type("Logo", into=field(page))
    hands.act(bar(page).get_by_role("button", name="Start"), "Enter")
    expect(bar(page).locator(".timer-name")).to_have_text("Logo")


def move_the_start(page: Page, hands: Hands) -> None:
    hands.act(page.locator("#timer-since"), "b")
    hands.type("-15", into=page.get_by_label("Since"))
    hands.act(page.locator("#since-form").get_by_role("button", name="Save"), "Enter")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"0:15:"))


def stop_from_any_page(page: Page, hands: Hands) -> None:
    page.goto("/reports/")
    hands.act(bar(page).get_by_role("button", name="Stop"), "s")
    expect(notice(page)).to_contain_text(re.compile("Stopped after 1[56] min"))


def add_what_was_forgotten_yesterday(page: Page, hands: Hands) -> None:
    hands.act(field(page), "n")
    hands.type("Proposal yesterday 14-15:30", into=field(page))
    hands.act(bar(page).get_by_role("button", name=re.compile("Start|Add")), "Enter")
    expect(notice(page)).to_contain_text("Added “Proposal”")


def continue_yesterdays_last(page: Page, hands: Hands) -> None:
    chip = page.locator("#pick-up").get_by_role("button", name="Navigation")
    hands.act(chip, chip.locator("kbd").inner_text())
    expect(bar(page).locator(".timer-name")).to_have_text("Navigation")
    page.get_by_role("button", name="Stop").click()
    expect(notice(page)).to_contain_text("Stopped after")


def read_this_weeks_total(page: Page, _hands: Hands) -> None:
    week = page.locator("#totals span").filter(has_text="Week")
    expect(week).to_be_in_viewport(ratio=1)
    expect(week.locator("b")).to_have_text(HOURS_AND_MINUTES)


def see_the_month_per_project(page: Page, _hands: Hands) -> None:
    project = page.locator(".project-bars li").filter(has_text="Website")
    expect(project).to_be_in_viewport(ratio=1)
    expect(project.locator(".figure")).to_have_text(HOURS_AND_MINUTES)


def rename_a_row(page: Page, hands: Hands) -> None:
    hands.act(row(page, "Navigation").locator("a[id^=name-]"), "j", "e")
    hands.type("Menu", into=page.get_by_label("Name", exact=True))
    hands.act(page.locator(".cell-form").get_by_role("button", name="Save"), "Enter")
    expect(row(page, "Menu")).to_be_visible()
    expect(row(page, "Navigation")).to_have_count(0)


def delete_a_row(page: Page, hands: Hands) -> None:
    if hands.has_mouse:
        hands.act(page.get_by_role("button", name="More for Menu"))
    hands.act(row(page, "Menu").get_by_role("button", name="Delete"), "j", "Delete")
    expect(row(page, "Menu")).to_have_count(0)
    notice(page).get_by_role("button", name="Undo").click()
    expect(row(page, "Menu")).to_be_visible()


def download_the_month(page: Page, hands: Hands) -> None:
    hands.act(page.get_by_role("link", name="Month", exact=True), "m")
    page.wait_for_url("**/month/")
    with page.expect_download() as download:
        hands.act(page.get_by_role("link", name="Download as CSV"), "f")
    assert download.value.suggested_filename.endswith(".csv")


TASKS = (
    start_with_a_name,
    move_the_start,
    stop_from_any_page,
    add_what_was_forgotten_yesterday,
    continue_yesterdays_last,
    read_this_weeks_total,
    see_the_month_per_project,
    rename_a_row,
    delete_a_row,
    download_the_month,
)


@pytest.fixture
def page(new_page) -> Page:
    """Of a user who tracked something yesterday and today. It is about noon there, whatever the hour."""
    page = new_page(timezone_id=f"Etc/GMT{datetime.now(UTC).hour - 12:+}")
    page.goto("/")
    type_line(page, "Navigation @Website yesterday 16-17")
    bar(page).get_by_role("button", name="Create project").click()
    expect(notice(page)).to_contain_text("Added “Navigation”")
    for line in ("Mail @Website 8-8:30", "Call 9-10"):  # on the first of a month, yesterday is not in it
        type_line(page, line)
        expect(notice(page)).to_contain_text(f"Added “{line.split()[0]}”")
    return page


@pytest.mark.parametrize("has_mouse", [True, False], ids=["by mouse", "by keyboard"])
def test_ten_usual_tasks_take_16_actions_at_most(page, has_mouse):
    counts = dict[str, int]()
    for task in TASKS:
        page.goto("/")
        hands = Hands(page, has_mouse=has_mouse)
        task(page, hands)
        counts[task.__name__] = hands.count

    assert sum(counts.values()) <= MAX_ACTIONS, counts
