"""The description of the API: complete, valid, up to date, and public"""

import json
from http import HTTPMethod

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from timetracker.api.description import PATH
from timetracker.api.problems import TITLES
from timetracker.api.schema.document import operations

COMMAND = "manage.py spectacular --format openapi-json --validate --fail-on-warn --file docs/openapi.json"
DOCUMENT = json.loads(PATH.read_text())
OPERATIONS = {operation["operationId"]: operation for _path, _method, operation in operations(DOCUMENT)}
WRITES_BODY = {"413", "415"}


def routes(patterns=None, prefix=""):
    """Every address of a viewset with each of its methods, as the description writes them."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from routes(pattern.url_patterns, path)
        elif hasattr(pattern.callback, "actions"):
            parts = path.replace("<str:", "{").replace(">", "}").split("_")
            camel = parts[0] + "".join(part[0].upper() + part[1:] for part in parts[1:])
            yield from (("/" + camel, method) for method in pattern.callback.actions if method != "head")


def test_it_is_what_the_code_says(tmp_path):
    call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, file=str(tmp_path / "now"))

    assert (tmp_path / "now").read_text() == PATH.read_text(), f"The API has changed. Run: .venv/bin/python {COMMAND}"


def test_each_route_is_in_it_and_nothing_else():
    assert {(path, method) for path, method, _operation in operations(DOCUMENT)} == set(routes())
    assert len(OPERATIONS) == len(set(routes())) > 35


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_tells_all_there_is_to_know(name):
    operation = OPERATIONS[name]
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]

    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert operation["x-codeSamples"][0]["source"] in operation["description"]
    assert all(
        content.keys() & {"example", "examples"} for body in bodies for content in body.get("content", {}).values()
    )
    assert all("X-Request-Id" in each["headers"] for each in operation["responses"].values() if "$ref" not in each)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_tells_the_errors_that_its_kind_has(name):
    operation = OPERATIONS[name]
    statuses = set(operation["responses"])
    headers = {parameter["name"] for parameter in operation.get("parameters", [])}

    assert ("requestBody" in operation) == (statuses >= WRITES_BODY)
    assert bool(operation["security"]) == ("401" in statuses)
    assert ("If-Match" in headers) == ("412" in statuses)
    assert ("If-None-Match" in headers) == ("304" in statuses)
    assert ("422" in statuses) <= ("Idempotency-Key" in headers)
    assert (operation["tags"] == ["Description"]) != ({"429", "503"} <= statuses)
    if name not in {"exportAccount", "getTimesheet"}:  # whatever `Accept` says, there is one form
        assert (operation["tags"] == ["Description"]) != ("406" in statuses)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_parameter_of_a_query_says_what_it_does(name):
    queried = [each for each in OPERATIONS[name].get("parameters", []) if each["in"] == "query"]

    assert [each["name"] for each in queried if not each.get("description")] == []


def test_each_operation_names_the_scope_it_needs():
    scopes = {name: each["security"][0]["token"] for name, each in OPERATIONS.items() if each["security"]}

    assert scopes["listSessions"] == ["read"]
    assert scopes["startTimer"] == ["track"]
    assert scopes["deleteSession"] == ["write"]
    assert scopes["createToken"] == ["account"]
    assert all(f"`{scope}`" in OPERATIONS[name]["description"] for name, [scope] in scopes.items())


def test_every_code_of_an_error_is_in_it():
    assert set(DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(TITLES)


def test_requests_reject_unknown_keys_and_take_those_that_were_read():
    schemas = DOCUMENT["components"]["schemas"]
    requests = {name: schema for name, schema in schemas.items() if name.endswith("Request")}

    assert all(schema["additionalProperties"] is False for schema in requests.values())
    assert schemas["NewSessionRequest"]["required"] == ["start"]  # an end, or a length in its place
    assert schemas["Session"]["properties"].keys() - {"deletedAt"} <= schemas["NewSessionRequest"]["properties"].keys()
    assert schemas["NewSessionRequest"]["properties"]["version"]["readOnly"]


def test_what_is_made_links_to_what_can_be_done_with_it():
    links = {name: each["responses"].get("201", {}).get("links", {}) for name, each in OPERATIONS.items()}
    ids = {name: {each for parameters in links[name].values() for each in parameters["parameters"]} for name in links}

    assert links["createTag"].keys() == {"getTag", "updateTag", "deleteTag"}
    assert links["addSession"].keys() == links["createSession"].keys() >= {"putSession", "restoreSession"}
    assert links["startTimer"]["deleteSession"]["parameters"]["sessionId"] == "$response.body#/started/id"
    assert set().union(*(each.keys() for each in links.values())) <= OPERATIONS.keys()
    assert ids["createClient"] == {"userId", "entryId"}


def test_a_tag_may_be_given_several_times():
    parameters = {each["name"]: each for each in OPERATIONS["listSessions"]["parameters"]}

    assert parameters["tag"]["schema"]["type"] == "array"
    assert {"from", "to", "duration", "date", "offset", "limit", "cursor", "q"} <= parameters.keys()


def test_it_is_public_and_cheap_to_ask_again(client):
    first = client.get("/v1/openapi.json")
    again = client.get("/v1/openapi.json", headers={"If-None-Match": first["ETag"], "Accept": "text/html"})

    assert first.json() == DOCUMENT
    assert first["Content-Type"] == "application/json"
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):  # RFC 9110, 15.4.5
        assert again[name] == first[name]
    assert "Content-Length" not in again  # 8.6: it would have to be that of the full response


def test_the_root_says_where_to_go_on(client, db):
    response = client.get("/v1", headers={"Accept": "text/html"})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json()["version"] == DOCUMENT["info"]["version"]
    links = response.json()["links"]
    statuses = {name: client.get(path).status_code for name, path in links.items()}
    assert statuses == {
        "users": 405, "me": 401, "timer": 401, "sessions": 401, "openapi": 200, "docs": 200,
    }  # fmt: skip
    assert client.get("/v1/").status_code == 404
    assert client.post("/v1").status_code == 405


@pytest.mark.parametrize("path", ["/v1", "/v1/openapi.json", "/v1/docs"])
def test_it_is_not_counted(client, path, settings):
    settings.RATE_LIMITS_ARE_ON = True

    assert [client.get(path).status_code for _time in range(30)] == [200] * 30
    assert "RateLimit" not in client.get(path)


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/v1/docs"])
@pytest.mark.parametrize("method", [each for each in HTTPMethod if each not in {"GET", "HEAD", "CONNECT"}])
def test_it_can_only_be_read(client, path, method):
    response = client.generic(method, path)

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/v1/openapi.json/", "/v1/docs/"])
def test_a_slash_more_is_a_problem_and_no_redirect(client, path):
    response = client.get(path)

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_the_page_shows_it_whatever_is_accepted(client):
    for accept in ("text/html", "application/json", "image/png"):
        response = client.get("/v1/docs", headers={"Accept": accept})

        assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "POST /v1/users/{userId}/session" in response.content.decode()
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_generated_clients_can_leave_bodies_out_and_know_their_fields():
    for operation in OPERATIONS.values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["schema"].keys() == {"$ref"} or content["schema"]["format"] == "binary"
    for name in ("startTimer", "stopTimer", "toggleTimer", "updateSession"):
        assert OPERATIONS[name]["requestBody"]["required"] is False
    body = DOCUMENT["components"]["schemas"]["OperationRequest"]["properties"]["body"]
    assert body["$ref"] == "#/components/schemas/PatchedWholeSessionRequest"


def test_every_tag_is_described_and_used():
    used = {tag for operation in OPERATIONS.values() for tag in operation["tags"]}
    assert {each["name"] for each in DOCUMENT["tags"]} == used
    assert DOCUMENT["info"]["license"]["identifier"] == "MIT"
    assert DOCUMENT["servers"][0]["url"] == "/"
