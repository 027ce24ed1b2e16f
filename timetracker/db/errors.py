"""Recognises errors of the database that are no bugs: it is busy, cannot be written, or is damaged."""

import errno
import sqlite3
from enum import Enum

from django.db import DatabaseError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from timetracker.db.sqlite.queue import QueueTimeoutError


class Fault(Enum):
    """A lasting reason why nothing can be written. Once the operator has repaired it, the server goes on by itself."""

    FULL = "full"
    UNWRITABLE = "unwritable"
    DAMAGED = "damaged"

    @property
    def sentence(self) -> Promise:
        """The sentence that tells users about it."""
        return _SENTENCES[self]


_SENTENCES = {
    Fault.FULL: _("The disk of the server is full. Nothing was saved; what was there before stays."),
    Fault.UNWRITABLE: _("The server cannot write to its disk now. Nothing was saved; what was there before stays."),
    Fault.DAMAGED: _("The database of the server is damaged. Nothing was saved; its operator restores a backup."),
}
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.UNWRITABLE,
    sqlite3.SQLITE_IOERR: Fault.UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: Fault.UNWRITABLE,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
}
# SQLSTATE codes of PostgreSQL: disk_full, read_only_sql_transaction, io_error, data_corrupted, index_corrupted.
_OF_POSTGRESQL = {
    "53100": Fault.FULL,
    "25006": Fault.UNWRITABLE,
    "58030": Fault.UNWRITABLE,
    "XX001": Fault.DAMAGED,
    "XX002": Fault.DAMAGED,
}
_OF_FILES = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.EROFS: Fault.UNWRITABLE,
    errno.EACCES: Fault.UNWRITABLE,
    errno.EIO: Fault.UNWRITABLE,
}


def find_fault(error: BaseException) -> Fault | None:
    """Returns the reason why the database cannot be written or read; None for any other error."""
    if not isinstance(error, DatabaseError):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return _OF_SQLITE.get(_primary_code(cause))
    if isinstance(cause, OSError):
        return _OF_FILES.get(cause.errno or 0)
    return _OF_POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")


def is_busy(error: BaseException) -> bool:
    """Returns whether a repeated request may succeed: a lock, an exhausted pool, a server that restarts."""
    if not isinstance(error, OperationalError) or find_fault(error) is not None:
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return _primary_code(cause) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    # On PostgreSQL, all of these mean busy: lock and statement timeouts, lost connections, an exhausted pool.
    return isinstance(error, QueueTimeoutError) or cause is not None


def _primary_code(error: sqlite3.Error) -> int:
    """Returns the primary result code, which is the low byte of the extended one."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
