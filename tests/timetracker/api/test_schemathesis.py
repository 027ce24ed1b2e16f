"""A part of what `python -m benchmarks.schemathesis_run` does at length: the same requests each time"""

import pytest

from tests.fuzzing import count_answers, try_api
from tests.server import Server


@pytest.mark.slow(reason="sends thousands of requests")
def test_the_api_keeps_to_its_description():
    with Server() as server:
        failures = try_api(server, seed=1, examples=5)
        answers = count_answers(server)
        print(*[line for line in server.log.splitlines() if "ERROR" in line][-20:], sep="\n")

    assert not failures, failures
    assert answers["500"] == 0
    assert answers["200"] > 200  # it got somewhere
    assert answers.total() > 1500
