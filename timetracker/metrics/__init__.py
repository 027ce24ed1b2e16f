"""Metrics, and the registry to which other apps add collectors. `view` serves them."""

from collections.abc import Callable, Iterable

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import Metric

REQUESTS = Counter(
    "timetracker_requests",
    "Requests by route and status: 429 is throttled, 503 is busy or cannot be stored.",
    ("method", "route", "status"),
    registry=None,
)
LATENCY = Histogram(
    "timetracker_request_seconds",
    "How long views took until the answer began.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=None,
)
WRITE_WAIT = Histogram(
    "timetracker_write_wait_seconds",
    "How long writers waited for their turn (SQLite).",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
    registry=None,
)
FAILED_SIGN_INS = Counter("timetracker_failed_sign_ins", "Attempts to sign in with what does not fit.", registry=None)

OF_PROCESS = (REQUESTS, LATENCY, WRITE_WAIT, FAILED_SIGN_INS)
"""The metrics that each worker counts; gunicorn's workers share them through files (see `gunicorn.conf.py`)."""

Collect = Callable[[], Iterable[Metric]]
collectors: list[Collect] = []
"""The functions that are called when metrics are requested. `register` adds to them."""


def register(collect: Collect) -> Collect:
    """Decorates a function that returns metrics, and adds it to `collectors`."""
    collectors.append(collect)
    return collect
