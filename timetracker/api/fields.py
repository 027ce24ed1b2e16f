"""Serializer fields that are stricter than REST framework's: no values of other types, no ambiguous times."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from timetracker.api import texts
from timetracker.api.instants import OffsetContradictsZoneError, UnknownZoneError, parse_instant
from timetracker.api.texts import WordedField, shown
from timetracker.db.ids import parse_uuid
from timetracker.errors import FieldError
from timetracker.texts import clean_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 10**11


@extend_schema_field(
    {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}],
        "description": "RFC 3339 with an offset, or Unix seconds, or milliseconds from 10^11 on.",
    }
)
class InstantField(WordedField):
    """A point in time.

    A text as `parse_instant` reads it, with an offset; or a JSON number: Unix seconds, or milliseconds from 10^11 on.
    Fractions are cut.
    """

    takes_local_times = False
    default_error_messages = {
        "invalid_instant": _(
            "“{value}” is not a point in time. Give date, time and offset, such as 2026-11-23T08:00:00Z or "
            "2026-11-23T09:00:00+01:00, or Unix seconds."
        ),
        "does_not_match": _(
            "In {zone} the offset is {expected} then, which “{value}” contradicts. Leave out the zone in brackets, or "
            "give that offset."
        ),
        "invalid_timezone": _("“{zone}” is not a time zone. Use an IANA name such as Europe/Berlin, or leave it out."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        value = shown(data)
        try:
            if isinstance(data, str):
                found = parse_instant(data)
                if found.tzinfo is not None or self.takes_local_times:
                    return found
            elif isinstance(data, int | float) and not isinstance(data, bool):
                return _EPOCH + timedelta(seconds=int(data // (1000 if abs(data) >= MILLISECONDS_FROM else 1)))
        except OffsetContradictsZoneError as error:
            self.fail("does_not_match", value=value, zone=error.zone, expected=error.expected)
        except UnknownZoneError as error:
            self.fail("invalid_timezone", zone=str(error)[:50])
        except (ValueError, OverflowError):
            pass
        return self.fail("invalid_instant", value=value)


@extend_schema_field(
    {
        "anyOf": [{"type": "string"}, {"type": "number"}],
        "description": "RFC 3339 with an offset, or Unix seconds, or milliseconds from 10^11 on; or a local time such "
        "as `2026-03-02T09:00`, without an offset, where `timezone` stands beside it.",
    }
)
class InstantOrLocalField(InstantField):
    """A point in time, or a local time as a naive datetime, whose zone the serializer has to find."""

    takes_local_times = True


@extend_schema_field({"type": "string", "format": "date"})
class LocalDateField(WordedField):
    """A calendar date in the form `2026-11-23`."""

    default_error_messages = {"invalid_date": _("“{value}” is not a date. Give one such as 2026-11-23.")}

    def to_internal_value(self, data: Any) -> date:
        try:
            if isinstance(data, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data):
                return date.fromisoformat(data)
        except ValueError:
            pass
        return self.fail("invalid_date", value=str(data)[:50])


class TextField(WordedField, serializers.CharField):
    """A string; null counts as empty. The domain validates its content."""

    default_error_messages = texts.TEXT

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_blank": True, "allow_null": True, "trim_whitespace": False, **kwargs}
        )
        self.validators = []  # the domain rejects the same values with better messages

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None and self.allow_null else super().validate_empty_values(data)


class SearchTextField(TextField):
    """The text of a search in a query: trimmed and in NFC, like stored text; at most `length` characters."""

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": False, "max_length": length, **kwargs})
        self.length = length

    def to_internal_value(self, data: Any) -> str:
        errors: list[FieldError] = []
        cleaned = clean_text(super().to_internal_value(data), "", self.length, errors)
        if errors:
            raise serializers.ValidationError(errors[0].message, code=errors[0].code)
        return cleaned


class ChoiceField(WordedField, serializers.ChoiceField):
    """A choice of words, which the error message lists."""

    default_error_messages = texts.CHOICE

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            choices = ", ".join(f'"{each}"' for each in self.choices)
            message = self._text("not_a_text").format(name=self.get_name(), choices=choices)
            raise serializers.ValidationError(message, code="invalid_choice")
        if data not in self.choices:
            self.fail("invalid_choice", value=shown(data), choices=", ".join(self.choices))
        return data


class StrictBooleanField(WordedField, serializers.BooleanField):
    """JSON's true or false, no word or number. A field that a form lacks is absent, not False as in REST framework."""

    default_empty_html = empty
    default_error_messages = texts.BOOLEAN

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "boolean"})
class TrueOrFalseField(ChoiceField):
    """The words `true` or `false` in a query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"


class StrictIntegerField(WordedField, serializers.IntegerField):
    """An integer as in JSON Schema, which counts 3600.0 as one; no text or boolean. The domain validates its range."""

    default_error_messages = texts.INTEGER

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []  # as those of a text

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


@extend_schema_field({"anyOf": [{"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, {"type": "number"}]})
class MoneyField(WordedField):
    """An exact amount of money: a string such as "80.50", or a JSON number."""

    default_error_messages = {"invalid": _("“{value}” is not an amount. Give a number, or a string such as “80.50”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        if not is_number and not (isinstance(data, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", data)):
            self.fail("invalid", value=shown(data))
        # The shortest text of a float has the digits that were sent, if these are 15 at most.
        return Decimal(str(data)) or Decimal()  # never -0


class WholeNumberField(WordedField, serializers.IntegerField):
    """A whole number in a query: at most nine ASCII digits."""

    default_error_messages = texts.WHOLE_NUMBER

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"min_value": -(10**9) + 1, "max_value": 10**9 - 1, **kwargs}
        super().__init__(**bounds)
        self.validators = []  # as those of a text
        self.least, self.most = bounds["min_value"], bounds["max_value"]

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", data):
            self.fail("invalid")
        value = int(data)
        if value < self.least:
            self.fail("min_value", min_value=self.least)
        if value > self.most:
            self.fail("max_value", max_value=self.most)
        return value


class IdField(WordedField, serializers.UUIDField):
    """A UUID as a string."""

    default_error_messages = texts.ID

    def to_internal_value(self, data: Any) -> uuid.UUID:
        try:
            return parse_uuid(data if isinstance(data, str) else "")
        except ValueError:
            return self.fail("invalid", value=shown(data))


class BoundedListField(WordedField, serializers.ListField):
    """A list of at most `max_length` entries. A longer one is rejected before its entries are validated."""

    default_error_messages = texts.LIST

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("too_many", count=self.max_length)
        values: list[Any] = super().to_internal_value(data)
        return values


class RepeatedField(BoundedListField):
    """A query parameter that may be repeated. Errors name the parameter without an index."""

    def run_child_validation(self, data: Any) -> list[Any]:
        return [self.child.run_validation(each) for each in data]


class StrictSerializer(WordedField, serializers.Serializer[Any]):
    """A serializer that rejects unknown keys, so that a typo loses no data.

    `ignored_keys` are accepted and ignored: read-only keys, so that a client can send back what it read.
    """

    ignored_keys: ClassVar[tuple[str, ...]] = ()
    unknown_code = "unknown_field"

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            whole = api_settings.NON_FIELD_ERRORS_KEY
            raise serializers.ValidationError({whole: [_("Send a JSON object.")]}, code="invalid")
        way_out = _("Accepted: %s.") % ", ".join(self.fields) if self.fields else _("Leave it out.")
        wrong: dict[str, Any] = {
            key: [serializers.ErrorDetail(f"“{key[:50]}” is not known. {way_out}", code=self.unknown_code)]
            for key in data
            if key not in self.fields and key not in self.ignored_keys
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **wrong}) from None  # type: ignore[dict-item]
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


class QuerySerializer(StrictSerializer):
    """The query parameters of an action, each given at most once unless it is a RepeatedField."""

    unknown_code = "unknown_parameter"
