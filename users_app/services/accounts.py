"""Accounts: guests who can sign in by an e-mail and a password."""

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
"""Sent with `user`, in that transaction, when no secret of theirs is to open anything: who keeps others ends them."""


def check_email_free(email: str, *, but: User | None = None) -> None:
    """Raises ValidationError when another user than `but` has the address, which is normalized."""
    others = User.objects.filter(email=email)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise ValidationError(
            _("This address cannot be used here. If it is yours, sign in with it."), code="email_taken"
        )


def become_account(user: User, *, email: str, password: str, is_confirmed: bool = False) -> EmailAddress:
    """Gives a guest an e-mail and a password; the same user, with all that is theirs. Returns the address.

    One that an operator named is confirmed by that.
    Raises ConflictError `email_taken`, and `account_exists` for who is one already.
    """
    hashed = User()
    hashed.set_password(password)  # slow: before the transaction
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            if not locked.is_guest:
                raise ConflictError("account_exists", _("These sessions are kept in an account already."))
            locked.email, locked.password = email, hashed.password
            locked.save()
            address = _replace_addresses(locked, email, is_confirmed=is_confirmed)
    except IntegrityError:  # somebody was faster
        raise ConflictError("email_taken", _("This address cannot be used here.")) from None
    user.email, user.password, user.revision = locked.email, locked.password, locked.revision
    return address


def reset_password(user: User, password: str, *, now: datetime) -> None:
    """Gives an account another password, and does what goes with it."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        finish_reset(user, now=now)


def finish_reset(user: User, *, now: datetime, but: str | None = None) -> None:
    """Does what goes with a password that was given without the one before: ends all else that opens it, tells of it.

    The browser of the cookie `but` stays.
    """
    with transaction.atomic():
        end_access(user, but=but)
        add_notice(user, Notice.Kind.PASSWORD_CHANGED, now=now)


def change_email(user: User, email: str, *, now: datetime, but: str | None = None, is_confirmed: bool = False) -> None:
    """Gives an account another address, at once, with what goes with it. Raises ConflictError `email_taken`.

    The browser of the cookie `but` stays. An address that an operator gives is confirmed by that.
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
    """Returns an address that becomes the account's once it is confirmed; until then the present one stays."""
    with transaction.atomic():
        EmailAddress.objects.filter(user=user, primary=False).delete()
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})
        return EmailAddress.objects.create(user=user, email=email)


def finish_email_change(user: User, before: str | None, *, now: datetime, but: str | None = None) -> None:
    """Does what goes with the change of an address, unless it is a guest's first: tells the one before, ends browsers.

    The browser of the cookie `but` stays. Links that sign in end, too: they were handed to who had the one before.
    The same address in another spelling is no change.
    """
    if before in {None, user.email}:
        return
    with transaction.atomic():
        add_notice(user, Notice.Kind.EMAIL_CHANGED, now=now, email=before, details={"email": user.email or ""})
        end_devices(user, but=but)
        SignInLink.objects.filter(user=user).delete()


def end_ways_in(user: User, *, but: str | None = None) -> bool:
    """Ends what may lead others into an account after its password was changed; the browser of the cookie `but` stays.

    Browsers, links that sign in, addresses that could still be confirmed, and the recovery code. Returns whether there
    was a code.
    """
    with transaction.atomic():
        end_devices(user, but=but)
        SignInLink.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).exclude(email=user.email or "").delete()
        return bool(RecoveryCode.objects.filter(user=user).delete()[0])


def end_access(user: User, *, but: str | None = None) -> None:
    """Ends all that opens anything of a user, but for the password: whoever was here before may have made it.

    Beside what `end_ways_in` does: second factors, tokens, feeds, share links. The browser of the cookie `but` stays.
    """
    with transaction.atomic():
        end_ways_in(user, but=but)
        if not keeps_second_factors(user):
            Authenticator.objects.filter(user=user).delete()
        AccessToken.objects.filter(user=user).delete()
        CalendarFeed.objects.filter(user=user).delete()
        secrets_revoked.send(User, user=user)


def keeps_second_factors(user: User) -> bool:
    """Tells whether passkeys and the app outlive a reset: an operator's do where the admin demands more than mail."""
    return bool(settings.ADMIN_NEEDS_SECOND_FACTOR and user.is_staff)


def find_unconfirmed(user: User) -> EmailAddress | None:
    """Finds the address of a user that a link to confirm it went to: another than the present one before that."""
    return EmailAddress.objects.filter(user=user, verified=False).order_by("primary").first()


def find_unconfirmed_present(user: User) -> EmailAddress | None:
    """Finds the address that an account signs in with unless mail may open the account: it may have been mistyped.

    One that was confirmed may, and one that an operator gave to a new account, of which there is no row.
    """
    return EmailAddress.objects.filter(user=user, email=user.email or "", verified=False).first()


def _replace_addresses(user: User, email: str, *, is_confirmed: bool) -> EmailAddress:
    EmailAddress.objects.filter(user=user).delete()
    return EmailAddress.objects.create(user=user, email=email, primary=True, verified=is_confirmed)
