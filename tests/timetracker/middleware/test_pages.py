"""The API goes without what only pages need"""

from importlib import import_module

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from timetracker.middleware import pages

NAMES = ["SessionMiddleware", "AuthenticationMiddleware", "MessageMiddleware"]


@pytest.mark.parametrize("name", NAMES)
def test_djangos_is_used_for_pages_only(name):
    assert f"timetracker.middleware.pages.{name}" in settings.MIDDLEWARE
    assert not [each for each in settings.MIDDLEWARE if each.endswith(name) and not each.startswith("timetracker.")]
    middleware = getattr(pages, name)
    bases = [base for base in middleware.__mro__[1:] if base.__name__ == name]
    assert bases[0].__module__.startswith("django.")
    assert issubclass(middleware, getattr(import_module(bases[0].__module__), name))


def test_a_call_has_no_session_user_or_messages(db):
    seen = []

    def look(request):
        seen.append({"session", "user", "_messages"} & set(vars(request)))
        return HttpResponse()

    chain = look
    for name in reversed(NAMES):
        chain = getattr(pages, name)(chain)
    for path in ("/v1/users/me/timer", "/v1", "/v1x", "/"):
        chain(RequestFactory().get(path))
    assert seen == [set(), set(), {"session", "user", "_messages"}, {"session", "user", "_messages"}]


@pytest.mark.parametrize("path", ["/timer/start/", "/settings/"])
def test_pages_are_still_protected_from_other_sites(signed_in, path):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in.cookies
    assert browser.post(path).status_code == 403


def test_an_address_of_the_api_that_is_nowhere_needs_no_csrf_token(db):
    assert Client(enforce_csrf_checks=True).post("/v1/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/v1/users/me/timer", "/v1/nothing", "/v1/openapi.json"])
def test_data_may_load_nothing(db, path):
    policy = Client().get(path)["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/", "/v1/docs", "/nothing"])
def test_pages_load_what_is_ours(db, path):
    assert "script-src 'self'" in Client().get(path)["Content-Security-Policy"]
