"""Moving any number of sessions from one user to another, with few statements, so that other writers wait briefly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, QuerySet

from sessions_app.models import Change, Kind, SessionTag, TimeSession
from sessions_app.models.snapshots import replaced_project, session_snapshot
from sessions_app.services.changeset import ChangesetWriter
from users_app.models import User

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class MergedRows:
    """The rows of a user that one revision wrote, the revision of a merge."""

    user: User
    revision: int

    def of(self, rows: "QuerySet[Row]", kind: Kind, name: str = "id") -> "QuerySet[Row]":
        """Filters a queryset of the user by the column `name`, with an IN subquery, which starts from the changes."""
        return rows.filter(**{f"{name}__in": self._changes(kind).values("object_id")})

    def has(self, kind: Kind, name: str = "id") -> Exists:
        """Returns the condition of `of` as EXISTS, which starts from the row and looks up its changes."""
        return Exists(self._changes(kind).filter(object_id=OuterRef(name)))

    def _changes(self, kind: Kind) -> QuerySet[Change]:
        return Change.objects.filter(user=self.user, revision=self.revision, kind=kind)


@dataclass(frozen=True, slots=True)
class SessionMover:
    """Moves sessions of `source` to the user of a changeset: all of them, or those in `merged_rows`."""

    changes: ChangesetWriter
    source: User
    action: Change.Action
    merged_rows: MergedRows | None = None

    @property
    def sessions(self) -> QuerySet[TimeSession]:
        """The sessions that are still to be moved."""
        rows = TimeSession.objects.for_user(self.source)
        return rows if self.merged_rows is None else self.merged_rows.of(rows, Kind.SESSION)

    @property
    def tags(self) -> QuerySet[SessionTag]:
        """The tags of these sessions."""
        rows = SessionTag.objects.filter(user=self.source)
        return rows if self.merged_rows is None else self.merged_rows.of(rows, Kind.SESSION, "session_id")

    def move_tags(self, replacements: Mapping[UUID, UUID]) -> None:
        """Moves the tags of the sessions: two statements for each tag in `replacements`, and one for all others."""
        user = self.changes.user
        for old, new in replacements.items():
            rows = self._few(SessionTag.objects.filter(user=self.source, tag=old), "session_id")
            same = SessionTag.objects.filter(user__in=[self.source, user], session=OuterRef("session_id"), tag=new)
            rows.filter(Exists(same)).delete()
            rows.update(user=user, tag=new)
        self.tags.update(user=user)

    def move(self, replacements: Mapping[UUID, UUID]) -> int:
        """Moves the sessions, after their tags, and replaces projects by those in `replacements`; returns their number.

        Two statements: one statement for each project would write the same pages of the database again and again.
        """
        written = {"version": F("version") + 1, "updated_at": self.changes.at}
        after = session_snapshot(self.changes.user, replacements, **written)
        self.changes.record_sessions(self.sessions, self.action, after=after)
        return self.sessions.update(user=self.changes.user, project=replaced_project(replacements), **written)

    def _few(self, rows: "QuerySet[Row]", name: str) -> "QuerySet[Row]":
        return rows if self.merged_rows is None else rows.filter(self.merged_rows.has(Kind.SESSION, name))
