"""Checks of derived columns, which new time-zone data or a manual edit of the database may have made wrong."""

from collections.abc import Iterator
from copy import copy
from uuid import UUID

from sessions_app.models import Source, TimeSession
from sessions_app.services.changeset import Actor, changeset
from users_app.models import User

DERIVED_FIELDS = ("first_date", "last_date", "duration_seconds", "search_text")


def find_inconsistent_sessions(user: User) -> Iterator[TimeSession]:
    """Yields a user's sessions, Trash included, whose derived columns differ from those computed from their fields.

    One query, read in parts: consume it before writing.
    """
    for session in TimeSession.objects.for_user(user).order_by("start", "id").iterator(chunk_size=500):
        truth = copy(session)
        truth.set_derived_fields()
        if any(getattr(session, name) != getattr(truth, name) for name in DERIVED_FIELDS):
            yield session


def refresh_derived_fields(user: User, session_id: UUID) -> None:
    """Writes the derived fields of a session again, with no new version and no change: no tracked field changes."""
    with changeset(user, Actor(Source.SYSTEM)) as changes:
        for session in TimeSession.objects.for_user(user).filter(id=session_id):
            session.set_derived_fields()
            session.save(update_fields=DERIVED_FIELDS)
            changes.increment_revision()
