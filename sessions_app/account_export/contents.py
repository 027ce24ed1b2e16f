"""The parts and fields of an export, for its writer and its reader."""

from sessions_app.models import AddressedReport, Client, Project, SavedReport, Share, Tag, VersionedModel
from sessions_app.models.catalogue import CatalogueEntry

FORMAT = "timetracker-export"
VERSION = 1

ACCOUNT = "account.json"
SESSIONS = "sessions.jsonl"
IDENTITIES = "identities.jsonl"
"""The part with the identities of imported sessions; only if there are any."""
TABLE = "sessions.csv"
README = "README.txt"

LISTS: dict[str, type[CatalogueEntry]] = {"clients": Client, "projects": Project, "tags": Tag}
"""The models of the catalogue by key in `account.json`."""
REPORTS: dict[str, type[AddressedReport]] = {"reports": SavedReport, "shares": Share}
"""The models of reports by key in `account.json`. Exports of the first release lack these keys."""


def fields_of(model: type[VersionedModel]) -> tuple[str, ...]:
    """Returns the fields of a row in an export: its id, and those of its snapshots."""
    return ("id", *model.TRACKED_FIELDS, *model.METADATA_FIELDS)
