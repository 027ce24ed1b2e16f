"""A context manager for several queries that have to see the same state of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from timetracker.db.sqlite.base import DatabaseWrapper as QueuedSQLite


@contextmanager
def snapshot() -> Iterator[None]:
    """Makes all queries in the block see the database as it is at the first of them, so that their figures agree.

    The block must not write. Writers are not blocked. Inside an open transaction this does nothing.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        yield
        return
    if isinstance(connection, QueuedSQLite):
        with connection.reading_only(), transaction.atomic():
            yield
        return
    from psycopg import IsolationLevel  # noqa: PLC0415  # SQLite's server needs none of it

    connection.ensure_connection()
    driver: Any = connection.connection
    # psycopg sends both with BEGIN, so they cost no further statement.
    driver.isolation_level, driver.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not driver.closed:
            driver.isolation_level = driver.read_only = None
