"""Limits that need to know tokens and users. The rates are settings, as those of `timetracker.api.throttling`."""

from typing import TYPE_CHECKING

from rest_framework.request import Request

from timetracker.api.throttling import AddressThrottle, Throttle
from users_app.models import AccessToken

if TYPE_CHECKING:  # that module reads the settings that name this one
    from rest_framework.views import APIView


class TokenThrottle(Throttle):
    """Counts the requests of a token."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not isinstance(request.auth, AccessToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk.hex}


class NewUsersThrottle(AddressThrottle):
    """Counts the users made from an address."""

    scope = "new_users"
