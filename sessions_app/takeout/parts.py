"""What a take-out consists of, for those who write and who read it."""

from sessions_app.models import Client, Project, Recorded, Tag
from sessions_app.models.organising import Named

FORMAT = "timetracker-takeout"
VERSION = 1

ACCOUNT = "account.json"
SESSIONS = "sessions.jsonl"
TABLE = "sessions.csv"
README = "README.txt"

LISTS: dict[str, type[Named]] = {"clients": Client, "projects": Project, "tags": Tag}
"""What sessions are organised by, under its keys in `account.json`."""


def fields_of(model: type[Recorded]) -> tuple[str, ...]:
    """All that is told of a row: its id and what the record of changes keeps of it."""
    return ("id", *model.CHOSEN_FIELDS, *model.FURTHER_FIELDS)
