"""A worker of gunicorn that survives slow clients.

Gunicorn's threaded worker gives a thread to a connection as soon as it is opened, and keeps it until the last byte was
sent; a few silent or slow clients hold all threads. Here the main loop, which waits for thousands of connections at
once, reads each request whole, and sends what a client is slow to take. Threads only answer.

A connection is always in one place: registered with the poller and listed in `_waiting`, or with a thread.
"""

import contextlib
import resource
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from timetracker.serving.received import IN_MEMORY, Received

FIRST_BYTE_SECONDS = 15
"""How long a new connection may be silent; afterwards it is kept for `keepalive` seconds between requests."""
HEAD_SECONDS = 15
"""How long the head of a request may take from its first byte on."""
STALLED_SECONDS = 30
"""How long nothing of a body may come, and nothing of an answer be taken."""
TRANSFER_SECONDS = 900
"""How long a body, or the rest of an answer, may take at all."""
LINGER_SECONDS = 2
"""How long an ended connection is listened to, so that the client reads the answer before it sees the end."""
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


class _Recorder:
    """Takes what would be sent."""

    def __init__(self) -> None:
        self.content = b""

    def sendall(self, data: bytes) -> None:
        self.content += data

    def gettimeout(self) -> float:
        return 0.0


def _as_problem(status: int) -> bytes:
    """Returns an answer that says what is wrong with a request which no view has seen."""
    from timetracker.api import problems  # noqa: PLC0415 - it needs the settings, which the application loads

    code, detail = {
        414: ("too_large", "The address is too long. Send less in the query."),
        431: ("too_large", "The headers are too long, or too many. Send less in them."),
        500: ("internal_error", "The fault is ours, and nothing was changed."),
    }.get(status, ("invalid", "This is no valid HTTP request. Look at its first line and its headers."))
    body = problems.encode_problem(status, code, detail)
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: {problems.CONTENT_TYPE}\r\n\r\n".encode() + body


class Connection(TConn):  # type: ignore[misc]  # ships no types
    """A connection as gunicorn knows it, with what the main loop waits for.

    It is closed at `deadline`, which moves on as bytes come or go, and at `last_deadline` in any case, both in
    monotonic seconds. `is_kept` tells that another request may follow, `early` holds what came of it already.
    """

    sock: ClientSocket
    deadline = last_deadline = 0.0
    is_kept = False
    early = b""

    def __init__(self, worker: "BufferingWorker", sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, ClientSocket(sock, worker.budget), client, server)
        self.data_ready = True  # gunicorn need not wait for it


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # ships no types
    """Gunicorn's threaded worker, which gives a thread to whole requests only and waits for no client in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.budget = UnsentBudget()
        self._waiting: set[Connection] = set()
        self._checked_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        """Raises RuntimeError when gunicorn is to speak TLS itself."""
        if cfg.is_ssl:
            raise RuntimeError("This worker speaks plain HTTP. Put a proxy before it for HTTPS (docs/operating.md).")

    def init_process(self) -> None:
        """Lets the process open as many files as it may: each connection is one, and may keep two more."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Accepts a connection, and reads what came with it."""
        try:
            sock, address = listener.accept()
        except OSError:
            return  # another worker was quicker, or the client has left
        self.nr_conns += 1
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_request(Connection(self, sock, address, listener.getsockname()), FIRST_BYTE_SECONDS)

    def finish_request(self, conn: Connection, future: "Future[bool]") -> None:
        """Sends the rest of an answer; called in the main loop when the thread has made it."""
        is_answered = not future.cancelled() and future.exception() is None and bool(future.result())
        conn.is_kept = is_answered and not conn.sock.received.ends_here
        conn.deadline = time.monotonic() + STALLED_SECONDS
        conn.last_deadline = time.monotonic() + TRANSFER_SECONDS
        conn.sock.send_on()
        if conn.sock.is_broken:
            self._close(conn)
        elif conn.sock.has_unsent:
            self._wait(conn, selectors.EVENT_WRITE, self._on_writable)
        else:
            self._end_answer(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answers what gunicorn itself finds wrong; below /v1 as a problem, as everything there."""
        if not isinstance(client, ClientSocket) or not client.received.is_for("/v1"):
            super().handle_error(req, client, addr, exc)
            return
        answer = _Recorder()
        super().handle_error(req, answer, addr, exc)
        status = int(answer.content.split(b" ", 2)[1]) if answer.content else 500
        client.sendall(_as_problem(status))

    def murder_keepalived(self, force: bool = False) -> None:
        """Closes the connections whose time is up, once a second, or all that wait."""
        now = time.monotonic()
        if not force and now < self._checked_at + 1:
            return
        self._checked_at = now
        for conn in [each for each in self._waiting if force or min(each.deadline, each.last_deadline) <= now]:
            self._stop_waiting(conn)
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Lets no connection ask for anything after the deadline; called when the worker stops."""
        for conn in self._waiting:
            if not conn.sock.has_unsent:
                conn.last_deadline = min(conn.last_deadline, deadline)

    def _await_request(self, conn: Connection, seconds: float) -> None:
        conn.deadline = conn.last_deadline = time.monotonic() + seconds
        early, conn.early = conn.early, b""
        data = early or conn.sock.receive()
        if data == b"":
            self._close(conn)
        elif data is not None and self._feed(conn, data):
            self.enqueue_req(conn)
        else:
            self._wait(conn, selectors.EVENT_READ, self._on_readable)

    def _on_readable(self, conn: Connection) -> None:
        data = conn.sock.receive()
        if data == b"":
            self._stop_waiting(conn)
            self._close(conn)
        elif data is not None and self._feed(conn, data):
            self._stop_waiting(conn)
            self.enqueue_req(conn)

    def _feed(self, conn: Connection, data: bytes) -> bool:
        """Takes what came of a request, and tells whether it is whole."""
        received, now = conn.sock.received, time.monotonic()
        is_new, was_in_body = received.is_empty, received.is_in_body
        conn.early = received.feed(data)
        if received.is_whole:
            return True
        if is_new:
            conn.deadline, conn.last_deadline = now + HEAD_SECONDS, now + TRANSFER_SECONDS
        if received.is_in_body:
            conn.deadline = now + STALLED_SECONDS
            if received.expects_word and not was_in_body:
                conn.sock.tell_to_go_on()
        return False

    def _on_writable(self, conn: Connection) -> None:
        if conn.sock.send_on():
            conn.deadline = time.monotonic() + STALLED_SECONDS
        if conn.sock.is_broken:
            self._stop_waiting(conn)
            self._close(conn)
        elif not conn.sock.has_unsent:
            self._stop_waiting(conn)
            self._end_answer(conn)

    def _end_answer(self, conn: Connection) -> None:
        if conn.is_kept:
            conn.sock.expect_another()
            self._await_request(conn, self.cfg.keepalive if self.alive else LINGER_SECONDS)
        else:
            # Closed while bytes of the client are unread, the answer could get lost on its way (RFC 9112, 9.6).
            conn.sock.half_close()
            conn.deadline = conn.last_deadline = time.monotonic() + LINGER_SECONDS
            self._wait(conn, selectors.EVENT_READ, self._on_more)

    def _on_more(self, conn: Connection) -> None:
        if conn.sock.receive() == b"":
            self._stop_waiting(conn)
            self._close(conn)

    def _wait(self, conn: Connection, event: int, callback: Callable[[Connection], None]) -> None:
        self._waiting.add(conn)
        self.poller.register(conn.sock, event, lambda _sock: callback(conn))

    def _stop_waiting(self, conn: Connection) -> None:
        self._waiting.discard(conn)
        self.poller.unregister(conn.sock)

    def _close(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.sock.release()
