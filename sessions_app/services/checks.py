"""Checks of a write against the present state: versions, ids in use, deleted rows, a running session."""

from collections.abc import Container
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.models import TimeSession, VersionedModel
from sessions_app.selectors.editions import edition_of
from sessions_app.selectors.sessions import find_running, get_session
from sessions_app.services.compiled import find_id
from sessions_app.services.validation import SessionFields
from timetracker.errors import ConflictError, StaleVersionError
from users_app.models import User


def get_session_to_change(user: User, session_id: UUID, *, versions: Container[int | str] | None = None) -> TimeSession:
    """Returns a session that may be changed.

    Raises NotFoundError, StaleVersionError (see `check_version`), and ConflictError `deleted` for one in the Trash.
    """
    session = get_session(user, session_id, in_trash=True)
    check_version(session, versions)
    check_not_deleted(session)
    return session


def check_id_free(user: User, session_id: UUID | None) -> None:
    """Raises ConflictError `id_taken` when the user has a session with this id."""
    if session_id is not None and find_id(user_id=user.pk, session_id=session_id):
        raise ConflictError(
            "id_taken", _("There is a session with this id already. Use PUT to change it, or another id.")
        )


def check_version(row: VersionedModel | None, versions: Container[int | str] | None) -> None:
    """Raises StaleVersionError unless the row has one of `versions`, those that the caller may have read; None for any.

    Pages give a version as a number, since they write only the fields that were changed. The API gives an edition
    (`edition_of`) as text, since a client may send back everything that it read.
    """
    if versions is None:
        return
    if row is None or (row.version not in versions and edition_of(row) not in versions):
        raise StaleVersionError(row)


def check_not_deleted(session: TimeSession | None) -> None:
    """Raises ConflictError `deleted` for a session in the Trash."""
    if session is not None and session.deleted_at is not None:
        raise ConflictError("deleted", _("This session is in the Trash. Restore it first, or use another id."))


def check_none_running(user: User, fields: SessionFields, session: TimeSession | None) -> None:
    """Raises ConflictError `timer_running` when `fields` would leave `session` running beside another one."""
    becomes_running = "end" in fields and fields["end"] is None and not (session is not None and session.is_running)
    if becomes_running and find_running(user) is not None:
        raise ConflictError("timer_running", _("Another session is running. Stop it first, or give an end."))
