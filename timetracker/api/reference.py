"""Prepares the committed OpenAPI document for the page of the API's documentation."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Schema = Mapping[str, Any]
_FENCE = re.compile(r"```\w*\n.*?```", re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a key of a body. `where` is `path`, `query`, `header` or `body`; `kind` is such as `string`."""

    name: str
    where: str
    kind: str
    is_required: bool
    text: SafeString


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with a status such as `201`. `example` is JSON, or "" for none."""

    status: str
    text: SafeString
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path. `texts` are paragraphs; `curl` is a command that calls it."""

    id: str
    method: str
    path: str
    summary: str
    texts: tuple[SafeString, ...]
    curl: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Operations about one thing, such as the timer."""

    name: str
    text: str
    operations: tuple[Operation, ...]


def read_subjects(document: Mapping[str, Any]) -> tuple[Subject, ...]:
    """Returns the operations of an OpenAPI document grouped by tag, in the order of the document."""
    operations = [
        (each["tags"][0], _operation(document, path, method, each))
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]
    return tuple(
        Subject(tag["name"], tag["description"], tuple(each for name, each in operations if name == tag["name"]))
        for tag in document["tags"]
    )


def _operation(document: Mapping[str, Any], path: str, method: str, described: Mapping[str, Any]) -> Operation:
    prose = _FENCE.sub("", described["description"])
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        texts=tuple(_marked_up(each) for each in prose.split("\n\n") if each.strip()),
        curl="\n".join(each["source"] for each in described["x-codeSamples"]),
        fields=(*_parameters(document, described), *_keys_of_body(document, described)),
        answers=tuple(_answer(document, status, each) for status, each in described["responses"].items()),
    )


def _parameters(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Field]:
    for each in described.get("parameters", ()):
        kind = _kind(document, each["schema"])
        text = _marked_up(each.get("description", ""))
        yield Field(each["name"], each["in"], kind, each.get("required", False), text)


def _keys_of_body(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[Field]:
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(document, content.get("schema", {}))
    for name, each in schema.get("properties", {}).items():
        text = _marked_up(_resolved(document, each).get("description", ""))
        yield Field(name, "body", _kind(document, each), name in schema.get("required", ()), text)


def _answer(document: Mapping[str, Any], status: str, described: Schema) -> Answer:
    response = _resolved(document, described)
    example = next((each["example"] for each in response.get("content", {}).values() if "example" in each), None)
    is_json = isinstance(example, dict | list) and status.startswith("2")
    text = _marked_up(response.get("description", ""))
    return Answer(status, text, json.dumps(example, indent=2, ensure_ascii=False) if is_json else "")


def _resolved(document: Mapping[str, Any], schema: Schema) -> Schema:
    """Returns a schema with its `$ref` into the document resolved."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _kind(document: Mapping[str, Any], schema: Schema) -> str:
    """Returns the type in words: `string, date-time`, `integer or null`, `one of day, week`."""
    schema = _resolved(document, schema)
    if "enum" in schema:
        return f"one of {', '.join('null' if each is None else str(each) for each in schema['enum'])}"
    if "const" in schema:
        return str(schema["const"])
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    if variants := [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        found = [_kind(document, {"type": names[0], **each} if names else each) for each in variants]
        return " or ".join(dict.fromkeys(found))
    kind = " or ".join(names) or "any"
    return f"{kind}, {schema['format']}" if "format" in schema else kind


def _marked_up(text: str) -> SafeString:
    """Returns a paragraph as HTML, with text between backticks as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text.strip())))  # noqa: S308  # escaped before
