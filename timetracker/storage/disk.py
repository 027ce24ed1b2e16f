"""Free space for data. While it is low, pages tell the operator, and imports are rejected."""

import shutil
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from timetracker.errors import DomainError

LOW_BYTES = 200_000_000
"""Below this, large writes are rejected. Below health.MIN_FREE_BYTES, the server reports that it is not ready."""


class NoRoomError(DomainError):
    """Raised for a large write while the disk is nearly full."""

    status = 503

    def __init__(self) -> None:
        message = _("The disk of the server is nearly full, so nothing was imported. Its operator makes room first.")
        super().__init__("storage_unavailable", message)


def free_bytes() -> int:
    """Returns the free bytes of the data folder's disk, or of the database's if that has fewer.

    Raises OSError when a folder is gone.
    """
    folders = {Path(settings.DATA_DIR)}
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "timetracker.db.sqlite":
        folders.add(Path(database["NAME"]).parent)
    return min(shutil.disk_usage(folder).free for folder in folders)


def is_low() -> bool:
    """Returns whether less than LOW_BYTES are free. A missing folder counts as full."""
    try:
        return free_bytes() < LOW_BYTES
    except OSError:
        return True


def check_room() -> None:
    """Raises NoRoomError while the disk is nearly full. Call it before writing anything large."""
    if is_low():
        raise NoRoomError


def operator_notice(request: HttpRequest) -> dict[str, str]:
    """A context processor with `disk_notice`, for operators while the disk is nearly full."""
    user = getattr(request, "user", None) if is_low() else None
    if user is None or not user.is_staff:
        return {}
    return {
        "disk_notice": _(
            "The disk of this server is nearly full. Make room now: below 200 MB nothing is imported, and when it is "
            "full nothing is saved."
        )
    }
