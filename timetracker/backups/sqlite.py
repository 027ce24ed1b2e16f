"""Backups of SQLite: copying a snapshot, checking the copy, and replacing a database by another."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from timetracker.backups.archive import BackupError
from timetracker.backups.figures import Query, ReadFigures, count_rows
from timetracker.db.migrated import Migration
from timetracker.storage.files import open_private, sync_folder

NAME = "timetracker.sqlite3"
BUSY_SECONDS = 60
_BESIDE = ("-wal", "-shm", "-journal")


def copy_database(path: Path, copy: Path, read_figures: ReadFigures) -> dict[str, Any]:
    """Copies a database that is in use into a new file, and returns the figures of the state that was copied.

    Others can write meanwhile. Figures and copy are read in one transaction, and so show the same state.
    """
    os.close(open_private(copy))
    try:
        with closing(_connect(path)) as source, closing(_connect(copy)) as target:
            source.execute("BEGIN")
            figures = _read(source, read_figures)
            source.backup(target)
            source.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise BackupError(f"The database {path} could not be copied: {error}.") from error
    return figures


def check_database(path: Path, read_figures: ReadFigures) -> dict[str, Any]:
    """Returns the figures of a database. Raises BackupError if SQLite finds the database damaged."""
    try:
        with closing(_connect(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise BackupError(f"{path} is damaged: {'; '.join(found[:3])}.")
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise BackupError(f"{path} is damaged: {len(broken)} rows lead to rows that are not there.")
            return _read(connection, read_figures)
    except sqlite3.Error as error:
        raise BackupError(f"{path} is damaged: {error}.") from error


def read_migrations(path: Path) -> set[Migration]:
    """Returns the migrations that were applied to a database."""
    with closing(_connect(path)) as connection:
        return set(connection.execute("SELECT app, name FROM django_migrations"))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Makes sure that no other process has the database open, and that its write-ahead log is empty.

    Raises BackupError otherwise. A damaged database is left unchanged.
    """
    if path.exists():
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, timeout=0)) as connection:
            try:
                # Leaving WAL mode fails while there is any other connection, even one that only reads.
                connection.execute("PRAGMA journal_mode=DELETE").fetchall()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                    raise BackupError(f"{path} is in use. Stop the server, and whatever else has it open.") from error
    yield


def exchange(path: Path, new: Path, *, suffix: str) -> Path | None:
    """Replaces a database by `new`, atomically. Returns the path at which the old one is kept.

    Both are in one folder. The log of a damaged database is moved first, or SQLite would apply it to the new database.
    """
    previous = path.with_name(f"{path.name}.{suffix}")
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(previous.with_name(previous.name + end))
    had_one = path.exists()
    if had_one:
        status = path.stat()
        new.chmod(status.st_mode & 0o666)
        if os.geteuid() == 0:  # or a restore by root would lock out the service's user
            os.chown(new, status.st_uid, status.st_gid)
        os.link(path, previous)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
    return previous if had_one else None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def _read(connection: sqlite3.Connection, read_figures: ReadFigures) -> dict[str, Any]:
    query: Query = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
    tables = [name for (name,) in query("SELECT name FROM sqlite_schema WHERE type = 'table'") if name[:7] != "sqlite_"]
    return {"rows": count_rows(query, tables), **read_figures(query)}
