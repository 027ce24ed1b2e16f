"""The line of requests that may take long, of which a worker answers one at a time; the others wait without a thread.

A large file takes seconds of a thread, and a worker has two. Without the line, a few users who download their accounts
would keep all others waiting.
"""

import re
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

_LONG = re.compile(
    rb"""
    [A-Z]+ [ ] (?:https?://[^/ ]*)? (?:
        /export/ | /timesheet\.pdf | /reports/(?:sessions/)?download\.
        | /v1/users/[^/ ]+/(?: export | imports | reports/timesheet ) [/? ]
        | /v1/users/[^/ ]+/reports/summary/?\?[^ ]* \b format=(?:csv|xlsx)
    )
    | POST [ ] (?:https?://[^/ ]*)? /imports/
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The request line of requests that may take long: files, and imports. A test compares it with the views."""

MAX_WAITING = 100
"""The most requests in the line of a worker: far fewer than its connections, which other requests need."""
MAX_OF_ONE = 10
"""The most of these with the same credentials."""
RETRY_SECONDS = 10
"""The Retry-After of a request for which there is no room."""

Asker = TypeVar("Asker")


class LineFullError(Exception):
    """Raised when the line has no room for one more request, of anyone or with these credentials."""


class Line(Generic[Asker]):
    """The waiting requests. A client's second request lets other clients go first, so that nobody blocks the line."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Asker, bytes]] = []
        self._answered: Asker | None = None
        self._last = b""

    def must_wait(self, asker: Asker, first_line: bytes, of: bytes) -> bool:
        """Returns whether a request has to wait, until `next_after` returns it. `of` are its credentials.

        Raises LineFullError if MAX_WAITING requests, or MAX_OF_ONE with these credentials, are waiting.
        """
        if _LONG.match(unquote_to_bytes(first_line)) is None:
            return False
        if self._answered is not None:
            if len(self._waiting) == MAX_WAITING or [each for _asker, each in self._waiting].count(of) == MAX_OF_ONE:
                raise LineFullError
            self._waiting.append((asker, of))
            return True
        self._answered, self._last = asker, of
        return False

    def next_after(self, asker: Asker) -> Asker | None:
        """Returns the next request to answer, if the one just answered is the one that the line waits for."""
        if asker is not self._answered:
            return None
        others = (number for number, (_asker, of) in enumerate(self._waiting) if of != self._last)
        self._answered = None
        if self._waiting:
            self._answered, self._last = self._waiting.pop(next(others, 0))
        return self._answered
