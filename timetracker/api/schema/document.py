"""Completes the OpenAPI document: errors, headers, examples of responses, curl commands and links."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import to_builtins

from timetracker.api.problems import CONTENT_TYPE, Problem, problem
from timetracker.api.schema.extensions import shape_components
from timetracker.api.schema.headers import EXAMPLE_SESSION_ID, EXAMPLE_USER_ID, HEADERS, Json

ERRORS: Final[dict[int, tuple[str, str]]] = {
    400: ("invalid", "Something in the request is malformed or not valid; `errors` names each field."),
    401: ("not_authenticated", "No token, or one that is unknown, expired or revoked."),
    403: ("missing_scope", "The token lacks the scope, or the operator has switched this off."),
    404: ("not_found", "Not there, or not yours: the two look alike."),
    406: ("not_acceptable", "`Accept` names nothing that is answered."),
    409: ("id_taken", "The present state forbids it; nothing was changed."),
    410: ("cursor_expired", "The cursor is of an earlier state; read everything again without it."),
    412: ("version_mismatch", "Changed since the version in `If-Match`; `current` is the state now."),
    413: ("too_large", "The body is over 1 MB."),
    414: ("too_large", "The address is over 8,190 bytes."),
    415: ("unsupported_media_type", "The body is not JSON, or compressed in another way than gzip."),
    422: ("idempotency_key_reused", "The Idempotency-Key was sent before with another body."),
    429: ("rate_limited", "Too many requests; `Retry-After` says when there may be more."),
    503: (
        "database_busy",
        "The database is busy, or too many wait for files. Try again after `Retry-After`; nothing was changed.",
    ),
}
"""For each error status, an example of a code, and when it occurs."""

_FORMATS: Final = {
    "uuid": EXAMPLE_SESSION_ID,
    "date": "2026-03-02",
    "date-time": "2026-03-02T08:00:00Z",
    "email": "ada@example.org",
}
_KINDS: Final[Json] = {"integer": 0, "number": 0, "boolean": True, "string": "text", "object": {}}


def complete(result: Json, generator: object, request: object, public: bool) -> Json:
    """Returns the completed document. One of drf-spectacular's POSTPROCESSING_HOOKS."""
    components: Json = result["components"]
    schemas: Json = components["schemas"]
    schemas |= shape_components(Problem)
    for schema in schemas.values():
        if schema.keys() == {"oneOf"}:  # made by `either`: a value may match several of the schemas
            schema["anyOf"] = schema.pop("oneOf")
    components["headers"] = HEADERS
    components["responses"] = problem_responses()
    for path, method, operation in operations(result):
        _add_examples(operation, schemas)
        line = curl(path, method, operation)
        operation["description"] += f"\n\n```sh\n{line}\n```"
        operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": line}]
    _link(result["paths"])
    return result


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yields path, method and operation of all operations."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _add_examples(operation: Json, schemas: Json) -> None:
    """Adds the action's examples to each media type of its body, and one made from the schema to each response."""
    contents = [each for each in _contents(operation.get("requestBody", {})) if not _is_file(each)]
    empty: Json = {"Empty": {"value": {}}}
    examples = next((each["examples"] for each in contents if "examples" in each), empty)
    for content in contents:
        content["examples"] = examples
    for content in _contents(operation.get("requestBody", {})):
        if _is_file(content):
            content.pop("examples", None)
            content["example"] = "…"
    for response in operation["responses"].values():
        for media_type, content in response.get("content", {}).items():
            content["example"] = _example(content["schema"], schemas) if media_type == "application/json" else "…"


def _example(schema: Json, schemas: Json) -> Any:
    """Returns an example value for a schema."""
    example: Any
    match schema:
        case {"$ref": str(reference)}:
            example = _example(schemas[reference.rpartition("/")[2]], schemas)
        case {"oneOf": [first, *_]} | {"anyOf": [{"$ref": _} as first, *_]}:
            example = _example(first, schemas)
        case {"examples": [first, *_]} | {"enum": [first, *_]}:
            example = first
        case {"properties": properties}:
            example = {name: _example(each, schemas) for name, each in properties.items() if name != "problem"}
        case {"items": items}:
            example = [_example(items, schemas)]
        case {"format": str(form)} if form in _FORMATS:
            example = _FORMATS[form]
        case {"type": [kind, *_]} | {"type": kind}:
            example = _KINDS[kind]
    return example


def curl(path: str, method: str, operation: Json) -> str:
    """Returns a curl command with the variables HOST and TOKEN, and others for ids in the path, such as SESSION_ID."""
    address = path.replace("{userId}", "me")
    for parameter in operation.get("parameters", []):
        address = address.replace(f"{{{parameter['name']}}}", f"${_variable(parameter['name'])}")
    query = {
        parameter["name"]: _first(parameter)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and "examples" in parameter
    }
    line = f'curl -s "$HOST{address}{"?" if query else ""}{urlencode(query, doseq=True)}"'
    contents = list(_contents(operation.get("requestBody", {})))
    body = next((_first(each) for each in contents if "examples" in each), None)
    is_file = any(_is_file(each) for each in contents)
    if method not in {"get", "post"} or (method == "post" and not body and not is_file):
        line = line.replace("curl -s", f"curl -sX {method.upper()}")
    if operation.get("security"):
        line += ' -H "Authorization: Bearer $TOKEN"'
    if is_file:
        line += ' -H "Content-Type: application/octet-stream" --data-binary @sessions.csv'
    if body:
        text = json.dumps(body)
        for example, name in ((EXAMPLE_USER_ID, "USER_ID"), (EXAMPLE_SESSION_ID, "SESSION_ID")):
            text = text.replace(example, f"'${name}'")  # outside of the quotes, so that the shell expands it
        line += f" --json '{text}'"
    return line


def _first(examined: Json) -> Any:
    """Returns the first example of a parameter or media type."""
    return next(iter(examined["examples"].values()))["value"]


def _is_file(content: Json) -> bool:
    return bool(content["schema"].get("format") == "binary")


def _variable(name: str) -> str:
    return name.removesuffix("Id").upper() + "_ID"


def _contents(body: Json) -> Iterator[Json]:
    yield from body.get("content", {}).values()


def _link(paths: Json) -> None:
    """Links each response with a new object to the operations on that object."""
    for path, methods in paths.items():
        post = methods.get("post", {})
        made = post.get("responses", {}).get("201")
        if made is None or "{userId}" not in path:
            continue
        made_id = "/started/id" if "timer" in path or "continue" in path else "/id"
        kind = "/sessions" if made_id == "/started/id" or path.endswith("/session") else "/" + path.rpartition("/")[2]
        below = f"/v1/users/{{userId}}{kind}/{{"
        made["links"] = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {
                    "userId": "$request.path.userId",
                    other.removeprefix(below).partition("}")[0]: f"$response.body#{made_id}",
                },
            }
            for other, others in paths.items()
            if other.startswith(below)
            for operation in others.values()
        }


def problem_responses() -> Json:
    """Returns a response component for each error status."""
    more = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
    return {
        f"Problem{status}": {
            "description": description,
            "headers": {
                name: {"$ref": f"#/components/headers/{name}"}
                for name in ["X-Request-Id", "RateLimit-Policy", "RateLimit", *more.get(status, [])]
            },
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": to_builtins(problem(status, code, description)) | {"requestId": _FORMATS["uuid"]},
                }
            },
        }
        for status, (code, description) in ERRORS.items()
    }
