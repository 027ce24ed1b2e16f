"""Limits of attempts, counted in the database, so that they hold across workers and servers."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import ngettext

from timetracker.errors import TooManyRequestsError
from users_app.models import AttemptCount, hash_secret

MAX_SIGN_INS = 10
"""Attempts to sign in for each IP address and clock hour, so at most 20 in any 60 minutes."""

MAX_FOR_ACCOUNT = 30
"""Attempts for each account and clock hour, from all IP addresses together. It is more than for one address, so that
one address alone cannot lock others out.
"""

MAX_WHEN_SIGNED_IN = 10
"""Attempts for each user and clock hour from signed-in browsers, for which attempts of others do not count."""

MAX_CONFIRMATIONS = 5
"""Mails that confirm an address, for each user and clock hour, since the address may be someone else's."""


def count_attempt(scope: str, who: str, *, limit: int, now: datetime) -> None:
    """Counts an attempt before it is checked. Raises TooManyRequestsError beyond `limit` in this hour (UTC)."""
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
    """Removes the counts of past hours."""
    AttemptCount.objects.filter(hour__lt=now - timedelta(hours=1)).delete()
