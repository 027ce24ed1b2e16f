"""The only place that reads the clock. Services read it once, after they have the lock, and pass the instant on."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Returns the present instant in UTC, cut to the whole second."""
    return timezone.now().replace(microsecond=0)
