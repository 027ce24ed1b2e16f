"""Share links: creating and revoking them, both with undo, checking passwords, and counting openings."""

from collections.abc import Container
from contextlib import suppress
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import DatabaseError, transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils.translation import gettext as _

from sessions_app.models import Change, Share
from sessions_app.selectors.shares import get_share
from sessions_app.services.changeset import Actor, changeset
from sessions_app.services.checks import check_version
from sessions_app.services.limits import check_entry_count
from sessions_app.services.saved_reports import clean_query
from timetracker import clock
from timetracker.errors import ConflictError, FieldError, InvalidInputError
from timetracker.texts import clean_text
from users_app.models import User, hash_secret, make_secret
from users_app.services.accounts import secrets_revoked
from users_app.services.attempts import count_attempt

MIN_PASSWORD, MAX_PASSWORD = 8, 200
MAX_TRIES, MAX_TRIES_OF_LINK = 60, 300
"""Password checks of a link in an hour, from one address and from all together. Each opening sends the password."""


class ShareFields(TypedDict, total=False):
    """The fields of a share link. The instant of expiry is in UTC; None: until it is revoked."""

    name: str
    page: str
    query: str
    shows_hours: bool
    shows_amounts: bool
    shows_notes: bool
    shows_running: bool
    is_frozen: bool
    expires_at: datetime | None


def share(
    user: User,
    actor: Actor,
    *,
    share_id: UUID | None = None,
    content: Any = None,
    password: str = "",
    **fields: Unpack[ShareFields],
) -> tuple[Share, str]:
    """Creates a link and returns it with its secret, which is not stored and cannot be shown again.

    `content` is the data of a frozen link. Raises InvalidInputError, also beyond MAX_REPORTS, and ConflictError
    `id_taken`.
    """
    fields = _clean({"name": "", "query": "", **fields}, password, now=clock.now())
    secret = make_secret(Share.SECRETS_BEGIN)
    hidden = {
        "secret_hash": hash_secret(secret),
        "password": make_password(password) if password else "",  # slow, so before the lock
        "content": content if fields.get("is_frozen") else None,
    }
    with changeset(user, actor) as changes:
        if share_id is not None and Share.objects.for_user(user).filter(id=share_id).exists():
            raise ConflictError("id_taken", _("This id is in use already. Leave it out, or give another."))
        check_entry_count(user, Share)
        made = Share.new(id=share_id, user=user, **hidden)
        return changes.add(made, fields, Change.Action.CREATE, is_id_given=share_id is not None), secret


def revoke_share(user: User, actor: Actor, share_id: UUID, *, versions: Container[int | str] | None = None) -> Share:
    """Revokes a link, so that it opens nothing unless this is undone. Raises NotFoundError, StaleVersionError."""
    with changeset(user, actor) as changes:
        found = get_share(user, share_id)
        check_version(found, versions)
        return changes.change(found, Change.Action.DELETE, {"deleted_at": changes.at})


@receiver(secrets_revoked)
def _forget_secrets(user: User, **_more: Any) -> None:
    """Removes the secrets of all links of a user. No change is recorded, so that no undo makes them work again."""
    Share.objects.for_user(user).update(secret_hash=None)


def is_password_right(found: Share, password: str, *, address: str, now: datetime) -> bool:
    """Returns whether a password opens a link. Counts the attempt before hashing. Raises TooManyRequestsError."""
    count_attempt("share", f"{found.id} {address}", limit=MAX_TRIES, now=now)
    count_attempt("share", str(found.id), limit=MAX_TRIES_OF_LINK, now=now)
    return check_password(password, found.password)


def count_access(found: Share, *, now: datetime) -> None:
    """Counts an opening of a link. No change is recorded, since the user did nothing."""
    # The page must not fail when the database is busy or cannot be written.
    with suppress(DatabaseError), transaction.atomic():
        rows = Share.objects.filter(user=found.user_id, id=found.id)
        rows.update(access_count=F("access_count") + 1, last_used_at=now)


def _clean(fields: ShareFields, password: str, *, now: datetime) -> ShareFields:
    """Returns validated fields as they are stored. Raises InvalidInputError."""
    errors: list[FieldError] = []
    cleaned: ShareFields = {**fields}
    if fields.get("page") not in Share.Page.values:
        errors.append(FieldError("page", "invalid_choice", _("Share a “report” or a “timesheet”.")))
    else:
        name = clean_text(fields["name"], "name", Share.NAME_LENGTH, errors)
        cleaned["name"] = name or str(Share.Page(fields["page"]).label)
    cleaned["query"] = clean_query(fields["query"], errors)
    if not (fields.get("shows_hours", True) or fields.get("shows_amounts", False)):
        errors.append(FieldError("shows_hours", "required", _("Choose hours, amounts, or both.")))
    if fields.get("is_frozen") and fields.get("shows_running"):
        message = _("A frozen link stays as it is, so it cannot show the running session. Choose one of the two.")
        errors.append(FieldError("shows_running", "does_not_match", message))
    expires_at = fields.get("expires_at")
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", "out_of_range", _("This is over already. Give a later one, or none.")))
    if password and not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        message = _("Give a password of %(least)d to %(most)d characters, or none.")
        limits = {"least": MIN_PASSWORD, "most": MAX_PASSWORD}
        errors.append(FieldError("password", "out_of_range", message % limits))
    if errors:
        raise InvalidInputError(*errors)
    return cleaned
