"""A mixed run against the real server: no token, cookie, code, password or address stands in its logs"""

import http.client
import re
from urllib.parse import urlencode, urlsplit

import pytest

from tests.server import Server

EMAIL, PASSWORD = "mira.zugeknoepft@example.org", "zugeknoepft horse battery"
LINES = 10_000
RARE = 5
"""How many kinds of requests are sent one time in 25: they compute a hash, or a whole page."""


class Browser:
    """Just enough of one: its cookies."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.cookies = {}

    def ask(self, method, path, form=None, **headers):
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            form = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, None if form is None else urlencode(form), headers)
        response = self.connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _sign, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = response.read().decode()
        self.connection.close()
        return response.status, text


@pytest.mark.slow("ten thousand requests")
def test_nothing_secret_is_logged():
    with Server() as server:
        secrets = {EMAIL, PASSWORD, EMAIL.replace("@", "%40")}
        browser = Browser(server.url)
        browser.ask("GET", "/keep/")
        assert browser.ask("POST", "/keep/", {"email": EMAIL, "password": PASSWORD})[0] == 303
        _status, page = browser.ask("POST", "/keep/", {})
        secrets.add(re.search(r'id="recovery_code"[^>]*value="([^"]*)"', page)[1])
        _status, page = browser.ask("POST", "/settings/tokens/", {"scopes": "read", "lifetime": "90"})
        token = re.search(r"tt_\w{40,}", page)[0]
        _status, page = browser.ask("POST", "/settings/calendar/", {"name": "x"})
        feed = re.search(r"/feeds/(ttf_\w+)", page)[1]
        link = urlsplit(server.manage("signin_link", EMAIL).strip()).path
        invitation = urlsplit(server.manage("invite", "b@example.org").strip()).path
        secrets |= {token, feed, link.split("/")[3], invitation.split("/")[2]}
        kinds = [
            lambda: browser.ask("GET", "/"),
            lambda: Browser(server.url).ask("POST", "/signin/", {"login": EMAIL, "password": PASSWORD}),
            lambda: browser.ask("POST", "/signin/", {"login": EMAIL, "password": PASSWORD + "x"}),
            lambda: browser.ask("POST", "/signin/", {"code": min(secrets)}),
            lambda: browser.ask("GET", link),
            lambda: browser.ask("GET", f"/signin/?next=/&email={EMAIL}", **{"HX-Request": "true"}),
            lambda: browser.ask("GET", invitation),
            lambda: browser.ask("GET", f"/feeds/{feed}.ics"),
            lambda: browser.ask("GET", f"/signin/password/{token}/{feed}/"),
            lambda: browser.ask("GET", f"/settings/email/{token}/"),
            lambda: browser.ask("GET", "/v1/users/me", Authorization=f"Bearer {token}"),
            lambda: browser.ask("GET", f"/v1/{token}/nowhere", Authorization=f"Bearer {token}x"),
        ]
        for number in range(LINES):
            if number % 500 == 0:
                secrets |= {value for name, value in browser.cookies.items() if name in {"sessionid", "csrftoken"}}
            rare, often = kinds[:RARE], kinds[RARE:]
            rare[number // 25 % len(rare)]() if number % 25 == 0 else often[number % len(often)]()
        log = server.log
        assert len(log.splitlines()) >= LINES
        assert [secret for secret in secrets if secret and secret in log] == []
