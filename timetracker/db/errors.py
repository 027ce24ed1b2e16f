"""Telling a database that is busy, and may be asked again, from one that is wrong."""

import sqlite3

from django.db import OperationalError

from timetracker.db.sqlite.base import QueueTimeoutError


def is_busy(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later: a lock, a full pool, a server that restarts."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind of error, the rest its variety.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    # With PostgreSQL all are of this kind: lock and statement timeouts, lost connections, a pool with none to lend.
    return isinstance(error, QueueTimeoutError) or cause is not None
