"""Who calls: bearer tokens and nothing else. Cookies are not read, so there is nothing to forge from another site."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from timetracker import clock
from users_app.models import AccessToken, Scope, User
from users_app.services.last_seen import update_last_used

if TYPE_CHECKING:  # that module reads the settings that name this one
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer tt_…` (RFC 6750). One query; the use of a token is noted at most every 15 minutes."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = AccessToken.find(secret.strip())
        now = clock.now()
        if token is None or not token.user.is_active or token.has_expired_at(now):
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        update_last_used(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """The token must carry the scope that the view's `scopes` name for the action; every action must be named there."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, AccessToken):
            raise NotAuthenticated(_("Send a token: Authorization: Bearer tt_…"))
        # Not `view.action`, which has a name of its own for OPTIONS.
        action: str | None = view.action_map.get(str(request.method).lower())  # type: ignore[attr-defined]
        if action is None:
            return True  # a method that is not possible here; the framework says so next
        scopes: dict[str, Scope] = view.scopes  # type: ignore[attr-defined]
        if not request.auth.allows(scopes[action]):
            raise PermissionDenied(_("This token lacks the scope “%s”.") % scopes[action].value)
        return True
