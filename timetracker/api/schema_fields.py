"""What the API's own fields are in JSON Schema, going in and coming out."""

from copy import deepcopy
from typing import Any, Final

from rest_framework import serializers

from timetracker.api import fields, pagination

Json = dict[str, Any]

_INSTANT: Json = {"type": "string", "format": "date-time", "description": "UTC, whole seconds."}
_ANY_INSTANT: Json = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}],
    "description": "RFC 3339 with an offset, or Unix seconds, or milliseconds from 10^11 on.",
}
_DATE: Json = {"type": "string", "format": "date"}
_MONEY: Json = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2,}$"}
_ANY_MONEY: Json = {"anyOf": [{"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, {"type": "number"}]}
_ID: Json = {"type": "string", "format": "uuid"}
_CURSOR: Json = {"type": "string", "description": "As the page before gave it."}

_FORMS: Final[dict[type[Any], tuple[Json, Json]]] = {
    fields.InstantField: (_ANY_INSTANT, _INSTANT),
    fields.LocalDateField: (_DATE, _DATE),
    fields.MoneyField: (_ANY_MONEY, _MONEY),
    fields.TrueOrFalseField: ({"type": "boolean"}, {"type": "boolean"}),
    fields.IdField: (_ID, _ID),
    fields.TextField: ({"type": "string"}, {"type": "string"}),
    pagination.CursorField: (_CURSOR, _CURSOR),
}
"""Of each field what may be sent, and what is answered."""


def describe(field: Any, *, is_sent: bool) -> Json | None:
    """The JSON Schema of a field of ours or one with choices; None for others of the framework's."""
    form = next((_FORMS[each] for each in type(field).__mro__ if each in _FORMS), None)
    if form is not None:
        found = deepcopy(form[0 if is_sent else 1])
        longest = getattr(field, "max_length", None)
        return found if longest is None else {**found, "maxLength": longest}
    if isinstance(field, serializers.ChoiceField):
        choices = list(field.choices)
        return {"type": "string" if isinstance(choices[0], str) else "integer", "enum": choices}
    return None


def is_never_null(field: Any) -> bool:
    """Whether a field that takes null answers none: what has no text is empty."""
    return isinstance(field, fields.TextField) and (
        type(field).to_representation is serializers.CharField.to_representation
    )
