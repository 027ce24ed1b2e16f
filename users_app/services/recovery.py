"""Recovery codes: shown once, read over the phone, used up by the browser that they open the data in."""

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
"""32 signs, five bits each: neither 0 and O nor 1 and I, which sound or look alike."""

RANDOM_LENGTH = 26  # 130 bits
CHECK_LENGTH = 2
GROUP_LENGTH = 4

ANSWERED_FOR = timedelta(hours=1)
"""How long a form that is sent again gets the same code: what it was answered with may not have arrived."""


def make_code(form: str = "") -> str:
    """Returns a new code: seven groups of four signs, of which the last two are a checksum.

    In answer to a `form` (users_app.sign_in.name_form) it is always the same, and without our key nobody can make it.
    """
    signs = _derive_signs(form) if form else "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    signs += _check_signs(signs)
    return "-".join(signs[start : start + GROUP_LENGTH] for start in range(0, len(signs), GROUP_LENGTH))


def read_code(typed: str) -> str | None:
    """Returns the signs of a typed code without blanks and dashes, in upper case; None for what cannot be one.

    Signs that a keyboard spells in another width are the same.
    """
    signs = "".join(each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum())
    if len(signs) != RANDOM_LENGTH + CHECK_LENGTH or not set(signs) <= set(ALPHABET):
        return None
    return signs if signs[RANDOM_LENGTH:] == _check_signs(signs[:RANDOM_LENGTH]) else None


def replace_code(user: User, *, now: datetime, form: str = "") -> str:
    """Returns a new code of a user, who is told by e-mail; the one before opens nothing any more.

    For `form` see `make_code`.
    """
    with transaction.atomic():
        add_notice(user, Notice.Kind.SECOND_FACTOR_CHANGED, now=now)
        return _replace_code(user, now, form)


def use_code(typed: str, *, now: datetime, form: str = "") -> tuple[User, str] | None:
    """Uses a code up. Returns its user and the new code that replaces it; None for one that opens nothing.

    Of two that use one code at once, one is told None; but a `form` that is sent again is answered as before.
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
    """Returns whose code was made in answer to this form just now, and the code, while it is the user's present one."""
    if not form:
        return None
    code = make_code(form)
    made = RecoveryCode.objects.filter(code_hash=_hash(code), created_at__gt=now - ANSWERED_FOR, user__is_active=True)
    found = made.select_related("user").first()
    return None if found is None else (found.user, code)


def end_answers(user: User, *, now: datetime) -> None:
    """Answers no form again with the present code of a user: a browser that was signed out or ended is to stay out."""
    lately = now - ANSWERED_FOR
    RecoveryCode.objects.filter(user=user, created_at__gt=lately).update(created_at=lately)


def id_begun_by(form: str) -> UUID | None:
    """Returns the id of the guest whom this form of a stranger begins, by which it finds them; None for no form."""
    derived = salted_hmac("guest", form, algorithm="sha256").digest()
    return UUID(bytes=derived[:16], version=4) if form else None


def find_begun_guest(form: str, *, now: datetime) -> User | None:
    """Returns the guest whom this form began just now, while nothing leads to them but its answer.

    Nobody signs out before there is something else, so no browser is signed in again that was signed out.
    """
    guest_id = id_begun_by(form)
    if guest_id is None:
        return None
    begun = User.objects.filter(pk=guest_id, email=None, is_active=True, created_at__gt=now - ANSWERED_FOR).first()
    return None if begun is None or can_return(begun) else begun


def can_return(user: User) -> bool:
    """Tells whether a user can come back once no browser knows them: by e-mail and password, code or passkey."""
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
    """Returns two signs that differ when one sign is wrong or two neighbours changed places: a remainder by a prime."""
    remainder = 0
    for sign in signs:
        remainder = (remainder * 32 + ALPHABET.index(sign)) % 1021
    return ALPHABET[remainder // 32] + ALPHABET[remainder % 32]
