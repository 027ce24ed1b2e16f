"""Recovery codes: shown once, easy to read aloud, and replaced when a browser uses them."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.utils.crypto import salted_hmac

from users_app.models import Notice, RecoveryCode, User, hash_secret
from users_app.services.notices import add_notice

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters of five bits each, without 0, O, 1 and I, which look or sound alike."""

RANDOM_LENGTH = 26  # 130 bits
CHECK_LENGTH = 2
GROUP_LENGTH = 4

ANSWERED_FOR = timedelta(hours=1)
"""How long a repeated form gets the same code, since the first response may not have arrived."""


def make_code(form: str = "") -> str:
    """Returns a new code: seven groups of four characters, the last two of which are a checksum.

    With a `form` (users_app.sign_in.name_form), the code is derived from it and the secret key, and always the same.
    """
    signs = _derive_signs(form) if form else "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    signs += _check_signs(signs)
    return "-".join(signs[start : start + GROUP_LENGTH] for start in range(0, len(signs), GROUP_LENGTH))


def read_code(typed: str) -> str | None:
    """Returns a typed code in upper case without blanks and dashes; None if it is malformed.

    Fullwidth characters of East Asian keyboards are converted.
    """
    signs = "".join(each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum())
    if len(signs) != RANDOM_LENGTH + CHECK_LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return signs if signs[RANDOM_LENGTH:] == _check_signs(signs[:RANDOM_LENGTH]) else None


def replace_code(user: User, *, now: datetime, form: str = "") -> str:
    """Replaces a user's code and returns the new one. A mail tells the user. For `form` see `make_code`."""
    with transaction.atomic():
        add_notice(user, Notice.Kind.SECOND_FACTOR_CHANGED, now=now)
        return _replace_code(user, now, form)


def use_code(typed: str, *, now: datetime, form: str = "") -> tuple[User, str] | None:
    """Uses a code up. Returns its user and the new code that replaces it; None for an invalid code.

    If two requests use a code at once, one of them gets None; but a repeated `form` gets the first result again.
    """
    with transaction.atomic():
        found = (
            RecoveryCode.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(code_hash=_hash(typed), user__is_active=True)
            .first()
        )
        if found is None:
            return find_answer(form, now=now)
        return found.user, _replace_code(found.user, now, form)


def find_answer(form: str, *, now: datetime) -> tuple[User, str] | None:
    """Returns user and code of the first response to a repeated form, if the code is still the user's; else None."""
    if not form:
        return None
    code = make_code(form)
    made = RecoveryCode.objects.filter(code_hash=_hash(code), created_at__gt=now - ANSWERED_FOR, user__is_active=True)
    found = made.select_related("user").first()
    return None if found is None else (found.user, code)


def end_answers(user: User, *, now: datetime) -> None:
    """Ends `find_answer` for a user's present code, so that a repeated form does not sign in a browser again."""
    lately = now - ANSWERED_FOR
    RecoveryCode.objects.filter(user=user, created_at__gt=lately).update(created_at=lately)


def id_begun_by(form: str) -> UUID | None:
    """Returns the id of the guest whom a first form creates, so that its repetition finds the guest; None for ""."""
    derived = salted_hmac("guest", form, algorithm="sha256").digest()
    return UUID(bytes=derived[:16], version=4) if form else None


def find_begun_guest(form: str, *, now: datetime) -> User | None:
    """Returns the guest whom a form created just now, if there is no other access to the guest yet, else None.

    A guest cannot sign out before having other access, so this signs in no browser that was signed out.
    """
    guest_id = id_begun_by(form)
    if guest_id is None:
        return None
    begun = User.objects.filter(pk=guest_id, email=None, is_active=True, created_at__gt=now - ANSWERED_FOR).first()
    return None if begun is None or can_return(begun) else begun


def can_return(user: User) -> bool:
    """Returns whether a user can sign in from a new browser: with e-mail and password, recovery code or passkey."""
    return (
        (user.email is not None and user.has_usable_password())
        or RecoveryCode.objects.filter(user=user).exists()
        or is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN])
    )


def _replace_code(user: User, now: datetime, form: str) -> str:
    code = make_code(form)
    RecoveryCode.objects.update_or_create(user=user, defaults={"code_hash": _hash(code), "created_at": now})
    return code


def _derive_signs(form: str) -> str:
    number = int.from_bytes(salted_hmac("recovery code", form, algorithm="sha256").digest())
    return "".join(ALPHABET[number >> 5 * index & 31] for index in range(RANDOM_LENGTH))


def _hash(code: str) -> str:
    return hash_secret(read_code(code) or "")


def _check_signs(signs: str) -> str:
    """Returns two check characters (a remainder by a prime) that detect a wrong character or two swapped neighbours."""
    remainder = 0
    for sign in signs:
        remainder = (remainder * 32 + ALPHABET.index(sign)) % 1021
    return ALPHABET[remainder // 32] + ALPHABET[remainder % 32]
