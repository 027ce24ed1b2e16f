"""`/metrics` in the text format of Prometheus, for authorised requests, and middleware that counts requests."""

import hmac
import logging
import os
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from timetracker import metrics
from timetracker.db.sqlite import base as sqlite
from timetracker.metrics import server as _server  # noqa: F401  # registers

ADDRESS = "/metrics"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")

logger = logging.getLogger(__name__)


def count_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Returns middleware that counts requests, and answers those for /metrics. In MIDDLEWARE if METRICS is on."""
    sqlite.on_turn.append(metrics.WRITE_WAIT.observe)
    user_login_failed.connect(_count_failed_sign_in, dispatch_uid="metrics")

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == ADDRESS and may_see(request):
            return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
        begun = time.perf_counter()
        response = get_response(request)
        # The pattern of the URL, not the URL itself, which may have a secret, and of which there are infinitely many.
        route = f"/{request.resolver_match.route}" if request.resolver_match else "(none)"
        metrics.REQUESTS.labels(_known_method(request), route, str(response.status_code)).inc()
        metrics.LATENCY.labels(route).observe(time.perf_counter() - begun)
        return response

    return middleware


def may_see(request: HttpRequest) -> bool:
    """Returns whether a request has the token, or comes directly from this machine, without a proxy."""
    if settings.METRICS == "token":
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if any(header in request.headers for header in _FORWARDED):
        return False  # a proxy on this machine forwards requests of anyone
    address = request.META.get("REMOTE_ADDR", "")
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False


class _Read(Collector):
    """Runs all collectors. If the database is unavailable, only its metrics are missing."""

    def collect(self) -> Iterator[Metric]:
        for collect in metrics.collectors:
            try:
                yield from list(collect())
            except (DatabaseError, OSError) as error:
                logger.warning("Some metrics cannot be read", exc_info=error)


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for each in metrics.OF_PROCESS:
            registry.register(each)
    registry.register(_Read())
    return registry


def _known_method(request: HttpRequest) -> str:
    """Returns the method of a request if it is a known one: clients can invent others without limit."""
    return request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


def _count_failed_sign_in(sender: Any, **_details: Any) -> None:
    metrics.FAILED_SIGN_INS.inc()
