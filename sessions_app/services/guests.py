"""Removes guests who left nothing behind."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sessions_app.models import VERSIONED_MODELS
from sessions_app.services.deletion import remove_in_parts
from users_app.models import AccessToken, BrowserSession, CalendarFeed, MergedGuest, User
from users_app.services.deletion import remove_users
from users_app.services.merged import find_outdated_guests

UNUSED_FOR = timedelta(days=30)
BATCH_SIZE = 100


def prune_guests(*, now: datetime) -> int:
    """Removes unused guests, in short transactions. Returns their number.

    A guest is unused without sessions (also in the Trash) and catalogue entries, if no browser, token or feed of the
    guest was created or used in the 30 days before `now`; or once the merge into an account can no longer be undone.
    """
    outdated = find_outdated_guests(now=now)
    for guest in User.objects.filter(pk__in=outdated):
        remove_in_parts(guest)
    removed, last = len(outdated), UUID(int=0)
    while ids := list(_unused_guests(now).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        last = ids[-1]
        with transaction.atomic():
            # Queried again under the lock that every changeset takes: a guest may have started a session meanwhile.
            locked = list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
            unused = list(_unused_guests(now).filter(pk__in=[pk for (pk,) in locked]).values_list("pk", flat=True))
            remove_users(unused)
        removed += len(unused)
    return removed


def _unused_guests(now: datetime) -> QuerySet[User]:
    since = now - UNUSED_FOR
    of_user = Q(user=OuterRef("pk"))
    used = Q(created_at__gte=since) | Q(last_used_at__gte=since)
    has_rows = [Exists(model.objects.filter(of_user)) for model in VERSIONED_MODELS.values()]
    used_lately = [Exists(model.objects.filter(of_user & used)) for model in (AccessToken, CalendarFeed)]
    seen_lately = Exists(BrowserSession.objects.filter(of_user, last_seen_at__gte=since))
    merged = Exists(MergedGuest.objects.filter(guest_id=OuterRef("pk"), undone_at=None))
    guests = User.objects.filter(~merged, email=None, is_staff=False, created_at__lt=since)
    return guests.filter(*(~each for each in [*has_rows, *used_lately, seen_lately]))
