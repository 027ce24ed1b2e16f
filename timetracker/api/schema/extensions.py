"""Extensions of drf-spectacular for our shapes, serializers, fields and tokens. It finds them by their base class."""

import json
from inspect import cleandoc
from typing import Any

import msgspec
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction, extend_schema_serializer

from timetracker.api.fields import QuerySerializer
from timetracker.api.schema.headers import Json
from timetracker.shapes import Shape

extend_schema_serializer(many=False)(Shape)  # the response of a `list` action is one object, too, with the list in it


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The security scheme of bearer tokens. Requirements name the scope, which OpenAPI 3.1 allows."""

    target_class = "users_app.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "A token that begins with `tt_`."}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        return {self.name: [needed_scope(auto_schema)]}


def needed_scope(schema: AutoSchema) -> str:
    """Returns the scope that an action requires."""
    view: Any = schema.view
    return str(view.scopes[view.action].value)


class ShapeExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Makes a component of a shape, and of each shape in it."""

    target_class = Shape
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return str(self.target.__name__)

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Json:
        components = shape_components(self.target)
        described = components.pop(self.target.__name__)
        for name, schema in components.items():
            component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=name)  # type: ignore[no-untyped-call]
            auto_schema.registry.register_on_missing(component)
        return described


def shape_components(shape: type[Shape]) -> dict[str, Json]:
    """Returns the JSON Schemas of a shape and of the shapes in it, by name."""
    _refs, components = msgspec.json.schema_components([shape], ref_template="#/components/schemas/{name}")
    return {name: _simplified({**schema, "title": None}) for name, schema in components.items()}


def _simplified(schema: Any) -> Any:
    """Returns a schema without titles, and with null in the form that client generators support best."""
    if isinstance(schema, list):
        return [_simplified(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _simplified(value) for key, value in schema.items() if value is not None}
    if isinstance(schema.get("description"), str):  # a docstring, whose indentation Python itself removes since 3.13
        schema["description"] = cleandoc(schema["description"])
    if "enum" in schema and "type" not in schema:  # the tag of a tagged union
        schema["type"] = "string"
    match schema:
        case {"anyOf": [{"type": str(kind)} as other, {"type": "null"} as null]}:
            choices = {"enum": [*other["enum"], None]} if "enum" in other else {}
            return {**other, **choices, "type": [kind, null["type"]]}
        case {"anyOf": [{"$ref": _}, {"type": "null"}] as either}:
            return {"oneOf": either}
        case {"anyOf": [{"$ref": _}, *_] as either, "discriminator": discriminator}:
            return {"oneOf": either, "discriminator": discriminator}
    return schema


class StrictSerializerExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Describes requests: unknown keys are not allowed, and read-only keys are ignored."""

    target_class = "timetracker.api.fields.StrictSerializer"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return type(self.target).__name__.removesuffix("Serializer") + "Request"

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Json:
        # The base class does the same for `target_class`. The method has no public name.
        describe: Any = auto_schema._map_serializer  # noqa: SLF001
        schema: Json = describe(self.target, direction, bypass_extensions=True)
        properties: Json = schema.setdefault("properties", {})
        if not issubclass(type(self.target), QuerySerializer):
            for each in properties.values():
                _tell_default(each)
        ignored = {key: {"readOnly": True} for key in self.target.ignored_keys if key not in properties}
        return {**schema, "properties": properties | ignored, "additionalProperties": False}


def _tell_default(schema: Json) -> None:
    """Moves the default of a key to its description: client generators treat a key with a `default` as required."""
    if "default" in schema:
        words = [schema.get("description"), f"Without it `{json.dumps(schema.pop('default'))}`."]
        schema["description"] = " ".join(filter(None, words))


class TextExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes text with its maximal length, which the domain validates."""

    target_class = "timetracker.api.fields.TextField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Json:
        limits = {"minLength": None if self.target.allow_blank else 1, "maxLength": self.target.max_length}
        return {"type": "string", **{name: limit for name, limit in limits.items() if limit is not None}}


class ChoiceExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes a choice by its values only; docs/api.md explains them."""

    target_class = "timetracker.api.fields.ChoiceField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Json:
        return {"type": "string", "enum": list(self.target.choices)}
