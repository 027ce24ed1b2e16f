"""Merged guests: aliases of accounts, merges that can be undone, and credentials that move with a merge."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from users_app.models import AccessToken, CalendarFeed, MergedGuest, RecoveryCode, User
from users_app.services.devices import end_devices

UNDOABLE_FOR = timedelta(days=7)


def is_alias(guest_id: UUID, user: User) -> bool:
    """Returns whether an id is that of a guest who was merged into the user. One query."""
    return MergedGuest.objects.filter(user=user, guest_id=guest_id, undone_at=None).exists()


def aliases_of(user: User) -> list[UUID]:
    """Returns the ids of the guests who were merged into a user. One query."""
    return list(MergedGuest.objects.filter(user=user, undone_at=None).values_list("guest_id", flat=True))


def holder_of(user_id: UUID) -> UUID:
    """Returns the id of the account that a guest was merged into, for any other user their id. One query."""
    merged = MergedGuest.objects.filter(guest_id=user_id, undone_at=None).first()
    return user_id if merged is None else merged.user_id


def find_merge(user: User, changeset_id: UUID, *, now: datetime) -> MergedGuest | None:
    """Returns the merge of a changeset if it can be undone, else None."""
    merges = MergedGuest.objects.filter(user=user, undone_at=None, at__gt=now - UNDOABLE_FOR)
    return merges.filter(changeset_id=changeset_id).first()


def undoable_merges(user: User, *, now: datetime) -> list[MergedGuest]:
    """Returns the merges of a user that can be undone, latest first."""
    merges = MergedGuest.objects.filter(user=user, undone_at=None, at__gt=now - UNDOABLE_FOR)
    return list(merges.order_by("-at", "-pk"))


def close_guest(guest: User, account: User) -> tuple[list[str], list[str]]:
    """Ends a guest's browsers and recovery code, and moves tokens, feeds and aliases to the account.

    Returns the ids of the tokens and feeds, for `reopen_guest`.
    """
    end_devices(guest)
    RecoveryCode.objects.filter(user=guest).delete()
    MergedGuest.objects.filter(user=guest, undone_at=None).update(user=account)
    moved: list[list[str]] = []
    for model in (AccessToken, CalendarFeed):
        rows = model.objects.filter(user=guest)
        moved.append([str(pk) for pk in rows.values_list("pk", flat=True)])
        rows.update(user=account)
    guest.is_active = False
    guest.save(update_fields=["is_active"])
    return moved[0], moved[1]


def reopen_guest(guest: User, merged: MergedGuest, *, now: datetime) -> None:
    """Moves back to a guest what `close_guest` moved. Browsers and recovery code stay ended."""
    AccessToken.objects.filter(user=merged.user, pk__in=merged.tokens).update(user=guest)
    CalendarFeed.objects.filter(user=merged.user, pk__in=merged.feeds).update(user=guest)
    guest.is_active = True
    guest.save(update_fields=["is_active"])
    merged.undone_at = now
    merged.save(update_fields=["undone_at"])


def find_outdated_guests(*, now: datetime) -> Collection[UUID]:
    """Returns the ids of guests whose merge can no longer be undone."""
    merges = MergedGuest.objects.filter(undone_at=None, at__lte=now - UNDOABLE_FOR)
    return list(User.objects.filter(pk__in=merges.values("guest_id"), is_active=False).values_list("pk", flat=True))
