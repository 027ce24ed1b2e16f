"""Error messages that replace REST framework's: they name the field, and what to do.

The keys are REST framework's codes. Messages of fields are interpolated with `name`, the key of the field or the name
of the parameter, and with the values that the field gives beside the code. A key with `_in_list` at its end has the
message for an entry of a list.
"""

import json
from typing import Any, ClassVar, NoReturn

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers

Texts = dict[str, Any]

ANY_FIELD: Texts = {
    "required": _("“{name}” is missing. Give it."),
    "null": _("“{name}” cannot be null. Leave it out, or give a value."),
    "null_in_list": _("“{name}” has a null in it. Leave that out, or give a value."),
    "blank": _("“{name}” cannot be empty. Give a text."),
}
NULL_BUT_REQUIRED = _("“{name}” cannot be null. Give a value.")
TEXT: Texts = {
    "invalid": _("“{name}” is a text. Give a JSON string."),
    "invalid_in_list": _("“{name}” is a list of texts. Give JSON strings in it."),
}
BOOLEAN: Texts = {"invalid": _("“{name}” is a JSON true or false, without quotes. Give one of these.")}
INTEGER: Texts = {"invalid": _("“{name}” is a whole number. Give a JSON number without decimals, such as 3600.")}
WHOLE_NUMBER: Texts = {
    "invalid": _("“{name}” is a whole number of at most nine digits. Give one such as 3."),
    "min_value": _("“{name}” is too small. Give {min_value} or more."),
    "max_value": _("“{name}” is too large. Give {max_value} or less."),
}
ID: Texts = {
    "invalid": _("“{value}” is not an id. Give a UUID such as 0198c4f2-7a1e-7c3b-9d52-6f0e8b1a2c34 at “{name}”.")
}
LIST: Texts = {
    "not_a_list": _("“{name}” is a list. Give a JSON array."),
    "too_many": _("At most {count} of these are possible at once. Leave some out."),
}
CHOICE: Texts = {
    "invalid_choice": _("“{value}” is not possible. Use one of: {choices}."),
    "not_a_text": _("“{name}” is a text. Use one of these JSON strings: {choices}."),
    "not_a_text_in_list": _("“{name}” is a list of texts. Use these JSON strings in it: {choices}."),
}

UNREADABLE_FORM = _(
    "The form cannot be read. Send it as multipart/form-data, with the boundary of its parts in the type."
)
TOO_LARGE = _("The body is over 1 MB. Send less at once.")
TOO_LARGE_FILE = _("The files are over %(megabytes)d MB. Send fewer at once, or an export of a shorter time.")
_SEND_FILE = _("Send the file as it is, with its own type, or as multipart/form-data.")
_SEND_JSON = _("Send JSON, with the header Content-Type: application/json.")


def shown(value: object) -> str:
    """Returns a sent value as messages quote it: a string itself, any other value as JSON; truncated."""
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:50]


class WordedField(serializers.Field[Any, Any, Any, Any]):
    """A mixin for fields with our error messages, which name the field. It goes before REST framework's class."""

    default_error_messages: ClassVar[Texts] = ANY_FIELD

    def fail(self, key: str, **values: Any) -> NoReturn:
        raise serializers.ValidationError(self._text(key).format(name=self.get_name(), **values), code=key)

    def _text(self, key: str) -> str:
        if isinstance(self.parent, serializers.ListField):
            return str(self.error_messages.get(f"{key}_in_list", self.error_messages[key]))
        if key == "null" and self.required and not getattr(self.root, "partial", False):
            return str(NULL_BUT_REQUIRED)
        return str(self.error_messages[key])

    def get_name(self) -> str:
        """Returns the key of the field; that of the list for an entry of a list."""
        field: Any = self
        while not field.field_name and field.parent is not None:
            field = field.parent
        return field.field_name or ""


def request_message(error: exceptions.APIException, *, takes_json: bool) -> str:
    """Returns the message for an error of REST framework about a whole request."""
    match error:
        case exceptions.MethodNotAllowed():
            return _("%s is not possible here. Use a method that the header Allow names.") % _quoted(error)
        case exceptions.UnsupportedMediaType():
            fix = _SEND_JSON if takes_json else _SEND_FILE
            return _("A body of the type “%(type)s” is not read. %(fix)s") % {"type": _quoted(error), "fix": fix}
        case exceptions.NotAcceptable():
            return gettext("What Accept names is not available. Leave that header out, or name application/json in it.")
        case exceptions.Throttled():
            return _("Too many requests. Send it again in %d seconds.") % (getattr(error, "wait", None) or 1)
        case exceptions.ParseError() if str(error.detail).startswith("Multipart form parse error"):
            return str(UNREADABLE_FORM)
        case _:
            return str(error.detail)


def _quoted(error: exceptions.APIException) -> str:
    """Returns the quoted part of REST framework's message."""
    return str(error.detail).partition('"')[2].rpartition('"')[0]
