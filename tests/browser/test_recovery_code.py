"""A guest keeps their sessions by a recovery code and opens them in a second browser; then ends the first."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NAMES = ["Logo", "Mail", "Call"]


def track(page, name):
    page.goto("/")
    page.get_by_label("What are you doing?").first.fill(name)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()


def check_page(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(new_page, scheme):
    page = new_page(color_scheme=scheme)
    for path in ("/keep/", "/signin/", "/settings/devices/", "/settings/"):
        page.goto(path)
        check_page(page)
    track(page, "Logo")
    check_page(page)
    for path in ("/signin/", "/signout/", "/settings/devices/", "/keep/"):
        page.goto(path)
        check_page(page)
    page.get_by_role("button", name="Make a recovery code").click()
    check_page(page)
    page.goto("/signout/")
    check_page(page)
