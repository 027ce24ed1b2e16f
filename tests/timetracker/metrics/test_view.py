"""/metrics: who sees it, what it has, and that no secret is in it"""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from sessions_app.selectors.metrics import collect_running
from tests.factories import make_guest, start_session
from tests.pages import NOW
from tests.server import Server
from timetracker import metrics
from timetracker.backups.making import note_backup
from timetracker.metrics.view import count_requests, may_see

TOKEN = "7f3kq9xw2mzn5bvt8rjd4hgs6plc1ydw"


@pytest.fixture
def ask(settings):
    """Returns a function that sends a request through the middleware alone."""
    settings.METRICS = "loopback"
    middleware = count_requests(lambda request: HttpResponse(status=404))
    return lambda path="/metrics", **headers: middleware(RequestFactory().get(path, headers=headers))


def read(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("address", "headers", "sees"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("", {}, True),
        ("10.0.0.1", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, False),
    ],
)
def test_loopback_is_this_machine_and_no_proxy(settings, address, headers, sees):
    settings.METRICS = "loopback"

    assert may_see(RequestFactory().get("/metrics", REMOTE_ADDR=address, headers=headers)) == sees


@pytest.mark.parametrize(
    ("given", "sees"), [(f"Bearer {TOKEN}", True), (f"bearer {TOKEN}x", False), ("Bearer ä", False), ("", False)]
)
def test_a_token(settings, given, sees):
    settings.METRICS, settings.METRICS_TOKEN = "token", TOKEN

    assert may_see(RequestFactory().get("/metrics", headers={"Authorization": given})) == sees


@pytest.mark.django_db
def test_off_by_default(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_requests_are_counted_by_route(ask):
    before = read(ask().text).get(("timetracker_requests_total", "(none)", "404", "GET"), 0)
    ask("/nothing/here/")

    counted = {name: value for name, value in read(ask().text).items() if name[0] == "timetracker_requests_total"}
    assert counted["timetracker_requests_total", "(none)", "404", "GET"] == before + 1
    assert not any("nothing" in part for name in counted for part in name)


@pytest.mark.django_db
def test_backup_age(ask, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert ("timetracker_backup_age_seconds",) not in read(ask().text)

    note_backup(Path("/backup/one.tar.gz"))

    assert 0 <= read(ask().text)["timetracker_backup_age_seconds",] < 60
    assert time.time() > 0


@pytest.mark.django_db
def test_a_database_that_is_away_leaves_the_rest(ask, monkeypatch):
    def fail():
        raise OperationalError

    monkeypatch.setattr(metrics, "collectors", [fail, *metrics.collectors])

    assert read(ask().text)["timetracker_disk_free_bytes",] > 0


@pytest.mark.django_db
def test_sessions_that_run(time_machine):
    for hours in (1, 13):
        time_machine.move_to(NOW, tick=False)
        start_session(make_guest(), (NOW - timedelta(hours=hours)).isoformat())

    figures = {sample.name: sample.value for family in collect_running() for sample in family.samples}
    assert figures == {"timetracker_sessions_running": 2, "timetracker_sessions_running_long": 1}


@pytest.mark.slow(reason="starts a server")
def test_right_over_all_workers():
    import urllib.request

    with Server(METRICS="loopback", WEB_CONCURRENCY="3") as server:
        for _request in range(60):
            urllib.request.urlopen(f"{server.url}/").close()
        for _scrape in range(10):
            with urllib.request.urlopen(f"{server.url}/metrics") as response:
                found = read(response.read().decode())
            assert found["timetracker_requests_total", "/", "200", "GET"] == 60
        assert found["timetracker_sessions_running",] == 0
