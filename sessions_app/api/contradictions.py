"""Keys that are answered, and may be sent back, but not with another meaning."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from timetracker.errors import FieldError, InvalidInputError


def check_running(fields: dict[str, Any], is_running: Callable[[], bool]) -> None:
    """Takes `running` out of the fields of a body, which says whether the session runs after it.

    `is_running` tells whether it does when the body has no end. Raises InvalidInputError when they differ: a timer is
    started and stopped by calls of their own, or by its end.
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
