"""The change feed: changes of a user's sessions and catalogue since a cursor, for scripts that synchronise a copy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from sessions_app.models import VERSIONED_MODELS, Change, Epoch, Kind, TimeSession, VersionedModel, prefetch_tags
from timetracker.db.compiled import CompiledRead
from timetracker.db.snapshot import snapshot
from timetracker.errors import ExpiredError
from users_app.models import User

FEED_KINDS = (Kind.SESSION, Kind.PROJECT, Kind.CLIENT, Kind.TAG)
"""The kinds of objects in the feed: tracked time and its catalogue, without saved reports and share links."""
MAX_SEARCHED = 20_000
"""The most changes that a call looks through for rare kinds, so that its cost does not grow with the history."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """A position in the feed of a user: after the change with this revision and number, in this epoch of the user."""

    epoch: UUID
    revision: int
    number: int


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A row in the Trash or removed for good, and the instant (UTC) of its deletion."""

    id: UUID
    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class ChangeFeedPage:
    """A page of the feed: present rows, and tombstones of deleted ones. The next page begins at `cursor`.

    `has_more` is whether there is more to read now.
    """

    changed: list[VersionedModel]
    deleted: list[Tombstone]
    cursor: FeedCursor
    has_more: bool


def read_epoch(user: User) -> UUID:
    """Returns the epoch of a user's revisions. It differs between users, so that another user's cursor is rejected.

    One query. A database without an epoch, as after `manage.py flush`, has the nil UUID until `manage.py restored`.
    """
    ((value,),) = _read_epoch() or [(UUID(int=0),)]
    return uuid5(value, str(user.id))


_read_epoch = CompiledRead(lambda: Epoch.objects.order_by("pk").values_list("value")[:1])


def read_change_feed(
    user: User, *, after: FeedCursor | None, limit: int, kinds: Collection[Kind] = (Kind.SESSION,)
) -> ChangeFeedPage:
    """Returns the rows of the next `limit` changes after a cursor, or from the beginning, each row once.

    Changes are ordered as they were committed, since changesets of one user never overlap. A row that changes while a
    script reads pages comes again on a later page, and none is missed.

    Up to six queries; two more for kinds of the catalogue, whose changes may be rare: then only the next MAX_SEARCHED
    changes are looked through, and a page may be empty although there is more. Raises ExpiredError `cursor_expired` for
    a cursor of another epoch, or whose change does not exist.
    """
    epoch = read_epoch(user)
    with snapshot():
        after = after or FeedCursor(epoch, 0, 0)
        _check_cursor(user, after, epoch)
        changes = Change.objects.filter(user=user, revision__gte=after.revision).order_by("revision", "number")
        # Only changes of the cursor's revision are read in vain here, since they come first.
        changes = changes.filter(Q(revision__gt=after.revision) | Q(number__gt=after.number))
        end = None if set(kinds) == {Kind.SESSION} else _find_end(changes, epoch)
        if end is not None:
            is_earlier = Q(revision__lt=end.revision) | Q(revision=end.revision, number__lte=end.number)
            changes = changes.filter(is_earlier, revision__lte=end.revision)
        of_kinds = changes.filter(kind__in=kinds) if len(kinds) > 1 else changes.filter(kind=next(iter(kinds)))
        found = list(of_kinds.values_list("revision", "number", "object_id", "kind")[: limit + 1])
        page = found[:limit]
        touched = {object_id: Kind(kind) for _revision, _number, object_id, kind in page}
        rows = _read_rows(user, touched)
        present = [rows[each] for each in touched if each in rows and rows[each].deleted_at is None]
        prefetch_tags([row for row in present if isinstance(row, TimeSession)])
        gone = _removed_at(user, [each for each in touched if each not in rows])
    gone |= {row.id: row.deleted_at for row in rows.values() if row.deleted_at is not None}
    is_cut = len(found) > limit
    cursor = FeedCursor(epoch, page[-1][0], page[-1][1]) if page else after
    return ChangeFeedPage(
        present,
        [Tombstone(object_id, gone[object_id], kind) for object_id, kind in touched.items() if object_id in gone],
        cursor if is_cut or end is None else end,
        is_cut or end is not None,
    )


def _find_end(changes: QuerySet[Change], epoch: UUID) -> FeedCursor | None:
    """Returns the position after MAX_SEARCHED changes, None when there are fewer. One query, of an index alone."""
    last = changes.values_list("revision", "number")[MAX_SEARCHED - 1 : MAX_SEARCHED]
    return next((FeedCursor(epoch, *each) for each in last), None)


def _read_rows(user: User, touched: Mapping[UUID, Kind]) -> dict[UUID, VersionedModel]:
    """Returns those of the rows that exist, by id. One query for each kind."""
    rows: dict[UUID, VersionedModel] = {}
    for kind in dict.fromkeys(touched.values()):
        ids = [object_id for object_id, its_kind in touched.items() if its_kind == kind]
        rows |= VERSIONED_MODELS[kind].objects.for_user(user).in_bulk(ids)
    return rows


def _check_cursor(user: User, cursor: FeedCursor, epoch: UUID) -> None:
    """Raises ExpiredError unless the cursor is the beginning, or follows an existing change of this epoch."""
    is_beginning = (cursor.revision, cursor.number) == (0, 0)
    if cursor.epoch == epoch and (
        is_beginning or Change.objects.filter(user=user, revision=cursor.revision, number=cursor.number).exists()
    ):
        return
    message = _("This cursor is of an earlier state of the server. Leave it out and read everything again.")
    raise ExpiredError("cursor_expired", message)


def _removed_at(user: User, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Returns the instants at which rows were removed for good: of the last change of each. One query if any."""
    if not ids:
        return {}
    changes = Change.objects.filter(user=user, object_id__in=ids)
    return dict(changes.values_list("object_id").annotate(last=Max("changeset__at")))
