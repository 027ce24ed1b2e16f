"""Django's SQLite backend with a queue of writers.

In SQLite, writers that find the database locked sleep and try again, which is unfair: with several writers some wait
for 0.3 s where 0.02 s would do (docs/decisions/0053-writers-queue.md). Here each writing transaction holds a file lock,
for which others queue, from before BEGIN IMMEDIATE until after COMMIT. The kernel releases the lock of a process that
dies. The threads of a worker share a turn and its COMMIT (`timetracker.db.sqlite.commits`).
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.utils import debug_transaction

from timetracker.db.sqlite.commits import SharedCommits, find_shared
from timetracker.db.sqlite.queue import WriteQueue
from timetracker.storage.files import open_private

on_turn: list[Callable[[float], None]] = []
"""Functions that are called with the seconds for which a writer waited for its turn."""

CACHE_OF_READERS = 512
"""The page cache of a reading connection in KiB. A thread reads less at once, and the kernel caches the file for all.

SQLite's default of 2 MiB took 28 MiB more in all.
"""

MAX_REMEMBERED = 4096
"""The most characters of a statement in the cache. Longer ones write many rows, and are seldom repeated."""


@lru_cache(maxsize=512)
def _to_qmark_style(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor with a cache of statements that are converted to SQLite's parameter style."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None and len(query) <= MAX_REMEMBERED:
            return _to_qmark_style(query)
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, which enters the queue of writers at the start of a transaction and leaves it at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: WriteQueue | None = None
        self._shared: SharedCommits | None = None
        self._reading_connection: Any = None  # set while `connection` is the shared one, for writing
        self._is_reading_only = False

    def get_connection_params(self) -> dict[str, Any]:
        """Makes the driver return dates and instants as the stored text, which fields convert.

        Otherwise the driver would call Django's parsers, which are slower, for every value, needed or not.
        """
        return {**super().get_connection_params(), "detect_types": 0}

    @contextmanager
    def reading_only(self) -> Iterator[None]:
        """Makes transactions that begin in the block read-only: they take no lock and wait for none."""
        self._is_reading_only = True
        try:
            yield
        finally:
            self._is_reading_only = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._queue = self._shared = None
        if not self.is_in_memory_db():
            path = str(self.settings_dict["NAME"])
            # SQLite would create the file readable by all; its other files get the same mode. An existing file is not
            # opened here: closing any descriptor drops the locks of this process's other connections (POSIX).
            if not Path(path).exists():
                os.close(open_private(path))
            seconds = float(conn_params.get("timeout", 5))
            self._queue = WriteQueue(path, timeout_seconds=seconds)
            self._shared = find_shared(
                path, lambda: super(DatabaseWrapper, self).get_new_connection(conn_params), timeout_seconds=seconds
            )
        connection = super().get_new_connection(conn_params)
        if self._shared is not None:  # this connection only reads then
            connection.execute(f"PRAGMA cache_size={-CACHE_OF_READERS}")
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if self._is_reading_only:
            self.cursor().execute("BEGIN")
            return
        begun = time.monotonic()
        if self._shared is not None:
            with self.wrap_database_errors:
                shared = self._shared.begin()
            self._reading_connection, self.connection = self.connection, shared
        else:
            self._begin_alone()
        for tell in on_turn if self._queue is not None else ():
            tell(time.monotonic() - begun)

    def _begin_alone(self) -> None:
        if self._queue is not None:
            self._queue.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs lack these four
        finally:
            self._leave_queue_if_done()

    def _commit(self) -> Any:
        if self._reading_connection is not None:
            self._return_shared()
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                return self._shared.commit()  # type: ignore[union-attr]
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._leave_queue_if_done()

    def _rollback(self) -> Any:
        if self._reading_connection is not None:
            self._return_shared()
            with debug_transaction(self, "ROLLBACK"), self.wrap_database_errors:
                return self._shared.rollback()  # type: ignore[union-attr]
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue_if_done()

    def _close(self) -> Any:
        if self._reading_connection is not None:
            self._return_shared()
            self._shared.rollback()  # type: ignore[union-attr]
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            if self._queue is not None:
                self._queue.leave()

    def _return_shared(self) -> None:
        self.connection, self._reading_connection = self._reading_connection, None

    def _leave_queue_if_done(self) -> None:
        if self._queue is not None and (self.connection is None or not self.connection.in_transaction):
            self._queue.leave()
