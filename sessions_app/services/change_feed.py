"""Renewing the epoch of the database (see `models.Epoch`)."""

from uuid import uuid4

from sessions_app.models import Epoch


def renew_epoch() -> None:
    """Gives the database a new epoch, so that earlier cursors and entity tags expire."""
    Epoch.objects.update_or_create(pk=1, defaults={"value": uuid4()})
