"""The lock that tells whether a server is running on this machine, so that no database in use is replaced."""

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
    """Locks the database as in use by this process and those forked from it, until they end, however they end.

    Raises ImproperlyConfigured while the database is being replaced or migrated.
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
    """Keeps servers from starting in the block. Raises ImproperlyConfigured if one is running."""
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
