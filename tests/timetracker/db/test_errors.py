"""What an error of the database says about it"""

import errno
import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InternalError, OperationalError

from timetracker.db.errors import Fault, find_fault, is_busy


def caused(kind, cause):
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code, kind=sqlite3.OperationalError):
    error = kind("of SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("kind", "cause", "fault"),
    [
        (OperationalError, of_sqlite(sqlite3.SQLITE_FULL), Fault.FULL),
        (OperationalError, of_sqlite(sqlite3.SQLITE_IOERR_WRITE), Fault.UNWRITABLE),
        (OperationalError, of_sqlite(sqlite3.SQLITE_READONLY), Fault.UNWRITABLE),
        (DatabaseError, of_sqlite(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError), Fault.DAMAGED),
        (DatabaseError, of_sqlite(sqlite3.SQLITE_NOTADB, sqlite3.DatabaseError), Fault.DAMAGED),
        (OperationalError, OSError(errno.ENOSPC, "No space left on device"), Fault.FULL),
        (OperationalError, OSError(errno.EROFS, "Read-only file system"), Fault.UNWRITABLE),
        (OperationalError, psycopg.errors.DiskFull(), Fault.FULL),
        (InternalError, psycopg.errors.ReadOnlySqlTransaction(), Fault.UNWRITABLE),
        (InternalError, psycopg.errors.DataCorrupted(), Fault.DAMAGED),
    ],
)
def test_faults_are_not_busy(kind, cause, fault):
    error = caused(kind, cause)

    assert find_fault(error) is fault
    assert not is_busy(error)


@pytest.mark.parametrize(
    "error",
    [
        caused(OperationalError, of_sqlite(sqlite3.SQLITE_BUSY)),
        caused(OperationalError, of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT)),
        caused(OperationalError, psycopg.errors.LockNotAvailable()),
        caused(OperationalError, psycopg.OperationalError("the connection is lost")),
    ],
)
def test_busy_is_no_fault(error):
    assert find_fault(error) is None
    assert is_busy(error)


@pytest.mark.parametrize(
    "error",
    [
        caused(IntegrityError, of_sqlite(sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.IntegrityError)),
        caused(OperationalError, of_sqlite(sqlite3.SQLITE_ERROR)),
        OperationalError(),
        ValueError(),
    ],
)
def test_neither(error):
    assert find_fault(error) is None
    assert not is_busy(error)


def test_every_fault_has_a_sentence():
    assert all("Nothing was saved" in str(fault.sentence) for fault in Fault)
