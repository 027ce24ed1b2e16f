"""Removing users with all that is theirs, in parts that others can write between."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from sessions_app.models import (
    Change,
    Changeset,
    Client,
    Import,
    ImportIdentity,
    ImportPiece,
    Project,
    SessionTag,
    Tag,
    TimeSession,
)
from users_app.models import User
from users_app.services.deletion import remove_users

BATCH_SIZE = 500
MAX_PARTS = 20
"""How many parts a request removes; housekeeping goes on."""


def remove_deleted_users() -> int:
    """Removes all users who asked to be deleted, and returns how many. Goes on where an earlier run was stopped."""
    count = 0
    for user in list(User.objects.filter(deletion_began_at__isnull=False)):
        remove_in_parts(user, max_parts=None)
        count += 1
    return count


def remove_in_parts(user: User, *, max_parts: int | None = MAX_PARTS) -> bool:
    """Removes the rows of a user, each part in its own transaction, the user last. Returns whether all are gone."""
    done = 0
    for remove_part in _STEPS:
        while remove_part(user):
            done += 1
            if max_parts is not None and done >= max_parts:
                return False
    with transaction.atomic():
        _forget_log(User, [user.pk])
        remove_users([user.pk])
    return True


def _forget_log(model: type[models.Model], ids: Collection[UUID | int]) -> None:
    """Removes what the admin logged of rows: it has their names."""
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(each) for each in ids]).delete()


def _remove(model: type[models.Model], order: str) -> Callable[[User], int]:
    def remove_part(user: User) -> int:
        """Removes a part of the rows, and what the admin logged of them. Returns how many."""
        rows = model._default_manager.filter(user=user).order_by(order)  # noqa: SLF001  # documented
        with transaction.atomic():
            ids = list(rows.values_list("pk", flat=True)[:BATCH_SIZE])
            _forget_log(model, ids)
            if model is TimeSession:
                SessionTag.objects.filter(user=user, session__in=ids).delete()
            model._default_manager.filter(user=user, pk__in=ids).delete()  # noqa: SLF001
        return len(ids)

    return remove_part


# What refers to others goes before them: an undo has a higher revision than what it undoes.
_STEPS = (
    _remove(ImportPiece, "pk"),
    _remove(Import, "pk"),
    _remove(ImportIdentity, "pk"),
    _remove(TimeSession, "pk"),
    _remove(Project, "pk"),
    _remove(Client, "pk"),
    _remove(Tag, "pk"),
    _remove(Change, "pk"),
    _remove(Changeset, "-revision"),
)
