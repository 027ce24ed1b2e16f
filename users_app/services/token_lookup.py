"""Finds the token and user of a request, with which every API call begins."""

from timetracker.db.compiled import CompiledRead, make_instance
from users_app.models import AccessToken, User, hash_secret, is_well_formed

_OF_TOKEN = [field.attname for field in AccessToken._meta.concrete_fields]  # noqa: SLF001  # documented
_OF_USER = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001

_read = CompiledRead(
    lambda secret_hash: AccessToken.objects.filter(secret_hash=secret_hash).values_list(
        *_OF_TOKEN, *(f"user__{name}" for name in _OF_USER)
    ),
    secret_hash="0" * 64,
)


def find_by_secret(secret: str) -> AccessToken | None:
    """Returns the token with a secret, with its user, as `AccessToken.find` does. At most one query."""
    if not is_well_formed(secret):
        return None
    for row in _read(secret_hash=hash_secret(secret)):
        token = make_instance(AccessToken, _OF_TOKEN, row[: len(_OF_TOKEN)])
        token.user = make_instance(User, _OF_USER, row[len(_OF_TOKEN) :])
        return token
    return None
