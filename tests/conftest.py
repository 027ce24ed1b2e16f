"""Fixtures for all tests: the owner of the data under test, a stranger, and clients of the API."""

import gc
import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck

from tests.factories import make_guest, make_token
from tests.pages import NOW
from timetracker.serving.stack_room import call_with_room
from users_app.models import User

# Tests choose the number of examples by tests.examples. There are no deadlines, because the machine may be busy.
hypothesis.settings.register_profile("quick", max_examples=20, deadline=None, suppress_health_check=HealthCheck)
hypothesis.settings.register_profile("thorough", hypothesis.settings.get_profile("quick"), max_examples=100)
hypothesis.settings.load_profile("quick")

TESTS = Path(__file__).parent

# Tests of code for which SQLite and PostgreSQL may behave differently.
DATABASE = [
    "faults/test_races.py",
    "sessions_app/api/test_idempotency.py",
    "sessions_app/api/test_overview_filters.py",
    "sessions_app/models",
    "sessions_app/reports",
    "sessions_app/selectors",
    "sessions_app/services",
    "sessions_app/test_query_plans.py",
    "timetracker/test_health.py",
    "users_app/test_models.py",
]

# Tests for which the database does not matter. Of those that walk through all pages and calls, only test_query_work.py
# runs on both.
ANY_DATABASE = [
    "docs",
    "timetracker/api/test_curl_lines.py",
    "timetracker/api/test_mass_assignment.py",
    "timetracker/api/test_ownership.py",
    "timetracker/test_page_ownership.py",
    "timetracker/test_route_safety.py",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Stops garbage collection while tests are collected, and excludes the collected tests from it afterwards.

    The tests are many and stay to the end. Scanning them repeatedly took a third of the time of collecting them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignores, if only tests of a marker are requested, the files that the marker's list above does not name."""
    marked = {"database": DATABASE, "browser": ["browser"]}.get(config.option.markexpr.partition(" and ")[0])
    if marked is None or not collection_path.name.startswith("test_"):
        return None
    return not _is_in(collection_path, marked) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Adds the markers for tests that use the database, are in DATABASE, or use the real clock; orders the files."""
    of_database, of_any = _files_in(DATABASE, items), _files_in(ANY_DATABASE, items)
    for item in items:
        if item.path in of_database:
            item.add_marker("database")
        fixtures = set(getattr(item, "fixturenames", ()))
        if "module_db" in fixtures:
            item.add_marker("django_db")
        if fixtures & {"db", "server"} or item.get_closest_marker("django_db"):
            if item.path not in of_any:
                item.add_marker("data")
            if "time_machine" not in fixtures:
                item.add_marker("reads_clock")
    # Files with slow tests come first, so that no process is left with one when the others have ended.
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _files_in(names: list[str], items: list[pytest.Item]) -> set[Path]:
    """Returns the files of the tests that one of the lists above names, by file or by folder."""
    assert all((TESTS / each).exists() for each in names), "A list above names a file that is gone."
    return {path for path in {item.path for item in items} if _is_in(path, names)}


def _is_in(path: Path, names: list[str]) -> bool:
    return any(path.is_relative_to(TESTS / each) for each in names)


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Runs a test as pytest does, with room for the frames of rendered pages, as on the server."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    call_with_room(runtestprotocol, item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Keeps rows that fixtures make once for a module. Each test sees them unchanged; then they are removed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def owner(db) -> User:
    return make_guest(timezone="Europe/Berlin", display_name="Owner")


@pytest.fixture
def stranger(db) -> User:
    return make_guest(timezone="Europe/Berlin", display_name="Stranger")


@pytest.fixture
def clock(time_machine):
    """Sets the clock to NOW; it stands still until a test moves it."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def signed_in(owner) -> Client:
    """The owner's browser, signed in."""
    client = Client()
    client.force_login(owner)
    return client


class ApiClient:
    """Calls the API as a script does, with JSON and a token; without one if `token` is None."""

    def __init__(self, token: str | None) -> None:
        self.token = token
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        content = b"" if body is None else json.dumps(body)
        response = self.client.generic(
            method, path, content, content_type="application/json" if body is not None else "", headers=headers
        )
        if response.streaming:
            response.file = b"".join(response.streaming_content)
        elif response.content and "json" in response["Content-Type"]:
            response.data = json.loads(response.content)
        return response


@pytest.fixture
def api(owner) -> ApiClient:
    """The API with the owner's token."""
    return ApiClient(make_token(owner))


@pytest.fixture
def stranger_api(stranger) -> ApiClient:
    return ApiClient(make_token(stranger))
