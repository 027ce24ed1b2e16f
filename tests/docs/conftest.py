"""The pages under docs/ are run as a reader would run them: in sh, in an empty home, against the real server."""

import http.client
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from tests.faults.client import Caller
from tests.server import CHECKOUT, PASSED_ON, Server

ZONE = "Europe/Berlin"


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with Server(WEB_CONCURRENCY="1") as started:
        yield started


@pytest.fixture
def caller(server) -> Iterator[Caller]:
    """A new person in Berlin, to look at what scripts did."""
    caller = Caller(server.url)
    caller.call("PATCH", "/v1/users/me", {"timezone": ZONE})
    yield caller
    caller.close()


def blocks(page: str, language: str = "sh") -> list[str]:
    """The blocks of code of a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (CHECKOUT / page).read_text(), re.MULTILINE | re.DOTALL)


class Shell:
    """Runs scripts in a home of their own. `path` comes before what is installed."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.path = home / "bin"
        self.path.mkdir()
        (self.path / "python3").symlink_to(sys.executable)
        search = f"{self.path}:{os.environ['PATH']}"
        self.environment = PASSED_ON | {
            "HOME": str(home),
            "PATH": search,
            "TZ": ZONE,
            "LC_ALL": "C.UTF-8",
            **environment,
        }

    def run(self, *command: str, fails: bool = False) -> str:
        """What a command prints; with `fails`, what it complains of. The test fails when it does otherwise."""
        done = subprocess.run(
            command, check=False, cwd=self.home, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode != 0) == fails, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stderr if fails else done.stdout


@pytest.fixture
def shell(tmp_path, server, caller) -> Shell:
    return Shell(tmp_path, HOST=server.url, TOKEN=caller.token)


class Flaky:
    """A proxy before the server that spoils what its turn says: `lose` passes a request on and drops the answer,
    `cut` breaks it off, a number is answered instead, with Retry-After or Location; anything else goes through.
    """

    def __init__(self, server: Server, turns: Iterable[str | int]) -> None:
        self.lost = self.rejected = 0
        self.seen: list[str] = []
        self._turns = iter(turns)
        self._address = urlsplit(server.url).netloc
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                outer._answer(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.handle_any)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _answer(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        turn = next(self._turns, "pass")
        self.seen.append(f"{asked.command} {asked.path}")
        if isinstance(turn, int):
            self.rejected += 1
            asked.send_response(turn)
            asked.send_header(*(("Location", "/elsewhere") if turn < 400 else ("Retry-After", "1")))
            asked.send_header("Content-Length", "0")
            asked.end_headers()
            return
        connection = http.client.HTTPConnection(self._address, timeout=60)
        headers = {name: value for name, value in asked.headers.items() if name not in {"Host", "Connection"}}
        connection.request(asked.command, asked.path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if turn == "lose":
            self.lost += 1
            asked.connection.shutdown(socket.SHUT_RDWR)
            return
        asked.send_response(response.status)
        for name, value in response.getheaders():
            if name not in {"Connection", "Date", "Server"}:
                asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(content[: len(content) // 2] if turn == "cut" else content)


@pytest.fixture
def flaky(server) -> Iterator[Flaky]:
    """Loses every other answer, and rejects one of four requests."""
    with Flaky(server, itertools.cycle(["lose", 503, "lose", "pass"])) as proxy:
        yield proxy
