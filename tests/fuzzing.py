"""Runs schemathesis against the API of a server, with all checks and phases, and links between responses.

schemathesis.toml has the exceptions, with their reasons.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter

from tests.server import CHECKOUT, Server

_PROGRAM = (sys.executable, "-m", "schemathesis.cli", "--config-file", "tests/schemathesis.toml", "run")


def try_api(server: Server, *, seed: int, examples: int) -> str:
    """Runs schemathesis as a new user, with `examples` for each operation. Returns its findings, "" if none."""
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/users", method="POST")) as answer:
        token = json.load(answer)["token"]
    done = subprocess.run(
        (*_PROGRAM, "docs/openapi.json", "--url", server.url, "--seed", str(seed), "--max-examples", str(examples)),
        check=False, cwd=CHECKOUT, env={**server.environment, "TOKEN": token}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout


def count_answers(server: Server) -> Counter[str]:
    """Returns the number of requests below /v1 by the status of the response."""
    return Counter(re.findall(r" [A-Z]+ /v1.* (\d{3}) \S+ bytes \d+ ms ", server.log))
