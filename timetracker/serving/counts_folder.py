"""Where workers share their counts: in memory, beyond the reach of a full disk."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # the folder made there has a name of its own, and mode 0700


def make_counts_folder(data_dir: Path, memory: Path = MEMORY) -> Path:
    """Makes an empty folder for the counts of a server that starts, removes that of the last one, and returns it.

    The counts are files that are mapped: where a full disk has no room for another page of one, the kernel ends the
    process. `metrics` in the data folder leads to the folder, so that the next start finds it however this one ends; it
    is the folder itself where the system has none in memory.
    """
    link = data_dir / "metrics"
    if not link.is_symlink() or link.resolve().parent == memory.resolve():  # never what somebody else made it lead to
        shutil.rmtree(link.resolve(), ignore_errors=True)
    link.unlink(missing_ok=True)
    if not os.access(memory, os.W_OK):
        link.mkdir(mode=0o700)
        return link
    folder = Path(tempfile.mkdtemp(prefix="timetracker-metrics-", dir=memory))
    with suppress(OSError):  # not even a link can be stored: the folder stays in memory until the machine restarts
        link.symlink_to(folder)
    return folder
