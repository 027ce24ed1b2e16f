"""How the API describes itself: /v1/openapi.json is made of the viewsets, their serializers and what stands here.

An action says in `@extend_schema` what only it knows: what comes in and goes out, and which headers count. Name, scope,
error answers and the headers of all answers follow from that; `schema_fields` knows the fields, `schema_examples` the
examples, curl lines and links.
"""

import re
from typing import Any, Final

from drf_spectacular.drainage import has_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import append_meta
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation

from timetracker.api import schema_fields
from timetracker.api.fields import QuerySerializer, StrictSerializer
from timetracker.api.problems import CONTENT_TYPE, TITLES

Json = dict[str, Any]

ERRORS: Final[dict[int, tuple[str, str]]] = {
    400: ("invalid", "Something in the request is malformed or not valid; `errors` names each place."),
    401: ("not_authenticated", "No token, or one that is unknown, expired or revoked."),
    403: ("missing_scope", "The token lacks the scope, or the operator has switched this off."),
    404: ("not_found", "Not there, or not yours: the two look alike."),
    406: ("not_acceptable", "`Accept` leaves out JSON."),
    409: ("id_taken", "The present state forbids it; nothing was changed."),
    410: ("cursor_expired", "The cursor is of an earlier state; read everything again without it."),
    411: ("length_required", "The body came in chunks, without Content-Length."),
    412: ("version_mismatch", "Changed since the version in `If-Match`; `current` is the state now."),
    413: ("too_large", "The body is over 1 MB."),
    415: ("unsupported_media_type", "The body is not JSON."),
    422: ("idempotency_key_reused", "The Idempotency-Key was sent before with another body."),
    429: ("rate_limited", "Too many requests; `Retry-After` says when there may be more."),
    503: ("database_busy", "The database is busy. Try again after `Retry-After`; nothing was changed."),
}
"""An example of a code for each status of an error, and when it comes."""

HEADERS: Final[dict[str, Json]] = {
    "X-Request-Id": {
        "description": "Names the request in the server's logs: the one it brought, else a new one.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Each limit that counted this request: its quota `q` and window `w` in seconds.",
        "schema": {"type": "string"},
        "example": '"token";q=300;w=60',
    },
    "RateLimit": {
        "description": "How many requests are left (`r`), and in how many seconds there will be more (`t`).",
        "schema": {"type": "string"},
        "example": '"token";r=299;t=60',
    },
    "ETag": {
        "description": "The version, to be sent back as `If-Match` or `If-None-Match`.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
    "WWW-Authenticate": {"required": True, "schema": {"type": "string"}, "example": "Bearer"},
    "Location": {
        "description": "The address of what was made.",
        "required": True,
        "schema": {"type": "string"},
        "example": "/v1/users/me/sessions/019cad6e-2f00-7c3e-9a51-6d0b8a4f7e21",
    },
    "Idempotency-Replayed": {
        "description": "`true` when the request had been done before; the answer is that of then.",
        "schema": {"type": "string", "const": "true"},
    },
}


def _header(name: str, description: str, schema: Json) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


def _answered(name: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(name, HEADERS[name]["schema"], OpenApiParameter.HEADER, response=[*statuses])


_KEY: Json = {"type": "string", "pattern": "^[!-~]{1,255}$"}
IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "Makes the request safe to repeat, also days later: the same key and body give the first answer again. "
    "A new key, such as a UUID, for each new request.",
    _KEY,
)
ID_KEY = _header(
    "Idempotency-Key",
    "Stands for an id: sent again, it makes no second one and is refused with 409, for a secret is told once.",
    _KEY,
)
IF_MATCH = _header("If-Match", "Only change this version (an `ETag`); else 412.", {"type": "string"})
IF_NONE_MATCH = _header("If-None-Match", "The `ETag` that is known already; then 304.", {"type": "string"})

# What an action's `parameters` may be, by the headers that count for it.
READS = [IF_NONE_MATCH, _answered("ETag", 200)]
WRITES = [IF_MATCH, _answered("ETag", 200)]
PUTS = [IF_MATCH, _answered("ETag", 200, 201), _answered("Location", 201)]
DELETES = [IF_MATCH]
REPEATS = [IDEMPOTENCY_KEY, _answered("Idempotency-Replayed", 200, 201)]
MAKES = [*REPEATS, _answered("ETag", 200, 201), _answered("Location", 201)]
MAKES_SECRET = [ID_KEY]

_DONE = {"200": "As it is now.", "201": "Made.", "204": "Done. There is nothing to tell."}


class PlaceSerializer(serializers.Serializer[Any]):
    """What is wrong with one field of the body (`pointer`) or one parameter of the query (`parameter`)."""

    pointer = serializers.CharField(required=False)
    parameter = serializers.CharField(required=False)
    code = serializers.ChoiceField(choices=sorted(TITLES))
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457). `code` is stable, `type` opens a page about it, `detail` says how to mend it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=sorted(TITLES))
    requestId = serializers.CharField()
    errors = PlaceSerializer(many=True)  # type: ignore[assignment]
    current = serializers.DictField(required=False, help_text="Of 412: the state now.")
    results = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Of a batch: what became of each operation."
    )


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token. A requirement names the scope, as OpenAPI 3.1 lets it."""

    target_class = "users_app.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "A token that begins with `tt_`."}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        return {self.name: [_scope(auto_schema)]}


def _scope(schema: AutoSchema) -> str:
    view: Any = schema.view
    return str(view.scopes[view.action].value)


class OperationSchema(AutoSchema):
    """Describes one action of a viewset. Set as DEFAULT_SCHEMA_CLASS."""

    _VERBS = {
        "partial_update": "update", "replace": "put", "retrieve": "get", "destroy": "delete",
        "continue_session": "continue",
    }  # fmt: skip
    _GROUPS = {"Batch": "Sessions", "Changes": "Changes", "Timer": "Timer", "Description": "Description"}

    def get_operation_id(self) -> str:
        """Verb and noun, such as `listProjects`."""
        action: str = self.view.action  # type: ignore[attr-defined]
        return self._VERBS.get(action, action) + self._noun + ("s" if action == "list" else "")

    def get_tags(self) -> list[str]:
        """The noun's plural."""
        return [self._GROUPS.get(self._noun, f"{self._noun}s")]

    @property
    def _noun(self) -> str:
        return type(self.view).__name__.removeprefix("Current").removesuffix("ViewSet")

    def get_summary(self) -> str:
        """The first sentence of the action."""
        return self._sentences[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """The rest of them, and the scope."""
        scope = f"Needs the scope `{_scope(self)}`." if self._has_token else "Needs no token."
        return "\n\n".join([*self._sentences[1:], scope])

    @property
    def _sentences(self) -> list[str]:
        text = " ".join(super().get_description().split())
        return re.split(r"(?<=\.) ", text, maxsplit=1)

    @property
    def _has_token(self) -> bool:
        return bool(self.view.authentication_classes)

    def get_override_parameters(self) -> list[Any]:
        """Those of the path."""
        names = re.findall(r"{(\w+)}", self.path)
        return [_path_parameter(name) for name in names]

    def get_operation(self, *args: Any, **kwargs: Any) -> Json:
        """With the headers of all answers, and every error that can come of what the operation takes."""
        operation: Json = super().get_operation(*args, **kwargs) or {}
        sent = {parameter["name"] for parameter in operation.get("parameters", [])}
        responses: Json = operation["responses"]
        if "If-None-Match" in sent:
            responses["304"] = {"description": "Nothing new.", "headers": {"ETag": {}}}
        if "requestBody" in operation and "required" not in operation["requestBody"]:
            for content in operation["requestBody"]["content"].values():
                content["schema"] = {"anyOf": [content["schema"], {"type": "null"}]}  # null is as none
        for status, response in responses.items():
            response["description"] = response["description"] or _DONE.get(status, "")
        general = ["X-Request-Id", *(["RateLimit-Policy", "RateLimit"] if self.view.throttle_classes else [])]
        for response in responses.values():
            names = [*response.get("headers", {}), *general]
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        for code in self._errors(operation, sent) | {int(each) for each in responses if each >= "400"}:
            responses[str(code)] = {"$ref": f"#/components/responses/Problem{code}"}
        operation["responses"] = dict(sorted(responses.items()))
        return operation

    def _errors(self, operation: Json, sent: set[str]) -> set[int]:
        has_query = any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
        has_body = "requestBody" in operation
        rules = {
            400: has_query or has_body or "Idempotency-Key" in sent,
            401: self._has_token,
            403: self._has_token,
            404: "userId" in self.path or "user_id" in self.path,
            406: self.view.content_negotiation_class is DefaultContentNegotiation,
            411: has_body,
            412: "If-Match" in sent,
            413: has_body,
            415: has_body,
            422: any("Idempotency-Replayed" in each.get("headers", {}) for each in operation["responses"].values()),
            429: bool(self.view.throttle_classes),
            503: self._has_token or has_body,
        }
        return {status for status, can_be in rules.items() if can_be}

    def _get_request_body(self, direction: str = "request") -> Any:
        # Here a DELETE may have a body, too, which the framework leaves out.
        method, self.method = self.method, "POST" if self.method == "DELETE" else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # a list is in an object of its own

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        own = None if has_override(field, "field") else schema_fields.describe(field, is_sent=direction == "request")
        if own is None:
            return super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return append_meta(own, self._get_serializer_field_meta(field, direction))

    def _get_serializer(self) -> Any:
        return None  # what is not said is not there; nothing is guessed

    def _map_serializer(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> Json:
        """Requests refuse what they do not know and ignore what is read-only; answers have all their keys."""
        fields = serializer.fields
        schema: Json = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        properties: Json = schema.setdefault("properties", {})
        if direction == "request":
            ignored = {name: {"readOnly": True} for name, field in fields.items() if field.read_only}
            return schema | {"properties": properties | ignored, "additionalProperties": False}
        if isinstance(serializer, StrictSerializer):  # which may leave out what a request may
            schema["required"] = list(properties)
        return schema

    def _get_serializer_field_meta(self, field: Any, direction: str) -> Json:
        meta: Json = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if direction == "request":
            gone = {"nullable"} if isinstance(field.root, QuerySerializer) else set()
        else:
            gone = {"readOnly", "default"} | ({"nullable"} if schema_fields.is_never_null(field) else set())
        return {name: value for name, value in meta.items() if name not in gone}


def _path_parameter(name: str) -> OpenApiParameter:
    if name == "user_id":
        schema: Json = {"type": "string", "anyOf": [{"const": "me"}, {"format": "uuid"}]}
        description = "`me`, which stands for the owner of the token, or their id. Any other id is not found."
    else:
        schema, description = {"type": "string", "format": "uuid"}, ""
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True, description=description)


def problem_responses() -> Json:
    """An answer for each status of an error, to be referred to."""
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
                    "example": {
                        "type": f"/problems/{code}",
                        "title": TITLES[code],
                        "status": status,
                        "detail": description.replace("`", "“", 1).replace("`", "”", 1),
                        "code": code,
                        "requestId": "4f6c0a9d3b7e4c21a5d8e0f1b2c3d4e5",
                        "errors": [],
                    },
                }
            },
        }
        for status, (code, description) in ERRORS.items()
    }
