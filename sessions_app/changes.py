"""What happened to a person's sessions since they were last asked for: what scripts keep in step with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sessions_app.models import Change, Kind, TimeSession, read_tags
from timetracker.snapshot import snapshot
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A session that is in the Trash or gone for good, and since when (UTC)."""

    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Sessions as they are now, and those that are no more. `cursor` is where the next news begin.

    `has_more` tells whether there are more already.
    """

    changed: list[TimeSession]
    deleted: list[Tombstone]
    cursor: int
    has_more: bool


def read_news(user: User, *, after: int, limit: int) -> News:
    """What the next `limit` changes after the cursor `after` (0 for all) were of, each session once. Three queries.

    Changes are numbered in the order in which they were committed, for those of one person follow each other. So a
    session that changes while somebody pages comes again on a later page, and none is missed.
    """
    with snapshot():
        changes = Change.objects.filter(user=user, kind=Kind.SESSION, id__gt=after).order_by("id")
        found = list(changes.values_list("id", "object_id", "at")[: limit + 1])
        page = found[:limit]
        latest = {object_id: at for _id, object_id, at in page}
        kept = list(TimeSession.objects.for_user(user).kept().filter(id__in=latest))
        read_tags(kept)
    there = {session.id: session for session in kept}
    return News(
        [there[object_id] for object_id in latest if object_id in there],
        [Tombstone(object_id, at) for object_id, at in latest.items() if object_id not in there],
        page[-1][0] if page else after,
        len(found) > limit,
    )
