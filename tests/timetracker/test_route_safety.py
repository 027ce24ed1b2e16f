"""Every route of the product, found in its own table: what a GET may change, and whom a POST believes

A new page is tested without being named here; none is left out.
"""

import re
from uuid import uuid4

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.admin import Operator
from tests.ownership import rows_of_all, with_everything
from users_app.models import BrowserSession, User
from users_app.services.links import issue_invitation, issue_sign_in_link

pytestmark = pytest.mark.django_db


def routes(resolver, begin=""):
    """The route of each page and endpoint, with its converters; the admin's are found by its models."""
    for each in resolver.url_patterns:
        route = begin + str(each.pattern)
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from routes(each, route)
        elif isinstance(each, URLPattern):
            yield route


ROUTES = sorted({route for route in routes(get_resolver()) if not route.startswith("^v1")})
PAGES = [route for route in ROUTES if not route.startswith("v1")]

# What a GET notes of credentials is in `tests.ownership.NOTED_BY_A_GET`; of these a share link is the fourth GET that
# writes, after the feed, last seen and the renewed cookie.
# What a GET does write into the log-in session, each with its reason. It also notes when a user was last seen, at most
# every 15 minutes, so the clock of these tests stands. All else is a fault.
SESSION_KEYS = {
    "renewed_on": "the cookie's renewal, once a day",
    "mfa.webauthn.state": "the challenge that a passkey is asked to sign",
    "mfa.totp.secret": "the secret of an app while it is set up",
}


@pytest.fixture
def now(clock):
    return clock


@pytest.fixture
def everything(now):
    holdings = with_everything("owner")
    user = User.objects.get(pk=holdings.user.pk)
    instant = user.created_at
    holdings.ids |= {
        "date": "2026-11-20",
        "format": "csv",
        "code": "invalid",
        "shared": holdings.secrets["share"],
        "secret": issue_sign_in_link(user.email, now=instant).rstrip("/").rpartition("/")[2],
        "invitation": issue_invitation("new@example.org", now=instant).rstrip("/").rpartition("/")[2],
    }
    return holdings


def address(route, ids):
    kind = route.partition("s/")[0]

    def fill(found):
        name = found[1]
        if route.startswith(("invitation/", "shared/")):
            name = route.partition("/")[0]
        if name == "date" and "month:" in found[0]:
            return "2026-11"
        return ids.get(f"{kind}_id" if name == "entry_id" else name, "1")

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, route).replace("^", "").replace("$", "")


def read(response):
    """The same response, read to its end."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def stored():
    """All rows, those of log-in sessions but for what SESSION_KEYS names."""
    sessions = []
    for row in BrowserSession.objects.order_by("pk"):
        held = {key: value for key, value in row.get_decoded().items() if key not in SESSION_KEYS}
        if held:
            sessions.append((row.pk, held))
    return rows_of_all(), sessions


def test_the_routes_are_found():
    assert {"signin/", "keep/", "merge/", "settings/delete/", "v1/users/<str:user_id>/sessions"} <= set(ROUTES)
    assert len(PAGES) > 80


def test_most_addresses_lead_to_a_page(everything):
    """So that what a GET does not change is not missing for a fault of the test."""
    client = Client(raise_request_exception=False)
    client.force_login(everything.user)
    statuses = [read(client.get(address(route, everything.ids))).status_code for route in PAGES]
    assert statuses.count(200) > 40


@pytest.mark.slow(reason="asks for every address, and compares all that is stored")
@pytest.mark.parametrize("who", ["the user", "a stranger"])
@pytest.mark.parametrize("route", PAGES)
def test_a_get_changes_nothing(everything, route, who):
    client = Client(raise_request_exception=False)
    if who == "the user":
        client.force_login(everything.user)
    client.get("/")  # last seen, and whatever was to be told
    before = stored()
    for method in ("get", "head"):
        assert read(getattr(client, method)(address(route, everything.ids))).status_code < 500
    assert stored() == before


@pytest.mark.parametrize("model", sorted(site._registry, key=str))
def test_a_get_in_the_admin_changes_nothing(everything, model):
    operator, begin = Operator(), f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    row = model._default_manager.filter(**{"pk" if model is User else "user": everything.user.pk}).first()
    pages = ["", "add/", "?q=x", *(f"{row.pk}/{each}/" for each in ("change", "history", "delete"))]
    operator.get("/")
    before = stored()
    for page in pages:
        assert operator.get(begin + page).status_code in {200, 403}, page  # 403: deleted already
    assert stored() == before


@pytest.mark.slow(reason="asks for every address, and compares all that is stored")
@pytest.mark.parametrize("route", PAGES)
def test_a_post_without_the_token_of_a_form_changes_nothing(everything, route):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(everything.user)
    client.get("/")
    before = stored()
    for headers in ({}, {"Origin": "https://evil.example"}, {"HX-Request": "true"}):
        path = address(route, everything.ids)
        form = {"id": str(uuid4()), "name": "x", "csrfmiddlewaretoken": "x" * 64}
        response = client.post(path, form, headers=headers)
        assert response.status_code in {403, 404, 405}, (path, response.status_code)
    assert stored() == before


@pytest.mark.slow(reason="asks for every address, and compares all that is stored")
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("v1")])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_believes_no_cookie(everything, route, method):
    client = Client(raise_request_exception=False)
    client.force_login(everything.user)
    before = stored()
    response = getattr(client, method)(address(route, everything.ids), "{}", content_type="application/json")
    is_open = route == "v1/users" and method == "post"
    assert response.status_code in ({201, 400} if is_open else {401, 403, 404, 405, 415}), response.status_code
    if not is_open:
        assert stored() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "testserver@evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Original-Host": "evil.example", "Forwarded": "host=evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"},
    ],
)
@pytest.mark.parametrize("route", ["signin/", "keep/", "signin/password/", "admin/", "settings/email/"])
def test_no_header_changes_where_links_lead(everything, settings, mailoutbox, route, headers):
    settings.MAIL_IS_CONFIGURED = True
    client = Client(raise_request_exception=False)
    form = {"email": everything.user.email}
    for page in (client.get(f"/{route}", headers=headers), client.post(f"/{route}", form, headers=headers)):
        assert not re.search(r'(href|action|src)="[^"]*evil\.example', page.text)
        assert "evil.example" not in page.get("Location", "")
    assert all("evil.example" not in each.body for each in mailoutbox)
    assert all(settings.BASE_URL in each.body for each in mailoutbox)
