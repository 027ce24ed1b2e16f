"""What an export consists of, for those who write and who read it."""

from sessions_app.models import Client, Project, Tag, VersionedModel
from sessions_app.models.catalogue import CatalogueEntry

FORMAT = "timetracker-export"
VERSION = 1

ACCOUNT = "account.json"
SESSIONS = "sessions.jsonl"
TABLE = "sessions.csv"
README = "README.txt"

LISTS: dict[str, type[CatalogueEntry]] = {"clients": Client, "projects": Project, "tags": Tag}
"""What sessions are organised by, under its keys in `account.json`."""


def fields_of(model: type[VersionedModel]) -> tuple[str, ...]:
    """All that is told of a row: its id and what the record of changes keeps of it."""
    return ("id", *model.TRACKED_FIELDS, *model.METADATA_FIELDS)
