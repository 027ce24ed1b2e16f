"""The rows: sessions, what they are organised by, and the record of all their changes."""

from sessions_app.models.organising import Client, Project, Tag
from sessions_app.models.recorded import Change, Kind, Recorded, Source
from sessions_app.models.sessions import READ_AT_ONCE, SessionTag, TimeSession, read_in_parts, read_tags

RECORDED: dict[str, type[Recorded]] = {
    Kind.SESSION: TimeSession,
    Kind.PROJECT: Project,
    Kind.CLIENT: Client,
    Kind.TAG: Tag,
}
"""The model of each kind of object that changes are recorded of."""

__all__ = [
    "READ_AT_ONCE",
    "RECORDED",
    "Change",
    "Client",
    "Kind",
    "Project",
    "Recorded",
    "SessionTag",
    "Source",
    "Tag",
    "TimeSession",
    "read_in_parts",
    "read_tags",
]
