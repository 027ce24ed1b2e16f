"""The queue of SQLite's writers, of all processes."""

import fcntl
import os
import time

from django.db.utils import OperationalError

from timetracker.storage.files import open_private


class QueueTimeoutError(OperationalError):
    """Raised when the turn to write did not come within the timeout, or another writer's error rolled it back."""


class WriteQueue:
    """A queue made of two file locks: writers block on the first, the head; its holder polls the second, the turn.

    Writers therefore get their turns in order of arrival, and none waits longer than the timeout.
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
        deadline = time.monotonic() + self._timeout_seconds
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
