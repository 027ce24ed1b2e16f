"""Scripts of other websites: those of API_ORIGINS may call the API with a token, and nobody else may"""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.factories import make_token

ORIGIN = "https://a.example"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match,if-none-match",
}
CORS = {"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(settings):
    """Of a server with API_ORIGINS; as without it no middleware is there, this is what settings.py adds."""
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:3], "corsheaders.middleware.CorsMiddleware", *settings.MIDDLEWARE[3:],
    ]  # fmt: skip
    return Client(raise_request_exception=False)


def call(browser, path, method="GET", token=None, **headers):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return browser.generic(method, path, headers={"Origin": ORIGIN, **headers})


def test_a_script_may_send_what_the_api_knows(browser):
    response = browser.options("/v1/users/me/sessions/x", headers=PREFLIGHT)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert response["Access-Control-Allow-Methods"] == "GET, POST, PUT, PATCH, DELETE"
    allowed = response["Access-Control-Allow-Headers"].split(", ")
    assert set(PREFLIGHT["Access-Control-Request-Headers"].split(",")) <= set(allowed)
    assert "Access-Control-Allow-Credentials" not in response
    assert "X-Request-Id" in response


def test_a_script_sees_the_answer_and_its_headers(browser, owner):
    response = call(browser, "/v1/users/me/timer", token=make_token(owner))

    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    exposed = {each.lower() for each in response["Access-Control-Expose-Headers"].split(", ")}
    assert exposed >= {"etag", "location", "link", "retry-after", "ratelimit", "x-request-id", "idempotency-replayed"}
    assert "origin" in response["Vary"].lower()
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/users/me/timer", "GET", 401),
        ("/v1/nothing", "GET", 404),
        ("/v1/users", "DELETE", 405),
        ("/v1", "GET", 200),
    ],
)
def test_a_script_sees_errors_too(browser, path, method, status):
    response = call(browser, path, method)

    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (status, ORIGIN)


@pytest.mark.parametrize(
    "origin", ["https://b.example", "http://a.example", "https://a.example:8443", "https://a.example.b.example", "null"]
)
def test_of_any_other_origin_nothing_is_allowed(browser, owner, origin):
    preflight = browser.options("/v1/users/me/timer", headers={**PREFLIGHT, "Origin": origin})
    response = call(browser, "/v1/users/me/timer", token=make_token(owner), Origin=origin)

    assert not CORS & {*preflight.headers, *response.headers}


@pytest.mark.parametrize("path", ["/", "/settings/", "/v10", "/undo/", "/admin/", "/static/js/x.js", "/healthz"])
def test_pages_are_not_shared(browser, path):
    preflight = browser.options(path, headers=PREFLIGHT)

    assert not CORS & {*preflight.headers, *call(browser, path).headers}


def test_a_cookie_does_not_count(browser, owner):
    browser.force_login(owner)

    response = call(browser, "/v1/users/me/timer")

    assert response.status_code == 401


def test_unset_nothing_is_allowed():
    assert django_settings.CORS_ALLOWED_ORIGINS == []
    assert not any("cors" in each for each in django_settings.MIDDLEWARE)
    preflight = Client().options("/v1/users/me/timer", headers=PREFLIGHT)

    assert preflight.status_code == 401  # as any request without a token
    assert not CORS & set(preflight.headers)
