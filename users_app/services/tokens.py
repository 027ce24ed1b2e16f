"""Access tokens: issuing, listing and revoking them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from timetracker.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError, NotFoundError
from timetracker.texts import clean_text
from users_app.models import AccessToken, Scope, User

MAX_TOKENS = 200


def issue_token(
    user: User,
    *,
    name: str = "",
    scopes: Collection[Scope] = tuple(Scope),
    expires_at: datetime | None = None,
    now: datetime,
    by: AccessToken | None = None,
    token_id: UUID | None = None,
) -> tuple[AccessToken, str]:
    """Creates a token and returns it with its secret, which is not stored and cannot be shown again.

    `by` is the token that requests it: the new token cannot have a scope that `by` lacks. Raises InvalidInputError;
    ForbiddenError `missing_scope`; ConflictError `id_taken`, and `too_many` beyond MAX_TOKENS of a user; NotFoundError
    when another user's token has the id, or the user was deleted.
    """
    errors: list[FieldError] = []
    name = clean_text(name, "name", AccessToken.NAME_LENGTH, errors)
    if not scopes:
        errors.append(FieldError("scopes", "required", _("Give at least one scope, such as read.")))
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", "in_past", _("This is over already. Give a later time, or none.")))
    if errors:
        raise InvalidInputError(*errors)
    if by is not None and (missing := [scope for scope in scopes if not by.allows(scope)]):
        message = _("A token gives no scope that it does not have itself: %(scopes)s.")
        raise ForbiddenError("missing_scope", message % {"scopes": ", ".join(missing)})
    try:
        with transaction.atomic():
            if User.objects.select_for_update(no_key=True).filter(pk=user.pk).first() is None:
                raise NotFoundError
            tokens = AccessToken.objects.filter(user=user)
            if token_id is not None and tokens.filter(id=token_id).exists():
                message = _("There is a token with this id or key already; its secret was shown once. Use another.")
                raise ConflictError("id_taken", message)
            if tokens.count() >= MAX_TOKENS:
                message = _("There are %(count)d tokens. Revoke one that is not needed any more.")
                raise ConflictError("too_many", message % {"count": MAX_TOKENS})
            return AccessToken.objects.issue(
                user, name=name, scopes=tuple(dict.fromkeys(scopes)), expires_at=expires_at, token_id=token_id
            )
    except IntegrityError:  # the user is locked, so it is another user's token that has the id
        raise NotFoundError from None


def tokens_of(user: User) -> list[AccessToken]:
    """Returns a user's tokens, the newest first, expired ones included."""
    return list(AccessToken.objects.filter(user=user).order_by("-created_at", "-id"))


def find_token(user: User, token_id: UUID) -> AccessToken:
    """Returns one of a user's tokens. Raises NotFoundError."""
    token = AccessToken.objects.filter(user=user, id=token_id).first()
    if token is None:
        raise NotFoundError
    return token


def revoke_token(user: User, token_id: UUID) -> None:
    """Deletes a token. Raises NotFoundError."""
    deleted, _rows = AccessToken.objects.filter(user=user, id=token_id).delete()
    if not deleted:
        raise NotFoundError
