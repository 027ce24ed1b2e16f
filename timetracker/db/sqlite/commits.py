"""Group commit: threads of a process share a COMMIT, since its sync of the disk takes longer than their writes.

A thread that has written while others wait leaves the transaction open for the next one, and waits until the last one
commits for all. A write is acknowledged only after that COMMIT, so durability is not reduced. All threads write through
one connection, so each sees what those before it wrote (docs/decisions/0248-threads-share-a-commit.md).
"""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from timetracker.db.sqlite.queue import QueueTimeoutError, WriteQueue

MAX_OPEN_SECONDS = 0.02
"""How long after its BEGIN a transaction may be left open for the next writer."""


@dataclass(eq=False, slots=True)
class _PendingWrite:
    """The writes of one thread in the open transaction. `error` is set if they were rolled back."""

    is_over: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class SharedCommits:
    """The connection through which all threads of a process write, one at a time.

    A thread calls `begin`, writes through the connection that it returns, and calls `commit` or `rollback`. `connect`
    opens the connection when it is first needed.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], queue: WriteQueue, *, timeout_seconds: float) -> None:
        self._connect = connect
        self._queue = queue
        self._timeout_seconds = timeout_seconds
        self._connection: sqlite3.Connection | None = None
        self._turn = threading.Lock()
        self._waiting: set[int] = set()  # identifiers of threads
        self._pending: list[_PendingWrite] = []  # not committed yet
        self._begun_at = 0.0

    def begin(self) -> sqlite3.Connection:
        """Waits for the turn, and returns a connection with an open transaction.

        Raises QueueTimeoutError, and the errors of SQLite.
        """
        self._wait_for_turn()
        try:
            if self._connection is None:
                self._connection = self._connect()
                # Else what a savepoint could roll back goes to a temporary file from 64 KiB on, which a save has.
                self._connection.execute("PRAGMA temp_store=MEMORY")
            if self._pending:
                self._connection.execute("SAVEPOINT others")  # keeps what other threads wrote
            else:
                self._queue.enter()
                self._connection.execute("BEGIN IMMEDIATE")
                self._begun_at = time.monotonic()
        except BaseException:
            if not self._pending:
                self._close_connection()
            self._end()
            raise
        return self._connection

    def commit(self) -> None:
        """Returns when the writes are on disk. Raises the error of SQLite if they were rolled back."""
        mine = _PendingWrite()
        try:
            if self._pending and self._connection is not None:
                self._connection.execute("RELEASE others")
        except sqlite3.Error:
            self.rollback()
            raise
        self._pending.append(mine)
        if self._waiting and time.monotonic() < self._begun_at + MAX_OPEN_SECONDS:
            self._turn.release()
        else:
            self._end()
        while not mine.is_over.wait(MAX_OPEN_SECONDS):
            if self._turn.acquire(blocking=False):  # the next writer has given up waiting
                self._end()
        if mine.error is not None:
            raise mine.error

    def rollback(self) -> None:
        """Rolls back what this thread wrote since `begin`, and only that."""
        try:
            if self._pending and self._is_open:
                self._connection.execute("ROLLBACK TO others")  # type: ignore[union-attr]
                self._connection.execute("RELEASE others")  # type: ignore[union-attr]
        except sqlite3.Error:
            self._close_connection()
        self._end()

    @property
    def _is_open(self) -> bool:
        return self._connection is not None and self._connection.in_transaction

    def _wait_for_turn(self) -> None:
        me = threading.get_ident()
        self._waiting.add(me)
        has_turn = self._turn.acquire(timeout=self._timeout_seconds)
        self._waiting.discard(me)
        if not has_turn:
            raise QueueTimeoutError("Another writer of this process has held its turn for too long.")

    def _end(self) -> None:
        """Commits for all threads that have written, wakes them, and ends the turn."""
        pending, self._pending = self._pending, []
        # SQLite itself rolls back the whole transaction, for example when the disk is full at a later statement.
        error: Exception | None = QueueTimeoutError("What another writer met took this back, too.")
        try:
            if self._is_open:
                self._connection.commit() if pending else self._connection.rollback()  # type: ignore[union-attr]
                error = None
        except sqlite3.Error as caught:
            # Of several writers, it is unknown whose row was rejected: all get an error that lets requests be repeated.
            if len(pending) == 1 or not isinstance(caught, sqlite3.IntegrityError):
                error = caught
            self._close_connection()
        finally:
            self._queue.leave()
            self._turn.release()
            for each in pending:
                each.error = error
                each.is_over.set()

    def _close_connection(self) -> None:
        """Closes the connection, which ends its transaction; the next writer opens another."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


_shared_by_database: dict[tuple[int, str], SharedCommits] = {}
_making = threading.Lock()
_are_shared = False


def share_commits() -> None:
    """Makes the threads of this process share commits from now on.

    Only workers of the server call this: migrations, for example, configure their connection before they write.
    """
    global _are_shared  # noqa: PLW0603
    _are_shared = True


def find_shared(
    path: str, connect: Callable[[], sqlite3.Connection], *, timeout_seconds: float
) -> SharedCommits | None:
    """Returns the shared connection of this process to a database; None in a process without one."""
    if not _are_shared:
        return None
    with _making:
        key = (os.getpid(), path)
        if key not in _shared_by_database:
            queue = WriteQueue(path, timeout_seconds=timeout_seconds)
            _shared_by_database[key] = SharedCommits(connect, queue, timeout_seconds=timeout_seconds)
        return _shared_by_database[key]
