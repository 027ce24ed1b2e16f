"""Finds out when a request has been received completely, so that it gets a thread only then.

Gunicorn parses and validates the request afterwards. A malformed request counts as complete: gunicorn answers with the
error, and the connection ends.
"""

import re
from tempfile import SpooledTemporaryFile

MAX_HEAD = 256 * 1024
"""The longest head, in bytes: more than gunicorn accepts as request line and headers."""
IN_MEMORY = 64 * 1024
"""How much of a request or response is buffered in memory, in bytes; a larger one is buffered in a file."""

_FIRST = 300
_END_OF_HEAD = b"\r\n\r\n"
_FRAMING = re.compile(rb"^(content-length|transfer-encoding)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_EXPECTS = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CREDENTIALS = re.compile(rb"^(?:authorization|cookie)[ \t]*:.*$", re.IGNORECASE | re.MULTILINE)


class Received:
    """The bytes of a request as they arrive. A body of more than `max_body` bytes is not waited for.

    `is_whole`: nothing more is needed to answer. `ends_here`: no other request can follow on the connection, because
    the end of this one is unknown or was not waited for. `expects_continue`: the client sends its body only after it
    gets `100 Continue`.
    """

    def __init__(self, max_body: int) -> None:
        self.is_whole = False
        self.ends_here = False
        self.expects_continue = False
        self._max_body = max_body
        self._head = bytearray()
        self._first = b""  # the beginning of the request line, which stays when the rest was read
        self._file: SpooledTemporaryFile[bytes] | None = None
        self._body: _Length | _Chunks | None = None

    def feed(self, data: bytes) -> bytes:
        """Takes received bytes, and returns those that belong to the next request."""
        if self._body is None:
            self._body, data = self._read_head(data)
        if self._body is None or self.is_whole:
            return data
        used = self._body.feed(data)
        if used:
            self._keep(data[:used])
        if self._body.is_broken or self._body.came > self._max_body:
            self._end_early()
        elif self._body.is_whole:
            self.is_whole = True
        return data[used:]

    def read(self, size: int) -> bytes:
        """Returns the next bytes of the request, at most `size`; b"" at its end. Call it only when it is whole."""
        if self._head:
            data = bytes(self._head[:size])
            del self._head[:size]
            if not self._head and self._file is not None:
                self._file.seek(0)
            return data
        return b"" if self._file is None else self._file.read(size)

    @property
    def first_line(self) -> bytes:
        """The beginning of the request line."""
        return self._first.partition(b"\r")[0]

    @property
    def credentials(self) -> bytes:
        """The credentials in the head of the request. Available until `read` is called."""
        return b"\n".join(_CREDENTIALS.findall(self._head))

    def is_for(self, path: str) -> bool:
        """Returns whether the path of the request is `path` or below it."""
        line = rb"[A-Za-z]+ (?:https?://[^/ ]*)?%s[/?# \r]" % path.encode()
        return re.match(line, self._first, re.IGNORECASE) is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was received yet."""
        return not self._head

    @property
    def is_in_body(self) -> bool:
        """Whether the head is complete."""
        return self._body is not None

    def close(self) -> None:
        """Frees the buffer."""
        if self._file is not None:
            self._file.close()

    def _read_head(self, data: bytes) -> "tuple[_Length | _Chunks | None, bytes]":
        """Returns the body that a complete head announces (None: incomplete), and the bytes after the head."""
        searched = max(0, len(self._head) - len(_END_OF_HEAD))
        if len(self._first) < _FIRST:
            self._first += data.lstrip(b"\r\n")[:_FIRST]
        self._head += data if self._head else data.lstrip(b"\r\n")  # RFC 9112, 2.2 allows empty lines before it
        end = self._head.find(_END_OF_HEAD, searched)
        if end < 0:
            if len(self._head) > MAX_HEAD:
                self._end_early()
            return None, b""
        rest = bytes(self._head[end + len(_END_OF_HEAD) :])
        del self._head[end + len(_END_OF_HEAD) :]
        body = self._read_framing()
        self.is_whole = self.is_whole or body.is_whole
        self.expects_continue = not self.is_whole and _EXPECTS.search(self._head) is not None
        return body, rest

    def _read_framing(self) -> "_Length | _Chunks":
        match _FRAMING.findall(self._head):
            case []:
                return _Length(0)
            case [(name, value)] if name.lower() == b"transfer-encoding" and value.lower() == b"chunked":
                return _Chunks()
            case [(name, value)] if name.lower() == b"content-length" and re.fullmatch(rb"[0-9]{1,18}", value):
                if int(value) <= self._max_body:
                    return _Length(int(value))
        self._end_early()
        return _Length(0)

    def _end_early(self) -> None:
        self.is_whole = self.ends_here = True

    def _keep(self, data: bytes) -> None:
        if self._file is None:
            self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._file.write(data)


class _Length:
    """A body of a known length."""

    is_broken = False

    def __init__(self, length: int) -> None:
        self._length = length
        self.came = 0

    def feed(self, data: bytes) -> int:
        """Returns how many of the bytes are of this body."""
        used = min(len(data), self._length - self.came)
        self.came += used
        return used

    @property
    def is_whole(self) -> bool:
        return self.came == self._length


class _Chunks:
    """A chunked body: each chunk follows a line with its length in hexadecimal; one of length 0 ends the body."""

    _MAX_LINE = 8192

    def __init__(self) -> None:
        self.came = 0
        self.is_whole = False
        self.is_broken = False
        self._line = bytearray()
        self._left = 0  # bytes of the chunk and of the line break after it
        self._is_last = False

    def feed(self, data: bytes) -> int:
        """Returns how many of the bytes are of this body."""
        used = 0
        while used < len(data) and not (self.is_whole or self.is_broken):
            if self._left:
                step = min(self._left, len(data) - used)
                self._left -= step
                used += step
                continue
            end = data.find(b"\n", used)
            stop = len(data) if end < 0 else end + 1
            self._line += data[used:stop]
            used = stop
            if len(self._line) > self._MAX_LINE:
                self.is_broken = True
            elif end >= 0:
                self._read_line(bytes(self._line).strip())
                self._line.clear()
        self.came += used
        return used

    def _read_line(self, line: bytes) -> None:
        if self._is_last:
            self.is_whole = not line
            return
        digits = line.split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", digits):
            self.is_broken = True
            return
        length = int(digits, 16)
        self._is_last = length == 0
        self._left = length + len(b"\r\n") if length else 0
