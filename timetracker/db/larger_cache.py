"""More memory for SQLite while much is written."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

LARGE = 16 * 1024
"""KiB: the indexes that an import of 200,000 rows writes to at random places. It was a sixth quicker with them."""
_USUAL = 2000  # what SQLite takes


@contextmanager
def larger_cache() -> Iterator[None]:
    """Lets the connection that writes keep more of the database in memory inside. Nothing on PostgreSQL.

    Not within a transaction. What it took is given back at the end.
    """
    if connection.vendor != "sqlite":
        yield
        return
    _set_cache(LARGE)
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError):  # the disk is full, for one, which the work inside has said already
            _set_cache(_USUAL)


def _set_cache(kibibytes: int) -> None:
    # A transaction, since the threads of a worker write through one connection, and read through others.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size={-kibibytes}")
