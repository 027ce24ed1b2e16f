"""Settings of gunicorn, read by `gunicorn --config`. WEB_CONCURRENCY overrides the number of workers."""

import gc
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from gunicorn import glogging

from timetracker import environment
from timetracker.db.migrated import require_migrated
from timetracker.db.reachable import require_database, require_whole
from timetracker.db.sqlite import commits, daily_check, versions
from timetracker.logs import JsonFormatter, PrivateFormatter
from timetracker.serving import lock
from timetracker.serving.counts_folder import make_counts_folder

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
try:
    workers = environment.read_count("WEB_CONCURRENCY", 2)
    _is_sqlite = settings.DATABASES["default"]["ENGINE"] == "timetracker.db.sqlite"
except ImproperlyConfigured as error:
    sys.exit(f"timetracker: {error}")

if settings.METRICS != "off" and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    # Workers share their metrics in this folder, new for each master. Must be set before prometheus-client is imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(make_counts_folder(Path(settings.DATA_DIR)))

SWITCH_SECONDS = 0.0005
"""How long a thread may hold Python's lock while another waits. A thread that writes to SQLite releases the lock at
each statement, and all other writers wait for it. With Python's default of 5 ms there are 7 % fewer saves a second
(docs/performance.md)."""

bind = f"[{settings.HOST}]:{settings.PORT}" if ":" in settings.HOST else f"{settings.HOST}:{settings.PORT}"
worker_class = "timetracker.serving.worker.BufferingWorker"
threads = 4 if _is_sqlite else 8
# Workers share the memory of modules imported before the fork, and new workers can respond at once.
preload_app = True
graceful_timeout = 30
limit_request_line = 8190  # gunicorn's maximum: a query may name many projects
keepalive = 130  # longer than proxies keep idle connections (nginx 60, Caddy 120), lest they use a closing one
control_socket_disable = True
secure_scheme_headers: dict[str, str] = {}  # timetracker/middleware/proxies.py reads them


class PrivateLogger(glogging.Logger):  # type: ignore[misc]  # ships no types
    """Gunicorn's logger without personal data, as Django's log lines.

    Queries, referrers, addresses and browsers are not logged, since they may hold names. Paths hold only ids, and
    secrets, which are masked.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log, form in ((self.error_log, self.error_fmt), (self.access_log, self.access_fmt)):
            for handler in log.handlers:
                handler.setFormatter(
                    JsonFormatter() if settings.LOG_FORMAT == "json" else PrivateFormatter(form, self.datefmt)
                )

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """Returns the values for `access_log_format`. Gunicorn's method would copy all headers for each line."""
        return {
            "t": self.now(),
            "m": environ.get("REQUEST_METHOD", "-"),
            "U": environ.get("PATH_INFO", "-"),
            "s": resp.status.split(None, 1)[0],
            "B": resp.sent,
            "M": request_time // timedelta(milliseconds=1),
            "{x-request-id}o": next((value for name, value in resp.headers if name == "X-Request-Id"), "-"),
        }


logger_class = PrivateLogger
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms [%({x-request-id}o)s]"
loglevel = settings.LOG_LEVEL.lower()


def on_starting(server: Any) -> None:
    """Stops the start with a message if the database is unusable, or the address cannot be listened on.

    Gunicorn alone would try the address five times, and workers would start without a database.
    """
    try:
        lock.serve()
        require_database(settings.DATABASES["default"])
        require_whole(settings.DATABASES["default"])
        require_migrated(settings.DATABASES["default"])
    except ImproperlyConfigured as error:
        sys.exit(f"timetracker: {error}")
    if server.master_pid or "LISTEN_PID" in os.environ:
        return  # another process has opened the socket
    with socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            sys.exit(
                f"timetracker: {bind} cannot be listened on: {error.strerror}. "
                "Stop what uses it, or choose another with PORT or HOST, for example PORT=8001."
            )


_daily_checks: list[subprocess.Popen[bytes]] = []


def when_ready(server: Any) -> None:
    """Prints the server's address, and freezes existing objects: collecting them would write to shared memory."""
    if _is_sqlite and (defect := versions.describe_defect()):
        server.log.warning(defect)
        checks = [sys.executable, "-IS", daily_check.__file__, settings.DATABASES["default"]["NAME"]]
        _daily_checks.append(subprocess.Popen(checks))  # noqa: S603  # our own module
    gc.collect()
    gc.freeze()
    told = f"Timetracker is ready at {settings.BASE_URL} (Ctrl+C stops it)"
    if settings.LOG_FORMAT == "json":
        server.log.info(told)
    else:
        print(told, flush=True)  # noqa: T201


def post_worker_init(_worker: object) -> None:
    """Lets the threads of a worker share the disk's syncs."""
    sys.setswitchinterval(SWITCH_SECONDS)
    commits.share_commits()


def child_exit(_server: object, worker: Any) -> None:
    """Removes the gauges of a worker that ended. Its counters stay."""
    if settings.METRICS != "off":
        from prometheus_client import multiprocess  # noqa: PLC0415  # not before the folder is set

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Stops the processes that were started beside the workers."""
    for each in _daily_checks:
        each.terminate()
