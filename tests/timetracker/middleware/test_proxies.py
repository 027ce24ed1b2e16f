"""The scheme of a request, as a proxy that is trusted tells it, and whose forms are taken"""

import contextlib
import http.client
import re
from ipaddress import ip_network
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from tests.server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["testserver", "time.example.org"]
    settings.TRUSTED_PROXIES = [ip_network(each) for each in ("127.0.0.1", "::1", "10.1.0.0/16")]


def is_redirected(peer="127.0.0.1", **headers):
    response = Client(REMOTE_ADDR=peer).get("/", headers=headers)
    assert response.status_code == 200 or response["Location"].startswith("https://testserver/")
    return response.status_code != 200


@pytest.mark.parametrize("value", ["https", "HTTPS", "Https", " https ", "https,http", "https, http", "HTTPS ,http"])
def test_https_is_taken_from_the_proxy_next_to_the_client(value):
    assert not is_redirected(**{"X-Forwarded-Proto": value})


@pytest.mark.parametrize("value", ["http", "HTTP", "http,https", "", ",https", "httpss", "https;http", "on"])
def test_all_else_is_redirected(value):
    assert is_redirected(**{"X-Forwarded-Proto": value})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, True),
        ({"X-Forwarded-Ssl": "on"}, False),
        ({"X-Forwarded-Ssl": "On"}, False),
        ({"X-Forwarded-Ssl": "off"}, True),
        ({"X-Forwarded-Protocol": "SSL"}, False),
        ({"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Ssl": "off"}, False),
        ({"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"}, True),
    ],
)
def test_the_usual_header_goes_before_its_elders(headers, expected):
    assert is_redirected(**headers) == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("10.1.2.3", False),
        ("", False),  # over a socket of this machine
        ("10.2.0.1", True),
        ("203.0.113.7", True),
        ("unknown", True),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer, expected):
    assert is_redirected(peer, **{"X-Forwarded-Proto": "https,http"}) == expected


@pytest.mark.parametrize("value", ["https", "HTTPS", "https,http"])
def test_forms_are_taken_over_https(value):
    client = Client(enforce_csrf_checks=True, headers={"X-Forwarded-Proto": value, "Origin": "https://testserver"})
    token = client.get("/").cookies["csrftoken"].value

    assert client.post("/no-such-page", {"csrfmiddlewaretoken": token}).status_code == 404


def ask(server, method, body="", **headers):
    with contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as connection:
        connection.request(method, "/", body, {"Host": "time.example.org", **headers})
        response = connection.getresponse()
        return response, response.read().decode()


def test_the_server_itself_takes_forms_of_an_address_however_it_is_written():
    with Server(BASE_URL="https://Time.Example.org.:443", WEB_CONCURRENCY="1") as server:
        for headers in (
            {"X-Forwarded-Proto": "HTTPS"},
            {"X-Forwarded-Proto": "https,http", "X-Forwarded-Ssl": "off"},
            {"X-Forwarded-Proto": "https", "Host": "time.example.org:443"},
            {"X-Forwarded-Proto": "https", "Host": "time.example.org."},
        ):
            response, page = ask(server, "GET", **headers)
            assert response.status == 200
            token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
            cookie = "; ".join(each.partition(";")[0] for each in response.headers.get_all("Set-Cookie"))
            form = urlencode({"csrfmiddlewaretoken": token})
            for origin in ("https://time.example.org", "https://time.example.org."):
                sent = {
                    **headers, "Origin": origin, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded",
                }  # fmt: skip
                assert ask(server, "POST", form, **sent)[0].status == 405  # a form is taken, but not by this page
            assert ask(server, "POST", form, **{**sent, "Origin": "null"})[0].status == 403
        response, _page = ask(server, "GET", **{"X-Forwarded-Proto": "http"})
        assert (response.status, response.headers["Location"]) == (301, "https://time.example.org/")
