"""Removing users with all of their data, in short transactions that other writers can write between."""

import time
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from sessions_app.models import (
    Change,
    Changeset,
    Client,
    Import,
    ImportIdentity,
    ImportPiece,
    Project,
    SavedReport,
    SessionTag,
    Share,
    Tag,
    TimeSession,
)
from sessions_app.services.parts import CHUNK, PART_SECONDS, PAUSE_SECONDS
from users_app.models import User
from users_app.services.deletion import access_ended, remove_users
from users_app.services.merged import aliases_of

SECONDS_OF_WORK = 5.0
"""How long a request removes rows; housekeeping removes the rest."""


def remove_deleted_users(*, seconds: float | None = None) -> int:
    """Removes the data of all deleted users, and returns how many are gone. Goes on where an earlier run ended.

    Stops after about `seconds`, if given.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    count = 0
    for user in list(User.objects.filter(deletion_began_at__isnull=False)):
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left < 0:
            break
        count += remove_in_parts(user, seconds=left)
    return count


def remove_in_parts(user: User, *, seconds: float | None = None) -> bool:
    """Removes the rows of a user and of the guests merged into them, the user last. Returns whether all are gone.

    Each transaction takes about PART_SECONDS. Stops after about `seconds`, if given, but does one transaction at least.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    left = [(owner_id, remove_some) for owner_id in (*aliases_of(user), user.pk) for remove_some in _STEPS]
    while left:
        with transaction.atomic():
            end, is_over = time.monotonic() + PART_SECONDS, False
            while left and not is_over:
                owner_id, remove_some = left[0]
                if remove_some(owner_id) < CHUNK:
                    del left[0]
                is_over = time.monotonic() >= end
        if left and deadline is not None and time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    with transaction.atomic():
        # The entry of the deletion itself stays: it says which operator deleted the user.
        _log_of(User, [user.pk]).exclude(action_flag=DELETION).delete()
        remove_users([user.pk])
    return True


@receiver(access_ended)
def _remove_rows(user: User, **_more: Any) -> None:
    remove_in_parts(user, seconds=SECONDS_OF_WORK)


def _log_of(model: type[models.Model], ids: Collection[UUID | int]) -> QuerySet[LogEntry]:
    """Returns the admin's log entries about rows, which have to go because they quote names of the rows."""
    kind = ContentType.objects.get_for_model(model)
    return LogEntry.objects.filter(content_type=kind, object_id__in=[str(each) for each in ids])


def _remover(model: type[models.Model], order: str) -> Callable[[UUID], int]:
    def remove_some(user_id: UUID) -> int:
        """Removes up to CHUNK rows with the admin's log entries about them. Returns the number of rows."""
        rows = model._default_manager.filter(user=user_id).order_by(order)  # noqa: SLF001  # documented
        ids = list(rows.values_list("pk", flat=True)[:CHUNK])
        _log_of(model, ids).delete()
        if model is TimeSession:
            SessionTag.objects.filter(user=user_id, session__in=ids).delete()
        model._default_manager.filter(user=user_id, pk__in=ids).delete()  # noqa: SLF001  # documented
        return len(ids)

    return remove_some


# Rows go before the rows that they refer to. An undo goes before what it undid: it has a higher revision.
_STEPS = (
    _remover(ImportPiece, "pk"),
    _remover(Import, "pk"),
    _remover(ImportIdentity, "pk"),
    _remover(SavedReport, "pk"),
    _remover(Share, "pk"),
    _remover(TimeSession, "pk"),
    _remover(Project, "pk"),
    _remover(Client, "pk"),
    _remover(Tag, "pk"),
    _remover(Change, "pk"),
    _remover(Changeset, "-revision"),
)
