"""What changed, and changesets, as the API answers them."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from sessions_app.api.shapes import Client, Project, Session, Tag
from sessions_app.models import Source
from sessions_app.selectors.change_feed import FEED_KINDS
from timetracker.shapes import Instant, NextPage, Shape, one_of


class Tombstone(Shape):
    """A session that is gone."""

    id: UUID
    deleted_at: Instant


class Changes(Shape):
    """What changed since the cursor, and the cursor for the next time. `hasMore`: there is another page right now."""

    changed: list[Session]
    deleted: list[Tombstone]
    cursor: Annotated[str, Meta(examples=["MTI4"])]
    has_more: bool


class ChangedSession(Session, tag_field="kind", tag="session"):
    """A session among changes of several kinds."""


class ChangedProject(Project, tag_field="kind", tag="project"):
    """A project among changes of several kinds."""


class ChangedClient(Client, tag_field="kind", tag="client"):
    """A client among changes of several kinds."""


class ChangedTag(Tag, tag_field="kind", tag="tag"):
    """A tag among changes of several kinds."""


class KindTombstone(Tombstone):
    """A deleted object, in changes of several kinds."""

    kind: Annotated[str, one_of(*FEED_KINDS)]


class KindChanges(Shape):
    """Like `Changes`, for the requested kinds; each object has its `kind`."""

    changed: list[ChangedSession | ChangedProject | ChangedClient | ChangedTag]
    deleted: list[KindTombstone]
    cursor: Annotated[str, Meta(examples=["MTI4"])]
    has_more: bool


class Changeset(Shape):
    """All that one click, request or command wrote. `undoneBy` is the changeset by which it is undone now."""

    id: UUID
    at: Instant
    source: Annotated[str, one_of(*Source.values)]
    summary: Annotated[str, Meta(examples=["“Logo” started"])]
    undoable: bool
    undone_by: UUID | None


class Changesets(Shape):
    """A page of changesets."""

    changesets: list[Changeset]
    next: NextPage | None


_LEFT = "Only there when some stay, since they were changed later or are in use; not in a replay."


class Undone(Shape):
    """The changeset that took another back, by whose undo that is done again; and what stays, of an import."""

    changeset_id: UUID
    left_count: Annotated[int, Meta(description=f"{_LEFT} How many.", examples=[1])] | UnsetType = UNSET
    left: Annotated[list[str], Meta(description=f"{_LEFT} The first 10.", examples=[["Logo"]])] | UnsetType = UNSET

    @classmethod
    def of_undo(cls, changeset_id: UUID, left_count: int, left: Sequence[str]) -> Self:
        """Returns what was undone; that nothing stays goes without saying."""
        return cls(changeset_id, left_count, list(left)) if left_count else cls(changeset_id)
