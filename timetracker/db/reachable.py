"""Checks before the start that the database can be used."""

import copy
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.utils import ConnectionHandler

from timetracker.db.errors import Fault, find_fault, is_busy

MAX_WAIT_SECONDS = 5
LONE_ALIAS = "lone"
ENCODING = "UTF8"
"""The required encoding of PostgreSQL. SQL_ASCII, its default where no locale is set, counts bytes as characters."""
ENCODING_FIX = (
    f"Make another, createdb --template=template0 --locale=C --encoding={ENCODING} NEW, bring over what this one holds "
    "with pg_dump OLD | psql NEW, and name it in DATABASE_URL."
)
_STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's virtual machine: some milliseconds


def require_database(database: dict[str, Any]) -> None:
    """Raises ImproperlyConfigured, with a sentence that says why, if an entry of DATABASES cannot be used."""
    is_sqlite = database["ENGINE"] == "timetracker.db.sqlite"
    with lone_connection(database) as connection:
        try:
            connection.ensure_connection()
        except (Error, UnicodeError) as error:  # UnicodeError: the name of the host is too long
            if is_sqlite and is_busy(error):
                return
            told = _describe_sqlite(database, error) if is_sqlite else _describe_postgresql(database, error)
            raise ImproperlyConfigured(told) from error
        if not is_sqlite:
            _require_utf8(database, read_encoding(connection))


@contextmanager
def lone_connection(database: dict[str, Any]) -> Iterator[Any]:
    """Yields a separate connection to an entry of DATABASES, without a pool, and closes it afterwards.

    A pool would retry and log each failure, and would have threads, which are lost when workers are forked.
    """
    database = copy.deepcopy(database)
    if database["ENGINE"] != "timetracker.db.sqlite":
        database["OPTIONS"].pop("pool", None)
        database["OPTIONS"].setdefault("connect_timeout", MAX_WAIT_SECONDS)
    # It has another alias, since querysets and Django's own code find a connection by alias.
    connection = ConnectionHandler({DEFAULT_DB_ALIAS: database, LONE_ALIAS: database})[LONE_ALIAS]
    connections[LONE_ALIAS] = connection
    try:
        yield connection
    finally:
        connection.close()
        del connections[LONE_ALIAS]


def read_encoding(connection: Any) -> str:
    """Returns the encoding of a PostgreSQL database, which the server reported when the connection was opened."""
    return str(connection.connection.info.parameter_status("server_encoding"))


def require_whole(database: dict[str, Any]) -> None:
    """Raises ImproperlyConfigured if SQLite finds an entry of DATABASES damaged. Ignores PostgreSQL.

    The check stops after MAX_WAIT_SECONDS; that of `manage.py housekeeping` runs to the end.
    """
    path = Path(database["NAME"])
    if database["ENGINE"] != "timetracker.db.sqlite" or not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=MAX_WAIT_SECONDS)) as connection:
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError:
            return  # the database is busy, or the time is over
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise ImproperlyConfigured(_describe_damage(database, found))


def _describe_damage(database: dict[str, Any], found: str) -> str:
    return (
        f"The database {database['NAME']} is damaged: {' '.join(found.split())}. "
        "Restore the newest backup: manage.py restore FILE, which keeps this one."
    )


def _describe_sqlite(database: dict[str, Any], error: Exception) -> str:
    if find_fault(error) is Fault.DAMAGED:
        return _describe_damage(database, str(error))
    return (
        f"The database {database['NAME']} cannot be used: {error}. "
        "Give this user the right to the file and its folder, or name another in DATABASE_URL."
    )


def _describe_postgresql(database: dict[str, Any], error: Exception) -> str:
    host = database["HOST"] or database["OPTIONS"].get("host") or "this machine"
    port = database["PORT"] or database["OPTIONS"].get("port") or 5432
    reason = "no host can have this name" if isinstance(error, UnicodeError) else _find_reason(str(error))
    return (
        f"The database {database['NAME']} at {host}, port {port}, cannot be used: {reason}. "
        "Start it, or correct the parts of DATABASE_URL: postgresql://user:password@host/name."
    )


def _require_utf8(database: dict[str, Any], encoding: str) -> None:
    if encoding != ENCODING:
        raise ImproperlyConfigured(
            f"The database {database['NAME']} has the encoding {encoding}, and {ENCODING} is needed. {ENCODING_FIX}"
        )


def _find_reason(text: str) -> str:
    """Returns the reason of an error of psycopg in one line, without the name of the server in front of it."""
    lines = text.strip().splitlines() or [""]
    reasons = [found[1] for line in lines if (found := re.fullmatch(r".*failed: (?:[A-Z]+: +)?(.+)", line))]
    return (reasons or lines)[-1 if reasons else 0].strip().rstrip(".:") or "no answer"
