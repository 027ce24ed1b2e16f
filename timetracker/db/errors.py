"""Tells errors of a busy database, which are worth another try, from all others."""

import sqlite3

from django.db import OperationalError

from timetracker.db.sqlite.base import QueueTimeoutError


def is_busy(error: BaseException) -> bool:
    """Tells whether the same request may succeed a moment later: a lock, a full pool, a server that restarts."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary result code, the rest an extended one.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    # On PostgreSQL all of these mean busy: lock and statement timeouts, lost connections, an empty pool.
    return isinstance(error, QueueTimeoutError) or cause is not None
