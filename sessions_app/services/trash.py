"""Removing what is in the Trash for good: when its user empties it, or after 30 days."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from sessions_app.models import Client, Project, SavedReport, SessionTag, Share, Source, Tag, TimeSession
from sessions_app.models.querysets import TimeSessionQuerySet, UserScopedQuerySet
from sessions_app.services.changeset import Actor, changeset
from users_app.models import User

TRASH_RETENTION = timedelta(days=30)


def empty_trash(user: User, actor: Actor) -> int:
    """Removes all sessions in the Trash for good and returns how many. Their changes stay; there is no undo."""
    return _purge(user, actor, before=None)


def prune_trash(user: User, *, now: datetime) -> int:
    """Removes what was deleted 30 days before `now`, catalogue entries too; returns how many sessions."""
    before = now - TRASH_RETENTION
    if any(rows.filter(deleted_at__lte=before).exists() for rows in (_trash(user), *_deleted_entries(user))):
        return _purge(user, Actor(Source.SYSTEM), before=before)
    return 0


def _purge(user: User, actor: Actor, *, before: datetime | None) -> int:
    with changeset(user, actor) as changes:
        sessions = _trash(user)
        if before is not None:
            sessions = sessions.filter(deleted_at__lte=before)
        deleted = list(sessions)
        for session in deleted:
            changes.purge(session)
        if before is not None:
            for entries in _deleted_entries(user):
                for entry in entries.filter(deleted_at__lte=before):
                    changes.purge(entry)
        return len(deleted)


def _trash(user: User) -> TimeSessionQuerySet:
    return TimeSession.objects.for_user(user).in_trash()


def _deleted_entries(user: User) -> Iterator[UserScopedQuerySet]:
    """Yields the deleted projects, tags and clients that nothing in the Trash refers to, reports and share links."""
    owned = {"user": user, "deleted_at__isnull": False}
    yield Project.objects.filter(**owned).exclude(
        Exists(TimeSession.objects.for_user(user).filter(project=OuterRef("id")))
    )
    yield Tag.objects.filter(**owned).exclude(Exists(SessionTag.objects.filter(user=user, tag=OuterRef("id"))))
    yield SavedReport.objects.filter(**owned)
    yield Share.objects.filter(**owned)
    yield Client.objects.filter(**owned).exclude(Exists(Project.objects.filter(user=user, client=OuterRef("id"))))
