"""Registration of guests, for pages and API."""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from timetracker.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError
from timetracker.texts import clean_text
from users_app.models import Clock, DateFormat, User, WeekStart


def register_guest(
    *,
    user_id: UUID | None = None,
    display_name: str = "",
    timezone: str = "UTC",
    week_start: WeekStart = WeekStart.MONDAY,
    clock: Clock = Clock.HOURS_24,
    date_format: DateFormat = DateFormat.DAY_FIRST,
) -> User:
    """Creates a guest. Raises ForbiddenError `registration_closed`, ConflictError `id_taken`, InvalidInputError."""
    if not settings.REGISTRATION_IS_OPEN:
        raise ForbiddenError("registration_closed", _("This server takes no new users. Ask its operator."))
    errors: list[FieldError] = []
    name = clean_text(display_name, "display_name", User.NAME_LENGTH, errors)
    if errors:
        raise InvalidInputError(*errors)
    fields = {
        "display_name": name,
        "timezone": timezone,
        "week_start": week_start,
        "clock": clock,
        "date_format": date_format,
    }
    if user_id is not None:
        fields["id"] = user_id
    try:
        with transaction.atomic():
            return User.objects.create_guest(**fields)
    except ValidationError as error:
        if "id" in error.error_dict:
            raise _id_taken() from None
        raise InvalidInputError(*field_errors(error)) from None
    except IntegrityError:
        raise _id_taken() from None


def field_errors(error: ValidationError) -> list[FieldError]:
    """Returns the first error of each invalid field of a model as an error of the domain."""
    return [
        FieldError(field, first.code or "invalid", _message(field, first))
        for field, (first, *_others) in error.error_dict.items()
    ]


def _message(field: str, error: ValidationError) -> str:
    """Returns the message for a field. Django's for an empty field neither names it nor says what to do."""
    if error.code != "blank":
        return str(error.messages[0])
    names = {each.name: each.verbose_name for each in User._meta.fields}  # noqa: SLF001  # Django's public name for it
    return _("The %(name)s cannot be empty. Give one, or leave it out.") % {"name": names[field]}


def _id_taken() -> ConflictError:
    return ConflictError("id_taken", _("There is a user with this id or key already. Use another, or leave it out."))
