"""Metrics of the running sessions of all users."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from sessions_app.models import TimeSession
from timetracker import clock
from timetracker.metrics import register

LONG = timedelta(hours=12)
# Raw SQL, since querysets are always of one user. The index of the constraint has the running sessions only.
_RUNNING = f"""
    SELECT count(*), count(CASE WHEN start < %s THEN 1 END)
    FROM {TimeSession._meta.db_table} WHERE "end" IS NULL AND deleted_at IS NULL
"""  # noqa: S608, SLF001  # the name of our own table


@register
def collect_running() -> Iterator[Metric]:
    """Yields the number of running sessions, and of those running for over 12 hours."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [connection.ops.adapt_datetimefield_value(clock.now() - LONG)])
        running, long = cursor.fetchall()[0]
    yield GaugeMetricFamily("timetracker_sessions_running", "Sessions that run.", value=running)
    yield GaugeMetricFamily("timetracker_sessions_running_long", "Sessions that run for over 12 h.", value=long)
