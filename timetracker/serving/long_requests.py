"""Requests that take long, of which a worker answers one at a time: the others wait in line, and in no thread.

A large file takes seconds of a thread, and a worker has two; without the line a few people who download their accounts
would keep everybody else waiting.
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
"""The first line of what takes long when it is large: files, and imports. A test compares it with the views."""

MAX_WAITING = 100
"""How many wait in the line of a worker: far fewer than it has connections, which others need to be answered at all."""
MAX_OF_ONE = 10
"""How many of these have the same credentials."""
RETRY_SECONDS = 10
"""When those may ask again for whom there is no room."""

Asker = TypeVar("Asker")


class LineFullError(Exception):
    """There is no room for one more request, of anybody or of this one."""


class Line(Generic[Asker]):
    """Who waits. Whoever asked twice lets another go first, so that nobody is kept by the many requests of one."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Asker, bytes]] = []
        self._answered: Asker | None = None
        self._last = b""

    def keeps(self, asker: Asker, first_line: bytes, of: bytes) -> bool:
        """Tells whether a request `of` somebody has to wait; it gets its turn by `next_after`.

        Raises LineFullError when MAX_WAITING do, or MAX_OF_ONE of theirs.
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
        """Returns whose turn it is when this one was answered, if it was the one that others wait for."""
        if asker is not self._answered:
            return None
        others = (number for number, (_asker, of) in enumerate(self._waiting) if of != self._last)
        self._answered = None
        if self._waiting:
            self._answered, self._last = self._waiting.pop(next(others, 0))
        return self._answered
