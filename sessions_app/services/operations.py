"""Several operations as one changeset: all or none, or as many as succeed."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from sessions_app.services.changeset import Actor, ChangesetWriter, changeset
from timetracker.errors import ConflictError, DomainError
from users_app.models import User

Result = TypeVar("Result")


class OperationsFailedError(ConflictError):
    """Raised when one of several operations failed, so that none was done. `outcomes` has the result of each."""

    def __init__(self, outcomes: Sequence[object]) -> None:
        super().__init__("batch_failed", _("Nothing was written, because one of the operations failed."))
        self.outcomes = outcomes


def run_operations(
    user: User, actor: Actor, operations: Sequence[Callable[[], Result]], *, atomic: bool
) -> list[Result | DomainError]:
    """Calls services of one user in order, as one changeset, and returns the result or error of each.

    With `atomic`, raises OperationsFailedError when one of them fails, and writes nothing.
    """
    with changeset(user, actor) as changes, changes.savepoint():
        outcomes = [_try(changes, each) for each in operations]
        if atomic and any(isinstance(outcome, DomainError) for outcome in outcomes):
            raise OperationsFailedError(outcomes)
        return outcomes


def _try(changes: ChangesetWriter, call: Callable[[], Result]) -> Result | DomainError:
    try:
        with changes.savepoint():
            return call()
    except DomainError as error:
        return error
