"""Checks a SQLite database once a day: `python -IS daily_check.py PATH`.

gunicorn's master starts it if SQLite has the WAL-reset defect. It is a separate process, so that reading a whole
database occupies no thread of a worker. It imports neither Django nor much of Python's library, and takes 4 MiB. It
ends with the process that started it.
"""

import os
import sqlite3
import sys
import time

SECONDS_BETWEEN = 24 * 60 * 60
_SECONDS_BETWEEN_LOOKS = 60
_BUSY_SECONDS = 60


def quick_check(path: str | os.PathLike[str]) -> str:
    """Returns the damage that SQLite finds in a database, "" if none. Reads the whole file without blocking writers."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        try:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        return "" if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)


def watch(path: str | os.PathLike[str], *, seconds_between: float = SECONDS_BETWEEN) -> None:
    """Checks a database again and again, until the parent process has ended, and reports damage."""
    parent = os.getppid()
    while True:
        deadline = time.monotonic() + seconds_between
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, _SECONDS_BETWEEN_LOOKS))
            if os.getppid() != parent:
                return
        if found := quick_check(path):
            sys.stderr.write(
                f"timetracker: The database {path} is damaged: {found}. Stop the server and restore the newest backup: "
                "manage.py restore FILE, which keeps this one.\n"
            )


if __name__ == "__main__":
    watch(sys.argv[1])
