"""Django's SQLite backend with a queue of writers.

SQLite lets writers that find the database locked sleep and try again, which is unfair: with several writers some wait
for 0.3 s where 0.02 s would do (docs/decisions/0053-writers-queue.md). Here each writing transaction queues on a file
lock from before BEGIN IMMEDIATE until after COMMIT. The kernel releases the lock when a process dies, however it dies.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from timetracker.storage.files import open_private

on_turn: list[Callable[[float], None]] = []
"""Called with the seconds that a writer waited for its turn."""


class QueueTimeoutError(OperationalError):
    """Raised when the turn to write did not come within the timeout."""


class WriteQueue:
    """A queue of two file locks: writers queue for the first; its holder, the head, polls the second, the turn.

    So writers take turns in the order of arrival, and none waits longer than the timeout for a turn that is held
    too long.
    """

    def __init__(self, database_path: str, *, timeout_seconds: float) -> None:
        self._database_path = database_path
        self._paths = f"{database_path}.queue", f"{database_path}.turn"
        self._timeout_seconds = timeout_seconds
        self._turn: int | None = None

    def enter(self) -> None:
        """Waits for the turn. Raises QueueTimeoutError after the timeout."""
        if self._turn is not None:
            return
        begun = time.monotonic()
        deadline = begun + self._timeout_seconds
        try:
            queue, turn = (open_private(path, like=self._database_path) for path in self._paths)
        except OSError as error:
            raise OperationalError(str(error)) from error
        try:
            fcntl.flock(queue, fcntl.LOCK_EX)
            while not _take(turn):
                if time.monotonic() > deadline:
                    os.close(turn)
                    raise QueueTimeoutError("Another writer has held its turn for too long.")
                time.sleep(0.0002)
            self._turn = turn
            for tell in on_turn:
                tell(time.monotonic() - begun)
        finally:
            os.close(queue)

    def leave(self) -> None:
        """Ends the turn, if this writer has it."""
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class DatabaseWrapper(base.DatabaseWrapper):
    """Enters the queue at the start of an outermost transaction, and leaves it when no transaction is open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: WriteQueue | None = None
        self._is_reading_only = False

    def get_connection_params(self) -> dict[str, Any]:
        """Takes dates and instants as the text that they are stored as, of which Django's fields and ours make values.

        The driver would call Django's slower parsers for every one of them, whether it is needed or not.
        """
        return {**super().get_connection_params(), "detect_types": 0}

    @contextmanager
    def reading_only(self) -> Iterator[None]:
        """Makes the transactions that begin inside read only: they take no lock and wait for none."""
        self._is_reading_only = True
        try:
            yield
        finally:
            self._is_reading_only = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._queue = None
        if not self.is_in_memory_db():
            path = str(self.settings_dict["NAME"])
            # SQLite would make it readable by all; its other files follow this one. One that exists is not touched:
            # to close any descriptor of it drops the locks that this process's other connections hold (POSIX).
            if not Path(path).exists():
                os.close(open_private(path))
            self._queue = WriteQueue(path, timeout_seconds=float(conn_params.get("timeout", 5)))
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        if self._is_reading_only:
            self.cursor().execute("BEGIN")
            return
        if self._queue is not None:
            self._queue.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs lack these four
        finally:
            self._leave_queue_if_done()

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._leave_queue_if_done()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue_if_done()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            if self._queue is not None:
                self._queue.leave()

    def _leave_queue_if_done(self) -> None:
        if self._queue is not None and (self.connection is None or not self.connection.in_transaction):
            self._queue.leave()
