"""Metrics of the server itself: its database, its disk, its backups."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from timetracker.backups.making import last_backup_at
from timetracker.metrics import register
from timetracker.storage import disk


@register
def collect_sizes() -> Iterator[Metric]:
    """Yields the sizes in bytes of the database, of its write-ahead log, and of the free space of the disk."""
    name = str(settings.DATABASES["default"]["NAME"])
    sizes = GaugeMetricFamily("timetracker_database_bytes", "Size of the database.", labels=["part"])
    if connection.vendor == "sqlite":
        for part, path in (("database", Path(name)), ("log", Path(f"{name}-wal"))):
            with suppress(FileNotFoundError):
                sizes.add_metric([part], path.stat().st_size)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            sizes.add_metric(["database"], cursor.fetchall()[0][0])
    yield sizes
    yield GaugeMetricFamily("timetracker_disk_free_bytes", "What can still be stored.", value=disk.free_bytes())


@register
def collect_backup_age() -> Iterator[Metric]:
    """Yields the seconds since the last verified backup; nothing without one."""
    at = last_backup_at()
    if at is not None:
        yield GaugeMetricFamily(
            "timetracker_backup_age_seconds", "Time since the last proven backup.", value=time.time() - at
        )
