"""How quick a press feels: `python -m benchmarks.browser [SESSIONS]`, in Chromium on loopback, needs nothing else.

Prints, for a user of 100,000 sessions, how long Start and Stop take from the click to the answer that is shown, and the
longest task of the page's own while it loads and is used (milliseconds). A quiet machine is needed.
"""

import statistics
import subprocess
import sys
import time

from playwright.sync_api import Page, sync_playwright

from tests.chromium import launch
from tests.server import CHECKOUT, Server

COUNT = 100_000
ROUNDS = 20
SECONDS_EACH = 8640
MAX_CLICK = 150
MAX_TASK = 50
PAUSE = 500
"""Milliseconds."""

_FIND_USER = "from users_app.models import User; print(User.objects.latest('created_at').pk)"
_OBSERVE_TASKS = """window.tasks = [0]; new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.tasks.push(entry.duration);
}).observe({type: "longtask", buffered: true});"""
_TIME_CLICK = """([button, shown]) => new Promise((done) => {
    const began = performance.now();
    new MutationObserver((_changes, observer) => {
        if (!document.querySelector(shown)) return;
        observer.disconnect();
        done(performance.now() - began);
    }).observe(document.body, {childList: true, subtree: true});
    document.querySelector(button).click();
})"""


def main() -> None:
    """Prints the figures of one run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with Server() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_context(base_url=server.url).new_page()
        page.add_init_script(_OBSERVE_TASKS)
        page.goto("/")
        _time_click(page, "#timer-submit", ".timer-now")
        _time_click(page, ".stop button", "#timer-start #timer-submit")
        user_id = server.manage("shell", "-v", "0", "-c", _FIND_USER).split()[-1]
        fill = [sys.executable, "-m", "benchmarks.fill", user_id, str(count), str(int(time.time())), str(SECONDS_EACH)]
        subprocess.run(fill, cwd=CHECKOUT, env=server.environment, check=True)
        page.goto("/")
        starts = []
        stops = []
        for _round in range(ROUNDS):
            starts.append(_time_click(page, "#timer-submit", ".timer-now"))
            stops.append(_time_click(page, ".stop button", "#timer-start #timer-submit"))
        print(
            f"{count} sessions, {ROUNDS} times each; at most {MAX_CLICK} ms a click and {MAX_TASK} ms a task are wanted"
        )
        for name, times in (("Start", starts), ("Stop", stops)):
            print(f"{name}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms")
        print(f"Longest task: {max(page.evaluate('window.tasks')):.0f} ms")
        browser.close()


def _time_click(page: Page, button: str, shown: str) -> float:
    """Returns the milliseconds from a click on `button` until `shown` is in the page."""
    milliseconds = float(page.evaluate(_TIME_CLICK, [button, shown]))
    page.wait_for_timeout(PAUSE)  # htmx takes over what came a moment after it is shown
    return milliseconds


if __name__ == "__main__":
    main()
