"""Throttles: requests per token, per IP address without a token, and new users per IP address.

The rates are settings (REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]). A rate of 0 is no limit; RATE_LIMITS=off lifts all.
"""

import fcntl
import logging
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from timetracker.middleware.proxies import client_of

if TYPE_CHECKING:  # a circular import: rest_framework.views reads the settings, which name this module
    from rest_framework.views import APIView


logger = logging.getLogger(__name__)


class Throttle(SimpleRateThrottle):
    """A throttle that allows everything while the cache cannot be written: a full disk must not prevent a Stop."""

    # Set by SimpleRateThrottle, without annotations.
    num_requests: int
    duration: int
    key: str | None = None
    history: list[float]
    now: float

    def allow_request(self, request: Request | HttpRequest, view: "APIView | None") -> bool:
        if not settings.RATE_LIMITS_ARE_ON or self.num_requests == 0:
            return True
        try:
            with _turn(str(self.scope)):
                return super().allow_request(request, view)  # type: ignore[arg-type]  # it asks them nothing
        except OSError as error:
            logger.warning("Requests cannot be counted", exc_info=error)
            return True

    @property
    def has_counted(self) -> bool:
        """Whether this throttle applies to the request."""
        return self.key is not None and hasattr(self, "history")

    @property
    def remaining(self) -> int:
        """The number of requests still allowed now."""
        return max(0, self.num_requests - len(self.history))

    @property
    def reset_seconds(self) -> int:
        """The seconds until the oldest counted request no longer counts."""
        return max(0, math.ceil(self.history[-1] + self.duration - self.now)) if self.history else 0


def rate_limit_headers(throttles: Iterable[Throttle]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-10 has them: each limit that counted
    this request with its quota and window in seconds, and how many are left and when there will be more.
    """
    counted = [throttle for throttle in throttles if throttle.has_counted]
    if not counted:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{each.scope}";q={each.num_requests};w={each.duration}' for each in counted),
        "RateLimit": ", ".join(f'"{each.scope}";r={each.remaining};t={each.reset_seconds}' for each in counted),
    }


@contextmanager
def _turn(scope: str) -> Iterator[None]:
    """Lets one worker of this machine at a time read and write a count. Raises OSError."""
    folder = settings.DATA_DIR / "cache"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{scope}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class AddressThrottle(Throttle):
    """Limits requests without a token by IP address."""

    scope = "address"

    def get_cache_key(self, request: Request | HttpRequest, view: "APIView | None") -> str | None:
        if getattr(request, "auth", None) is not None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def get_ident(self, request: Request | HttpRequest) -> str:
        return client_of(request.META)
