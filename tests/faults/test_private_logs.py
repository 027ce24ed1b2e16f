"""A mixed run against the real server: no token, cookie, code, password or address stands in its logs"""

import http.client
import random
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import pytest

from tests.server import Server

EMAIL, PASSWORD = "mira.zugeknoepft@example.org", "zugeknoepft horse battery"
LINES = 10_000
PAGES, HASHES = 6, 3
"""How often each request is sent that draws a page, and each that computes a hash; others make up the lines."""
CLIENTS = 4


class Browser:
    """Just enough of one: its cookies, and a connection that stays open."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.cookies = {}

    def ask(self, method, path, form=None, headers=()):
        headers = dict(headers) | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            form = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, None if form is None else urlencode(form), headers)
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _sign, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.read().decode()


class Suspect:
    """A user with one of each secret, who sends requests that have them in every place."""

    def __init__(self, url, email):
        self.email, self.browser = email, Browser(url)
        self.browser.ask("GET", "/keep/")
        self.browser.ask("POST", "/timer/start/", {"id": str(uuid4()), "name": "Logo"})
        self.code = self._made(r'id="recovery_code"[^>]*>([^<]*)<', "/keep/")
        assert self.browser.ask("POST", "/keep/", {"email": email, "password": PASSWORD})[0] == 303
        self.token = self._made(r"(tt_\w{40,})", "/settings/tokens/", scopes="read", lifetime="90")
        self.feed = self._made(r"/feeds/(ttf_\w+)", "/settings/calendar/", name="x")
        self.cookies = set()

    def _made(self, pattern, path, **form):
        _status, page = self.browser.ask("POST", path, form)
        return re.search(pattern, page)[1]

    def secrets(self):
        words = {self.email, self.code, self.code.replace("-", ""), self.token, self.feed, PASSWORD}
        return self.cookies | words | {quote(each) for each in words}

    def send(self, links, number):
        """Sends what it has to send, in an order of its own, so often that there are LINES of all suspects."""
        pages = self.pages() + [("GET", link) for link in links]
        rare = [(each, HASHES) for each in self.hashing()] + [(each, PAGES) for each in pages]
        kinds = list(chain.from_iterable([kind] * times for kind, times in rare))
        often = self.answers()
        kinds += [often[index % len(often)] for index in range(LINES // CLIENTS - len(kinds))]
        random.Random(number).shuffle(kinds)
        for kind in kinds:
            self.browser.ask(*kind)
            self.cookies |= {self.browser.cookies[name] for name in ("sessionid", "csrftoken")}
        self.browser.connection.close()

    def hashing(self):
        login = {"login": self.email, "password": PASSWORD}
        return [
            ("POST", "/signin/", login),
            ("POST", "/signin/", login | {"password": PASSWORD + "x"}),
            ("POST", "/settings/password/", {"oldpassword": PASSWORD + "x", "password1": PASSWORD}),
        ]

    def pages(self):
        return [
            ("GET", "/"),
            ("POST", "/signin/", {"code": self.code + "x"}),
            ("GET", f"/signin/?next=/&email={quote(self.email)}", None, {"HX-Request": "true"}),
            ("GET", f"/signin/password/{self.token}/{self.feed}/"),
            ("GET", f"/settings/email/{self.token}/"),
            ("GET", f"/nowhere/{quote(self.email)}/"),
        ]

    def answers(self):
        bearer = {"Authorization": f"Bearer {self.token}"}
        return [
            ("GET", "/v1/users/me", None, bearer),
            ("GET", f"/feeds/{self.feed}.ics"),
            *[("GET", f"/v1/{self.token}/nowhere", None, {"Authorization": f"Bearer {self.token}x"})] * 4,
            *[("GET", f"/v1/users/{quote(self.email)}/nowhere", None, bearer)] * 4,
            *[("POST", "/timer/start/", {"csrfmiddlewaretoken": self.token, "name": PASSWORD})] * 4,
        ]


@pytest.mark.slow("ten thousand requests")
def test_nothing_secret_is_logged():
    with Server() as server, ThreadPoolExecutor(CLIENTS) as pool:
        suspects = [Suspect(server.url, f"{number}.{EMAIL}") for number in range(CLIENTS)]
        addresses = server.manage("signin_link", suspects[0].email), server.manage("invite", EMAIL)
        links = [urlsplit(each.strip()).path for each in addresses]
        sent = [pool.submit(suspect.send, links, number) for number, suspect in enumerate(suspects)]
        for each in sent:
            each.result()
        secrets = {link.split("/")[-2] for link in links}.union(*(each.secrets() for each in suspects))
        log = server.log
        assert len(log.splitlines()) >= LINES
        assert [secret for secret in secrets if secret in log] == []
        assert "zugeknoepft" not in log
