"""A disk that is really full, and a file that is really damaged. The disk is a tmpfs, which only root can mount."""

import contextlib
import os
import subprocess
import urllib.error
import uuid
from pathlib import Path

import pytest

from tests.faults.client import Caller, FormBrowser
from tests.server import Server

SIZE_MB = 24
pytestmark = pytest.mark.slow(reason="starts servers, and fills a disk")


@pytest.fixture
def disk(tmp_path):
    """An empty folder on a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ("mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700", "tmpfs", folder),
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert mounted.returncode == 0, (
        f"This test fills a disk, for which it mounts a tmpfs: {mounted.stderr.strip()}. Run it as root, or in a "
        "namespace where you are: unshare --map-root-user --mount script/test -- tests/faults/test_disk.py"
    )
    yield folder
    subprocess.run(("umount", "--lazy", folder), check=True)


def fill(folder: Path) -> Path:
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65536))
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"0")
    assert os.statvfs(folder).f_bavail == 0
    return path


def submit_often(browser: FormBrowser) -> None:
    for _form in range(500):
        browser.submit("/", "/timer/start/", name="Logo")


def save(caller: Caller, *, expect=(201, 503)):
    body = {"start": "2026-02-20T08:00:00Z", "end": "2026-02-20T09:30:00Z", "note": "n" * 5000}
    session_id = str(uuid.uuid4())
    return session_id, caller.call("PUT", f"/v1/users/me/sessions/{session_id}", body, expect=expect)


@pytest.mark.parametrize("metrics", ["off", "loopback"])
def test_a_full_disk(disk, metrics):
    with (
        Server(DATABASE_URL="", DATA_DIR=str(disk), METRICS=metrics) as server,
        contextlib.closing(Caller(server.url)) as caller,
    ):
        browser = FormBrowser(server.url)
        assert "Logo" in browser.submit("/", "/timer/start/", name="Logo")
        acknowledged = {save(caller, expect=(201,))[0]}
        filler = fill(disk)

        # What is left of the log is used up first.
        for _session in range(2000):
            session_id, answer = save(caller)
            if answer.status == 503:
                break
            acknowledged.add(session_id)

        assert (answer.data["code"], answer.headers["Retry-After"]) == ("storage_unavailable", "60")
        assert {each["id"] for each in caller.sessions("2026-02-01", "2026-03-01")} == acknowledged
        assert "Logo" in browser.get("/")
        assert "SIGBUS" not in server.log
        assert "Logo" in browser.get("/settings/")
        with pytest.raises(urllib.error.HTTPError) as rejected:
            submit_often(browser)
        assert (rejected.value.code, b"Nothing was saved" in rejected.value.read()) == (503, True)

        filler.unlink()
        acknowledged.add(save(caller, expect=(201,))[0])
        assert {each["id"] for each in caller.sessions("2026-02-01", "2026-03-01")} == acknowledged
        browser.submit("/", "/timer/start/", name="Logo")

        caller.close()
        server.restart()
        assert {each["id"] for each in caller.sessions("2026-02-01", "2026-03-01")} == acknowledged


def test_a_damaged_file_stops_the_start():
    with Server(DATABASE_URL="") as server:
        with contextlib.closing(Caller(server.url)) as caller:
            for _session in range(20):
                save(caller, expect=(201,))
        server.kill()
        server.manage("shell", "-c", "from django.db import connection as c; c.cursor().execute('VACUUM')")
        database = Path(server.environment["DATA_DIR"], "timetracker.sqlite3")
        with database.open("r+b") as file:
            file.seek(database.stat().st_size // 2)
            file.write(b"\xff" * 50_000)

        with pytest.raises(RuntimeError, match=r"is damaged: [^\n]+\. Restore the newest backup: manage\.py restore"):
            server.start()
