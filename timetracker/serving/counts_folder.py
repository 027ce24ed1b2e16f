"""The folder in which workers share their metrics: in memory, so that a full disk does no harm."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # the folder made there has a name of its own, and mode 0700


def make_counts_folder(data_dir: Path, memory: Path = MEMORY) -> Path:
    """Removes the folder of the last start, makes an empty one for this start, and returns it.

    The counts are memory-mapped files: if a full disk has no room for another page of one, the kernel kills the
    process. `metrics` in the data folder is a link to the folder, so that the next start finds it however this one
    ends; it is the folder itself if the system has no file system in memory.
    """
    link = data_dir / "metrics"
    if not link.is_symlink() or link.resolve().parent == memory.resolve():  # never a folder that somebody else linked
        shutil.rmtree(link.resolve(), ignore_errors=True)
    link.unlink(missing_ok=True)
    if not os.access(memory, os.W_OK):
        link.mkdir(mode=0o700)
        return link
    folder = Path(tempfile.mkdtemp(prefix="timetracker-metrics-", dir=memory))
    with suppress(OSError):  # a full disk has no room for the link: the folder then stays until the machine restarts
        link.symlink_to(folder)
    return folder
