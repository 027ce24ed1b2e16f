"""The admin under the Content-Security-Policy: what it breaks, the browser says, and the fixture fails the test."""

import re

from playwright.sync_api import expect

OPERATOR = {"DJANGO_SUPERUSER_EMAIL": "operator@example.org", "DJANGO_SUPERUSER_PASSWORD": "correct horse battery"}


def test_an_operator_looks_around_and_edits(page, server):
    page.goto("/")
    page.get_by_label("What are you doing?").fill("Poster 2026-03-02 9-10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Added “Poster”")

    server.environment.update(OPERATOR)
    server.manage("createsuperuser", "--noinput")
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label(re.compile("e-mail", re.IGNORECASE)).fill("Operator@Example.org")
    page.get_by_label("Password").fill(OPERATOR["DJANGO_SUPERUSER_PASSWORD"])
    page.get_by_role("button", name="Log in").click()

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
