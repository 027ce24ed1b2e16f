"""Validation of sessions and catalogue entries from pages, API, imports and admin. Errors name every invalid field."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.models.catalogue import COLOURS, BudgetPeriod, CatalogueEntry
from sessions_app.timekeeping.bounds import EARLIEST_START, FUTURE_TOLERANCE, MAX_DURATION
from sessions_app.timekeeping.periods import seconds_between
from sessions_app.timekeeping.shorthand import is_tag_word
from timetracker.errors import FieldError, InvalidInputError
from timetracker.money import MAX_RATE_DECIMALS, RATE_LIMIT
from timetracker.money_fields import RateFields, clean_rate
from timetracker.texts import clean_text
from users_app.zones import validate_zone

FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)
LAST_INSTANT = datetime.max.replace(tzinfo=UTC, microsecond=0)
MAX_TAGS = 20
MAX_BUDGET_SECONDS = 1_000_000 * 3600


class SessionInput(RateFields, total=False):
    """The fields of a session that a caller may give. Instants are aware; an `end` of None means running.

    The project is given by `project_id` or by `project_name`, tags by their names; missing ones are created.
    `hourly_rate` is a rate for this session; with None the session takes that of its project again. `length_seconds`
    may replace `end` (see `set_end_by_length`).
    """

    name: str
    note: str
    start: datetime
    end: datetime | None
    length_seconds: int
    timezone: str
    project_id: UUID | None
    project_name: str
    tags: Collection[str]
    tag_ids: Collection[UUID]
    billable: bool


class SessionFields(SessionInput, total=False):
    """The fields of a session that a service writes: those that callers give, and those that only services set."""

    times_known: bool
    rate_is_override: bool
    confirmed_at: datetime | None
    needs_end_check: bool
    deleted_at: datetime | None


class EntryFields(RateFields, total=False):
    """The fields of a client, project or tag that a caller may give; each model has some of them.

    A project's client is given by `client_id` or by `client_name`; a missing one is created.
    """

    name: str
    client_id: UUID | None
    client_name: str
    colour: int
    billable_by_default: bool
    budget_seconds: int | None
    budget_amount: Decimal | None
    budget_period: str
    archived: bool


def clean_fields(fields: SessionInput, *, now: datetime, before: TimeSession | None = None) -> SessionFields:
    """Returns validated `fields` as they are stored: text trimmed and in NFC, instants in UTC and whole seconds.

    `before` is the session that they change; absent fields keep its values. Times that do not change are not validated
    again, so that a forgotten timer that is too long can still be renamed. Raises InvalidInputError with every invalid
    field.
    """
    errors: list[FieldError] = []
    cleaned = cast("SessionFields", {**fields})
    _clean_texts(cleaned, errors)
    if "timezone" in fields:
        try:
            validate_zone(fields["timezone"])
        except ValidationError as error:
            errors.append(FieldError("timezone", "invalid_timezone", error.messages[0]))
    if "start" in fields:
        cleaned["start"] = whole_second(fields["start"])
    if (end := fields.get("end")) is not None:
        cleaned["end"] = whole_second(end)
    if "tags" in fields:
        cleaned["tags"] = [clean_tag(tag, "tags", errors) for tag in fields["tags"]]
    if len(cleaned.get("tags", cleaned.get("tag_ids", ()))) > MAX_TAGS:
        message = _("A session has at most %(count)d tags. Leave some out.")
        errors.append(FieldError("tags", "too_many", message % {"count": MAX_TAGS}))
    clean_rate(cleaned, errors)
    _validate_times(cleaned, now, before, errors)
    if errors:
        raise InvalidInputError(*errors)
    return cleaned


def clean_entry(
    model: type[CatalogueEntry], fields: EntryFields, *, before: CatalogueEntry | None = None
) -> EntryFields:
    """Returns validated fields of a client, project or tag as they are stored; `before` is the entry that they change.

    Raises InvalidInputError with every invalid field.
    """
    errors: list[FieldError] = []
    cleaned: EntryFields = {**fields}
    if "name" in fields:
        if model is Tag:
            cleaned["name"] = clean_tag(fields["name"], "name", errors)
        else:
            cleaned["name"] = clean_text(fields["name"], "name", model.NAME_LENGTH, errors)
            if not cleaned["name"]:
                errors.append(FieldError("name", "required", _("Give a name.")))
    if "client_name" in fields:
        cleaned["client_name"] = clean_text(fields["client_name"], "client_name", Client.NAME_LENGTH, errors)
    if "colour" in fields and not 1 <= fields["colour"] <= COLOURS:
        errors.append(FieldError("colour", "out_of_range", _("Colours are numbered from 1 to 8.")))
    clean_rate(cleaned, errors)
    _clean_budget(cleaned, before, errors)
    if errors:
        raise InvalidInputError(*errors)
    return cleaned


def _clean_budget(fields: EntryFields, before: CatalogueEntry | None, errors: list[FieldError]) -> None:
    """Validates a budget, in time or in money. A caller who sets one has to clear the other."""
    if (seconds := fields.get("budget_seconds")) is not None and not 0 < seconds <= MAX_BUDGET_SECONDS:
        message = _("Give a budget of more than nothing, up to 1,000,000 hours, or none.")
        errors.append(FieldError("budget_seconds", "out_of_range", message))
    if (money := fields.get("budget_amount")) is not None:
        if not money.is_finite() or not 0 < money < RATE_LIMIT:
            message = _("Give a budget of more than nothing, up to %(most)d, or none.")
            errors.append(FieldError("budget_amount", "out_of_range", message % {"most": RATE_LIMIT - 1}))
        elif money != (cleaned := money.quantize(Decimal(1).scaleb(-MAX_RATE_DECIMALS))):
            errors.append(FieldError("budget_amount", "too_precise", _("Give a budget of at most 4 decimal places.")))
        else:
            fields["budget_amount"] = cleaned
    both = (fields.get(name, getattr(before, name, None)) for name in ("budget_seconds", "budget_amount"))
    if all(each is not None for each in both):
        name = "budget_amount" if "budget_amount" in fields else "budget_seconds"
        message = _("A project has a budget in time or in money. Give one of them, and none of the other.")
        errors.append(FieldError(name, "does_not_match", message))
    if (period := fields.get("budget_period", BudgetPeriod.TOTAL)) not in BudgetPeriod.values:
        message = _("“%(value)s” is not possible. Use one of: %(choices)s.")
        values = {"value": str(period)[:50], "choices": ", ".join(BudgetPeriod.values)}
        errors.append(FieldError("budget_period", "invalid_choice", message % values))


def clean_tag(name: str, field: str, errors: list[FieldError]) -> str:
    """Returns the name of a tag as it is stored: one word, so that it can be typed as `#word`, without a leading #."""
    cleaned = clean_text(name, field, Tag.NAME_LENGTH, errors).removeprefix("#")
    if cleaned and not is_tag_word(cleaned):
        message = _('“%(name)s” cannot be a tag. Give one word with a letter in it and none of @ # : , ; ! ? " \\.')
        errors.append(FieldError(field, "invalid_tag", message % {"name": cleaned}))
    elif not cleaned:
        errors.append(FieldError(field, "required", _("Give a tag a name.")))
    return cleaned


def _clean_texts(fields: SessionFields, errors: list[FieldError]) -> None:
    if "name" in fields:
        fields["name"] = clean_text(fields["name"], "name", TimeSession.NAME_LENGTH, errors)
    if "note" in fields:
        fields["note"] = clean_text(fields["note"], "note", TimeSession.NOTE_LENGTH, errors, allowed="\n\t")
    if "project_name" in fields:
        fields["project_name"] = clean_text(fields["project_name"], "project_name", Project.NAME_LENGTH, errors)


def check_times_given(fields: SessionInput, *names: str) -> None:
    """Raises InvalidInputError for each of `names` (`start`, `end`) that is absent or None."""
    missing = [name for name in names if fields.get(name) is None]
    if missing:
        messages = {"start": _("Give a start."), "end": _("Give an end.")}
        raise InvalidInputError(*(FieldError(name, "required", messages[name]) for name in missing))


def set_end_by_length(fields: SessionInput, before: TimeSession | None = None) -> SessionInput:
    """Returns `fields` with `length_seconds` replaced by an end that much after their start, or that of `before`.

    With an end, the length must agree with it. With an end of None the length is ignored, since the API shows one for
    a running session, too. Raises InvalidInputError at `length_seconds`, `does_not_match` or `out_of_range`; the
    present length of `before` is always accepted.
    """
    fields = {**fields}
    seconds = fields.pop("length_seconds", None)
    start = fields.get("start", before.start if before else None)
    if seconds is None or start is None:  # a missing start is reported by check_times_given()
        return fields
    start = whole_second(start)
    if "end" in fields:
        if fields["end"] is not None and seconds_between(start, whole_second(fields["end"])) != seconds:
            message = _("This is not the length from start to end. Leave out the length, or the end.")
            raise InvalidInputError(FieldError("length_seconds", "does_not_match", message))
        return fields
    if before is not None and (start, seconds) == (before.start, before.duration_seconds):
        return fields
    check_length(seconds, "length_seconds")
    # Avoids an overflow: a start at the end of the calendar is reported by clean_fields().
    length = timedelta(seconds=seconds)
    fields["end"] = min(start, LAST_INSTANT - length) + length
    return fields


def check_length(seconds: int, field: str) -> None:
    """Raises InvalidInputError at `field` for a length that a finished session may not have."""
    if not 0 < seconds <= MAX_DURATION.total_seconds():
        message = _("A duration is longer than nothing and at most 31 days.")
        raise InvalidInputError(FieldError(field, "out_of_range", message))


def _validate_times(fields: SessionFields, now: datetime, before: TimeSession | None, errors: list[FieldError]) -> None:
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
    elif end - start > MAX_DURATION:
        errors.append(FieldError("end", "too_long", _("This is longer than 31 days. Give an earlier end.")))


def whole_second(instant: datetime) -> datetime:
    """Returns `instant` in UTC, truncated to the second; beyond the calendar of UTC, its first or last instant."""
    try:
        return instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return FIRST_INSTANT if instant.year == 1 else LAST_INSTANT
