"""What gunicorn serves."""

import os
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

_django = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django, told that all is UTF-8: it would try any codec that a request names, and fail where nothing answers."""
    environ["CONTENT_TYPE"] = re.sub(r"(?i);\s*charset=[^;]*", "", environ.get("CONTENT_TYPE", ""))
    return _django(environ, start_response)
