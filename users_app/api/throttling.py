"""Throttles by token and for new users. The rates are settings, as in `timetracker.api.throttling`."""

from typing import TYPE_CHECKING

from rest_framework.request import Request

from timetracker.api.throttling import AddressThrottle, Throttle
from users_app.models import AccessToken

if TYPE_CHECKING:  # a circular import: rest_framework.views reads the settings, which name this module
    from rest_framework.views import APIView


class TokenThrottle(Throttle):
    """Limits the requests of a token."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not isinstance(request.auth, AccessToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk.hex}


class NewUsersThrottle(AddressThrottle):
    """Limits the users created from an IP address."""

    scope = "new_users"
