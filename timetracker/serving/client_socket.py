"""Sockets that buffer requests and responses of slow clients."""

import contextlib
import socket
import sys
import threading
from tempfile import SpooledTemporaryFile
from typing import IO

from timetracker.serving.received import IN_MEMORY, Received

MAX_BODY = 64 * 1024 * 1024
"""The longest body that is read, in bytes. The application answers a request with a longer one without its body."""
MAX_UNSENT = 1024 * 1024 * 1024
"""The most bytes that a worker buffers for all slow clients together. A response that does not fit is cut off."""

_PIECE = 64 * 1024


class UnsentBudget:
    """The number of bytes that the connections of a worker may still buffer. Safe for threads."""

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
    """A client's socket for gunicorn: reads from the request received so far, and writes without waiting.

    `has_answered`: some of the response to the present request was written.
    """

    def __init__(self, sock: socket.socket, budget: UnsentBudget) -> None:
        sock.setblocking(False)
        self.received = Received(MAX_BODY)
        self.is_broken = False
        self.has_answered = False
        self._socket = sock
        self._budget = budget
        self._unsent: SpooledTemporaryFile[bytes] | None = None
        self._sent_to = self._unsent_to = 0  # positions in the file
        self._has_sent_continue = False

    def receive(self) -> bytes | None:
        """Returns new bytes; None if there are none, b"" if the client closed the connection or it broke."""
        try:
            return self._socket.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def has_disconnected(self) -> bool:
        """Returns whether the client closed the connection or it broke. Reads none of its bytes."""
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def send_continue(self) -> None:
        """Sends `100 Continue` to a client that announced its body with `Expect: 100-continue`."""
        self._has_sent_continue = True
        self.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.has_answered = False

    def begin_next_request(self) -> None:
        """Prepares for the next request of the connection."""
        self.received.close()
        self.received = Received(MAX_BODY)
        self.has_answered = self._has_sent_continue = False

    def send_unsent(self) -> bool:
        """Sends as much of the buffer as the client takes. Returns whether anything was sent or nothing is left."""
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
        self._discard_unsent()
        return True

    @property
    def has_unsent(self) -> bool:
        return self._unsent is not None

    # Called by gunicorn in a thread

    def recv(self, size: int) -> bytes:
        """Returns the next bytes of the request, b"" at its end, so that no thread ever waits for a client."""
        return self.received.read(size)

    def send(self, data: bytes) -> int:
        if data.startswith(b"HTTP/1.1 100 Continue") and self._has_sent_continue:
            return len(data)
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Sends what the client takes now, and buffers the rest. Raises BrokenPipeError if the connection is broken."""
        if self.is_broken:
            raise BrokenPipeError
        self.has_answered = True
        self.send_unsent()
        view = memoryview(data)
        if self._unsent is None:
            with contextlib.suppress(BlockingIOError, InterruptedError):
                view = view[self._socket.send(view) :]
        if view:
            self._keep(view)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> None:
        """Sends `count` bytes of a file from an offset on, or all of them, in pieces."""
        file.seek(offset)
        left = sys.maxsize if count is None else count
        while left and (data := file.read(min(_PIECE, left))):
            self.sendall(data)
            left -= len(data)

    def fileno(self) -> int:
        return self._socket.fileno()

    def setblocking(self, _flag: bool | int) -> None:
        """Does nothing: the socket never blocks."""

    def settimeout(self, _seconds: float | None) -> None:
        """Does nothing: the socket never waits."""

    def gettimeout(self) -> float:
        return 0.0

    def shutdown(self, _how: int) -> None:
        """Gives the connection up: gunicorn calls this when a response broke off and cannot be completed."""
        self.is_broken = True

    def close(self) -> None:
        self.is_broken = True

    # Called by the main loop at the end

    def half_close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def release(self) -> None:
        self._discard_unsent()
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

    def _discard_unsent(self) -> None:
        if self._unsent is not None:
            self._unsent.close()
            self._budget.give_back(self._unsent_to)
        self._unsent, self._sent_to, self._unsent_to = None, 0, 0
