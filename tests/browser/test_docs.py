"""The page of the API's description, under the policy of all pages and without another host (conftest.py watches)"""

import json

from playwright.sync_api import expect

from tests.browser.looks import check_look


def test_axe_finds_nothing_folded_or_not(new_page):
    page = new_page()
    page.goto("/v1/docs")
    check_look(page)

    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    check_look(page, "all of it")


def test_without_scripts_a_call_is_found_and_the_description_itself_is_linked(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/v1/docs")
    page.get_by_text("POST /v1/users", exact=True).click()
    expect(page.get_by_text('curl -s "$HOST/v1/users"').first).to_be_visible()

    page.goto("/v1/docs#startTimer")
    expect(page.locator("#startTimer")).to_be_visible()

    page.get_by_role("link", name="the description itself").click()
    assert json.loads(page.locator("pre").inner_text())["openapi"] == "3.1.0"
