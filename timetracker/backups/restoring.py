"""Restores backups over the default database, or for a trial elsewhere."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from timetracker.backups import sqlite
from timetracker.backups.archive import BackupError, Manifest
from timetracker.backups.figures import ReadFigures
from timetracker.backups.making import compare, is_sqlite, make_backup, unpack
from timetracker.clock import now
from timetracker.db.migrated import Migration, find_unknown_migrations
from timetracker.storage.files import open_private


class Restored(NamedTuple):
    """The result of a restore: the manifest, the paths of the old database and key, and whether the keys differ."""

    manifest: Manifest
    previous: list[Path]
    has_other_key: bool


def restore_backup(path: Path, read_figures: ReadFigures, *, complete: Callable[[], None]) -> Restored:
    """Replaces the default database by a backup.

    `complete` is called with the restored database as the default one; on SQLite, before it replaces the old database.
    The caller holds `not_serving`. Unless its message says otherwise, BackupError is raised before anything changed.
    """
    restore = _restore_sqlite if is_sqlite() else _restore_postgresql
    return restore(path, read_figures, complete)


def _restore_sqlite(path: Path, read_figures: ReadFigures, complete: Callable[[], None]) -> Restored:
    target = Path(settings.DATABASES["default"]["NAME"])
    suffix = f"before-restore-{now():%Y-%m-%dT%H%M%SZ}"
    # In the same folder, because renaming is atomic only within a file system.
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=target.parent) as scratch:
        manifest, copy, key = unpack(path, Path(scratch))
        compare(manifest.figures, sqlite.check_database(copy, read_figures), f"The database in {path}")
        _require_known(sqlite.read_migrations(copy), path)
        with _as_default(copy):
            complete()
        connection.close()
        with sqlite.alone(copy):
            pass  # leaves WAL mode, so that the file holds all of the database
        with sqlite.alone(target):
            previous_key = _exchange_key(key, suffix)
            previous = sqlite.exchange(target, copy, suffix=suffix)
    return _restored(manifest, previous, previous_key, key)


def _restore_postgresql(path: Path, read_figures: ReadFigures, complete: Callable[[], None]) -> Restored:
    from timetracker.backups import postgresql  # noqa: PLC0415  # not loaded on SQLite

    conninfo = postgresql.find_conninfo(settings.DATABASES["default"])
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    postgresql.check_alone(conninfo)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=settings.DATA_DIR) as scratch:
        manifest, copy, key = unpack(path, Path(scratch))
        _require_known(postgresql.read_migrations(copy), path)
        previous = make_backup(Path(settings.DATA_DIR) / "before-restore", read_figures)
        postgresql.load_database(conninfo, copy)
        compare(
            manifest.figures, postgresql.check_database(conninfo, read_figures), f"The database restored from {path}"
        )
        complete()
        previous_key = _exchange_key(key, f"before-restore-{now():%Y-%m-%dT%H%M%SZ}")
    return _restored(manifest, previous, previous_key, key)


def _require_known(migrations: set[Migration], path: Path) -> None:
    """Raises BackupError for a backup with migrations that this code lacks, since they could not be reversed."""
    if unknown := find_unknown_migrations(migrations):
        raise BackupError(
            f"{path} is of a later release: this one does not know {len(unknown)} of its migrations, {unknown[0]} the "
            "first. Nothing was changed. Install that release, or a later one, and restore with it."
        )


def _restored(manifest: Manifest, previous: Path | None, previous_key: Path | None, key: str) -> Restored:
    has_other_key = key != settings.SECRET_KEY and previous_key is None
    return Restored(manifest, [each for each in (previous, previous_key) if each], has_other_key)


def try_backup(path: Path, read_figures: ReadFigures, *, scratch_url: str = "") -> Manifest:
    """Restores a backup to a temporary database, compares the figures, and removes it. Returns the manifest."""
    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.DATA_DIR) as folder:
        manifest, copy, _key = unpack(path, Path(folder))
        if is_sqlite():
            compare(manifest.figures, sqlite.check_database(copy, read_figures), f"The database in {path}")
            return manifest
        from timetracker.backups import postgresql  # noqa: PLC0415

        conninfo = postgresql.find_conninfo(settings.DATABASES["default"])
        with _given(scratch_url) if scratch_url else postgresql.scratch_database(conninfo) as scratch:
            postgresql.load_database(scratch, copy)
            compare(manifest.figures, postgresql.check_database(scratch, read_figures), f"The database in {path}")
    return manifest


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


@contextmanager
def _as_default(path: Path) -> Iterator[None]:
    """Makes another SQLite file the default database within the block."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _exchange_key(key: str, suffix: str) -> Path | None:
    """Replaces the secret key, if it is a file in the data folder, by that of a backup. Returns the old key's path."""
    path = Path(settings.DATA_DIR) / "secret_key"
    if key == settings.SECRET_KEY or not path.exists() or path.read_text().strip() != settings.SECRET_KEY:
        return None
    previous = path.with_name(f"secret_key.{suffix}")
    os.link(path, previous)
    temporary = path.with_name("secret_key.restored")
    temporary.unlink(missing_ok=True)
    os.close(open_private(temporary, like=path))
    temporary.write_text(f"{key}\n")
    temporary.replace(path)
    return previous
