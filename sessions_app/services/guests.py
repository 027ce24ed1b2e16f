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
    """Removes the guests that have no sessions (none in the Trash either) and no catalogue, and were not here lately.

    That is, neither a browser nor a token or feed of theirs was made or used in the 30 days before `now`. Removes
    those, too, whose merge into an account cannot be undone any more. Returns how many. None of
    its transactions is long.
    """
    outdated = find_outdated_guests(now=now)
    for guest in User.objects.filter(pk__in=outdated):
        remove_in_parts(guest)
    removed, last = len(outdated), UUID(int=0)
    while ids := list(_unused_guests(now).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        last = ids[-1]
        with transaction.atomic():
            # Asked again once they are locked, as every changeset locks them: one may have started a session meanwhile.
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
