"""script/develop: what a developer changes shows at once, in a copy of the checkout."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server import CHECKOUT, free_port

MAX_WAIT_SECONDS = 60
CODE = ("timetracker", "users_app", "sessions_app", "templates", "static", "script")


class Developer:
    """A checkout, and the server that script/develop runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.folder.mkdir()
        for name in CODE:
            shutil.copytree(CHECKOUT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(CHECKOUT / "manage.py", self.folder)
        (self.folder / ".venv").symlink_to((CHECKOUT / ".venv").resolve())
        # Nothing is installed here: the tests run in what --dev installs.
        (self.folder / "script/setup").write_text('#!/bin/sh\necho "$@" >>setup\n')
        self.port = free_port()
        self.log = folder / "log"

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.folder / "script/develop",
                env={"PATH": os.environ["PATH"], "PORT": str(self.port), **environment},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.process

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
            return response.read().decode()

    def wait_for(self, path: str, is_wanted: Callable[[str], bool], *, touch: Path | None = None) -> str:
        """Polls a page; `touch` is a file that was changed, maybe before the server began to watch it."""
        polls = 0
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while True:
            try:
                if is_wanted(text := self.get(path)):
                    return text
            except OSError:
                pass  # it starts, or starts again
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
            polls += 1
            if touch and polls % 40 == 0:
                touch.touch()

    def change(self, file: str, before: str, after: str) -> Path:
        path = self.folder / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))
        return path


@pytest.fixture
def developer(tmp_path):
    developer = Developer(tmp_path)
    yield developer
    developer.stop()


@pytest.mark.slow(reason="makes weeks of sample data, and waits for restarts")
def test_a_change_shows_at_once(developer):
    developer.start(DATA_DIR="/nowhere", BASE_URL="https://time.example.org", DATABASE_URL="postgresql://nowhere/none")
    page = developer.wait_for("/", bool)

    assert (developer.folder / "setup").read_text() == "--dev\n"
    assert "Added " in developer.log.read_text()
    assert "Sign in at /admin/ as developer@example.org" in developer.log.read_text()
    assert (developer.folder / "data-dev/timetracker.sqlite3").exists()
    assert not (developer.folder / "staticfiles").exists()

    sheets = re.findall(r'<link rel="stylesheet" href="(/static/css/[a-z]+\.css)">', page)
    assert sheets
    (developer.folder / sheets[0][1:]).write_text("/* changed */")
    assert developer.get(sheets[0]) == "/* changed */"

    module = developer.change("timetracker/health.py", '"ok\\n"', '"changed\\n"')
    developer.wait_for("/healthz", lambda text: text == "changed\n", touch=module)

    template = developer.change("templates/base.html", "</body>", "changed</body>")
    developer.wait_for("/", lambda text: "changed</body>" in text, touch=template)

    developer.stop()
    developer.start()
    developer.wait_for("/", bool)
    assert "Added " not in developer.log.read_text()


def test_nobody_else_can_connect(developer):
    process = developer.start(HOST="0.0.0.0")

    assert process.wait(MAX_WAIT_SECONDS) == 1
    assert "HOST=0.0.0.0 can be reached from other machines. Use HOST=127.0.0.1" in developer.log.read_text()
