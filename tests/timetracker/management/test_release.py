"""manage.py release: once, with a backup before, and nothing starts on a database that lacks it"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.server import CHECKOUT, GUNICORN, PASSED_ON, free_port
from timetracker.backups.archive import list_backups
from timetracker.db.migrated import find_missing_migrations, find_unknown_migrations, require_migrated
from timetracker.db.reachable import LONE_ALIAS
from timetracker.http import static_bundles
from timetracker.management.commands import release


def start(tmp_path, *arguments, **environment):
    environment = {**PASSED_ON, "DATA_DIR": str(tmp_path), "PORT": str(free_port()), **environment}
    return subprocess.Popen(
        arguments, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.django_db
def test_what_is_missing_is_told():
    assert find_missing_migrations(connection) == []
    app, name = MigrationLoader(connection).graph.leaf_nodes("sessions_app")[0]
    MigrationRecorder(connection).record_unapplied(app, name)

    assert find_missing_migrations(connection) == [f"{app}.{name}"]


@pytest.mark.django_db
def test_a_database_of_a_later_release_lacks_nothing():
    MigrationRecorder(connection).record_applied("sessions_app", "9999_later")

    assert find_missing_migrations(connection) == []


def test_what_a_later_release_made_is_not_known():
    known = {*MigrationLoader(None).disk_migrations}

    assert find_unknown_migrations(known) == []
    assert find_unknown_migrations({*known, ("sessions_app", "9999_later"), ("later_app", "0001_initial")}) == [
        "later_app.0001_initial",
        "sessions_app.9999_later",
    ]


def test_what_a_squashed_migration_replaces_is_known(monkeypatch):
    squashed = type("Squashed", (), {"replaces": [("sessions_app", "0000_before")]})
    found = {("sessions_app", "0001_squashed"): squashed}
    monkeypatch.setattr(MigrationLoader, "load_disk", lambda loader: setattr(loader, "disk_migrations", found))

    assert find_unknown_migrations([("sessions_app", "0000_before"), ("sessions_app", "0001_squashed")]) == []


@pytest.mark.django_db
def test_no_connection_is_left_for_workers_to_share(monkeypatch):
    """The master asks before it forks: two workers on one connection would read each other's answers."""

    def fail(*args, **kwargs):
        pytest.fail("the connection that workers use was opened")

    monkeypatch.setattr(connection, "cursor", fail)
    monkeypatch.setattr(connection, "ensure_connection", fail)

    require_migrated(settings.DATABASES["default"])

    assert not hasattr(connections._connections, LONE_ALIAS)


@pytest.mark.django_db
def test_an_empty_database_is_of_an_earlier_release(tmp_path):
    database = {**settings.DATABASES["default"], "ENGINE": "timetracker.db.sqlite", "NAME": str(tmp_path / "empty")}

    with pytest.raises(ImproperlyConfigured, match=r"migrations are missing, from .* on\. Run manage\.py release"):
        require_migrated({**database, "OPTIONS": {}})


@pytest.mark.slow(reason="starts a server, and a release three times at once")
def test_three_at_once_and_a_server_that_waits_for_none(tmp_path):
    server = start(tmp_path, *GUNICORN)
    said, _nothing = server.communicate(timeout=60)
    assert server.returncode == 1
    assert "Run manage.py release" in said
    assert "Traceback" not in said

    releases = [start(tmp_path, sys.executable, "manage.py", "release") for _ in range(3)]
    for each in releases:
        said, _nothing = each.communicate(timeout=120)
        assert (each.returncode, said) == (0, "")
    assert not (tmp_path / "before-upgrade").exists(), "there was nothing to back up"

    server = start(tmp_path, *GUNICORN)
    try:
        assert any("Timetracker is ready" in line for line in server.stdout)
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.communicate(timeout=60)


@pytest.mark.slow(reason="releases twice")
def test_a_backup_comes_before_an_upgrade(tmp_path):
    def release():
        said, _nothing = start(tmp_path, sys.executable, "manage.py", "release").communicate(timeout=120)
        return said

    release()
    sql = "DELETE FROM django_migrations WHERE name LIKE '0003_logentry%'"
    code = f'from django.db import connection; connection.cursor().execute("{sql}")'
    start(tmp_path, sys.executable, "manage.py", "shell", "-c", code).communicate(timeout=60)

    assert "It was read back and is whole" in release()
    assert len(list_backups(tmp_path / "before-upgrade")) == 1
    assert release() == ""


@pytest.mark.django_db
def test_static_files_are_collected_again_when_they_or_their_bundling_changed(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    bundling = tmp_path / "static_bundles.py"
    bundling.write_bytes(Path(static_bundles.__file__).read_bytes())
    monkeypatch.setattr(static_bundles, "__file__", str(bundling))
    collected = []
    monkeypatch.setattr(release, "call_command", lambda name, **_options: collected.append(name))

    release.collect_static_files()
    release.collect_static_files()
    assert collected == ["collectstatic"]

    bundling.write_bytes(bundling.read_bytes() + b"# another minifier\n")
    release.collect_static_files()
    assert collected == ["collectstatic"] * 2
