"""Limits of what may be tried, counted in the database: right over workers and servers."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import ngettext

from timetracker.errors import TooManyRequestsError
from users_app.models import AttemptCount, hash_secret

MAX_SIGN_INS = 10
"""For each address and clock hour, so at most 20 in any 60 minutes."""

MAX_FOR_ACCOUNT = 30
"""For each account and clock hour, from all addresses together. More than for an address: nobody shuts others out at
once, and it takes three addresses to try.
"""

MAX_WHEN_SIGNED_IN = 10
"""For each user and clock hour, from the browsers that are signed in: what strangers try does not count here."""

MAX_CONFIRMATIONS = 5
"""Mails that confirm an address, for each user and clock hour: the address may be somebody else's."""


def count_attempt(scope: str, who: str, *, limit: int, now: datetime) -> None:
    """Counts an attempt before it is looked at. Raises TooManyRequestsError past `limit` in this hour (UTC)."""
    if not settings.RATE_LIMITS_ARE_ON:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    row, _made = AttemptCount.objects.get_or_create(key=hash_secret(f"{scope} {who}"), hour=hour)
    if not AttemptCount.objects.filter(pk=row.pk, count__lt=limit).update(count=F("count") + 1):
        wait = (hour + timedelta(hours=1) - now).total_seconds()
        minutes = math.ceil(wait / 60)
        text = ngettext(
            "This was tried too often. Try again in %(minutes)d minute.",
            "This was tried too often. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise TooManyRequestsError(text % {"minutes": minutes}, wait=wait)


def forget_attempts(*, now: datetime) -> None:
    """Removes the counts of hours that are over."""
    AttemptCount.objects.filter(hour__lt=now - timedelta(hours=1)).delete()
