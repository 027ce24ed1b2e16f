"""Accounts: their creation, passwords and e-mail addresses."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from timetracker.errors import ConflictError
from users_app.models import AccessToken, CalendarFeed, Notice, RecoveryCode, SignInLink, User
from users_app.services.devices import end_devices
from users_app.services.notices import add_notice

secrets_revoked = Signal()
"""Sent with `user` when all secrets of the user are revoked, in that transaction. Receivers revoke those they store."""


def check_email_free(email: str, *, but: User | None = None) -> None:
    """Raises ValidationError if a user other than `but` has the normalized address."""
    others = User.objects.filter(email=email)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise ValidationError(
            _("This address cannot be used here. If it is yours, sign in with it."), code="email_taken"
        )


def become_account(user: User, *, email: str, password: str, is_confirmed: bool = False) -> EmailAddress:
    """Makes a guest an account by an e-mail address and a password, with all data. Returns the address.

    `is_confirmed` is for an address that an operator gave. Raises ConflictError `email_taken`, and `account_exists` for
    an account.
    """
    hashed = User()
    hashed.set_password(password)  # slow, so before the transaction
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            if not locked.is_guest:
                raise ConflictError("account_exists", _("These sessions are kept in an account already."))
            locked.email, locked.password = email, hashed.password
            locked.save()
            address = _replace_addresses(locked, email, is_confirmed=is_confirmed)
    except IntegrityError:  # another user got the address meanwhile
        raise ConflictError("email_taken", _("This address cannot be used here.")) from None
    user.email, user.password, user.revision = locked.email, locked.password, locked.revision
    return address


def reset_password(user: User, password: str, *, now: datetime) -> None:
    """Sets a new password and calls `finish_reset`."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        finish_reset(user, now=now)


def finish_reset(user: User, *, now: datetime, but: str | None = None) -> None:
    """Completes the reset of a password: revokes all other access to the account, and stores a notice.

    The browser with the cookie `but` stays signed in.
    """
    with transaction.atomic():
        end_access(user, but=but)
        add_notice(user, Notice.Kind.PASSWORD_CHANGED, now=now)


def change_email(user: User, email: str, *, now: datetime, but: str | None = None, is_confirmed: bool = False) -> None:
    """Sets a new e-mail address at once and calls `finish_email_change`. Raises ConflictError `email_taken`.

    The browser with the cookie `but` stays signed in. `is_confirmed` is for an address that an operator gave.
    """
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            before, locked.email = locked.email, email
            locked.save()
            _replace_addresses(locked, email, is_confirmed=is_confirmed)
            finish_email_change(locked, before, now=now, but=but)
    except IntegrityError:
        raise ConflictError("email_taken", _("This address cannot be used here.")) from None
    user.email = email


def begin_email_change(user: User, email: str) -> EmailAddress:
    """Returns an unconfirmed address, which becomes the account's when it is confirmed."""
    with transaction.atomic():
        EmailAddress.objects.filter(user=user, primary=False).delete()
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
        return EmailAddress.objects.create(user=user, email=email)


def finish_email_change(user: User, before: str | None, *, now: datetime, but: str | None = None) -> None:
    """Completes the change of an address: stores a notice to the previous address, and ends other browsers.

    The browser with the cookie `but` stays signed in. Sign-in links end, too, since they were given to the owner of the
    previous address. Nothing is done for a guest's first address, or the same address in another spelling.
    """
    if before in {None, user.email}:
        return
    with transaction.atomic():
        add_notice(user, Notice.Kind.EMAIL_CHANGED, now=now, email=before, details={"email": user.email or ""})
        end_devices(user, but=but)
        SignInLink.objects.filter(user=user).delete()


def end_ways_in(user: User, *, but: str | None = None) -> bool:
    """Ends the ways to sign in without the new password. Returns whether there was a recovery code.

    These are browsers, except that with the cookie `but`, sign-in links, unconfirmed addresses and the recovery code.
    """
    with transaction.atomic():
        end_devices(user, but=but)
        SignInLink.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).exclude(email=user.email or "").delete()
        return bool(RecoveryCode.objects.filter(user=user).delete()[0])


def end_access(user: User, *, but: str | None = None) -> None:
    """Ends all access to a user's data except the password, since an intruder may have created it.

    Beside what `end_ways_in` ends: second factors, tokens, feeds, share links. The browser with the cookie `but` stays.
    """
    with transaction.atomic():
        end_ways_in(user, but=but)
        if not keeps_second_factors(user):
            Authenticator.objects.filter(user=user).delete()
        AccessToken.objects.filter(user=user).delete()
        CalendarFeed.objects.filter(user=user).delete()
        secrets_revoked.send(User, user=user)


def keeps_second_factors(user: User) -> bool:
    """Returns whether second factors stay after a reset: an operator's do if the admin requires one."""
    return bool(settings.ADMIN_NEEDS_SECOND_FACTOR and user.is_staff)


def find_unconfirmed(user: User) -> EmailAddress | None:
    """Returns an address of the user that waits for its confirmation, a new one before the present one, else None."""
    return EmailAddress.objects.filter(user=user, verified=False).order_by("primary").first()


def find_unconfirmed_present(user: User) -> EmailAddress | None:
    """Returns the present address if it is unconfirmed, so that mail to it must not open the account, else None.

    It may have been mistyped. An address that an operator gave to a new account has no row, and counts as confirmed.
    """
    return EmailAddress.objects.filter(user=user, email=user.email or "", verified=False).first()


def _replace_addresses(user: User, email: str, *, is_confirmed: bool) -> EmailAddress:
    EmailAddress.objects.filter(user=user).delete()
    return EmailAddress.objects.create(user=user, email=email, primary=True, verified=is_confirmed)
