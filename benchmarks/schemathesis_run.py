"""Lets schemathesis try the API of a server of its own: all checks, every phase, links from answer to answer.

    python -m benchmarks.schemathesis_run [requests] [seed]
    python -m tests.postgres .venv/bin/python -m benchmarks.schemathesis_run

Runs until so many requests (20,000) were answered, each run with the next seed; prints how many there were, and those
answered 5xx. Ends with 1 when a check failed.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter

from tests.server import CHECKOUT, Server

SCHEMATHESIS = (sys.executable, "-m", "schemathesis.cli", "--config-file", "tests/schemathesis.toml")


def try_api(server: Server, *, seed: int, examples: int, phases: str = "examples,coverage,fuzzing,stateful"):
    """One run with a new person: so many examples of each operation. What it printed, and whether all held."""
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/users", method="POST")) as answer:
        token = json.load(answer)["token"]
    return subprocess.run(
        (*SCHEMATHESIS, "run", "docs/openapi.json", "--url", server.url, "--seed", str(seed),
         "--max-examples", str(examples), "--phases", phases),
        check=False, cwd=CHECKOUT, env={**server.environment, "TOKEN": token}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def statuses(log: str) -> Counter[str]:
    """How many requests were answered with each status, of those below /v1."""
    return Counter(re.findall(r" [A-Z]+ /v1.* (\d{3}) \S+ bytes \d+ ms ", log))


def main(wanted: int, seed: int) -> int:
    has_failed = False
    with Server() as server:
        while (count := statuses(server.log).total()) < wanted:
            print(f"{count} requests; seed {seed}", flush=True)
            done = try_api(server, seed=seed, examples=100)
            if done.returncode != 0:
                has_failed = True
                print(done.stdout)
            seed += 1
        found = statuses(server.log)
    broken = sum(number for status, number in found.items() if status >= "500")
    print(f"{found.total()} requests, {broken} answered 5xx: {dict(sorted(found.items()))}")
    return int(has_failed or broken > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in [*sys.argv[1:], "20000", "1"][:2])))
