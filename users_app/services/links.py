"""Sign-in links, for users who forgot a password on a server without mail, and invitations to a closed server."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from timetracker.errors import ConflictError, NotFoundError
from users_app.models import SignInLink, User, hash_secret, is_well_formed, make_secret
from users_app.services.accounts import become_account, reset_password

SIGN_IN_FOR = timedelta(hours=24)
INVITED_FOR = timedelta(days=7)


def issue_sign_in_link(email: str, *, now: datetime) -> str:
    """Returns the URL of a new link that signs an account in, once, within a day. Earlier links end.

    Raises NotFoundError.
    """
    user = User.objects.filter(email=User.objects.normalize_email(email), is_active=True).first()
    if user is None:
        raise NotFoundError(_("There is no open account with this address."))
    SignInLink.objects.filter(user=user).delete()
    return _address("signin_link", _issue(user, user.email or "", now, now + SIGN_IN_FOR))


def issue_invitation(email: str, *, now: datetime) -> str:
    """Returns the URL of a new invitation to create one account within a week, also on a closed server.

    Raises ConflictError `email_taken`.
    """
    email = User.objects.normalize_email(email)
    if User.objects.filter(email=email).exists():
        raise ConflictError("email_taken", _("There is an account with this address. Use signin_link."))
    SignInLink.objects.filter(user=None, email=email).delete()
    return _address("invitation", _issue(None, email, now, now + INVITED_FOR))


def find_link(secret: str, *, is_invitation: bool, now: datetime) -> SignInLink | None:
    """Returns the link with a secret if it is valid, else None."""
    if not is_well_formed(secret, SignInLink.SECRETS_BEGIN):
        return None
    usable = Q(used_at=None, expires_at__gt=now, user__isnull=is_invitation)
    return SignInLink.objects.select_related("user").filter(usable, secret_hash=hash_secret(secret)).first()


def use_sign_in_link(link: SignInLink, *, password: str, now: datetime) -> User:
    """Uses a link up and returns its user. With a password, also resets the user's password.

    Raises NotFoundError if it was used meanwhile.
    """
    if link.user is None:
        raise NotFoundError
    with transaction.atomic():
        _use_up(link, now)
        user = User.objects.select_for_update().get(pk=link.user.pk)
        if password:
            reset_password(user, password, now=now)
        return user


def accept_invitation(user: User, *, link: SignInLink, email: str, password: str, now: datetime) -> User:
    """Uses an invitation up and makes a guest an account. Raises NotFoundError, and the errors of `become_account`.

    An unsaved guest is saved. The address that the operator gave counts as confirmed.
    """
    with transaction.atomic():
        _use_up(link, now)
        if user._state.adding:  # noqa: SLF001  # Django's documented API
            user.set_unusable_password()
            user.save(force_insert=True)
        become_account(user, email=email, password=password, is_confirmed=email == link.email)
    return user


def forget_links(*, now: datetime) -> None:
    """Removes used and expired links."""
    SignInLink.objects.filter(Q(expires_at__lte=now) | Q(used_at__isnull=False)).delete()


def _issue(user: User | None, email: str, now: datetime, expires_at: datetime) -> str:
    secret = make_secret(SignInLink.SECRETS_BEGIN)
    SignInLink.objects.create(
        user=user, email=email, secret_hash=hash_secret(secret), created_at=now, expires_at=expires_at
    )
    return secret


def _address(page: str, secret: str) -> str:
    return settings.BASE_URL + reverse(page, args=[secret])


def _use_up(link: SignInLink, now: datetime) -> None:
    """Marks a link as used. If two requests use it at once, raises NotFoundError in one of them."""
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise NotFoundError
