"""Counts of the connections of each worker, so that a new connection goes to the worker with the fewest.

All workers listen on one socket. The kernel wakes all of them, and the one that is running already accepts everything
that arrives at once: the few connections of a browser or proxy, which stay open, would all end at one process.
"""

import contextlib
import mmap
import os
import time
from collections.abc import Iterator

_SLOTS = 256
_WAIT_SECONDS = 0.003
"""How long a worker leaves a connection to the others. It is short, since they may be busy or stuck."""


class ConnectionCounts:
    """A table in shared memory, made before workers are forked, with the process id and count of each worker."""

    def __init__(self) -> None:
        self._table = memoryview(mmap.mmap(-1, _SLOTS * 8)).cast("I")

    def write(self, worker_number: int, count: int) -> None:
        """Stores the number of connections of this process, which is the worker with that number."""
        slot = worker_number % _SLOTS * 2
        self._table[slot], self._table[slot + 1] = os.getpid(), count

    def wait_while_ahead(self, count: int) -> None:
        """Waits while another worker has fewer than `count` connections, at most _WAIT_SECONDS."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while count and time.monotonic() < deadline and any(each < count for each in self._of_others()):
            time.sleep(0.0002)

    def _of_others(self) -> Iterator[int]:
        me = os.getpid()
        for slot in range(0, _SLOTS * 2, 2):
            pid, count = self._table[slot], self._table[slot + 1]
            if pid and pid != me:
                with contextlib.suppress(ProcessLookupError):  # the worker has ended
                    os.kill(pid, 0)
                    yield count
