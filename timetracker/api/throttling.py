"""How many requests are answered: per token, per address without one, and new users per address.

The rates are settings (REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]); RATE_LIMITS=off lifts them all.
"""

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from users_app.models import AccessToken

if TYPE_CHECKING:  # that module reads the settings that name this one
    from rest_framework.views import APIView


logger = logging.getLogger(__name__)


class Throttle(SimpleRateThrottle):
    """Counts in the cache. While that cannot be written all may pass: a full disk must not keep one from stopping."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except OSError as error:
            logger.warning("Requests cannot be counted", exc_info=error)
            return True


class TokenThrottle(Throttle):
    """Counts the requests of a token."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not settings.RATE_LIMITS_ARE_ON or not isinstance(request.auth, AccessToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk.hex}


class AddressThrottle(Throttle):
    """Counts the requests without a token from an address."""

    scope = "address"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not settings.RATE_LIMITS_ARE_ON or isinstance(request.auth, AccessToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def get_ident(self, request: Request) -> str:
        """The peer's address, or what a trusted proxy says of the peer it answered."""
        address: str = request.META.get("REMOTE_ADDR", "")
        forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
        # Over a socket of this machine there is no address.
        is_trusted = not address or any(ip_address(address) in network for network in settings.TRUSTED_PROXIES)
        return forwarded.rpartition(",")[2].strip() or address if is_trusted else address


class NewUsersThrottle(AddressThrottle):
    """Counts the users made from an address."""

    scope = "new_users"
