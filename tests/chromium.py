"""Debian's Chromium, without a window: what drives it is Playwright, which would bring one of its own."""

import shutil

from playwright.sync_api import Browser, Playwright

# The shell draws and runs pages as the browser does, for a sixth less work.
PROGRAMS = ("chromium-headless-shell", "chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Raises `FileNotFoundError`, which says how to get it, where there is none. More `arguments` may be given."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        raise FileNotFoundError("Chromium was not found. Install it: script/setup --all")
    return playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
