"""The sockets of clients that are slow to ask and slow to read."""

import contextlib
import socket
import sys
import threading
from tempfile import SpooledTemporaryFile
from typing import IO

from timetracker.serving.received import IN_MEMORY, Received

MAX_BODY = 64 * 1024 * 1024
"""The longest body that is waited for, in bytes. What is longer is answered by the application without being read."""
MAX_UNSENT = 1024 * 1024 * 1024
"""How many bytes a worker keeps for slow clients, all together; beyond, an answer that does not fit breaks off."""

_PIECE = 64 * 1024


class UnsentBudget:
    """How many bytes all connections of a worker may still keep for slow clients."""

    def __init__(self) -> None:
        self._left = MAX_UNSENT
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        with self._lock:
            if count > self._left:
                return False
            self._left -= count
            return True

    def give_back(self, count: int) -> None:
        with self._lock:
            self._left += count


class ClientSocket:
    """What gunicorn takes for the socket of a client: reads from what came, writes without waiting."""

    def __init__(self, sock: socket.socket, budget: UnsentBudget) -> None:
        sock.setblocking(False)
        self.received = Received(MAX_BODY)
        self.is_broken = False
        self._socket = sock
        self._budget = budget
        self._unsent: SpooledTemporaryFile[bytes] | None = None
        self._sent_to = self._unsent_to = 0  # positions in the file
        self._was_told_to_go_on = False

    def receive(self) -> bytes | None:
        """Reads what came since; None when nothing did, b"" when the client closed or broke the connection."""
        try:
            return self._socket.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def has_left(self) -> bool:
        """Tells whether the client closed or broke the connection; what it sent since stays to be read."""
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def tell_to_go_on(self) -> None:
        """Sends what a client waits for that announced a body with `Expect: 100-continue`."""
        self._was_told_to_go_on = True
        self.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def expect_another(self) -> None:
        """Begins to read the next request of the connection."""
        self.received.close()
        self.received = Received(MAX_BODY)
        self._was_told_to_go_on = False

    def send_on(self) -> bool:
        """Sends as much as the client takes now, and tells whether anything was sent or nothing is left."""
        if self._unsent is None:
            return True
        begun_at = self._sent_to
        try:
            while self._sent_to < self._unsent_to:
                self._unsent.seek(self._sent_to)
                self._sent_to += self._socket.send(self._unsent.read(_PIECE))
        except (BlockingIOError, InterruptedError):
            return self._sent_to > begun_at
        except OSError:
            self.is_broken = True
        self._forget_unsent()
        return True

    @property
    def has_unsent(self) -> bool:
        return self._unsent is not None

    # What gunicorn calls, in a thread.

    def recv(self, size: int) -> bytes:
        """Returns the next bytes of the request; none beyond its end, so that no thread ever waits for a client."""
        return self.received.read(size)

    def send(self, data: bytes) -> int:
        if data.startswith(b"HTTP/1.1 100 Continue") and self._was_told_to_go_on:
            return len(data)
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Sends what the client takes at once, and keeps the rest. Raises BrokenPipeError when nobody reads it."""
        if self.is_broken:
            raise BrokenPipeError
        self.send_on()
        view = memoryview(data)
        if self._unsent is None:
            with contextlib.suppress(BlockingIOError, InterruptedError):
                view = view[self._socket.send(view) :]
        if view:
            self._keep(view)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> None:
        """Sends `count` bytes of a file, or all from the offset on; in pieces, as they fit."""
        file.seek(offset)
        left = sys.maxsize if count is None else count
        while left and (data := file.read(min(_PIECE, left))):
            self.sendall(data)
            left -= len(data)

    def fileno(self) -> int:
        return self._socket.fileno()

    def setblocking(self, _flag: bool | int) -> None:
        """Does nothing: it never blocks."""

    def settimeout(self, _seconds: float | None) -> None:
        """Does nothing: nothing is waited for."""

    def gettimeout(self) -> float:
        return 0.0

    def shutdown(self, _how: int) -> None:
        """Gives the connection up when the answer broke off: what was promised cannot be sent any more."""
        self.is_broken = True

    def close(self) -> None:
        self.is_broken = True

    # What the main loop calls at the end.

    def half_close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def release(self) -> None:
        self._forget_unsent()
        self.received.close()
        self._socket.close()

    def _keep(self, view: memoryview) -> None:
        if not self._budget.take(len(view)):
            self.is_broken = True
            raise BrokenPipeError
        if self._unsent is None:
            self._unsent = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._unsent.seek(self._unsent_to)
        self._unsent.write(view)
        self._unsent_to += len(view)

    def _forget_unsent(self) -> None:
        if self._unsent is not None:
            self._unsent.close()
            self._budget.give_back(self._unsent_to)
        self._unsent, self._sent_to, self._unsent_to = None, 0, 0
