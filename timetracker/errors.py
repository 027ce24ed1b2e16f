"""Errors of the domain, the same for pages, API, admin and commands.

The API reports them as problem details (`timetracker.api.problems`), pages as errors of forms or as messages.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _


class DomainError(Exception):
    """The base of all errors of the domain.

    `code` identifies the kind of error and is stable; `message` tells users what to do; `status` is the HTTP status.
    """

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class FieldError:
    """An error of one field. `field` is its name in the domain, such as `start` or `name`."""

    field: str
    code: str
    message: str


class InvalidInputError(DomainError):
    """Raised for invalid input, with the errors of all fields. Nothing was changed."""

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
    """Raised for a cursor that is no longer valid; the caller has to begin again without one."""

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
    """Raised when a client sends more requests than it may.

    `wait` is the number of seconds until the next one, if known.
    """

    status = 429

    def __init__(self, message: str, *, wait: float | None) -> None:
        super().__init__("rate_limited", message)
        self.wait = wait


class ForbiddenError(DomainError):
    """Raised when the operator has disabled something, or a token lacks the scope for it."""

    status = 403
