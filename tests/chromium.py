"""Starts Debian's Chromium, without a window, instead of the one that Playwright would install."""

import shutil

from playwright.sync_api import Browser, Playwright

# The headless shell runs pages as the browser does, for a sixth less work.
PROGRAMS = ("chromium-headless-shell", "chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Starts Chromium with further `arguments`. Raises FileNotFoundError, with instructions, if it is not installed."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        raise FileNotFoundError("Chromium was not found. Install it: script/setup --all")
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
