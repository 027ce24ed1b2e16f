"""A guest keeps their sessions by a recovery code and opens them in a second browser; then ends the first."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import PHONE, check_look

NAMES = ["Logo", "Mail", "Call"]


def track(page, name):
    page.goto("/")
    page.get_by_label("What are you doing?").first.fill(name)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_everything_is_there_in_a_second_browser(new_page, scripts):
    first, second = new_page(java_script_enabled=scripts), new_page(java_script_enabled=scripts)
    for name in NAMES:
        track(first, name)
    first.get_by_role("link", name="Keep these sessions").click()
    first.get_by_role("button", name="Make a recovery code").click()
    code = first.get_by_label("New recovery code").input_value()

    second.goto("/settings/")
    second.get_by_role("main").get_by_role("link", name="Sign in").click()
    second.get_by_label("Recovery code", exact=True).and_(second.get_by_role("textbox")).fill(code.lower())
    second.get_by_role("button", name="Use the code").click()
    assert second.get_by_label("New recovery code").input_value() != code
    second.get_by_role("link", name="I have it").click()
    for name in NAMES:
        expect(second.get_by_role("main")).to_contain_text(name)

    second.goto("/settings/devices/")
    second.get_by_role("button", name="End all others").click()
    expect(second.get_by_role("status").first).to_contain_text("Ended 1 other browser.")
    first.goto("/")
    expect(first.get_by_role("main")).not_to_contain_text("Logo")


def click_twice(page, button):
    """On a slow line: the browser gives up the first request, and shows the answer to the second."""
    conditions = {"offline": False, "latency": 600, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    for _number in range(2):
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        page.wait_for_timeout(250)


def test_a_second_click_loses_nothing(new_page):
    first, second = new_page(), new_page()
    track(first, "Logo")
    first.goto("/keep/")
    click_twice(first, first.get_by_role("button", name="Make a recovery code"))
    code = first.get_by_label("New recovery code").input_value()
    first.goto("/")
    expect(first.get_by_role("main")).to_contain_text("Logo")

    second.goto("/signin/")
    second.get_by_label("Recovery code", exact=True).and_(second.get_by_role("textbox")).fill(code)
    click_twice(second, second.get_by_role("button", name="Use the code"))
    expect(second.get_by_label("New recovery code")).to_be_visible()
    second.get_by_role("link", name="I have it").click()
    expect(second.get_by_role("main")).to_contain_text("Logo")


def test_a_code_stays_while_the_page_follows_another_tab(new_page):
    page = new_page()
    track(page, "Logo")
    page.goto("/keep/")
    page.get_by_role("button", name="Make a recovery code").click()
    code = page.get_by_label("New recovery code").input_value()

    other = page.context.new_page()
    other.goto("/")
    other.get_by_label("What are you doing?").first.fill("Mail")
    other.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()  # it followed
    expect(page.get_by_label("New recovery code")).to_have_value(code)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.get_by_label("New recovery code")).to_have_value(code)


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    for path in ("/keep/", "/signin/", "/settings/devices/", "/settings/"):
        page.goto(path)
        check_look(page)
    track(page, "Logo")
    check_look(page)
    for path in ("/signin/", "/signout/", "/settings/devices/", "/keep/"):
        page.goto(path)
        check_look(page)
    page.get_by_role("button", name="Make a recovery code").click()
    check_look(page)
    page.goto("/signout/")
    check_look(page)
