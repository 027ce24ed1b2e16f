"""Which releases of SQLite have the WAL-reset defect"""

import sqlite3

import pytest

from timetracker.db.sqlite import versions


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_versions(version, has_it):
    assert versions.has_wal_reset_defect(version) == has_it


def test_the_sentence_is_about_the_release_in_use():
    sentence = versions.describe_defect()

    assert bool(sentence) == versions.has_wal_reset_defect(sqlite3.sqlite_version_info)
    assert not sentence or sentence.startswith(f"SQLite {sqlite3.sqlite_version} has")
