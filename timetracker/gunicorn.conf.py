"""How gunicorn serves the application. Read by `gunicorn --config`; WEB_CONCURRENCY overrides the number of workers."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
try:
    _is_sqlite = settings.DATABASES["default"]["ENGINE"] == "timetracker.sqlite"
except ImproperlyConfigured as error:
    sys.exit(f"timetracker: {error}")

bind = f"[{settings.HOST}]:{settings.PORT}" if ":" in settings.HOST else f"{settings.HOST}:{settings.PORT}"
reuse_port = True
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 2 if _is_sqlite else 8
graceful_timeout = 30
control_socket_disable = True

# No query string, referrer or browser: paths hold ids only, the rest may hold names.
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms [%({x-request-id}o)s]"
loglevel = settings.LOG_LEVEL.lower()


def when_ready(_server: object) -> None:
    """Says where to look."""
    print(f"Timetracker is ready at {settings.BASE_URL} (Ctrl+C stops it)", flush=True)  # noqa: T201
