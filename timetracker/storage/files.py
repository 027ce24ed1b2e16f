"""Files that only their owner may read and write."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def open_private(path: str | Path, *, like: str | Path | None = None) -> int:
    """Returns a read-only descriptor of a file, made with mode 0600 when missing, whatever the umask.

    With `like`, a new file has the mode, and if this is root also the owner, of that file when it is there, as SQLite
    does for the files beside a database. A file that exists keeps its mode: an operator may have opened it up.
    """
    with suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        made = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    except FileExistsError:  # another process has created it meanwhile
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    _set_owner_and_mode(made, like)
    return made


def _set_owner_and_mode(descriptor: int, like: str | Path | None) -> None:
    mode = PRIVATE
    if like is not None:
        with suppress(FileNotFoundError):
            model = Path(like).stat()
            mode = model.st_mode & 0o666
            if os.geteuid() == 0:
                # Otherwise a command run by root first would lock out the user of the service.
                os.fchown(descriptor, model.st_uid, model.st_gid)
    os.fchmod(descriptor, mode)


def sync_folder(path: str | Path) -> None:
    """Syncs a folder to disk. Otherwise a new or renamed file in it could be lost in a power cut."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
