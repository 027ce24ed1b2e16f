"""What makes the description of the API useful to try: examples, curl lines that can be pasted, and links."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from timetracker.api.schema import HEADERS, Json, problem_responses

REQUESTS: Final[dict[str, Json]] = {
    "createUser": {"displayName": "Ada", "timezone": "Europe/Berlin"},
    "updateUser": {"weekStart": "sunday", "durationFormat": "decimal"},
    "deleteUser": {"confirm": "$USER_ID"},
    "createToken": {"name": "Report script", "scopes": ["read"]},
    "addSession": {"sessionName": "API design", "start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:30:00Z"},
    "createSession": {"start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T10:30:00+01:00", "tags": ["deep"]},
    "putSession": {"sessionName": "Review", "start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:30:00Z"},
    "updateSession": {"note": "With Ada", "billable": True},
    "batchSessions": {
        "atomic": False,
        "operations": [
            {"op": "create", "body": {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:30:00Z"}},
            {"op": "update", "id": "$SESSION_ID", "body": {"billable": True}},
        ],
    },
    "startTimer": {"sessionName": "API design", "tags": ["deep"]},
    "stopTimer": {},
    "restoreSession": {},
    "continueSession": {},
    "createClient": {"name": "ACME", "hourlyRate": "80.00", "currency": "EUR"},
    "updateClient": {"hourlyRate": "90.00"},
    "createProject": {"name": "Relaunch", "colour": 3, "billable": True},
    "updateProject": {"archived": True},
    "createTag": {"name": "deep"},
    "updateTag": {"name": "focus"},
}
"""A body for each operation that takes one, by operationId."""

_PARAMETERS: Final[Json] = {
    "userId": "me",
    "from": "2026-03-01",
    "to": "2026-04-01",
    "groupBy": "project,month",
    "date": "2026-03-02",
}
_ID = "019cad6e-2f00-7c3e-9a51-6d0b8a4f7e21"
_VALUES: Final[Json] = {
    "amount": "120.00",
    "clock": "24h",
    "code": "invalid",
    "createdAt": "2026-03-02T08:00:00Z",
    "currency": "EUR",
    "cursor": "MTI4",
    "date": "2026-03-02",
    "day": "2026-03-02",
    "deletedAt": "2026-03-02T10:00:00Z",
    "detail": "Send a start and an end.",
    "displayName": "Ada",
    "durationSeconds": 5400,
    "email": None,
    "end": "2026-03-02T09:30:00Z",
    "expiresAt": None,
    "from": "2026-02-28T23:00:00Z",
    "fromDate": "2026-03-01",
    "links": {
        "session": f"/v1/users/{_ID}/session",
        "sessions": f"/v1/users/{_ID}/sessions",
        "timer": f"/v1/users/{_ID}/timer",
        "start": f"/v1/users/{_ID}/timer/start",
        "stop": f"/v1/users/{_ID}/timer/stop",
    },
    "lastUsedAt": "2026-03-02T08:00:00Z",
    "longSessionHours": 10,
    "month": "2026-03",
    "next": None,
    "note": "With Ada",
    "prefix": "tt_4fR9aX",
    "start": "2026-03-02T08:00:00Z",
    "sessionName": "API design",
    "colour": 3,
    "hourlyRate": "80.00",
    "name": "Relaunch",
    "running": False,
    "serverTime": "2026-03-02T10:00:00Z",
    "sessionCount": 1,
    "share": 1.0,
    "source": "api",
    "status": 200,
    "timezone": "Europe/Berlin",
    "billableSeconds": 5400,
    "roundedSeconds": 5400,
    "secondsInPeriod": 5400,
    "tags": "deep",
    "totalSeconds": 5400,
    "to": "2026-03-31T22:00:00Z",
    "toDate": "2026-04-01",
    "token": "tt_…",
    "updatedAt": "2026-03-02T08:00:00Z",
    "version": 1,
    "week": "2026-03-02",
}
"""What a key is like, wherever it stands in an answer."""


def complete(result: Json, generator: object, request: object, public: bool) -> Json:
    """The description with all that it refers to. One of drf-spectacular's POSTPROCESSING_HOOKS."""
    components: Json = result["components"]
    components["headers"] = HEADERS
    components["responses"] = problem_responses()
    schemas: Json = components["schemas"]
    for path, method, operation in operations(result):
        for body in _contents(operation.get("requestBody", {})):
            body["example"] = REQUESTS[operation["operationId"]]
        for response in operation["responses"].values():
            for media_type, content in response.get("content", {}).items():
                content["example"] = _example(content["schema"], schemas) if media_type == "application/json" else "…"
        for parameter in operation.get("parameters", []):
            if parameter["name"] in _PARAMETERS:
                parameter["example"] = _PARAMETERS[parameter["name"]]
        line = curl(path, method, operation)
        operation["description"] += f"\n\n```sh\n{line}\n```"
        operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": line}]
    _link(result["paths"])
    return result


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def curl(path: str, method: str, operation: Json) -> str:
    """A line for a shell that knows HOST and TOKEN, and the ids that the path asks for, such as SESSION_ID."""
    address = path.replace("{userId}", "me")
    for parameter in operation.get("parameters", []):
        address = address.replace(f"{{{parameter['name']}}}", f"${_variable(parameter['name'])}")
    query = {
        parameter["name"]: parameter["example"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter.get("required")
    }
    line = f'curl -s "$HOST{address}{"?" if query else ""}{urlencode(query)}"'
    body = next((content["example"] for content in _contents(operation.get("requestBody", {}))), None)
    if method not in {"get", "post"} or (method == "post" and not body):
        line = line.replace("curl -s", f"curl -sX {method.upper()}")
    if operation.get("security"):
        line += ' -H "Authorization: Bearer $TOKEN"'
    if body:
        text = json.dumps(body)
        for name in ("$USER_ID", "$SESSION_ID"):  # out of the quotes, so that the shell fills it in
            text = text.replace(name, f"'{name}'")
        line += f" --json '{text}'"
    return line


def _variable(name: str) -> str:
    return name.removesuffix("Id").upper() + "_ID"


def _contents(body: Json) -> Iterator[Json]:
    yield from body.get("content", {}).values()


def _example(schema: Json, schemas: Json, key: str = "") -> Any:  # noqa: C901, PLR0911  # each kind its own
    """A value that is like what is answered."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for several in ("oneOf", "allOf", "anyOf"):
        if several in schema:
            return _example(schema[several][0], schemas, key)
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object" if "properties" in schema:
            properties: Json = schema["properties"]
            return {name: _example(each, schemas, name) for name, each in properties.items() if name != "problem"}
        case "array":
            return [_example(schema["items"], schemas, key)]
        case _ if "enum" in schema:
            return schema["enum"][0]
        case _ if key in _VALUES:
            return _VALUES[key]
        case "object":
            return {}
        case "integer" | "number":
            return 0
        case "boolean":
            return True
        case _:
            return _ID if schema.get("format") == "uuid" else "text"


def _link(paths: Json) -> None:
    """From each answer that tells of something new to what can be done with it."""
    for path, methods in paths.items():
        post = methods.get("post", {})
        made = post.get("responses", {}).get("201")
        if made is None or "{userId}" not in path:
            continue
        place = "/started/id" if "timer" in path or "continue" in path else "/id"
        kind = "/sessions" if place == "/started/id" or path.endswith("/session") else "/" + path.rpartition("/")[2]
        below = f"/v1/users/{{userId}}{kind}/{{"
        made["links"] = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {
                    "userId": "$request.path.userId",
                    other.removeprefix(below).partition("}")[0]: f"$response.body#{place}",
                },
            }
            for other, others in paths.items()
            if other.startswith(below)
            for operation in others.values()
        }
