"""The database of each release before: upgraded without a loss, and still usable by the code that made it.

The databases beside this file are made by `python -m tests.upgrade.make_database` with the code of a release.
"""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import CHECKOUT, PASSED_ON
from tests.upgrade.states import differences

FOLDER = Path(__file__).parent
RELEASES = sorted(path.name.removesuffix(".sqlite3.gz") for path in FOLDER.glob("*.sqlite3.gz"))


@pytest.mark.slow(reason="migrates, and asks for everything by the API")
@pytest.mark.parametrize("release", RELEASES)
def test_an_upgrade_loses_nothing(release, tmp_path):
    environment = {**PASSED_ON, "DATA_DIR": str(tmp_path), "RATE_LIMITS": "off"}
    with gzip.open(FOLDER / f"{release}.sqlite3.gz") as source, (tmp_path / "timetracker.sqlite3").open("wb") as file:
        shutil.copyfileobj(source, file)

    def run(*arguments):
        done = subprocess.run(
            (sys.executable, *arguments), check=False, cwd=CHECKOUT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    run("manage.py", "release")
    *found, last = run("-m", "tests.upgrade.upgraded", str(FOLDER / f"{release}.json.gz"))

    assert found == []
    assert last.startswith("Sent ")


@pytest.mark.parametrize("release", RELEASES)
def test_the_statements_are_those_of_everything(release):
    with gzip.open(FOLDER / f"{release}.json.gz", "rt") as file:
        content = json.load(file)

    begun = {" ".join(sql.replace('"', "").split()[:3]) for sql, _params, _many in content["statements"]}
    assert {
        "INSERT INTO sessions_app_timesession",
        "INSERT INTO sessions_app_project",
        "INSERT INTO sessions_app_tag",
        "INSERT INTO sessions_app_changeset",
        "INSERT INTO sessions_app_change",
        "UPDATE sessions_app_timesession SET",
        "UPDATE users_app_user SET",
    } <= begun
    assert len(content["answers"]) == 3
    assert all(len(of_user) > 10 for of_user in content["answers"].values())


def test_differences_are_found():
    before = {"total": {"seconds": 60}, "sessions": [{"id": "a"}], "next": None}

    assert differences(before, {**before, "added": 1}) == []
    assert differences(before, {**before, "total": {"seconds": 61}}) == ["/total/seconds: 60 became 61"]
    assert differences(before, {**before, "sessions": []}) == ["/sessions: [{'id': 'a'}] became []"]
    assert differences(before, {"total": {"seconds": 60}, "sessions": [{"id": "a"}]}) == []
