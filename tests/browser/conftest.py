"""Debian's Chromium against the real server. Only HTTP: models refuse to work beside Playwright's loop.

A test fails, whatever it asserts, when a page logs an error (a broken CSP included), a script throws, a file is
missing, the server fails, or another host is asked for anything.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.chromium import launch
from tests.server import Server

HTMX_REPEATS = ("htmx:afterRequest", "htmx:responseError", "htmx:sendError", "htmx:timeout")
DESKTOP = {"width": 1280, "height": 800}
PATIENCE_MS = 30_000
"""What a machine may take that has other work, too. A test that is about speed has a limit of its own."""


expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture
def new_page(browser, server) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a browser of its own as far as cookies go: `new_page(java_script_enabled=False, …)`.

    Options are those of Playwright's `new_context`. Addresses may begin at `/`.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(**options: Any) -> Page:
        settings = {
            "base_url": server.url,
            "timezone_id": "Europe/Berlin",
            "locale": "en-GB",
            "viewport": DESKTOP,
            **options,
        }
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        _watch(context, urlsplit(server.url).netloc, problems)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(new_page) -> Page:
    """A page on a desktop in Berlin, nobody yet."""
    return new_page()


def _watch(context: BrowserContext, host: str, problems: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # What could not be loaded is looked at by its kind below: a form with errors is no fault. htmx repeats it.
        if message.type == "error" and not message.text.startswith(
            ("Failed to load resource", "Response Status Error Code", *HTMX_REPEATS)
        ):
            problems.append(f"Console: {message.text}")

    def on_request(request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.netloc != host:
            problems.append(f"Asked of another host: {request.url}")

    def on_response(response: Response) -> None:
        is_file = response.request.resource_type not in {"document", "fetch", "xhr"}
        if response.status >= 500 or (is_file and response.status >= 400):
            problems.append(f"{response.status}: {response.url}")

    context.on("console", on_console)
    context.on("request", on_request)
    context.on("response", on_response)
    context.on("weberror", lambda thrown: problems.append(f"Script: {thrown.error}"))
