"""The page of the API's description, under the policy of all pages and without another host (conftest.py watches)"""

from playwright.sync_api import expect


def test_a_call_is_found_and_tried(page):
    page.goto("/v1/docs")
    expect(page.get_by_text("startTimer", exact=True)).to_be_visible()

    page.get_by_text("createUser", exact=True).click()
    expect(page.get_by_text('curl -s "$HOST/v1/users"').first).to_be_visible()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/v1/users") as answer:
        page.get_by_role("button", name="Execute").click()

    assert answer.value.status == 201


def test_without_scripts_the_description_itself_is_linked(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/v1/docs")

    page.get_by_role("link", name="The description itself").click()
    expect(page.get_by_text('"openapi"')).to_be_visible()
