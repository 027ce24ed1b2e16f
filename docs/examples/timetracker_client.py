"""Timetracker's API in one file. Copy it beside your script: Python 3.11 or newer, nothing to install.

    export TIMETRACKER_URL=http://127.0.0.1:8000 TIMETRACKER_TOKEN=tt_…
    python timetracker_client.py start "Logo"
    python timetracker_client.py stop
    python timetracker_client.py add "Call" 2026-11-23T09:00 2026-11-23T10:30
    python timetracker_client.py today

Or in a script of your own:

    from timetracker_client import Timetracker
    tracker = Timetracker("http://127.0.0.1:8000", "tt_…")
    session = tracker.add(start, end, "Call", tags=["acme"])
    tracker.edit(session, note="About the logo")

A request that gets lost, is told to wait or meets a busy server is sent again, and still does what it does only once.
"""

import argparse
import json
import os
import random
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPException
from typing import Any, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

Json = dict[str, Any]
WORTH_ANOTHER_TRY = {429, 502, 503, 504}


class Session(TypedDict):
    """A session, as far as scripts ask. Times are UTC, such as 2026-11-23T08:00:00Z; `end` is None while it runs."""

    id: str
    sessionName: str
    start: str
    end: str | None
    running: bool
    durationSeconds: int
    secondsInPeriod: NotRequired[int]  # in lists
    note: str
    projectId: str | None
    tags: list[str]
    billable: bool
    version: int


class ApiError(Exception):
    """The API said no. `code` is stable, `detail` says how to mend it, `problem` is all it said."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status = status
        self.code = str(problem.get("code", f"http_{status}"))
        self.detail = str(problem.get("detail", f"The server answered {status}."))
        self.problem = problem
        super().__init__(f"{self.detail} ({self.code})")


@dataclass
class Timetracker:
    """A server and a token for it. A datetime without a zone is this computer's local time."""

    url: str
    token: str = field(repr=False)
    attempts: int = 6
    timeout: float = 15  # seconds for each attempt
    patience: float = 90  # the most seconds to wait for the next
    pause: float = 0.5  # seconds before the second, then doubled

    def running(self) -> Session | None:
        """The session that runs."""
        found: Session | None = self.request("GET", "timer")["running"]
        return found

    def start(self, name: str = "", *, key: str = "", **fields: Any) -> Session:
        """Starts a session; what runs ends at the same instant. More fields: note, projectId, tags."""
        body = {"sessionName": name, **fields}
        started: Session = self.request("POST", "timer/start", body, key=key or str(uuid.uuid4()))["started"]
        return started

    def stop(self) -> Session | None:
        """Stops the session that runs; None when there is none. By its id, so that a repeated stop stops no other."""
        running = self.running()
        if running is None:
            return None
        self.request("POST", "timer/stop", {"id": running["id"]})
        return self._session("GET", f"sessions/{running['id']}")

    def toggle(self, name: str = "", *, key: str = "") -> Session:
        """Stops what runs, or starts a session when nothing does; returns the one that was. For a single button."""
        switched = self.request("POST", "timer/toggle", {"sessionName": name}, key=key or str(uuid.uuid4()))
        return switched["started"] or switched["stopped"]  # type: ignore[no-any-return]

    def add(self, start: datetime, end: datetime, name: str = "", *, key: str = "", **fields: Any) -> Session:
        """Saves a finished session. The same `key`, in whatever run of a script, adds the same session only once."""
        body = {"sessionName": name, "start": start, "end": end, **fields}
        return self._session("POST", "sessions", body, key=key or str(uuid.uuid4()))

    def edit(self, session: Session, **changes: Any) -> Session:
        """Changes these fields, unless the session was changed since it was read: ApiError version_mismatch then."""
        try:
            return self._session("PATCH", f"sessions/{session['id']}", changes, version=session["version"])
        except ApiError as error:
            current: Session | None = error.problem.get("current")
            # An answer that was lost on the way, for instance: it is as was asked for.
            if current and all(current.get(name) == value for name, value in _as_sent(changes).items()):
                return current
            raise

    def periods(self, period: str | tuple[date, date] = "day", **filters: Any) -> Iterator[Json]:
        """The overview of "day", "week" or "month", or of dates (the last not included), a page of sessions at a time.

        Each page has the totals of the whole period. Filters: offset=-1, projectId, tag=[…], q …
        """
        times = {"duration": period} if isinstance(period, str) else {"from": period[0], "to": period[1]}
        filters = {name: str(value).lower() if isinstance(value, bool) else value for name, value in filters.items()}
        path: str | None = f"sessions?{urlencode({**times, **filters}, doseq=True)}"
        while path is not None:
            page = self.request("GET", path)
            yield page
            path = page["next"] and f"sessions?{urlsplit(page['next']).query}"

    def sessions(self, period: str | tuple[date, date] = "day", **filters: Any) -> Iterator[Session]:
        """All sessions of a period, as `periods` has them."""
        for page in self.periods(period, **filters):
            yield from page["sessions"]

    def request(
        self, method: str, path: str, body: Json | None = None, *, key: str | None = None, version: int | None = None
    ) -> Any:
        """What the API answers at a path below `/v1/users/me/`, None when that is nothing.

        `key` is for Idempotency-Key, `version` for If-Match. Raises ApiError, or OSError for a server out of reach.
        """
        request = Request(f"{self.url.rstrip('/')}/v1/users/me/{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(_as_sent(body)).encode()
        if key is not None:
            request.add_header("Idempotency-Key", key)
        if version is not None:
            request.add_header("If-Match", f'"{version}"')
        for attempt in range(1, self.attempts + 1):
            try:
                with _opener.open(request, timeout=self.timeout) as response:
                    return json.loads(response.read() or b"null")
            except HTTPError as error:
                told = error.headers.get("Retry-After", "")
                wait = float(told) if told.isdigit() else self._backoff(attempt)
                if error.code not in WORTH_ANOTHER_TRY or attempt == self.attempts or wait > self.patience:
                    raise ApiError(error.code, _read_problem(error)) from None
            except (OSError, HTTPException) as error:
                wait = self._backoff(attempt)
                if attempt == self.attempts:
                    raise ConnectionError(f"{self.url} cannot be reached: {error}") from error
            time.sleep(wait)
        raise ValueError("attempts is at least 1")

    def _session(self, *request: Any, **headers: Any) -> Session:
        session: Session = self.request(*request, **headers)
        return session

    def _backoff(self, attempt: int) -> float:
        """Twice as long each time, and not all at once."""
        return min(self.patience, self.pause * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1)


class _NoRedirects(HTTPRedirectHandler):
    """The API never redirects, and a token is not for other hosts."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def _as_sent(fields: Json) -> Json:
    """Instants as the API writes them, so that what was sent can be compared with what came back."""
    return {
        name: f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
        for name, value in fields.items()
    }


def _read_problem(error: HTTPError) -> Json:
    try:
        found = json.loads(error.read())
    except (ValueError, OSError, HTTPException):
        found = None  # not the API, but something before it
    return found if isinstance(found, dict) else {}


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def _line(session: Session) -> str:
    start, end = (
        f"{datetime.fromisoformat(each).astimezone():%H:%M}" if each else "now"
        for each in (session["start"], session["end"])
    )
    seconds = session.get("secondsInPeriod", session["durationSeconds"])
    return f"{start}–{end:5} {_hours(seconds):>6}  {session['sessionName'] or '(no name)'}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Tracks time from the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start the timer").add_argument("name", nargs="?", default="")
    commands.add_parser("stop", help="stop the timer")
    add = commands.add_parser("add", help="save a finished session")
    add.add_argument("name")
    add.add_argument("start", type=datetime.fromisoformat, help="such as 2026-11-23T09:00, local time")
    add.add_argument("end", type=datetime.fromisoformat)
    commands.add_parser("today", help="the sessions of today and their total")
    asked = parser.parse_args()
    url, token = os.environ.get("TIMETRACKER_URL"), os.environ.get("TIMETRACKER_TOKEN")
    if not url or not token:
        sys.exit("Set TIMETRACKER_URL and TIMETRACKER_TOKEN.")
    try:
        _do(Timetracker(url, token), asked)
    except (ApiError, OSError) as error:
        sys.exit(str(error))


def _do(tracker: Timetracker, asked: argparse.Namespace) -> None:
    match asked.command:
        case "start":
            print(_line(tracker.start(asked.name)))
        case "stop":
            print(_line(stopped) if (stopped := tracker.stop()) else "Nothing is running.")
        case "add":
            print(_line(tracker.add(asked.start, asked.end, asked.name)))
        case "today":
            page: Json = {}
            for page in tracker.periods("day"):
                for session in page["sessions"]:
                    print(_line(session))
            print(f"{'in all':11} {_hours(page['totalSeconds']):>6}")


if __name__ == "__main__":
    main()
