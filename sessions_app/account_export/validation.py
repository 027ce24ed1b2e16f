"""Validates the fields of one row of JSON: first their exact types, then the rules that hold for all input."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from sessions_app.account_export.archive import invalid_file
from sessions_app.account_export.contents import fields_of
from sessions_app.models import AddressedReport, Share, Source, TimeSession, VersionedModel
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.services.saved_reports import clean_report
from sessions_app.services.validation import (
    EntryFields,
    SessionFields,
    clean_entry,
    clean_fields,
    whole_second,
)
from sessions_app.timekeeping.bounds import EARLIEST_START, FUTURE_TOLERANCE, MAX_DURATION
from timetracker.errors import FieldError, InvalidInputError
from timetracker.texts import clean_text
from users_app.models import User
from users_app.services.preferences import PREFERENCES

FieldValues = dict[str, Any]
"""The values of one row by field name, as a model instance has them."""

_IDENTITY = re.compile(r"[0-9a-z.]{1,48}", re.ASCII)
MAX_VERSIONS = 1_000_000_000
_INPUT_OF_SESSION = ("name", "note", "timezone", "hourly_rate", "currency")
_INPUT_OF_ENTRY = (
    "name",
    "colour",
    "hourly_rate",
    "currency",
    "budget_seconds",
    "budget_amount",
    "budget_period",
)
_LATER_FIELDS = frozenset({"budget_seconds", "budget_amount", "budget_period"})
"""Fields that exports of the first release lack. Their rows get the defaults."""


def check_keys(record: object, names: Collection[str]) -> Mapping[str, Any]:
    """Returns `record` if it is an object with exactly these keys. Raises InvalidInputError."""
    if not isinstance(record, dict):
        raise invalid_file(_("This must be an object, in braces."))
    for name in names:
        if name not in record:
            raise invalid_file(_("“%(field)s” is missing.") % {"field": name})
    for name in record:
        if name not in names:
            raise invalid_file(_("“%(field)s” is not known here. Leave it out.") % {"field": name[:40]})
    return record


def validate_session(record: object, *, now: datetime) -> FieldValues:
    """Returns the field values of a session.

    The session may be longer than MAX_DURATION, since a forgotten timer may have run for long.
    """
    values = _read_row(TimeSession, record, now)
    end = values["end"]
    # The times of a finished session are not validated here, because the limits of typed times do not hold for them.
    names = (*_INPUT_OF_SESSION, "start") if end is None else _INPUT_OF_SESSION
    inputs = cast("SessionFields", {name: values[name] for name in names})
    values |= clean_fields(inputs, now=now)
    if end is not None and end < values["start"]:
        raise invalid_file(_("The end is before the start. Give a later end."))
    if end is None and values["deleted_at"] is not None:
        raise invalid_file(_("A session in the Trash cannot be running. Give it an end."))
    if (values["hourly_rate"] is None) != (values["currency"] == ""):
        raise invalid_file(
            _("A rate needs a currency, and a currency a rate. Give both, or null and an empty currency.")
        )
    if values["rate_is_override"] and values["hourly_rate"] is None:
        raise invalid_file(_("“rate_is_override” is true, but there is no rate. Give one, or make it false."))
    return values


def validate_entry(model: type[CatalogueEntry], record: object, *, now: datetime) -> FieldValues:
    """Returns the field values of a client, project or tag."""
    values = _read_row(model, record, now)
    inputs = cast("EntryFields", {name: values[name] for name in _INPUT_OF_ENTRY if name in values})
    return {**values, **clean_entry(model, inputs)}


def validate_report(model: type[AddressedReport], record: object, *, now: datetime) -> FieldValues:
    """Returns the field values of a saved report or a share link."""
    values = _read_row(model, record, now)
    if model is Share:
        if values["page"] not in Share.Page.values:
            raise invalid_file(_("“page” must be one of %(values)s.") % {"values": ", ".join(Share.Page.values)})
        if not (values["shows_hours"] or values["shows_amounts"]):
            raise invalid_file(_("A share link shows hours or amounts. Make one of them true."))
        if values["is_frozen"] and values["shows_running"]:
            raise invalid_file(_("A frozen share link has no running session. Make “shows_running” false."))
    return {**values, **clean_report({"name": values["name"], "query": values["query"]})}


def validate_identity(record: object) -> tuple[str, UUID]:
    """Returns the identity of an imported session, and the session's id."""
    record = check_keys(record, ("identity", "session_id"))
    identity = _text("identity", record["identity"])
    if not _IDENTITY.fullmatch(identity):
        raise invalid_file(_("“%(field)s” is not one that was written here.") % {"field": "identity"})
    return identity, _uuid("session_id", record["session_id"])


_LATER_PREFERENCES = frozenset({"wants_notices", "theme", "day_goal_seconds", "week_goal_seconds"})
"""Preferences that exports of the first release lack."""


def validate_settings(record: object) -> FieldValues:
    """Returns the preferences for `save_preferences`. Preferences that an older export lacks are left out."""
    names = PREFERENCES - (_LATER_PREFERENCES - record.keys()) if isinstance(record, dict) else PREFERENCES
    record = check_keys(record, names)
    user = User(**{name: _read_value(User, name, record[name]) for name in names})
    errors: list[FieldError] = []
    user.display_name = clean_text(user.display_name, "display_name", User.NAME_LENGTH, errors)
    if errors:
        raise InvalidInputError(*errors)
    try:
        user.clean_fields(exclude={field.name for field in User._meta.get_fields()} - names)  # noqa: SLF001
    except ValidationError as error:
        field, (message, *_more) = next(iter(error.message_dict.items()))
        raise invalid_file(_("“%(field)s”: %(problem)s") % {"field": field, "problem": message}) from None
    return {name: getattr(user, name) for name in names}


def _read_row(model: type[VersionedModel], record: object, now: datetime) -> FieldValues:
    names = fields_of(model)
    if isinstance(record, dict):
        lacking = _LATER_FIELDS.intersection(names) - record.keys()
        record = {**record, **{name: model._meta.get_field(name).get_default() for name in lacking}}  # type: ignore[union-attr]  # noqa: SLF001
    record = check_keys(record, names)
    values = {name: _read_value(model, name, record[name]) for name in names}
    for name, value in values.items():
        if isinstance(value, datetime) and name != "expires_at":
            # A session that starts in the near future may be as long as any other.
            latest = now + FUTURE_TOLERANCE + (MAX_DURATION if name == "end" else timedelta())
            if not EARLIEST_START <= value <= latest:
                raise invalid_file(_("“%(field)s” is before 1970, or in the future.") % {"field": name})
    if not 1 <= values["version"] <= MAX_VERSIONS:
        raise invalid_file(_("“version” must be from 1 to %(most)s.") % {"most": f"{MAX_VERSIONS:,}"})
    if "source" in values and values["source"] not in Source.values:
        raise invalid_file(_("“source” must be one of %(values)s.") % {"values": ", ".join(Source.values)})
    return values


def _read_value(model: type[models.Model], name: str, value: object) -> Any:
    reader, may_be_null = _find_reader(model, name)
    return None if value is None and may_be_null else reader(name, value)


@cache
def _find_reader(model: type[models.Model], name: str) -> tuple[Callable[[str, object], Any], bool]:
    """Returns the function that reads the values of a field, and whether the field may be null."""
    if name == "tag_ids":
        return _ids, False
    field = cast("models.Field[Any, Any]", model._meta.get_field(name))  # noqa: SLF001
    return next(reader for kinds, reader in _READERS if isinstance(field, kinds)), field.null


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise invalid_file(_("“%(field)s” must be true or false.") % {"field": name})
    return value


def _integer(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid_file(_("“%(field)s” must be a whole number.") % {"field": name})
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise invalid_file(_("“%(field)s” must be text, in quotes.") % {"field": name})
    return value


def _instant(name: str, value: object) -> datetime:
    try:
        if isinstance(value, str) and (instant := datetime.fromisoformat(value)).tzinfo is not None:
            return whole_second(instant)
    except ValueError:
        pass
    message = _("“%(field)s” must be an instant with its offset, such as 2026-11-23T09:00:00+00:00.")
    raise invalid_file(message % {"field": name})


def _decimal(name: str, value: object) -> Decimal:
    try:
        if isinstance(value, str):
            return Decimal(value)
    except InvalidOperation:
        pass
    raise invalid_file(_('“%(field)s” must be a number in quotes, such as "80.0000".') % {"field": name})


def _uuid(name: str, value: object) -> UUID:
    try:
        if isinstance(value, str):
            return UUID(value)
    except ValueError:
        pass
    raise invalid_file(_("“%(field)s” must be an id, such as 0198aaaa-0000-7000-8000-000000000001.") % {"field": name})


def _ids(name: str, value: object) -> tuple[UUID, ...]:
    if not isinstance(value, list):
        raise invalid_file(_("“%(field)s” must be a list of ids.") % {"field": name})
    ids = {_uuid(name, each) for each in value}
    if len(ids) < len(value):
        raise invalid_file(_("“%(field)s” has an id twice.") % {"field": name})
    return tuple(sorted(ids))


_READERS: list[tuple[tuple[type["models.Field[Any, Any]"], ...], Callable[[str, object], Any]]] = [
    ((models.BooleanField,), _boolean),
    ((models.IntegerField,), _integer),
    ((models.DateTimeField,), _instant),
    ((models.DecimalField,), _decimal),
    ((models.UUIDField, models.ForeignKey), _uuid),
    ((models.CharField, models.TextField), _text),
]
"""The function that reads the JSON of a field, by the type of the field; the first match counts."""
