"""The OpenAPI operation of an action of a viewset."""

import re
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_examples_list
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import DefaultContentNegotiation

from timetracker.api.schema.annotations import ActionSchema
from timetracker.api.schema.extensions import needed_scope
from timetracker.api.schema.headers import Json
from timetracker.api.viewsets import ApiViewSet

_DONE = {"200": "As it is now.", "201": "Made.", "204": "Done. There is nothing to tell."}
_VERBS = {"partial_update": "update", "update": "put", "retrieve": "get", "current": "get", "destroy": "delete"}
_TAGS = {
    "Batch": "Sessions",
    "Changes": "Changes",
    "Timer": "Timer",
    "Description": "Description",
    "SavedReport": "Reports",
}


class OperationSchema(ActionSchema, AutoSchema):
    """Derives the operation of an action from its viewset, docstring and serializer."""

    def get_operation_id(self) -> str:
        """Returns verb and noun, such as `listProjects`."""
        action: str = self.view.action  # type: ignore[attr-defined]
        return _VERBS.get(action, action) + self._noun + ("s" if action == "list" else "")

    def get_tags(self) -> list[str]:
        """Returns the plural of the noun."""
        return [_TAGS.get(self._noun, f"{self._noun}s")]

    @property
    def _noun(self) -> str:
        return type(self.view).__name__.removeprefix("Current").removesuffix("ViewSet")

    def get_summary(self) -> str:
        """Returns the first sentence of the action's docstring."""
        return self._sentences[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """Returns the rest of the action's docstring, and the scope."""
        scope = f"Needs the scope `{needed_scope(self)}`." if self._has_token else "Needs no token."
        return "\n\n".join([*self._sentences[1:], scope])

    @property
    def _sentences(self) -> list[str]:
        text = " ".join(super().get_description().split())
        return re.split(r"(?<=\.) ", text, maxsplit=1)

    @property
    def _has_token(self) -> bool:
        return bool(self.view.authentication_classes)

    def get_request_serializer(self) -> Any:
        """Returns the action's serializer; for DELETE only if `@extend_schema` has one."""
        return None if self.method == "DELETE" else self.view.get_serializer_class()  # type: ignore[attr-defined]

    def get_response_serializers(self) -> Any:
        """Returns no responses, so that only those in `@extend_schema` are described."""
        return None

    def get_override_parameters(self) -> list[Any]:
        """Returns the parameters of the path."""
        return [_path_parameter(name) for name in re.findall(r"{(\w+)}", self.path)]

    def get_operation(self, *args: Any, **kwargs: Any) -> Json:
        """Returns the operation with the headers of all responses, and every error that its input can cause."""
        operation: Json = super().get_operation(*args, **kwargs) or {}
        if self.method == "DELETE" and (serializer := self.get_request_serializer()):  # drf-spectacular leaves it out
            schema = self.resolve_serializer(serializer, "request").ref
            content = {"schema": schema, "examples": build_examples_list(self.get_examples())}
            operation["requestBody"] = {"content": {"application/json": content}, "required": True}
        sent = {parameter["name"] for parameter in operation.get("parameters", [])}
        responses: Json = operation["responses"]
        if "If-None-Match" in sent:
            responses["304"] = {"description": "Nothing new.", "headers": {"ETag": {}}}
        if "requestBody" in operation and "required" not in operation["requestBody"]:
            operation["requestBody"]["required"] = False
        if not self._has_token:
            operation["security"] = []  # public, although the document has a security scheme
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
            400: bool(self.view.throttle_classes),  # an unknown query parameter is always possible
            401: self._has_token,
            403: self._has_token,
            404: "userId" in self.path or "user_id" in self.path,
            406: issubclass(self.view.content_negotiation_class, DefaultContentNegotiation),
            412: "If-Match" in sent,
            413: has_body,
            414: has_query,
            415: has_body,
            422: any("Idempotency-Replayed" in each.get("headers", {}) for each in operation["responses"].values()),
            429: bool(self.view.throttle_classes),
            503: self._has_token or has_body,
        }
        return {status for status, can_be in rules.items() if can_be}


class DescriptionGenerator(SchemaGenerator):
    """Generates the document, with OperationSchema for all actions. Set as DEFAULT_GENERATOR_CLASS."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        ApiViewSet.schema = OperationSchema()


def _path_parameter(name: str) -> OpenApiParameter:
    if name == "user_id":
        schema: Json = {"type": "string", "anyOf": [{"const": "me"}, {"format": "uuid"}]}
        description = "`me`, which stands for the owner of the token, or their id. Any other id is not found."
    else:
        schema, description = {"type": "string", "format": "uuid"}, ""
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True, description=description)
