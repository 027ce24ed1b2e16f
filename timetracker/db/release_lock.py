"""The lock that allows one release at a time, over all processes and servers of a database."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings

from timetracker.storage.files import open_private

_KEY = 7_431_640_829  # the number of PostgreSQL's advisory lock, which nothing else uses
_POLL_SECONDS = 0.2


@contextmanager
def release_lock() -> Iterator[None]:
    """Waits until no other release is running, then holds the lock, for which others wait."""
    lock = open_private(Path(settings.DATA_DIR) / "release")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database = settings.DATABASES["default"]
        if database["ENGINE"] == "timetracker.db.sqlite":
            yield
        else:
            with _advisory_lock():
                yield
    finally:
        os.close(lock)


@contextmanager
def _advisory_lock() -> Iterator[None]:
    """Holds PostgreSQL's advisory lock in a separate connection, which ends with this process, however it ends."""
    import psycopg  # noqa: PLC0415  # SQLite's servers need none of it

    from timetracker.backups.postgresql import find_conninfo  # noqa: PLC0415

    with closing(psycopg.connect(find_conninfo(settings.DATABASES["default"]), autocommit=True)) as session:
        while not session.execute("SELECT pg_try_advisory_lock(%s)", [_KEY]).fetchall()[0][0]:
            time.sleep(_POLL_SECONDS)
        yield
