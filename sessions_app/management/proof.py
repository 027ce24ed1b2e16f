"""The figures of a database that prove a backup of it: time by user and month, and the newest change."""

from typing import Any

from sessions_app.models import Changeset, TimeSession
from timetracker.backups.figures import Query

_SECONDS = f"""
    SELECT CAST(user_id AS text), substr(CAST(first_date AS text), 1, 7), count(*), sum(duration_seconds)
    FROM {TimeSession._meta.db_table} WHERE deleted_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608, SLF001  # the name of our own table
_NEWEST = f"SELECT CAST(id AS text), CAST(at AS text) FROM {Changeset._meta.db_table} ORDER BY at DESC, id DESC LIMIT 1"  # noqa: S608, SLF001


def read_figures(query: Query) -> dict[str, Any]:
    """Returns sessions and seconds by user and month of their first day, and which changeset is the newest.

    Statements, no querysets: they are sent to databases that Django does not know, and compared, never shown.
    """
    return {
        "seconds": {f"{user} {month}": [count, int(seconds or 0)] for user, month, count, seconds in query(_SECONDS)},
        "newest change": [list(row) for row in query(_NEWEST)],
    }
