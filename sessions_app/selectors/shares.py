"""Reads share links: those of a user, and a link by its secret."""

from datetime import datetime
from uuid import UUID

from sessions_app.models import Share
from timetracker.errors import NotFoundError
from users_app.models import User, hash_secret, is_well_formed


def shares_of(user: User) -> list[Share]:
    """Returns the share links of a user that are not revoked, newest first, without their content. One query."""
    return list(Share.objects.for_user(user).not_deleted().defer("content").order_by("-created_at", "-id"))


def get_share(user: User, share_id: UUID) -> Share:
    """Returns a share link of a user that is not revoked. Raises NotFoundError. One query."""
    found: Share | None = Share.objects.for_user(user).not_deleted().filter(id=share_id).first()
    if found is None:
        raise NotFoundError
    return found


def find_share(secret: str, *, now: datetime) -> Share | None:
    """Returns the link with this secret, with its user; None if it is revoked or expired, or the user is inactive.

    At most one query; none for a malformed secret.
    """
    if not is_well_formed(secret, Share.SECRETS_BEGIN):
        return None
    links = Share.objects.not_deleted().filter(secret_hash=hash_secret(secret), user__is_active=True)
    found: Share | None = links.select_related("user").first()
    return None if found is None or found.has_expired_at(now) else found
