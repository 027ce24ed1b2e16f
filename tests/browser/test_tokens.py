"""Access tokens as a person meets them: made and copied, used by a script, revoked after a question."""

import json
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, check_look


def ask(server, secret: str, method: str = "GET", path: str = "") -> tuple[int, dict]:
    """What a script outside the browser is answered about the timer: the status and the body."""
    request = urllib.request.Request(
        f"{server.url}/v1/users/me/timer{path}", method=method, headers={"Authorization": f"Bearer {secret}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as rejected:
        with rejected:
            return rejected.code, json.load(rejected)


def make(page: Page, name: str) -> str:
    """The secret of a new token, as it can be copied."""
    form = page.get_by_role("form", name="Make a token")
    form.get_by_label("Name").fill(name)
    form.get_by_label("After 30 days").check()
    form.get_by_role("button", name="Make a token").click()
    field = page.get_by_label("New token", exact=True).and_(page.get_by_role("textbox"))
    expect(field).to_be_focused()
    return field.input_value()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_token_is_made_used_and_revoked(new_page, server, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/settings/")
    page.get_by_role("link", name="Tokens").click()
    expect(page.get_by_text("There is no token yet.")).to_be_visible()

    secret = make(page, "Hot-key")
    expect(page.get_by_label("Try it in a terminal")).to_have_value(
        f'curl -sX POST {server.url}/v1/users/me/timer/start -H "Authorization: Bearer {secret}"'
    )
    row = page.get_by_role("listitem").filter(has_text="Hot-key")
    expect(row).to_contain_text("May see everything; start, stop, add and change sessions")
    expect(row).to_contain_text("not used yet")
    assert ask(server, secret, "POST", "/start")[0] == 201

    page.goto("/settings/tokens/")
    expect(page.get_by_role("region", name="Timer")).to_contain_text("since")  # the script's session is the person's
    expect(page.get_by_label("New token", exact=True)).to_have_count(0)
    expect(row).to_contain_text("last used")

    row.get_by_role("link", name="Revoke…").click()
    page.get_by_role("link", name="Keep it").click()
    assert ask(server, secret)[0] == 200
    row.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Revoked")).to_contain_text("Hot-key")
    expect(row).to_have_count(0)
    status, problem = ask(server, secret)
    assert (status, problem["detail"]) == (401, "This token is unknown, expired or revoked.")


def test_a_token_is_copied_by_a_button(new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/tokens/")
    secret = make(page, "Hot-key")
    page.get_by_role("button", name="Copy New token").click()

    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.get_by_role("button", name="Copy Try it in a terminal").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -sX POST")


def test_without_scripts_there_is_no_button_that_does_nothing(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/settings/tokens/")
    make(page, "Hot-key")
    expect(page.get_by_role("button", name="Copy New token")).to_have_count(0)


def test_tokens_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/settings/tokens/")
    check_look(page, "empty")
    make(page, "A-name-without-any-space-as-people-copy-them-from-elsewhere-" + "x" * 40)
    check_look(page, "made")
    form = page.get_by_role("form", name="Make a token")
    form.get_by_label("See everything").uncheck()
    form.get_by_label("Start, stop").uncheck()
    form.get_by_label("Or after a day of your choice").fill("2020-01-01")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_have_text(
        ["Give at least one scope, such as read.", "This is over already. Give a later time, or none."]
    )
    expect(form.get_by_label("Or after a day of your choice")).to_have_value("2020-01-01")
    check_look(page, "refused")
    page.get_by_role("link", name="Revoke…").click()
    expect(page.get_by_role("heading", name="Revoke an access token")).to_be_visible()
    check_look(page, "asked")
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("Revoked")).to_be_visible()
    check_look(page, "revoked")
