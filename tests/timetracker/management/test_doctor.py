"""One page that says what is wrong with a server"""

import os
import shutil
import time
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from timetracker.backups.making import note_backup
from timetracker.management import doctor

pytestmark = pytest.mark.django_db


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def healthy(settings, tmp_path, monkeypatch):
    """A server of which nothing is wrong, but for what a test changes."""
    settings.DATA_DIR, settings.BASE_URL = tmp_path, "https://time.example.org"
    monkeypatch.setattr(doctor, "describe_defect", lambda: "")
    monkeypatch.setattr(doctor.checks, "run_checks", lambda **options: [])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, 10**12))
    note_backup(Path("/backup/one.tar.gz"))


def wrong():
    """What is found wrong, by subject."""
    return {finding.about: f"{finding.text} {finding.fix}" for finding in doctor.examine() if finding.is_wrong}


def test_all_is_well(capsys):
    assert wrong() == {}
    assert {finding.about for finding in doctor.examine()} == set(doctor.CHECKS)

    call_command("doctor")
    assert capsys.readouterr().out.count("ok ") == len(doctor.CHECKS)


@pytest.mark.parametrize(
    ("address", "is_wrong"),
    [
        ("https://time.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://time.example.org", True),
        ("http://192.168.1.7:8000", True),
    ],
)
def test_what_others_can_read_on_the_way(settings, monkeypatch, address, is_wrong):
    """Django's own checks name settings that no operator can set."""
    monkeypatch.undo()
    settings.BASE_URL = address
    settings.SECURE_SSL_REDIRECT = settings.CSRF_COOKIE_SECURE = settings.SECURE_HSTS_SECONDS = False

    assert ("BASE_URL=https" in wrong().get("Settings", "")) == is_wrong
    assert not any("security.W" in finding.text for finding in doctor.examine())


def test_a_defect_of_sqlite_is_a_note(monkeypatch, capsys):
    """The server looks through its database daily; who lives on Debian could never make the page right."""
    monkeypatch.setattr(doctor, "describe_defect", lambda: "SQLite has a defect.")

    call_command("doctor")

    assert ("note  Database: SQLite has a defect.\n      Use a Python" in capsys.readouterr().out) == (
        connection.vendor == "sqlite"
    )


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, 10**8))

    assert wrong() == {"Disk": "100 MB are free Make room: below 200 MB nothing is imported."}


@pytest.mark.parametrize(("free", "fix"), [(10**12, "manage.py restore FILE"), (0, "Make room first")])
def test_a_full_disk_is_no_damage(monkeypatch, free, fix):
    """SQLite says “disk I/O error” of both; PostgreSQL looks after its own disk."""
    monkeypatch.setattr(doctor, "quick_check", lambda path: "disk I/O error")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, free))

    assert (fix in wrong().get("Database", "")) == (connection.vendor == "sqlite")


def test_an_encoding_that_knows_no_letters(monkeypatch):
    monkeypatch.setattr(doctor, "read_encoding", lambda connection: "SQL_ASCII")

    assert ("--encoding=UTF8" in wrong().get("Database", "")) == (connection.vendor == "postgresql")


def test_no_backup(settings):
    (settings.DATA_DIR / "last_backup").unlink()

    assert "none was ever made here" in wrong()["Backups"]


def test_an_old_backup(settings):
    os.utime(settings.DATA_DIR / "last_backup", (time.time() - 30 * 3600,) * 2)

    assert "Look why the timer does not run" in wrong()["Backups"]


def test_missing_migrations():
    MigrationRecorder(connection).record_unapplied(*MigrationLoader(connection).graph.leaf_nodes("sessions_app")[0])

    assert "manage.py release" in wrong()["Migrations"]


def test_the_clock(monkeypatch):
    now = time.time()
    monkeypatch.setattr(doctor.time, "time", lambda: now - 3600)

    assert "Set the clock" in wrong()["Clock"]


@pytest.mark.parametrize(
    ("host", "proxies", "text"),
    [
        ("0.0.0.0", ["0.0.0.0/0", "::/0"], "Name the proxy's address instead"),
        ("0.0.0.0", ["127.0.0.1/32", "::1/128"], "Name its address in FORWARDED_ALLOW_IPS"),
    ],
)
def test_proxies(settings, host, proxies, text):
    settings.HOST, settings.TRUSTED_PROXIES = host, [ip_network(each) for each in proxies]

    assert text in wrong()["Proxies"]


def test_a_database_that_is_away(monkeypatch):
    def fail(connection):
        raise OperationalError("gone")

    monkeypatch.setattr(doctor, "find_missing_migrations", fail)

    assert "cannot be examined: gone" in wrong()["Migrations"]


def test_it_ends_with_one(settings, capsys):
    (settings.DATA_DIR / "last_backup").unlink()

    with pytest.raises(CommandError, match="Wrong: 1"):
        call_command("doctor")
    assert "WRONG Backups: none was ever made here\n      manage.py backup DIR" in capsys.readouterr().out
