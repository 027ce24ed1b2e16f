"""Errors of the domain, the same for pages, API, admin and commands.

Each of these reports them in its own way: `timetracker.api.problems` as problem details, forms as messages.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _


class DomainError(Exception):
    """Raised when the product cannot do what is asked. `status` is the status of HTTP.

    `code` is stable, `message` tells users what to do.
    """

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, which has its name in the domain (`start`, `name`)."""

    field: str
    code: str
    message: str


class InvalidInputError(DomainError):
    """Raised for invalid input. Lists every field that is wrong; nothing was changed."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("invalid", " ".join(error.message for error in errors))
        self.errors = errors


class NotFoundError(DomainError):
    """Raised when the user has no such object, whether or not another user has one."""

    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__("not_found", message or _("There is nothing here."))


class ConflictError(DomainError):
    """Raised when a request contradicts the present state."""

    status = 409


class ExpiredError(DomainError):
    """Raised for a place in a list that is no longer there; the caller begins anew."""

    status = 410


class ReusedKeyError(DomainError):
    """Raised when an idempotency key is sent again with another request."""

    status = 422

    def __init__(self) -> None:
        message = _("This Idempotency-Key was used for another request. Make a new key for each new request.")
        super().__init__("idempotency_key_reused", message)


class StaleVersionError(DomainError):
    """Raised when the object was changed since it was read. `current` is its present state."""

    status = 412

    def __init__(self, current: object) -> None:
        message = _("This was changed in the meantime. Read it again, then repeat the change.")
        super().__init__("version_mismatch", message)
        self.current = current


class TooManyRequestsError(DomainError):
    """Raised when an address sends more requests than it may.

    `wait` is the number of seconds until the next one, if known.
    """

    status = 429

    def __init__(self, message: str, *, wait: float | None) -> None:
        super().__init__("rate_limited", message)
        self.wait = wait


class ForbiddenError(DomainError):
    """Raised for what the operator has disabled, or what a token has no scope for."""

    status = 403
