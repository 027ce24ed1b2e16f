"""Removing the Trash for good, when its user empties it, or after 30 days."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef

from sessions_app.models import Changeset, Client, Project, SavedReport, SessionTag, Share, Source, Tag, TimeSession
from sessions_app.models.querysets import TimeSessionQuerySet, UserScopedQuerySet
from sessions_app.services.changeset import Actor, ChangesetWriter
from sessions_app.services.parts import (
    CHUNK,
    Progress,
    State,
    Step,
    abandon,
    begin_work,
    go_on,
    kind_of_work,
    unfinished_work,
)
from users_app.models import User

TRASH_RETENTION = timedelta(days=30)
PURGE = "purge"


def empty_trash(user: User, actor: Actor, *, seconds: float | None = None) -> Progress:
    """Removes all sessions in the Trash for good, in parts, without undo; `state["count"]` is their number.

    Stops after about `seconds`, if given. Changes of the sessions stay, and so do sessions deleted meanwhile.
    """
    latest: datetime | None = _trash(user).aggregate(latest=Max("deleted_at"))["latest"]
    if latest is None:
        return Progress(None, is_finished=True, state={"count": 0})
    for each in _interrupted(user):
        abandon(user, actor, each.id)  # this work includes its sessions
    return begin_work(user, actor, PURGE, _state(latest, has_entries=False), seconds=seconds)


def prune_trash(user: User, *, now: datetime) -> int:
    """Removes rows deleted 30 days before `now`, catalogue entries too, in parts. Returns the number of sessions."""
    before, actor = now - TRASH_RETENTION, Actor(Source.SYSTEM)
    if not any(rows.filter(deleted_at__lte=before).exists() for rows in (_trash(user), *_deleted_entries(user))):
        return 0
    for each in _interrupted(user):
        go_on(user, actor, each.id)
    count: int = begin_work(user, actor, PURGE, _state(before, has_entries=True)).state["count"]
    return count


def _interrupted(user: User) -> list[Changeset]:
    return [each for each in unfinished_work(user) if each.unfinished and each.unfinished["kind"] == PURGE]


def _state(before: datetime, *, has_entries: bool) -> State:
    """Returns the state for removing what was deleted up to `before` (UTC); `has_entries`: catalogue entries, too."""
    return {"before": before.isoformat(), "after": None, "has_entries": has_entries, "count": 0}


@kind_of_work(PURGE)
def _make_step(_user: User, _state: State) -> Step:
    return _step


def _step(changes: ChangesetWriter, state: State) -> bool:
    """Removes up to CHUNK sessions; when all are gone, the catalogue entries, which sessions may refer to."""
    before = datetime.fromisoformat(state["before"])
    sessions = _trash(changes.user).filter(deleted_at__lte=before)
    if state["after"] is not None:  # without it, PostgreSQL would walk over all rows removed before
        sessions = sessions.filter(deleted_at__gte=datetime.fromisoformat(state["after"]))
    chunk = list(sessions.order_by("deleted_at")[:CHUNK])
    changes.purge_all(chunk)
    state["count"] += len(chunk)
    if len(chunk) == CHUNK:
        state["after"] = chunk[-1].deleted_at.isoformat()
        return False
    for entries in _deleted_entries(changes.user) if state["has_entries"] else ():
        old = list(entries.filter(deleted_at__lte=before)[:CHUNK])
        changes.purge_all(old)
        if len(old) == CHUNK:
            return False
    return True


def _trash(user: User) -> TimeSessionQuerySet:
    return TimeSession.objects.for_user(user).in_trash()


def _deleted_entries(user: User) -> Iterator[UserScopedQuerySet]:
    """Yields querysets of deleted projects, tags and clients without references in the Trash, reports and links."""
    owned = {"user": user, "deleted_at__isnull": False}
    yield Project.objects.filter(**owned).exclude(
        Exists(TimeSession.objects.for_user(user).filter(project=OuterRef("id")))
    )
    yield Tag.objects.filter(**owned).exclude(Exists(SessionTag.objects.filter(user=user, tag=OuterRef("id"))))
    yield SavedReport.objects.filter(**owned)
    yield Share.objects.filter(**owned)
    yield Client.objects.filter(**owned).exclude(Exists(Project.objects.filter(user=user, client=OuterRef("id"))))
