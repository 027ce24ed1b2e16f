"""TimeTagger, the tracker to compare with: installed from PyPI into an environment of its own, with its defaults."""

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Self

from benchmarks.environments import make_environment
from benchmarks.load import Work, script_folder
from tests.server import free_port

VERSION = "26.1.3"
_PASSWORD = "benchmark"


class TimeTagger:
    """A context manager: a server with its data in a temporary folder, and as many users as asked for."""

    name = f"TimeTagger {VERSION}"

    def __init__(self, users: int) -> None:
        self.users = [f"user{number}" for number in range(users)]

    def __enter__(self) -> Self:
        self.python = python = make_environment(f"timetagger-{VERSION}", f"timetagger=={VERSION}")
        self.data = Path(tempfile.mkdtemp(prefix="timetagger-"))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        hashed = subprocess.run(
            [python, "-c", f"import bcrypt; print(bcrypt.hashpw(b'{_PASSWORD}', bcrypt.gensalt(4)).decode())"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        self.environment = {
            "PATH": os.environ["PATH"],
            "TIMETAGGER_BIND": f"127.0.0.1:{port}",
            "TIMETAGGER_DATADIR": str(self.data),
            "TIMETAGGER_CREDENTIALS": ",".join(f"{user}:{hashed}" for user in self.users),
        }
        self._process = subprocess.Popen(
            [python, "-m", "timetagger"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._wait()
        self.tokens = [self._token(user) for user in self.users]
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self.data, ignore_errors=True)

    def fill(self, user: int, count: int, *, now: int, each: int) -> None:
        """Gives a user records, one every `each` seconds before `now`."""
        numbers = map(str, (count, now, each))
        subprocess.run(
            [self.python, script_folder() / "fill.py", self.users[user], *numbers],
            check=True, env=self.environment,
        )  # fmt: skip

    def count(self, user: int, begin: int, end: int) -> int:
        """Returns how many records a user has in a period, to see that they were saved."""
        address = f"{self.url}/timetagger/api/v2/records?timerange={begin}-{end}"
        request = urllib.request.Request(address, headers={"authtoken": self.tokens[user]})
        with urllib.request.urlopen(request) as answer:
            return len(json.loads(answer.read())["records"])

    def save(self, tokens: list[str], now: int) -> Work:
        """Returns the request that saves one finished record."""
        record = {"key": "NUMBER", "mt": now, "t1": now - 5400, "t2": now - 1800, "ds": "Work"}
        return Work("PUT", ["/timetagger/api/v2/records"], tokens, "authtoken", body=json.dumps([record]))

    def overview(self, token: str, begin: int, end: int) -> Work:
        """Returns the request for the records of a period."""
        return Work("GET", [f"/timetagger/api/v2/records?timerange={begin}-{end}"], [token], "authtoken")

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/timetagger/status", timeout=5).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def _token(self, user: str) -> str:
        asked = json.dumps({"method": "usernamepassword", "username": user, "password": _PASSWORD}).encode()
        address = f"{self.url}/timetagger/api/v2/bootstrap_authentication"
        with urllib.request.urlopen(urllib.request.Request(address, base64.b64encode(asked))) as answer:
            return str(json.loads(answer.read())["token"])
