"""Lets schemathesis try the API of a server of its own.

    python -m benchmarks.schemathesis_run [requests] [seed]
    python -m tests.postgres .venv/bin/python -m benchmarks.schemathesis_run

Runs with one seed after the other until so many requests (20,000) were answered; prints how many there were of each
status. Ends with 1 when a check failed or an answer was a 500.
"""

import sys

from tests.fuzzing import count_answers, try_api
from tests.server import Server


def main(wanted: int = 20_000, seed: int = 1) -> int:
    failures = ""
    with Server() as server:
        while (count := count_answers(server).total()) < wanted:
            print(f"{count} requests; seed {seed}", flush=True)
            found = try_api(server, seed=seed, examples=100)
            print(found, flush=True)
            failures += found
            seed += 1
        answers = count_answers(server)
    print(f"{answers.total()} requests, {answers['500']} answered 500: {dict(sorted(answers.items()))}")
    return int(bool(failures) or answers["500"] > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
