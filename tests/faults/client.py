"""A script that calls the API over a real connection, and a browser that only knows forms and cookies."""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    data: Any
    seconds: float


class Caller:
    """Calls the API, for a new user unless a token is given. Answers other than the expected fail the test.

    Connection errors come out as OSError or HTTPException; the next call connects anew. Not to be shared by threads.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self._address = urlsplit(url).netloc
        self._connection: http.client.HTTPConnection | None = None
        self.token = token
        if token is None:
            self.token = self.call("POST", "/v1/users", expect=(201,)).data["token"]

    def call(self, method: str, path: str, body: Any = None, *, expect: tuple[int, ...] = (200, 201)) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        begun = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self._address, timeout=60)
            self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        answer = Answer(
            response.status, response.headers, json.loads(content) if content else None, time.monotonic() - begun
        )
        assert answer.status in expect, f"{method} {path}: {answer.status} {content[:500]!r}"
        return answer

    def call_until_answered(self, method: str, path: str, body: Any, *, expect: tuple[int, ...]) -> Answer:
        """Repeats the call while the server is away or busy."""
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self.call(method, path, body, expect=(*expect, 503))
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
                continue
            if answer.status != 503:
                return answer
            assert answer.data["code"] == "database_busy"
            time.sleep(float(answer.headers["Retry-After"]))

    def sessions(self, first: str, end: str) -> list[dict[str, Any]]:
        """All sessions of the period, over all pages of the list."""
        path: str | None = f"/v1/users/me/sessions?from={first}&to={end}&limit=500"
        found: list[dict[str, Any]] = []
        while path:
            page = self.call("GET", path).data
            found += page["sessions"]
            path = page["next"] and "?".join(urlsplit(page["next"])[2:4])
        return found

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class FormBrowser:
    """Sends the forms of pages as a browser without scripts does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._jar = HTTPCookieProcessor()
        self._opener = build_opener(self._jar, HTTPRedirectHandler())

    @property
    def cookies(self) -> str:
        """What the header Cookie says."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar.cookiejar)

    def get(self, path: str) -> str:
        """The page as HTML."""
        with self._opener.open(self._url + path, timeout=60) as response:
            return response.read().decode()

    def submit(self, path: str, action: str, **values: str) -> str:
        """Fills in the form with that action on the page at `path`, and sends it; the page it leads to."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.get(path), re.DOTALL)
        assert form is not None, f"{path} has no form that leads to {action}"
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        data = urlencode({**fields, **values}).encode()
        with self._opener.open(urllib.request.Request(self._url + action, data), timeout=60) as response:
            return response.read().decode()

    def upload(self, path: str, name: str, content: bytes) -> str:
        """Sends a file by the form of this page that leads to itself; the page it leads to."""
        found = re.search(r'<input type="hidden" name="csrfmiddlewaretoken" value="([^"]*)"', self.get(path))
        assert found is not None
        parts = [("csrfmiddlewaretoken", "", found[1].encode()), (name, '; filename="file.csv"', content)]
        data = b"".join(
            f'--limit\r\nContent-Disposition: form-data; name="{key}"{about}\r\n\r\n'.encode() + value + b"\r\n"
            for key, about, value in parts
        )
        headers = {"Content-Type": "multipart/form-data; boundary=limit"}
        request = urllib.request.Request(self._url + path, data + b"--limit--\r\n", headers)
        with self._opener.open(request, timeout=120) as response:
            return response.read().decode()
