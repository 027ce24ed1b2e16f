"""What a session may be. One function judges its fields, whoever sends them, and names all that is wrong."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sessions_app.models import TimeSession
from timetracker.errors import FieldError, InvalidInputError
from timetracker.texts import clean_text
from users_app.zones import validate_zone

FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC, microsecond=0)
EARLIEST_START = datetime(1970, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(days=1)
LONGEST_FINISHED = timedelta(days=31)


class SessionFields(TypedDict, total=False):
    """What a person may choose of a session. Instants are aware; `end` None means running."""

    name: str
    note: str
    start: datetime
    end: datetime | None
    timezone: str
    billable: bool
    confirmed_at: datetime | None
    needs_end_check: bool


def clean_fields(fields: SessionFields, *, now: datetime, before: TimeSession | None = None) -> SessionFields:
    """`fields` as they are stored: text trimmed and in NFC, instants in UTC and whole seconds.

    `before` is the session they change; what is absent stays as it is there. Times that do not change are not judged
    again: a timer that was forgotten for longer than anyone may enter can still be renamed. Raises InvalidInputError
    with every field that is wrong.
    """
    errors: list[FieldError] = []
    cleaned: SessionFields = {**fields}
    if "name" in fields:
        cleaned["name"] = clean_text(fields["name"], "name", TimeSession.NAME_LENGTH, errors)
    if "note" in fields:
        cleaned["note"] = clean_text(fields["note"], "note", TimeSession.NOTE_LENGTH, errors, allowed="\n\t")
    if "timezone" in fields:
        try:
            validate_zone(fields["timezone"])
        except ValidationError as error:
            errors.append(FieldError("timezone", "invalid_timezone", error.messages[0]))
    if "start" in fields:
        cleaned["start"] = whole_second(fields["start"])
    if (end := fields.get("end")) is not None:
        cleaned["end"] = whole_second(end)
    _judge_times(cleaned, now, before, errors)
    if errors:
        raise InvalidInputError(*errors)
    return cleaned


def refuse_missing_times(fields: SessionFields, *names: str) -> None:
    """Raises InvalidInputError with each of `names`, `start` or `end`, that is absent or None."""
    missing = [name for name in names if fields.get(name) is None]
    if missing:
        messages = {"start": _("Give a start."), "end": _("Give an end.")}
        raise InvalidInputError(*(FieldError(name, "required", messages[name]) for name in missing))


def _judge_times(fields: SessionFields, now: datetime, before: TimeSession | None, errors: list[FieldError]) -> None:
    start = fields.get("start", before.start if before else None)
    end = fields.get("end", before.end if before else None)
    if start is None or (before is not None and (start, end) == (before.start, before.end)):
        return
    if start < EARLIEST_START:
        errors.append(FieldError("start", "out_of_range", _("The start is before 1970. Give a later one.")))
    elif end is None and start > now:
        errors.append(
            FieldError("start", "in_future", _("This start hasn't come yet. A running session begins now or earlier."))
        )
    elif start > now + FUTURE_TOLERANCE:
        errors.append(
            FieldError("start", "out_of_range", _("The start is more than a day ahead. Give an earlier one."))
        )
    if end is None:
        return
    if end <= start:
        errors.append(FieldError("end", "end_not_after_start", _("The end is not after the start. Give a later end.")))
    elif end - start > LONGEST_FINISHED:
        errors.append(FieldError("end", "too_long", _("This is longer than 31 days. Give an earlier end.")))


def whole_second(instant: datetime) -> datetime:
    """`instant` in UTC, cut to the second; one that UTC has no date for becomes the nearest it has."""
    try:
        return instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return FIRST_INSTANT if instant.year == 1 else LAST_INSTANT
