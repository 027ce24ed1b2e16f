"""What happened to a person's sessions since they were last asked for: what scripts keep in step with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from sessions_app.models import Change, Kind, TimeSession, prefetch_tags
from timetracker.db.snapshot import snapshot
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A session that is in the Trash or gone for good, and since when (UTC)."""

    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeFeedPage:
    """Sessions as they are now, and those that are no more. `cursor` is where the next news begin.

    `has_more` tells whether there are more already.
    """

    changed: list[TimeSession]
    deleted: list[Tombstone]
    cursor: int
    has_more: bool


def read_change_feed(user: User, *, after: int, limit: int) -> ChangeFeedPage:
    """What the next `limit` changes after the cursor `after` (0 for all) were of, each session once.

    Three queries, and one more when some of them are gone for good. Changes are numbered in the order in which they
    were committed, for those of one person follow each other. So a session that changes while somebody pages comes
    again on a later page, and none is missed.
    """
    with snapshot():
        changes = Change.objects.filter(user=user, kind=Kind.SESSION, id__gt=after).order_by("id")
        found = list(changes.values_list("id", "object_id")[: limit + 1])
        page = found[:limit]
        touched = dict.fromkeys(object_id for _id, object_id in page)
        rows = TimeSession.objects.for_user(user).in_bulk(touched)
        not_deleted = [rows[each] for each in touched if each in rows and rows[each].deleted_at is None]
        prefetch_tags(not_deleted)
        gone = _removed_at(user, [each for each in touched if each not in rows])
    gone |= {session.id: session.deleted_at for session in rows.values() if session.deleted_at is not None}
    return ChangeFeedPage(
        not_deleted,
        [Tombstone(object_id, gone[object_id]) for object_id in touched if object_id in gone],
        page[-1][0] if page else after,
        len(found) > limit,
    )


def _removed_at(user: User, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When sessions that are gone for good were removed: what came last of each. A query when there are any."""
    if not ids:
        return {}
    changes = Change.objects.filter(user=user, object_id__in=ids)
    return dict(changes.values_list("object_id").annotate(last=Max("at")))
