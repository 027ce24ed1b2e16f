"""/healthz and /readyz, for those who watch the server"""

import shutil
from typing import NamedTuple

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.factories import make_guest

pytestmark = pytest.mark.django_db

READY = {"ready": True, "database": True, "migrations": True, "disk": True}


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def fails_with(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_the_process_is_up_whatever_its_database_does(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert response["Content-Type"] == "text/plain"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_no_redirect_to_https(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200


def test_ready(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == READY


def test_being_asked_changes_nothing(client):
    client.force_login(make_guest())
    sessions = connection.introspection.table_names()
    before = client.session.session_key

    client.get("/readyz")

    assert client.session.session_key == before
    assert connection.introspection.table_names() == sessions


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("attempt to write a readonly database"),
        DatabaseError("cannot execute DELETE"),
        OperationalError(),
    ],
)
def test_a_database_that_cannot_be_written(client, monkeypatch, error):
    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", fails_with(error))
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {**READY, "ready": False, "database": False, "migrations": False}


def test_a_database_that_is_lost_between_two_questions(client, monkeypatch):
    monkeypatch.setattr(
        "timetracker.db.migrated.MigrationExecutor", fails_with(OperationalError("the connection is lost"))
    )

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {**READY, "ready": False, "migrations": False}


def test_a_migration_is_missing(client):
    latest = MigrationLoader(connection).graph.leaf_nodes("sessions_app")[0]
    MigrationRecorder(connection).record_unapplied(*latest)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {**READY, "ready": False, "migrations": False}


@pytest.mark.parametrize(("free", "status"), [(99_999_999, 503), (100_000_000, 200), (0, 503)])
def test_the_disk_is_full(client, monkeypatch, free, status):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12 - free, free))

    response = client.get("/readyz")

    assert response.status_code == status
    assert response.json() == {**READY, "ready": status == 200, "disk": status == 200}


def test_the_folder_of_data_is_gone(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "unmounted"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {**READY, "ready": False, "disk": False}
