"""The one place that reads the clock. Services read it once, after the lock, and pass it down."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant: UTC, cut to the whole second."""
    return timezone.now().replace(microsecond=0)
