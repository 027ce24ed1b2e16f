"""How much room there is for what is stored: while it is low, the operator is told and imports are rejected."""

import shutil
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from timetracker.errors import DomainError

LOW_BYTES = 200_000_000
"""Below it only small things are taken; health.MIN_FREE_BYTES is where the server asks to be left alone."""


class NoRoomError(DomainError):
    """Raised for what would need more room than the disk has."""

    status = 503

    def __init__(self) -> None:
        message = _("The disk of the server is nearly full, so nothing was imported. Its operator makes room first.")
        super().__init__("storage_unavailable", message)


def free_bytes() -> int:
    """Returns how much can still be stored, in bytes: of the data folder, or of the database's when that is less.

    Raises OSError when a folder is gone.
    """
    folders = {Path(settings.DATA_DIR)}
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "timetracker.db.sqlite":
        folders.add(Path(database["NAME"]).parent)
    return min(shutil.disk_usage(folder).free for folder in folders)


def is_low() -> bool:
    """Tells whether there is less room than imports may take. A folder that is gone has none."""
    try:
        return free_bytes() < LOW_BYTES
    except OSError:
        return True


def check_room() -> None:
    """Raises NoRoomError while the disk is nearly full. To be called before anything large is written."""
    if is_low():
        raise NoRoomError


def operator_notice(request: HttpRequest) -> dict[str, str]:
    """Gives templates `disk_notice`, for operators while the disk is nearly full. A context processor."""
    user = getattr(request, "user", None) if is_low() else None
    if user is None or not user.is_staff:
        return {}
    return {
        "disk_notice": _(
            "The disk of this server is nearly full. Make room now: below 200 MB nothing is imported, and when it is "
            "full nothing is saved."
        )
    }
