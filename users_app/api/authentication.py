"""Authentication by bearer tokens only. Cookies are not read, so requests cannot be forged from another site."""

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from timetracker import clock
from users_app.models import AccessToken, User
from users_app.services.last_seen import update_last_used
from users_app.services.token_lookup import find_by_secret


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer tt_…` (RFC 6750). One query; `last_used_at` is written at most every 15 minutes."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_by_secret(secret.strip())
        now = clock.now()
        if token is None or not token.user.is_active or token.has_expired_at(now):
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        update_last_used(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
