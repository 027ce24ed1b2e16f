"""Many presses as one, all or none, or as many as are possible."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from sessions_app.services.changeset import Actor, changeset
from timetracker.errors import ConflictError, DomainError
from users_app.models import User

Result = TypeVar("Result")


class OperationsFailedError(ConflictError):
    """One of several presses was refused, so none was done. `outcomes` has what each would have given."""

    def __init__(self, outcomes: Sequence[object]) -> None:
        super().__init__("batch_failed", _("Nothing was written, because one of the operations failed."))
        self.outcomes = outcomes


def run_operations(
    user: User, actor: Actor, presses: Sequence[Callable[[], Result]], *, atomic: bool
) -> list[Result | DomainError]:
    """Does `presses`, calls of services by this person, in order, and gives each result or refusal.

    They are one press, undone as one. With `atomic` raises BatchFailedError when one of them was refused.
    """
    with (
        changeset(user, actor),
        transaction.atomic(),
    ):  # what fails leaves nothing in a press that this one is a part of
        outcomes = [_try(each) for each in presses]
        if atomic and any(isinstance(outcome, DomainError) for outcome in outcomes):
            raise OperationsFailedError(outcomes)
        return outcomes


def _try(act: Callable[[], Result]) -> Result | DomainError:
    try:
        with transaction.atomic():
            return act()
    except DomainError as error:
        return error
