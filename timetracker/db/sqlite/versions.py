"""Recognises releases of SQLite with the WAL-reset defect: a checkpoint beside a writer may damage the database.

https://sqlite.org/wal.html#walresetbug
"""

import sqlite3

Version = tuple[int, ...]

_FIRST, _LAST = (3, 7, 0), (3, 51, 2)
_BACK_PORTS: dict[Version, int] = {(3, 50): 7, (3, 44): 6}
"""The first release of a branch without the defect."""


def has_wal_reset_defect(version: Version = sqlite3.sqlite_version_info) -> bool:
    """Returns whether a release of SQLite, by default the one in use, has the defect."""
    mended = _BACK_PORTS.get(version[:2])
    return _FIRST <= version <= _LAST and (mended is None or version[2] < mended)


def describe_defect() -> str:
    """Returns the warning for the operator at the start, "" if this release is fine."""
    if not has_wal_reset_defect():
        return ""
    return (
        f"SQLite {sqlite3.sqlite_version} has a rare defect that can damage a database in WAL mode; 3.51.3, 3.50.7 and "
        "3.44.6 have not. The database is looked through once a day; keep backups, and update Python's SQLite."
    )
