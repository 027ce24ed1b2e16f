"""Calendar feeds: issuing, revoking and finding them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from timetracker.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from timetracker.texts import clean_text
from users_app.models import CalendarFeed, User, hash_secret, make_secret

MAX_FEEDS = 20


def issue_feed(user: User, name: str = "") -> tuple[CalendarFeed, str]:
    """Creates a feed and returns it with its secret, which is not stored and cannot be shown again.

    Raises InvalidInputError for an invalid name, ConflictError `too_many` beyond MAX_FEEDS of a user, and NotFoundError
    when the user was deleted.
    """
    errors: list[FieldError] = []
    name = clean_text(name, "name", CalendarFeed.NAME_LENGTH, errors)
    if errors:
        raise InvalidInputError(*errors)
    secret = make_secret(CalendarFeed.SECRETS_BEGIN)
    with transaction.atomic():
        if User.objects.select_for_update(no_key=True).filter(pk=user.pk).first() is None:
            raise NotFoundError
        if CalendarFeed.objects.filter(user=user).count() >= MAX_FEEDS:
            message = _("There are %(count)d calendar addresses. Revoke one that is not needed any more.")
            raise ConflictError("too_many", message % {"count": MAX_FEEDS})
        feed = CalendarFeed.objects.create(
            user=user, name=name, prefix=secret[: CalendarFeed.PREFIX_LENGTH], secret_hash=hash_secret(secret)
        )
    return feed, secret


def revoke_feed(user: User, feed_id: UUID) -> None:
    """Deletes a feed. Raises NotFoundError."""
    deleted, _rows = CalendarFeed.objects.filter(user=user, id=feed_id).delete()
    if not deleted:
        raise NotFoundError


def find_feed(secret: str) -> CalendarFeed | None:
    """Returns the feed with a secret, with its user; None if it was revoked or the user is inactive."""
    feed = CalendarFeed.find(secret)
    return feed if feed is not None and feed.user.is_active else None


def feeds_of(user: User) -> list[CalendarFeed]:
    """Returns a user's feeds, the newest first."""
    return list(CalendarFeed.objects.filter(user=user).order_by("-created_at", "-id"))
