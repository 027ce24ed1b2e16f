"""What is counted and measured, and the registry of collectors that other apps add to. `view` shows all of it."""

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
"""What each worker counts for itself; gunicorn's workers share it by files, see `gunicorn.conf.py`."""

Collect = Callable[[], Iterable[Metric]]
collectors: list[Collect] = []
"""What is read when metrics are asked for: `register` adds to it."""


def register(collect: Collect) -> Collect:
    """Adds a function that returns metrics as they are when they are asked for. A decorator."""
    collectors.append(collect)
    return collect
