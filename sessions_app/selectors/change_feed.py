"""Reads what happened to a user's sessions since a cursor: what scripts keep a copy in step with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from sessions_app.models import Change, Epoch, Kind, TimeSession, prefetch_tags
from timetracker.db.snapshot import snapshot
from timetracker.errors import ExpiredError
from users_app.models import User


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """A place in the feed of a user: after the change with this revision and number, in this epoch of theirs."""

    epoch: UUID
    revision: int
    number: int


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A session that is in the Trash or gone for good, and since when (UTC)."""

    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeFeedPage:
    """Sessions as they are now and tombstones of the others; `cursor` is where the next page begins.

    `has_more` tells whether there is one already.
    """

    changed: list[TimeSession]
    deleted: list[Tombstone]
    cursor: FeedCursor
    has_more: bool


def read_epoch(user: User) -> UUID:
    """Reads the epoch that a user's revisions count in: another for each user, so that nobody takes a foreign cursor.

    One query. A database without an epoch, as after `manage.py flush`, has the nil UUID until `manage.py restored`.
    """
    value = Epoch.objects.values_list("value", flat=True).first() or UUID(int=0)
    return uuid5(value, str(user.id))


def read_change_feed(user: User, *, after: FeedCursor | None, limit: int) -> ChangeFeedPage:
    """Reads what the next `limit` changes after a cursor were of, each session once; from the beginning without one.

    Up to six queries. Changes are ordered as they were committed, since changesets of one user follow each other. So a
    session that changes while somebody pages comes again on a later page, and none is missed. Raises ExpiredError
    `cursor_expired` for a cursor of another epoch, or after a change that is not there.
    """
    epoch = read_epoch(user)
    with snapshot():
        after = after or FeedCursor(epoch, 0, 0)
        _check_cursor(user, after, epoch)
        changes = Change.objects.filter(user=user, kind=Kind.SESSION, revision__gte=after.revision)
        # The changes of the cursor's own changeset come first, so this skips no more than those.
        changes = changes.filter(Q(revision__gt=after.revision) | Q(number__gt=after.number))
        found = list(changes.order_by("revision", "number").values_list("revision", "number", "object_id")[: limit + 1])
        page = found[:limit]
        touched = dict.fromkeys(object_id for _revision, _number, object_id in page)
        rows = TimeSession.objects.for_user(user).in_bulk(touched)
        present = [rows[each] for each in touched if each in rows and rows[each].deleted_at is None]
        prefetch_tags(present)
        gone = _removed_at(user, [each for each in touched if each not in rows])
    gone |= {session.id: session.deleted_at for session in rows.values() if session.deleted_at is not None}
    return ChangeFeedPage(
        present,
        [Tombstone(object_id, gone[object_id]) for object_id in touched if object_id in gone],
        FeedCursor(epoch, page[-1][0], page[-1][1]) if page else after,
        len(found) > limit,
    )


def _check_cursor(user: User, cursor: FeedCursor, epoch: UUID) -> None:
    """Raises ExpiredError unless the cursor follows a change of this epoch, or is the beginning."""
    is_beginning = (cursor.revision, cursor.number) == (0, 0)
    if cursor.epoch == epoch and (
        is_beginning or Change.objects.filter(user=user, revision=cursor.revision, number=cursor.number).exists()
    ):
        return
    message = _("This cursor is of an earlier state of the server. Leave it out and read everything again.")
    raise ExpiredError("cursor_expired", message)


def _removed_at(user: User, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Reads when sessions that are gone for good were removed: what came last of each. A query when there are any."""
    if not ids:
        return {}
    changes = Change.objects.filter(user=user, object_id__in=ids)
    return dict(changes.values_list("object_id").annotate(last=Max("changeset__at")))
