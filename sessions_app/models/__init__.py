"""The models: sessions, the catalogue (clients, projects, tags), reports, imports, and the record of all changes."""

from sessions_app.models.catalogue import Client, Project, Tag
from sessions_app.models.changesets import Change, Changeset, Epoch, Source
from sessions_app.models.imports import PIECE_SIZE, Import, ImportIdentity, ImportPiece
from sessions_app.models.reports import AddressedReport, SavedReport, Share, replace_ids
from sessions_app.models.sessions import BATCH_SIZE, SessionTag, TimeSession, iterate_with_tags, prefetch_tags
from sessions_app.models.versioned import Kind, VersionedModel

VERSIONED_MODELS: dict[str, type[VersionedModel]] = {
    Kind.SESSION: TimeSession,
    Kind.PROJECT: Project,
    Kind.CLIENT: Client,
    Kind.TAG: Tag,
    Kind.REPORT: SavedReport,
    Kind.SHARE: Share,
}
"""The model of each kind of object whose changes are recorded."""

__all__ = [
    "BATCH_SIZE",
    "PIECE_SIZE",
    "VERSIONED_MODELS",
    "AddressedReport",
    "Change",
    "Changeset",
    "Client",
    "Epoch",
    "Import",
    "ImportIdentity",
    "ImportPiece",
    "Kind",
    "Project",
    "SavedReport",
    "SessionTag",
    "Share",
    "Source",
    "Tag",
    "TimeSession",
    "VersionedModel",
    "iterate_with_tags",
    "prefetch_tags",
    "replace_ids",
]
