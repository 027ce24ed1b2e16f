"""The file names of backups, and the choice of those to keep. Pure functions."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

KEPT_DAYS, KEPT_WEEKS, KEPT_MONTHS = 7, 4, 6
_FORM = "timetracker-%Y-%m-%dT%H%M%SZ.tar.gz"
_NAME = re.compile(r"timetracker-\d{4}-\d\d-\d\dT\d{6}Z\.tar\.gz")


def format_name(made_at: datetime) -> str:
    """Returns the name of a backup made at an instant (UTC, whole seconds)."""
    return made_at.astimezone(UTC).strftime(_FORM)


def parse_name(name: str) -> datetime | None:
    """Returns the instant in a name, None for a file that is not a backup."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return datetime.strptime(name, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def choose_kept(made_at: Iterable[datetime]) -> set[datetime]:
    """Returns the backups to keep: the newest of each of the last 7 days, 4 weeks and 6 months that have backups.

    Days, ISO weeks and months are in UTC. Periods without backups do not count, so that a server that was off for half
    a year keeps its backups.
    """
    newest_first = sorted(made_at, reverse=True)
    return (
        _newest_of_each(newest_first, lambda at: at.date(), KEPT_DAYS)
        | _newest_of_each(newest_first, lambda at: at.isocalendar()[:2], KEPT_WEEKS)
        | _newest_of_each(newest_first, lambda at: (at.year, at.month), KEPT_MONTHS)
    )


def _newest_of_each(
    newest_first: list[datetime], period_of: Callable[[datetime], Any], max_periods: int
) -> set[datetime]:
    newest: dict[Any, datetime] = {}
    for at in newest_first:
        newest.setdefault(period_of(at), at)
    return set(list(newest.values())[:max_periods])
