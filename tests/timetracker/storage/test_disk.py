"""A disk that fills: operators are told, imports are rejected, the rest goes on"""

import io
import shutil
from typing import NamedTuple
from uuid import uuid4

import pytest

from tests.factories import make_account
from timetracker.storage import disk

NEARLY_FULL = "The disk of this server is nearly full."


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def leave(monkeypatch):
    """Leaves that many bytes."""
    return lambda free: monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12 - free, free))


@pytest.mark.parametrize(("free", "is_low"), [(0, True), (199_999_999, True), (200_000_000, False)])
def test_low(leave, free, is_low):
    leave(free)

    assert disk.is_low() == is_low


def test_a_folder_that_is_gone_has_no_room(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "unmounted"

    assert disk.is_low()


def test_the_fuller_disk_counts(settings, monkeypatch, tmp_path):
    database = {"ENGINE": "timetracker.db.sqlite", "NAME": str(tmp_path / "db.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(9, 0, 1 if path == tmp_path else 9))

    assert disk.free_bytes() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/settings/", "/admin/"])
def test_operators_are_told(client, leave, path):
    client.force_login(make_account(is_staff=True, is_superuser=True))
    assert NEARLY_FULL not in client.get(path).text
    leave(disk.LOW_BYTES - 1)

    assert NEARLY_FULL in client.get(path).text


@pytest.mark.django_db
def test_nobody_else_is_told(client, leave):
    leave(0)
    assert NEARLY_FULL not in client.get("/").text

    client.force_login(make_account())
    assert NEARLY_FULL not in client.get("/").text


@pytest.mark.django_db
def test_imports_are_rejected_and_sessions_are_not(signed_in, leave):
    leave(disk.LOW_BYTES - 1)

    imported = signed_in.post("/export/import/", {"file": io.BytesIO(b"whatever it is")})
    started = signed_in.post("/timer/start/", {"name": "Logo", "id": str(uuid4())})

    assert (imported.status_code, imported["Retry-After"]) == (503, "60")
    assert "nothing was imported" in imported.text
    assert started.status_code == 303
