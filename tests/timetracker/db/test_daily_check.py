"""A database that is looked through while it is in use"""

import sqlite3
import subprocess
import sys
import time

import pytest

from tests.server import CHECKOUT
from timetracker.db.sqlite.daily_check import quick_check


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "live.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
    database.executemany("INSERT INTO entry (text) VALUES (?)", [("a" * 500,)] * 200)
    database.commit()
    database.close()
    return path


def damage(path):
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096)


def test_whole(path):
    writer = sqlite3.connect(path)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM entry")

    assert quick_check(path) == ""
    writer.close()


def test_damaged(path):
    damage(path)

    assert quick_check(path) != ""


def test_gone(tmp_path):
    assert quick_check(tmp_path / "none") == "unable to open database file"


def test_it_says_so_again_and_again_and_ends_with_who_started_it(path):
    damage(path)
    watch = (
        "from pathlib import Path; from timetracker.db.sqlite import daily_check as it; "
        f"it._SECONDS_BETWEEN_LOOKS = 0.05; it.watch(Path({str(path)!r}), seconds_between=0.1)"
    )
    code = f"import subprocess, sys, time; subprocess.Popen((sys.executable, '-c', {watch!r})); time.sleep(60)"
    starter = subprocess.Popen((sys.executable, "-c", code), cwd=CHECKOUT, stderr=subprocess.PIPE, text=True)
    for _time in range(2):
        assert f"The database {path} is damaged" in starter.stderr.readline()

    starter.kill()
    starter.wait()
    begun = time.monotonic()
    starter.stderr.read()  # to the end, which is that of the check
    assert time.monotonic() - begun < 20
    starter.stderr.close()
