"""Writes of the change feed's epoch."""

from uuid import uuid4

from sessions_app.models import Epoch


def renew_epoch() -> None:
    """Gives the database a new epoch: cursors and entity tags of before are no longer taken."""
    Epoch.objects.update_or_create(pk=1, defaults={"value": uuid4()})
