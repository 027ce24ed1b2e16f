"""The parts and fields of an export, for its writer and its reader."""

from sessions_app.models import AddressedReport, Client, Project, SavedReport, Share, Tag, VersionedModel
from sessions_app.models.catalogue import CatalogueEntry

FORMAT = "timetracker-export"
VERSION = 1

ACCOUNT = "account.json"
SESSIONS = "sessions.jsonl"
IDENTITIES = "identities.jsonl"
"""By what imported sessions are known again; only where there are any."""
TABLE = "sessions.csv"
README = "README.txt"

LISTS: dict[str, type[CatalogueEntry]] = {"clients": Client, "projects": Project, "tags": Tag}
"""The catalogue, by its keys in `account.json`."""
REPORTS: dict[str, type[AddressedReport]] = {"reports": SavedReport, "shares": Share}
"""Saved reports and share links, likewise. Exports of the first release do not have them."""


def fields_of(model: type[VersionedModel]) -> tuple[str, ...]:
    """Returns the fields of a row in an export: its id, and those that the history of changes has."""
    return ("id", *model.TRACKED_FIELDS, *model.METADATA_FIELDS)
