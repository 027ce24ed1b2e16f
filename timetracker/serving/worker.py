"""A gunicorn worker that serves slow clients without occupying its threads.

Gunicorn's threaded worker gives a connection a thread from its opening until the last byte is sent, so that a few
silent or slow clients occupy all threads. In this worker the main loop, which waits for thousands of connections at
once, receives each request completely and sends the rest of each response. Threads only compute responses.

A connection is always in one place: registered with the poller and in `_waiting`, or in a thread, or in the line.
"""

import contextlib
import resource
import selectors
import socket
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import InvalidHeader
from gunicorn.workers.gthread import TConn, ThreadWorker

from timetracker import logs
from timetracker.serving.client_socket import ClientSocket, UnsentBudget
from timetracker.serving.connection_counts import ConnectionCounts
from timetracker.serving.long_requests import RETRY_SECONDS, Line, LineFullError

FIRST_BYTE_SECONDS = 15
"""How long a new connection may be silent. Between requests it may be silent for `keepalive` seconds."""
HEAD_SECONDS = 15
"""How long the head of a request may take from its first byte on."""
STALLED_SECONDS = 30
"""How long a client may send nothing of a body, or accept nothing of a response."""
TRANSFER_SECONDS = 900
"""How long a body, or the rest of a response, may take in all."""
LINGER_SECONDS = 2
"""How long an ended connection is still read, so that the client gets the response before the connection closes."""

_COUNTS = ConnectionCounts()  # made in the master, from which the workers are forked


class _CollectingSocket:
    """A socket that collects what gunicorn sends."""

    def __init__(self) -> None:
        self.content = b""

    def sendall(self, data: bytes) -> None:
        self.content += data

    def gettimeout(self) -> float:
        return 0.0


def _closing_answer(status: int, name: str, content_type: str, body: bytes, *headers: str) -> bytes:
    """Returns a response that ends the connection. `name` is its id in the log."""
    lines = [f"Content-Length: {len(body)}", f"Content-Type: {content_type}", f"X-Request-Id: {name}", *headers]
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def _no_room(name: str, *, is_api: bool) -> bytes:
    """Returns the response to a request that may take long when the line is full."""
    from timetracker.api import problems  # noqa: PLC0415 - as below

    headers = (f"Retry-After: {RETRY_SECONDS}", "Cache-Control: no-store")
    told = f"Too many files are being asked for. Nothing was changed. Try again in {RETRY_SECONDS} seconds."
    if not is_api:
        return _closing_answer(503, name, "text/plain; charset=utf-8", told.encode(), *headers)
    logs.request_id.set(name)
    return _closing_answer(
        503, name, problems.CONTENT_TYPE, problems.encode_problem(503, "server_busy", told), *headers
    )


def _malformed(name: str, *, is_api: bool) -> bytes:
    """Returns the response to a request whose body has no end that can be found."""
    if is_api:
        return _as_problem(400, name)
    return _closing_answer(400, name, "text/plain; charset=utf-8", b"This is no valid HTTP request.")


def _as_problem(status: int, name: str) -> bytes:
    """Returns a problem response to a request that gunicorn rejected. `name` is its id in the log."""
    from timetracker.api import problems  # noqa: PLC0415 - it needs the settings, which the application loads

    logs.request_id.set(name)
    code, detail = {
        414: ("too_large", "The address is too long. Send less in the query."),
        431: ("too_large", "The headers are too long, or too many. Send less in them."),
        500: ("internal_error", "The fault is ours, and nothing was changed."),
    }.get(status, ("invalid", "This is no valid HTTP request. Look at its first line and its headers."))
    return _closing_answer(status, name, problems.CONTENT_TYPE, problems.encode_problem(status, code, detail))


class Connection(TConn):  # type: ignore[misc]  # ships no types
    """Gunicorn's connection with the state of the main loop.

    It is closed at `deadline`, which moves on when bytes are received or sent, and at `last_deadline` in any case.
    `since` is when it began to wait for a request. All three are in monotonic seconds. `is_kept_alive` is whether
    another request may follow; `early` has the bytes of that request received already.
    """

    sock: ClientSocket
    deadline = last_deadline = since = 0.0
    is_kept_alive = False
    early = b""

    def __init__(self, worker: "BufferingWorker", sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, ClientSocket(sock, worker.budget), client, server)
        self.data_ready = True  # gunicorn must not wait for data


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # ships no types
    """Gunicorn's threaded worker, but only complete requests get a thread, and no thread waits for clients."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.budget = UnsentBudget()
        self._waiting: set[Connection] = set()
        self._line: Line[Connection] = Line()
        self._checked_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        """Raises RuntimeError if gunicorn is configured for TLS."""
        if cfg.is_ssl:
            raise RuntimeError("This worker speaks plain HTTP. Put a proxy before it for HTTPS (docs/operating.md).")

    def init_process(self) -> None:
        """Raises the limit of open files to its maximum: a connection is one, and may have two more as buffers."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        _COUNTS.write(self.age, 0)
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Accepts a connection, unless a worker with fewer connections does, and reads its first bytes."""
        _COUNTS.wait_while_ahead(self.nr_conns)
        try:
            sock, address = listener.accept()
        except OSError:
            return  # another worker accepted it, or the client disconnected
        self._count(1)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_request(Connection(self, sock, address, listener.getsockname()), FIRST_BYTE_SECONDS)

    def enqueue_req(self, conn: Connection) -> None:
        """Gives a complete request to a thread; one that may take long only when it is its turn."""
        received = conn.sock.received
        try:
            if self._line.must_wait(conn, received.first_line, received.credentials):
                return
        except LineFullError:
            self._reject(conn)
        else:
            super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Responds to a request. Raises InvalidHeader, as gunicorn does, for HTTP/1.1 without a Host (RFC 9112)."""
        if req.version >= (1, 1) and not any(name == "HOST" for name, _value in req.headers):
            raise InvalidHeader("HOST", req=req)
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: Connection, future: "Future[bool]") -> None:
        """Sends the rest of a response. Called in the main loop after the thread has finished."""
        self._start_next_in_line(conn)
        is_answered = not future.cancelled() and future.exception() is None and bool(future.result())
        conn.is_kept_alive = is_answered and not conn.sock.received.ends_here
        if conn.sock.received.ends_here and not conn.sock.has_answered:
            self._answer_malformed(conn)
        self._send_rest(conn)

    def _answer_malformed(self, conn: Connection) -> None:
        """Answers 400 to a malformed body, which gunicorn takes for a client that hung up, and answers nothing."""
        name = uuid.uuid4().hex
        self.log.info("Refused with 400, since its body is malformed [%s]", name)
        with contextlib.suppress(OSError):
            conn.sock.sendall(_malformed(name, is_api=conn.sock.received.is_for("/v1")))

    def _reject(self, conn: Connection) -> None:
        """Answers 503, without a thread, to a request for which the line has no room."""
        name = uuid.uuid4().hex
        self.log.warning("Too many wait for files, so one is rejected [%s]", name)
        with contextlib.suppress(OSError):
            conn.sock.sendall(_no_room(name, is_api=conn.sock.received.is_for("/v1")))
        conn.is_kept_alive = False
        self._send_rest(conn)

    def _send_rest(self, conn: Connection) -> None:
        conn.deadline = time.monotonic() + STALLED_SECONDS
        conn.last_deadline = time.monotonic() + TRANSFER_SECONDS
        conn.sock.send_unsent()
        if conn.sock.is_broken:
            self._close(conn)
        elif conn.sock.has_unsent:
            self._wait(conn, selectors.EVENT_WRITE, self._on_writable)
        else:
            self._end_answer(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answers a request that gunicorn rejects; below /v1 with problem details, like all errors there."""
        if not isinstance(client, ClientSocket) or not client.received.is_for("/v1"):
            super().handle_error(req, client, addr, exc)
            return
        answer = _CollectingSocket()
        super().handle_error(req, answer, addr, exc)
        status = int(answer.content.split(b" ", 2)[1]) if answer.content else 500
        name = uuid.uuid4().hex  # the thread still has the id of its last request, which is another one
        self.log.info("Refused with %s before any view [%s]", status, name)
        client.sendall(_as_problem(status, name))

    def murder_keepalived(self, force: bool = False) -> None:
        """Closes expired connections once a second, or with `force` all that wait; and one if there are too many."""
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        now = time.monotonic()
        if not force and now < self._checked_at + 1:
            return
        self._checked_at = now
        for conn in [each for each in self._waiting if force or min(each.deadline, each.last_deadline) <= now]:
            self._stop_waiting(conn)
            self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Limits the time that connections may still wait for a request. Called when the worker stops."""
        for conn in self._waiting:
            if not conn.sock.has_unsent:
                conn.last_deadline = min(conn.last_deadline, deadline)

    def _start_next_in_line(self, conn: Connection) -> None:
        """Gives a thread to the next request in the line. Closes connections whose clients have disconnected."""
        following = self._line.next_after(conn)
        while following is not None:
            if not following.sock.has_disconnected():
                super().enqueue_req(following)
                return
            self._close(following)
            following = self._line.next_after(following)

    def _await_request(self, conn: Connection, seconds: float) -> None:
        conn.since = time.monotonic()
        conn.deadline = conn.last_deadline = conn.since + seconds
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
        """Takes received bytes of a request, and returns whether it is complete."""
        received, now = conn.sock.received, time.monotonic()
        is_new, was_in_body = received.is_empty, received.is_in_body
        conn.early = received.feed(data)
        if received.is_whole:
            return True
        if is_new:
            conn.deadline, conn.last_deadline = now + HEAD_SECONDS, now + TRANSFER_SECONDS
        if received.is_in_body:
            conn.deadline = now + STALLED_SECONDS
            if received.expects_continue and not was_in_body:
                conn.sock.send_continue()
        return False

    def _on_writable(self, conn: Connection) -> None:
        if conn.sock.send_unsent():
            conn.deadline = time.monotonic() + STALLED_SECONDS
        if conn.sock.is_broken:
            self._stop_waiting(conn)
            self._close(conn)
        elif not conn.sock.has_unsent:
            self._stop_waiting(conn)
            self._end_answer(conn)

    def _end_answer(self, conn: Connection) -> None:
        if conn.is_kept_alive:
            conn.sock.begin_next_request()
            self._await_request(conn, self.cfg.keepalive if self.alive else LINGER_SECONDS)
        else:
            # If the connection closed while bytes of the client are unread, the response could be lost (RFC 9112, 9.6).
            conn.sock.half_close()
            conn.deadline = conn.last_deadline = time.monotonic() + LINGER_SECONDS
            self._wait(conn, selectors.EVENT_READ, self._drain)

    def _drain(self, conn: Connection) -> None:
        if conn.sock.receive() == b"":
            self._stop_waiting(conn)
            self._close(conn)

    def _wait(self, conn: Connection, event: int, callback: Callable[[Connection], None]) -> None:
        self._waiting.add(conn)
        # A connection that was closed to make room may be among those that the poller has reported ready.
        self.poller.register(conn.sock, event, lambda _sock: callback(conn) if conn in self._waiting else None)

    def _stop_waiting(self, conn: Connection) -> None:
        self._waiting.discard(conn)
        self.poller.unregister(conn.sock)

    def _make_room(self) -> None:
        """Closes the connection that has waited longest for its client, since gunicorn limits their number.

        Otherwise a client that opens a thousand connections and sends little would keep all others out.
        """
        if self._waiting:
            conn = min(self._waiting, key=lambda each: each.since)
            self._stop_waiting(conn)
            self._close(conn)

    def _close(self, conn: Connection) -> None:
        self._count(-1)
        conn.sock.release()

    def _count(self, change: int) -> None:
        self.nr_conns += change
        _COUNTS.write(self.age, self.nr_conns)
