"""Takes the screenshots in docs/screenshots: `python -m tests.screenshots`.

It needs Chromium, faketime and the font Inter.

They show the sample data at one instant, a Friday afternoon in Berlin, so that a screenshot changes only with its page.
"""

import os
import subprocess
from collections.abc import Callable
from itertools import product

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.timer import field
from tests.chromium import launch
from tests.server import CHECKOUT, Server

EMAIL = "developer@example.org"  # the user of the sample data
NOW = "@2026-11-27 13:50:00"
FOLDER = CHECKOUT / "docs" / "screenshots"
SIZES = [(1280, 800), (360, 740)]
SCHEMES = ["light", "dark"]


def main() -> None:
    with Server(TZ="UTC", **_clock()) as server, sync_playwright() as playwright:
        server.environment["DEBUG"] = "on"  # for the command; the running server is not affected
        server.manage("sample_data")
        del server.environment["DEBUG"]
        chromium = launch(playwright)
        state = _signed_in(chromium, server)
        for (width, height), scheme in product(SIZES, SCHEMES):
            context = chromium.new_context(
                base_url=server.url,
                storage_state=state,
                viewport={"width": width, "height": height},
                device_scale_factor=2 if width < 720 else 1,
                color_scheme=scheme,
                timezone_id="Europe/Berlin",
                locale="en-GB",
            )
            page = context.new_page()
            for name, show in PICTURES.items():
                show(page)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
            context.close()
        chromium.close()


def _clock() -> dict[str, str]:
    """Returns the environment variables that make the clock of programs begin at NOW."""
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC"}
    told = subprocess.run(["faketime", "-f", NOW, "env"], check=True, capture_output=True, text=True, env=environment)
    lines = [each.partition("=") for each in told.stdout.splitlines()]
    return {name: value for name, _is, value in lines if name in {"LD_PRELOAD", "FAKETIME"}}


def _signed_in(chromium: Browser, server: Server) -> str:
    page = chromium.new_page(timezone_id="Europe/Berlin", locale="en-GB")
    page.goto(server.url + "/signin/link/" + server.manage("signin_link", EMAIL).rpartition("/signin/link/")[2].strip())
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}/")
    path = server.folder / "signed-in.json"
    page.context.storage_state(path=path)
    return str(path)


def _type(page: Page) -> None:
    page.goto("/")
    field(page).fill("Proposal @web yesterday 14-15:30")
    page.get_by_role("button", name="Add 1 h 30 min").wait_for()


def _edit(page: Page) -> None:
    page.goto("/")
    address = page.locator("li.session", has_text="Navigation").locator(".whole").get_attribute("href")
    page.goto(address or "")


def _open(path: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(path)

    return show


PICTURES: dict[str, Callable[[Page], None]] = {
    "today": _open("/"),
    "typing": _type,
    "session": _edit,
    "week": _open("/week/"),
    "calendar": _open("/week/2026-11-23/?view=calendar"),
    "month": _open("/month/"),
    "reports": _open("/reports/"),
}

if __name__ == "__main__":
    main()
