"""Read-only keys that a client may send back, but must not contradict the rest of the body."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from timetracker.errors import FieldError, InvalidInputError


def check_running(fields: dict[str, Any], is_running: Callable[[], bool]) -> None:
    """Removes `running` from the fields of a body, and checks it.

    `is_running` returns whether the session will be running if the body has no end. Raises InvalidInputError if that
    differs from `running`: a timer is started and stopped by the endpoints of the timer, or by `end`.
    """
    told = fields.pop("running", None)
    if told is None:
        return
    runs = fields["end"] is None if "end" in fields else "length_seconds" not in fields and is_running()
    if told == runs:
        return
    message = (
        _("This session is over. Start one with timer/start, or give “end” as null.")
        if told
        else _("This session runs. Stop it with timer/stop, or give its “end”.")
    )
    raise InvalidInputError(FieldError("running", "does_not_match", message))
