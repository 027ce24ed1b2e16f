"""Threads of a server that share a COMMIT, since its sync of the disk takes longer than all that they write.

Who writes while others of the process wait leaves the transaction open for the next, and waits in turn until the last
one has committed for all. Nothing is acknowledged before that COMMIT, so that durability is what it was; and since all
write through one connection, each sees what those before it wrote (docs/decisions/0248-threads-share-a-commit.md).
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
"""How long after its BEGIN a transaction may still be left to the next writer."""


@dataclass(eq=False, slots=True)
class _Written:
    """What one thread wrote in the transaction that is open. `error` is set when it was taken back."""

    is_over: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class SharedCommits:
    """One connection of a process for all that it writes, and the threads that take turns at it.

    A thread calls `begin`, writes through the connection that this returns, and then calls `commit` or `rollback`. Only
    one thread is between these at a time. `connect` opens the connection, when it is needed first.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], queue: WriteQueue, *, timeout_seconds: float) -> None:
        self._connect = connect
        self._queue = queue
        self._timeout_seconds = timeout_seconds
        self._connection: sqlite3.Connection | None = None
        self._turn = threading.Lock()
        self._waiting: set[int] = set()  # threads, by their numbers
        self._written: list[_Written] = []  # what waits for the COMMIT
        self._begun_at = 0.0

    def begin(self) -> sqlite3.Connection:
        """Waits for the turn, and returns a connection with an open transaction.

        Raises QueueTimeoutError, and the errors of SQLite.
        """
        self._wait_for_turn()
        try:
            if self._connection is None:
                self._connection = self._connect()
            if self._written:
                self._connection.execute("SAVEPOINT others")  # before it stands what others wrote
            else:
                self._queue.enter()
                self._connection.execute("BEGIN IMMEDIATE")
                self._begun_at = time.monotonic()
        except BaseException:
            if not self._written:
                self._forget_connection()
            self._end()
            raise
        return self._connection

    def commit(self) -> None:
        """Returns when what was written is on the disk. Raises the error of SQLite when it is not."""
        mine = _Written()
        try:
            if self._written and self._connection is not None:
                self._connection.execute("RELEASE others")
        except sqlite3.Error:
            self.rollback()
            raise
        self._written.append(mine)
        if self._waiting and time.monotonic() < self._begun_at + MAX_OPEN_SECONDS:
            self._turn.release()
        else:
            self._end()
        while not mine.is_over.wait(MAX_OPEN_SECONDS):
            if self._turn.acquire(blocking=False):  # whoever waited has given up
                self._end()
        if mine.error is not None:
            raise mine.error

    def rollback(self) -> None:
        """Takes back what was written since `begin`, and that alone."""
        try:
            if self._written and self._is_open:
                self._connection.execute("ROLLBACK TO others")  # type: ignore[union-attr]
                self._connection.execute("RELEASE others")  # type: ignore[union-attr]
        except sqlite3.Error:
            self._forget_connection()
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
        """Commits for all who have written, tells them, and ends the turn."""
        written, self._written = self._written, []
        # SQLite itself takes back all of a transaction where, for one, a later statement finds no room on the disk.
        error: Exception | None = QueueTimeoutError("What another writer met took this back, too.")
        try:
            if self._is_open:
                self._connection.commit() if written else self._connection.rollback()  # type: ignore[union-attr]
                error = None
        except sqlite3.Error as caught:
            # Of several writers nobody can say whose row was refused: their requests may come again.
            if len(written) == 1 or not isinstance(caught, sqlite3.IntegrityError):
                error = caught
            self._forget_connection()
        finally:
            self._queue.leave()
            self._turn.release()
            for each in written:
                each.error = error
                each.is_over.set()

    def _forget_connection(self) -> None:
        """Closes the connection, which ends its transaction; the next writer opens another."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


_of_databases: dict[tuple[int, str], SharedCommits] = {}
_making = threading.Lock()
_are_shared = False


def share_commits() -> None:
    """Lets the threads of this process share commits from now on; called by the workers of the server.

    Nothing else does: migrations, for one, set up a connection of their own before they write.
    """
    global _are_shared  # noqa: PLW0603
    _are_shared = True


def find_shared(
    path: str, connect: Callable[[], sqlite3.Connection], *, timeout_seconds: float
) -> SharedCommits | None:
    """Returns what the threads of this process share for a database; None where they do not."""
    if not _are_shared:
        return None
    with _making:
        key = (os.getpid(), path)
        if key not in _of_databases:
            queue = WriteQueue(path, timeout_seconds=timeout_seconds)
            _of_databases[key] = SharedCommits(connect, queue, timeout_seconds=timeout_seconds)
        return _of_databases[key]
