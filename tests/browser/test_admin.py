"""The admin under the Content-Security-Policy: what it breaks, the browser says, and the fixture fails the test."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.server import Server

OPERATOR = {"DJANGO_SUPERUSER_EMAIL": "operator@example.org", "DJANGO_SUPERUSER_PASSWORD": "correct horse battery"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of its own: an operator sees what every other walk has made."""
    with Server() as started:
        yield started


def test_an_operator_looks_around_and_edits(page, server):
    page.goto("/")
    page.get_by_label("What are you doing?").fill("Poster 2026-03-02 9-10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Added “Poster”")

    server.environment.update(OPERATOR)
    server.manage("createsuperuser", "--noinput")
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label("E-mail", exact=True).fill("Operator@Example.org")
    page.get_by_label("Password").fill(OPERATOR["DJANGO_SUPERUSER_PASSWORD"])
    page.get_by_role("button", name="Sign in").click()

    page.goto("/admin/users_app/user/")
    page.get_by_role("link", name="operator@example.org").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change user")

    page.goto("/admin/sessions_app/timesession/")
    page.get_by_role("link", name="Poster").click()
    page.locator("#id_name").fill("Poster draft")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("link", name="Poster draft").last.click()
    expect(page.get_by_text("name: Poster → Poster draft")).to_be_visible()
    page.goto("/admin/sessions_app/timesession/add/")
    page.goto("/admin/sessions_app/timesession/?source__exact=web")

    page.goto("/admin/sessions_app/timesession/")
    page.get_by_role("link", name="Poster draft").click()
    page.get_by_label("Tags").fill("print seen-by-the-operator")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/admin/sessions_app/tag/")
    expect(page.get_by_role("link", name="seen-by-the-operator")).to_be_visible()

    page.goto("/admin/sessions_app/project/add/")
    page.get_by_role("combobox").first.click()  # Django names it by what is chosen
    page.get_by_role("option", name=re.compile("Guest")).click()
    page.get_by_label("Name:").fill("Logo")
    page.get_by_label("Client:").fill("Beta Ltd")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    page.get_by_role("link", name="Logo").last.click()
    page.get_by_label("Colour").select_option(label="3 – Teal")
    page.get_by_label("Hourly rate").fill("80.5")
    page.get_by_label("Currency").fill("eur")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="Logo")).to_contain_text("3 – Teal")
    expect(page.get_by_role("row", name="Logo")).to_contain_text("80.50\N{NO-BREAK SPACE}EUR")
    page.goto("/admin/sessions_app/client/")
    page.get_by_role("link", name="Beta Ltd").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("Its projects stay, without a client.")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("was deleted successfully")).to_be_visible()

    check_lists_fit_a_tablet(page)


def check_lists_fit_a_tablet(page):
    page.set_viewport_size({"width": 768, "height": 1024})
    for name in ("sessions_app/timesession", "sessions_app/project", "users_app/user"):
        page.goto(f"/admin/{name}/")
        assert page.locator(".results").evaluate("(box) => box.scrollWidth - box.clientWidth") == 0, name
