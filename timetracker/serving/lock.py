"""Tells whether this machine serves, so that nothing is put in the place of a database in use."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from timetracker.storage.files import open_private

_held: list[int] = []


def serve() -> None:
    """Notes that this process, and those forked from it, serve until they end, however they end.

    Raises ImproperlyConfigured while the database is exchanged or migrated.
    """
    if _held:
        return
    lock = open_private(_path())
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise ImproperlyConfigured("A backup is being restored. Start again when that has ended.") from error
    _held.append(lock)


@contextmanager
def not_serving() -> Iterator[None]:
    """Keeps servers from starting. Raises ImproperlyConfigured while one serves."""
    lock = open_private(_path())
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ImproperlyConfigured("A server is running. Stop it first; nothing was changed.") from error
    finally:
        os.close(lock)


def _path() -> Path:
    return Path(settings.DATA_DIR) / "serving"
