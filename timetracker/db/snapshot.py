"""Several reads of one state."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from timetracker.db.sqlite.base import DatabaseWrapper as QueuedSQLite


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the database as it is at the first of them, so that figures from different queries agree.

    Writers are not held up. Inside a transaction that is open already there is nothing to do but read. Nothing may be
    written inside.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block:
        yield
        return
    if isinstance(connection, QueuedSQLite):
        with connection.reading_only(), transaction.atomic():
            yield
        return
    connection.ensure_connection()
    driver: psycopg.Connection[object] = connection.connection
    # The driver says both with BEGIN, at no statement of their own.
    driver.isolation_level, driver.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not driver.closed:
            driver.isolation_level = driver.read_only = None
