"""How many connections each worker of a server has, so that a new one goes to the worker that has fewest.

All workers listen on one socket. Left to itself the kernel wakes them all, and the one that runs already takes
everything that comes at once: a browser's or a proxy's few connections, which stay open, would end at one process.
"""

import contextlib
import mmap
import os
import time
from collections.abc import Iterator

_SLOTS = 256
_WAIT_SECONDS = 0.003
"""How long a worker leaves a connection to the others; no longer, since they may be busy or stuck."""


class ConnectionCounts:
    """A table in memory that the workers share with the process which they are forked from: process id and count."""

    def __init__(self) -> None:
        self._table = memoryview(mmap.mmap(-1, _SLOTS * 8)).cast("I")

    def write(self, worker_number: int, count: int) -> None:
        """Notes how many connections this process has, which is the worker of that number."""
        slot = worker_number % _SLOTS * 2
        self._table[slot], self._table[slot + 1] = os.getpid(), count

    def wait_while_ahead(self, count: int) -> None:
        """Waits while another worker has fewer than `count` connections, for a few milliseconds at most."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while count and time.monotonic() < deadline and any(each < count for each in self._of_others()):
            time.sleep(0.0002)

    def _of_others(self) -> Iterator[int]:
        me = os.getpid()
        for slot in range(0, _SLOTS * 2, 2):
            pid, count = self._table[slot], self._table[slot + 1]
            if pid and pid != me:
                with contextlib.suppress(ProcessLookupError):  # it has ended
                    os.kill(pid, 0)
                    yield count
