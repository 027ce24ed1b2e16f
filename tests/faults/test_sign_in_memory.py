"""A thousand wrong sign-ins take little memory: Argon2 takes 19 MiB for each that is computed"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.test_private_logs import Browser
from tests.server import Server

ADDRESSES, ATTEMPTS = 10, 100


def memory(server, name):
    """The bytes of all workers, now (VmRSS) or at most so far (VmHWM); pages that they share count for each."""
    lines = [line for pid in server.workers for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def attempt(url, number):
    browser, headers = Browser(url), {"X-Forwarded-For": f"203.0.113.{number}"}
    browser.ask("GET", "/signin/", None, headers)
    for each in range(ATTEMPTS):
        form = {"login": f"{each % 7}@example.org", "password": "wrong horse battery"}
        status, _page = browser.ask("POST", "/signin/", form, headers)
        assert status in {422, 429}
    browser.connection.close()


@pytest.mark.slow("a thousand attempts at a real server")
def test_a_thousand_wrong_attempts_take_little_memory():
    with Server(RATE_LIMITS="on") as server, ThreadPoolExecutor(ADDRESSES) as pool:
        before = memory(server, "VmRSS")
        for each in [pool.submit(attempt, server.url, number) for number in range(ADDRESSES)]:
            each.result()
        assert memory(server, "VmHWM") - before < 200_000_000
