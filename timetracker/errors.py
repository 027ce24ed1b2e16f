"""Broken rules, said once for pages, API, admin and commands.

Each turns these into its own kind of answer: `timetracker.api.problems` into problem details, forms into messages.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _


class DomainError(Exception):
    """Something the product refuses. `code` is stable, `message` names the fix to people, `status` is HTTP's."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, called by its name in the domain (`start`, `name`)."""

    field: str
    code: str
    message: str


class InvalidInputError(DomainError):
    """What was typed or sent cannot be taken. Names every field that is wrong; nothing was changed."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("invalid", " ".join(error.message for error in errors))
        self.errors = errors


class NotFoundError(DomainError):
    """No such object among those of this person, whether or not somebody else has one."""

    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__("not_found", message or _("There is nothing here."))


class ConflictError(DomainError):
    """What is asked for contradicts the present state."""

    status = 409


class ExpiredError(DomainError):
    """Raised for a place in a list that is no longer there; the caller begins anew."""

    status = 410


class ReusedKeyError(DomainError):
    """An idempotency key was sent again with something else."""

    status = 422

    def __init__(self) -> None:
        message = _("This Idempotency-Key was used for another request. Make a new key for each new request.")
        super().__init__("idempotency_key_reused", message)


class StaleVersionError(DomainError):
    """The object was changed since it was read. `current` is its state now."""

    status = 412

    def __init__(self, current: object) -> None:
        message = _("This was changed in the meantime. Read it again, then repeat the change.")
        super().__init__("version_mismatch", message)
        self.current = current


class TooManyRequestsError(DomainError):
    """More than an address may ask for. `wait` is in how many seconds it may again."""

    status = 429

    def __init__(self, message: str, *, wait: float | None) -> None:
        super().__init__("rate_limited", message)
        self.wait = wait


class ForbiddenError(DomainError):
    """The operator has switched this off."""

    status = 403
