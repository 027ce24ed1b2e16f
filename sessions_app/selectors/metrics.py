"""Metrics of sessions over all users: how many run, and how many have done so for long."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from sessions_app.models import TimeSession
from timetracker import clock
from timetracker.metrics import register

LONG = timedelta(hours=12)
# Over all users, which no queryset is: the index that lets a user have one running session holds no others.
_RUNNING = f"""
    SELECT count(*), count(CASE WHEN start < %s THEN 1 END)
    FROM {TimeSession._meta.db_table} WHERE "end" IS NULL AND deleted_at IS NULL
"""  # noqa: S608, SLF001  # the name of our own table


@register
def collect_running() -> Iterator[Metric]:
    """Yields how many sessions run, and how many of them for over 12 hours."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [connection.ops.adapt_datetimefield_value(clock.now() - LONG)])
        running, long = cursor.fetchall()[0]
    yield GaugeMetricFamily("timetracker_sessions_running", "Sessions that run.", value=running)
    yield GaugeMetricFamily("timetracker_sessions_running_long", "Sessions that run for over 12 h.", value=long)
