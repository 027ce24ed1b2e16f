"""Every address of the API with every way it can be asked: nobody gets to what is another's

The list of addresses is the product's own: one that is not in the table below fails, until somebody has said here which
scope it needs.
"""

import re
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver
from time_machine import travel

from tests.conftest import ApiClient
from tests.ownership import UNSHARED, rows_of_all, with_everything
from users_app.models import make_secret

pytestmark = pytest.mark.django_db

TIMES = {"start": "2026-11-19T08:00:00Z", "end": "2026-11-19T09:00:00Z"}

# Method and address, the scope that is needed (None: no token), and a body that is good. Ids in braces are one's own.
TABLE = {
    "GET ": (None, None),
    "GET openapi.json": (None, None),
    "GET docs": (None, None),
    "POST users": (None, {}),
    "GET users/{user_id}": ("read", None),
    "PATCH users/{user_id}": ("account", {"displayName": "x"}),
    "DELETE users/{user_id}": ("account", {"confirm": "{user_id}"}),
    "GET users/{user_id}/tokens": ("account", None),
    "POST users/{user_id}/tokens": ("account", {"name": "x"}),
    "DELETE users/{user_id}/tokens/{token_id}": ("account", None),
    "GET users/{user_id}/tokens/current": ("read", None),
    "GET users/{user_id}/export": ("read", None),
    # What Timewarrior exports.
    "POST users/{user_id}/imports": ("write", [{"start": "20260302T080000Z", "end": "20260302T090000Z"}]),
    "POST users/{user_id}/session": ("track", TIMES),
    "GET users/{user_id}/sessions": ("read", None),
    "POST users/{user_id}/sessions": ("track", TIMES),
    "POST users/{user_id}/sessions/batch": ("track", {"operations": [{"op": "create", "body": TIMES}]}),
    "GET users/{user_id}/sessions/{session_id}": ("read", None),
    "PUT users/{user_id}/sessions/{session_id}": ("track", TIMES),
    "PATCH users/{user_id}/sessions/{session_id}": ("track", {"sessionName": "x"}),
    "DELETE users/{user_id}/sessions/{session_id}": ("write", None),
    "POST users/{user_id}/sessions/{session_id}/restore": ("track", None),
    "POST users/{user_id}/sessions/{session_id}/continue": ("track", None),
    "GET users/{user_id}/changes": ("read", None),
    "GET users/{user_id}/changesets": ("read", None),
    "POST users/{user_id}/changesets/{changeset_id}/undo": ("write", None),
    "GET users/{user_id}/timer": ("read", None),
    "POST users/{user_id}/timer/start": ("track", {"sessionName": "x"}),
    "POST users/{user_id}/timer/stop": ("track", None),
    "POST users/{user_id}/timer/toggle": ("track", {"sessionName": "x"}),
    "GET users/{user_id}/clients": ("read", None),
    "POST users/{user_id}/clients": ("write", {"name": "x"}),
    "GET users/{user_id}/clients/{client_id}": ("read", None),
    "PATCH users/{user_id}/clients/{client_id}": ("write", {"name": "x"}),
    "DELETE users/{user_id}/clients/{client_id}?detach=true": ("write", None),
    "GET users/{user_id}/projects": ("read", None),
    "POST users/{user_id}/projects": ("write", {"name": "x"}),
    "GET users/{user_id}/projects/{project_id}": ("read", None),
    "PATCH users/{user_id}/projects/{project_id}": ("write", {"name": "x"}),
    "DELETE users/{user_id}/projects/{project_id}?detach=true": ("write", None),
    "GET users/{user_id}/projects/{project_id}/budget": ("read", None),
    "GET users/{user_id}/tags": ("read", None),
    "POST users/{user_id}/tags": ("write", {"name": "x"}),
    "GET users/{user_id}/tags/{tag_id}": ("read", None),
    "PATCH users/{user_id}/tags/{tag_id}": ("write", {"name": "x"}),
    "DELETE users/{user_id}/tags/{tag_id}?detach=true": ("write", None),
    "GET users/{user_id}/reports/summary?from=2026-11-01&to=2026-12-01": ("read", None),
    "GET users/{user_id}/reports/timesheet?duration=month&projectId=none": ("read", None),
    "GET users/{user_id}/reports/saved": ("read", None),
    "POST users/{user_id}/reports/saved": ("write", {"name": "x"}),
    "GET users/{user_id}/reports/saved/{report_id}": ("read", None),
    "PATCH users/{user_id}/reports/saved/{report_id}": ("write", {"name": "x"}),
    "DELETE users/{user_id}/reports/saved/{report_id}": ("write", None),
    "GET users/{user_id}/shares": ("read", None),
    "POST users/{user_id}/shares": ("write", {"page": "report"}),
    "GET users/{user_id}/shares/{share_id}": ("read", None),
    "DELETE users/{user_id}/shares/{share_id}": ("write", None),
}
INCLUDED = {"read": {"read"}, "track": {"read", "track"}}


def find_routes(patterns, prefix=""):
    """Every address below v1/ and each method that it answers, as in the table; and those that are no endpoints."""
    for each in patterns:
        address = prefix + str(each.pattern)
        if not isinstance(each, URLPattern):
            yield from find_routes(each.url_patterns, address)
        elif address.startswith(("v1", "^v1")):
            actions = getattr(each.callback, "actions", None)
            if actions is None:
                yield address
            for method in actions or ():
                if method != "head":
                    yield f"{method.upper()} {_readable(address)}"


def _readable(address):
    """`v1/users/<str:user_id>/tags/<str:entry_id>` as `users/{user_id}/tags/{tag_id}`."""
    address_of_entry = re.sub(r"(\w+)s/<str:entry_id>", r"\1s/{\1_id}", address.removeprefix("v1").removeprefix("/"))
    return re.sub(r"<\w+:(\w+)>", r"{\1}", address_of_entry)


ROUTES = set(find_routes(get_resolver().url_patterns))
NO_ENDPOINT = "^v1(/.*)?$"
OF_CALLER = pytest.mark.parametrize("route", sorted(route for route, (scope, _body) in TABLE.items() if scope))


TODAY = "2026-11-23T12:00:00Z"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture(scope="module")
def owner_things(module_db):
    with travel(TODAY, tick=False):
        return with_everything("owner")


@pytest.fixture(scope="module")
def other_things(module_db):
    with travel(TODAY, tick=False):
        return with_everything("other")


def fill(value, ids):
    """A body or address with ids in the place of their names."""
    match value:
        case dict():
            return {key: fill(each, ids) for key, each in value.items()}
        case list():
            return [fill(each, ids) for each in value]
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], value)
        case _:
            return value


def ask(secret, route, ids, *, body_ids=None):
    method, _space, address = route.partition(" ")
    body = TABLE[route][1]
    path = fill(f"/v1/{address}", ids).removesuffix("/")
    return ApiClient(secret)(method, path, fill(body, body_ids or ids))


def said(response):
    """All that an answer says, but for the ids of requests, which are of the moment."""
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-Id"}
    content = response.file if response.streaming else response.content
    return re.sub(rb'"requestId": ?"\w+"', b"", content).decode(errors="replace") + str(headers)


def assert_nothing_told(response, untold):
    found = [each for each in untold if each in said(response)]
    assert found == []


def test_every_address_is_in_the_table():
    listed = {route.partition("?")[0] for route in TABLE}

    assert ROUTES - {NO_ENDPOINT} - listed == set(), "Say in the table which scope the new address needs."
    assert listed - ROUTES == set()


@OF_CALLER
def test_another_users_address_is_like_nobodys(owner_things, other_things, route):
    """Asked with a token for everything: by their user id, by one's own with their things, and for what is nowhere."""
    secret, before, untold = other_things.secrets["all"], rows_of_all(), owner_things.untold
    nowhere = {name: str(uuid4()) for name in owner_things.ids}
    has_things = route.count("{") > 1

    theirs = ask(secret, route, owner_things.ids)
    nobodys = ask(secret, route, nowhere, body_ids=owner_things.ids)
    things_of_the_caller_below_them = ask(secret, route, other_things.ids | {"user_id": owner_things.ids["user_id"]})
    mixed = [ask(secret, route, owner_things.ids | {"user_id": me}) for me in ("me", other_things.ids["user_id"])]

    for response in (theirs, nobodys, things_of_the_caller_below_them, *(mixed if has_things else ())):
        assert (response.status_code, response.data["code"]) == (404, "not_found")
        assert said(response) == said(nobodys)
        assert_nothing_told(response, untold)
    if has_things:
        assert rows_of_all() == before


@OF_CALLER
def test_without_a_good_token_nothing_is_told_and_nothing_happens(owner_things, route):
    before, untold = rows_of_all(), owner_things.untold
    method, _space, address = route.partition(" ")
    bad = ["", f"Bearer {make_secret()}", f"Bearer {owner_things.secrets['expired']}", "Bearer tt_1"]
    bad += [f"Basic {owner_things.secrets['all']}", f"Bearer {owner_things.secrets['feed']}"]

    for user_id in ("me", owner_things.ids["user_id"]):
        ids = owner_things.ids | {"user_id": user_id}
        for authorization in bad:
            headers = {"Authorization": authorization} if authorization else {}
            response = ApiClient(None)(method, fill(f"/v1/{address}", ids), fill(TABLE[route][1], ids), **headers)

            assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
            assert_nothing_told(response, untold)
    assert rows_of_all() == before


@OF_CALLER
@pytest.mark.parametrize("granted", ["read", "track"])
def test_a_token_does_what_its_scope_says_and_no_more(owner_things, route, granted):
    scope = TABLE[route][0]
    before = rows_of_all()

    response = ask(owner_things.secrets[granted], route, owner_things.ids)

    if scope in INCLUDED[granted]:
        assert response.status_code < 300, response.data
    else:
        assert (response.status_code, response.data["code"]) == (403, "missing_scope")
        assert_nothing_told(response, [UNSHARED])
    if scope == "read" or scope not in INCLUDED[granted]:
        assert rows_of_all() == before


@OF_CALLER
def test_the_table_asks_for_what_is_possible(owner_things, route):
    """So that what others are refused is not refused for a fault in the table."""
    assert ask(owner_things.secrets["all"], route, owner_things.ids).status_code < 300


@pytest.mark.parametrize("route", sorted(route for route, (scope, _body) in TABLE.items() if scope is None))
def test_what_needs_no_token_tells_nothing_of_anybody(owner_things, route):
    before, untold = rows_of_all(), owner_things.untold

    for secret in (None, owner_things.secrets["all"], make_secret()):
        response = ask(secret, route, owner_things.ids)

        assert response.status_code < 300
        assert_nothing_told(response, untold)
    if not route.startswith("POST"):
        assert rows_of_all() == before


# What belongs to another may be named in a body or query, too.
REFERENCES = [
    ("POST", "session", {**TIMES, "id": "{session_id}"}, 404),
    ("POST", "session", {**TIMES, "projectId": "{project_id}"}, 400),
    ("POST", "sessions", {**TIMES, "id": "{trashed_id}"}, 404),
    ("PUT", "sessions/{session_id}", {**TIMES}, 404),
    ("PUT", "sessions/{new_id}", {**TIMES, "projectId": "{project_id}"}, 400),
    ("PATCH", "sessions/{own_session_id}", {"projectId": "{project_id}"}, 400),
    ("POST", "sessions/{own_session_id}/continue", {"id": "{session_id}"}, 404),
    ("POST", "timer/start", {"id": "{running_id}"}, 404),
    ("POST", "timer/start", {"projectId": "{project_id}"}, 400),
    ("POST", "timer/stop", {"id": "{running_id}"}, 200),
    ("POST", "projects", {"name": "x", "clientId": "{client_id}"}, 400),
    ("POST", "projects", {"name": "x", "id": "{project_id}"}, 404),
    ("POST", "clients", {"name": "x", "id": "{client_id}"}, 404),
    ("POST", "tags", {"name": "x", "id": "{tag_id}"}, 404),
    ("POST", "tokens", {"name": "x", "id": "{token_id}"}, 404),
    ("PATCH", "projects/{own_project_id}", {"clientId": "{client_id}"}, 400),
    ("DELETE", "", {"confirm": "{user_id}"}, 400),
    ("GET", "sessions?projectId={project_id}", None, 400),
    ("GET", "sessions?clientId={client_id}", None, 400),
    ("GET", "reports/summary?from=2026-11-01&to=2026-12-01&projectId={project_id}", None, 400),
    ("GET", "reports/summary?from=2026-11-01&to=2026-12-01&clientId={client_id}", None, 400),
]


@pytest.mark.parametrize(("method", "address", "body", "status"), REFERENCES)
def test_naming_what_is_anothers_is_like_naming_nothing(owner_things, other_things, method, address, body, status):
    of_caller = {f"own_{name}": id_of_caller for name, id_of_caller in other_things.ids.items()}
    ids = owner_things.ids | of_caller | {"new_id": str(uuid4())}
    before, untold = rows_of_all(), owner_things.untold

    address = f"/v1/users/me/{address}".removesuffix("/")
    response = ApiClient(other_things.secrets["all"])(method, fill(address, ids), fill(body, ids))

    assert response.status_code == status
    sent = fill(address, ids) + str(fill(body, ids))
    assert_nothing_told(response, [each for each in untold if each not in sent])
    assert rows_of_all() == before


@pytest.mark.parametrize("name", ["owner", f"{UNSHARED} client owner", f"{UNSHARED}-owner"])
def test_a_name_of_another_is_free(owner_things, other_things, name):
    """Neither taken nor found: names are each person's own."""
    api = ApiClient(other_things.secrets["all"])
    untold = set(owner_things.untold) - {UNSHARED}

    answers = [
        api("POST", "/v1/users/me/clients", {"name": name}),
        api("POST", "/v1/users/me/session", {**TIMES, "tags": [name.replace(" ", "-")]}),
        api("GET", f"/v1/users/me/sessions?from=2026-11-01&to=2026-12-01&tag={name.replace(' ', '-')}&q=owner"),
    ]

    assert [each.status_code for each in answers] == [201, 201, 200]
    for response in answers:
        assert_nothing_told(response, untold)


@pytest.mark.parametrize(
    "route", sorted(route for route in TABLE if route.startswith(("GET users", "POST", "PUT", "PATCH", "DELETE")))
)
def test_an_unknown_parameter_is_an_error_everywhere(owner_things, route):
    before = rows_of_all()
    method, _space, address = route.partition(" ")
    path = f"/v1/{fill(address, owner_things.ids)}"

    api = ApiClient(owner_things.secrets["all"])
    response = api(method, f"{path}{'&' if '?' in path else '?'}dryrun=true", fill(TABLE[route][1], owner_things.ids))

    assert response.status_code == 400
    assert [(each["parameter"], each["code"]) for each in response.data["errors"]] == [("dryrun", "unknown_parameter")]
    assert rows_of_all() == before
