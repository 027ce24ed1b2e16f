from collections.abc import Callable, Iterator

import pytest

from tests.faults.client import Caller
from tests.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all tests of a file, each of which makes users of its own."""
    with Server() as started:
        yield started
        # Shown when the test failed: what the product logged, without the requests that gunicorn lists.
        print(*[line for line in started.log.splitlines() if not line.startswith("[")][-100:], sep="\n")


@pytest.fixture
def new_caller(server) -> Iterator[Callable[..., Caller]]:
    """Makes callers of the API: each a new user, or the one whose token is given."""
    callers: list[Caller] = []

    def make(token: str | None = None) -> Caller:
        callers.append(Caller(server.url, token))
        return callers[-1]

    yield make
    for caller in callers:
        caller.close()
