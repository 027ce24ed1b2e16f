"""Lets schemathesis try the API of a running server: all checks, each phase, links from answer to answer.

What is left out, and why, stands in schemathesis.toml.
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
    """One run by a new person, with so many examples of each operation: what it found, empty when all held."""
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/users", method="POST")) as answer:
        token = json.load(answer)["token"]
    done = subprocess.run(
        (*_PROGRAM, "docs/openapi.json", "--url", server.url, "--seed", str(seed), "--max-examples", str(examples)),
        check=False, cwd=CHECKOUT, env={**server.environment, "TOKEN": token}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout


def count_answers(server: Server) -> Counter[str]:
    """How many requests below /v1 the server answered with each status."""
    return Counter(re.findall(r" [A-Z]+ /v1.* (\d{3}) \S+ bytes \d+ ms ", server.log))
