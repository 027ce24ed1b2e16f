"""Makes backups of the default database, on either engine."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from timetracker import clock
from timetracker.backups import sqlite
from timetracker.backups.archive import BackupError, Manifest, read_archive, remove_old, save_archive
from timetracker.backups.figures import ReadFigures, describe_difference
from timetracker.backups.rotation import format_name
from timetracker.storage.files import open_private


def is_sqlite() -> bool:
    """Returns whether the default database is SQLite."""
    return bool(settings.DATABASES["default"]["ENGINE"] == "timetracker.db.sqlite")


def make_backup(folder: Path, read_figures: ReadFigures) -> Path:
    """Makes a backup in `folder`, checks it, and removes backups that the rotation does not keep. Returns its path.

    A folder is locked meanwhile. Nothing is removed before the new backup is on disk and was read back.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        made_at, path = _choose_name(folder)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as scratch:
            copy = Path(scratch) / (sqlite.NAME if is_sqlite() else "timetracker.dump")
            figures = _copy_database(copy, read_figures)
            manifest = Manifest(made_at.isoformat(), "sqlite" if is_sqlite() else "postgresql", copy.name, figures, {})
            save_archive(path, manifest, copy, settings.SECRET_KEY)
            copy.unlink()
            read_archive(path, Path(scratch))
        remove_old(folder)
    note_backup(path)
    return path


def last_backup_at() -> float | None:
    """Returns the time of this server's last checked backup, in seconds since 1970; None if there is none."""
    try:
        return _mark().stat().st_mtime
    except FileNotFoundError:
        return None


def note_backup(path: Path) -> None:
    """Stores that a backup was made now. It is stored in a file, so that health and metrics need no query."""
    os.close(open_private(_mark()))
    _mark().write_text(f"{path}\n")


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "last_backup"


def _copy_database(copy: Path, read_figures: ReadFigures) -> dict[str, Any]:
    """Copies the database, checks the copy, and returns the figures of the copied state."""
    database = settings.DATABASES["default"]
    if is_sqlite():
        figures = sqlite.copy_database(Path(database["NAME"]), copy, read_figures)
        compare(figures, sqlite.check_database(copy, read_figures), "The copy of the database")
        return figures
    from timetracker.backups import postgresql  # noqa: PLC0415  # not loaded on SQLite

    return postgresql.copy_database(postgresql.find_conninfo(database), copy, read_figures)


def compare(expected: dict[str, Any], found: dict[str, Any], what: str) -> None:
    """Raises BackupError if the figures differ."""
    if difference := describe_difference(expected, found):
        raise BackupError(f"{what} is not what it should be: {difference}. Do not rely on this backup.")


def unpack(path: Path, folder: Path) -> tuple[Manifest, Path, str]:
    """Unpacks a backup with `read_archive`. Raises BackupError also if it is of the other database engine."""
    found = read_archive(path, folder)
    if found[0].engine != ("sqlite" if is_sqlite() else "postgresql"):
        raise BackupError(f"{path} is a backup of {found[0].engine}. Set DATABASE_URL to a database of that kind.")
    return found


def _choose_name(folder: Path) -> tuple[datetime, Path]:
    while (path := folder / format_name(now := clock.now())).exists():
        time.sleep(0.1)  # names have a resolution of a second
    return now, path


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
