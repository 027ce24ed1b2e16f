"""The server of this checkout as `script/server` runs it, with users and histories for the benchmarks.

Its packages are those of requirements.txt: some import what the tests need, too, where they find it.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

from benchmarks.environments import make_environment
from benchmarks.load import Work
from tests.server import CHECKOUT, Server

ME = "/v1/users/me"


class Timetracker(Server):
    """A context manager: a server with its data in a temporary folder, without limits of requests."""

    def __init__(self, users: int, *, database_url: str = "") -> None:
        super().__init__(DATABASE_URL=database_url) if not database_url else super().__init__()
        self._count = users
        lock = CHECKOUT / "requirements.txt"
        name = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
        self.python = str(make_environment(name, "--no-deps", "--require-hashes", "--requirement", str(lock)))

    def __enter__(self) -> Self:
        super().__enter__()
        self.tokens = [str(self.call("POST", "/v1/users", {})["token"]) for _number in range(self._count)]
        return self

    def call(self, method: str, path: str, body: object = None, *, token: str = "") -> dict[str, object]:
        """Calls the API once; returns what it answers."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            self.last_headers = answer.headers
            found: dict[str, object] = json.loads(answer.read() or b"{}")
            return found

    def fill(self, user: int, count: int, *, now: int, each: int) -> None:
        """Gives a user sessions, one every `each` seconds before `now`."""
        user_id = str(self.call("GET", ME, token=self.tokens[user])["id"])
        numbers = map(str, (count, now, each))
        subprocess.run(
            [sys.executable, "-m", "benchmarks.fill", user_id, *numbers],
            check=True, cwd=CHECKOUT, env={**self.environment, "PATH": os.environ["PATH"]},
        )  # fmt: skip

    def count(self, user: int) -> int:
        """Returns how many sessions a user has today, to see that they were saved."""
        found = self.call("GET", f"{ME}/sessions?duration=month&limit=1", token=self.tokens[user])
        return int(str(found["sessionCount"]))

    def save(self, tokens: list[str], now: int) -> Work:
        """Returns the request that saves one finished session."""
        body = {"sessionName": "Work", "start": _instant(now - 5400), "end": _instant(now - 1800)}
        return _work("POST", [f"{ME}/session"], tokens, json.dumps(body))

    def start_and_stop(self, tokens: list[str]) -> Work:
        """Returns starts and stops in turn."""
        return _work("POST", [f"{ME}/timer/start", f"{ME}/timer/stop"], tokens, "{}")

    def overview(self, token: str, query: str) -> Work:
        """Returns the request for the overview of a period."""
        return _work("GET", [f"{ME}/sessions?{query}&limit=500"], [token])

    def known(self, token: str, path: str) -> Work:
        """Returns a request for what is known already."""
        self.call("GET", path, token=token)
        more = (("If-None-Match", str(self.last_headers["ETag"])),)
        return Work("GET", [path], [token], "Authorization", "Bearer ", more_headers=more)

    def rate_of_many(self, token: str, now: int, *, count: int) -> float:
        """Returns how many sessions a second come in by batches of 500."""
        body = {"start": _instant(now - 5400), "end": _instant(now - 1800)}
        operations = [{"op": "create", "body": body}] * 500
        begun = time.perf_counter()
        for _number in range(count):
            self.call("POST", f"{ME}/sessions/batch", {"operations": operations}, token=token)
        return count * 500 / (time.perf_counter() - begun)

    def memory(self) -> float:
        """Returns the memory of all its processes in MiB (Pss: what is shared counts once)."""
        assert self._process is not None
        master = self._process.pid
        pids = [master, *Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
        return sum(int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0]) for text in texts) / 1024

    def cold_start(self) -> float:
        """Returns the seconds from the start of the server to its first answer."""
        self.kill()
        begun = time.perf_counter()
        self.start()
        return time.perf_counter() - begun


def _work(method: str, paths: list[str], tokens: list[str], body: str = "") -> Work:
    return Work(method, paths, tokens, "Authorization", "Bearer ", body)


def _instant(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
