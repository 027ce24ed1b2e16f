"""The WSGI application, which gunicorn serves."""

import os
import re
from collections.abc import Iterable
from importlib import import_module
from tempfile import SpooledTemporaryFile
from typing import IO
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from timetracker.serving.stack_room import call_with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

_django = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # imports all views before workers are forked, not in the first request

MAX_CHUNKED_BODY = 64 * 1024 * 1024
"""The most bytes read of a chunked body: more than any view accepts."""
_IN_MEMORY = 1024 * 1024


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Calls Django without the charset of the request, so that all is UTF-8.

    Django would try any codec that a request names, and fail where no exception is answered.
    """
    environ["CONTENT_TYPE"] = re.sub(r"(?i);\s*charset=[^;]*", "", environ.get("CONTENT_TYPE", ""))
    answer = _call_django(environ, start_response)
    return _without_body(answer) if environ["REQUEST_METHOD"] == "HEAD" else answer


def _call_django(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if not environ.get("HTTP_TRANSFER_ENCODING"):
        return call_with_room(_django, environ, start_response)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        _read_chunks(environ, body)
        return call_with_room(_django, environ, start_response)


def _without_body(answer: Iterable[bytes]) -> Iterable[bytes]:
    """Ends a response to HEAD and returns no body, since gunicorn logs a warning for each one that it leaves out."""
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    return []


def _read_chunks(environ: WSGIEnvironment, body: IO[bytes]) -> None:
    """Sets the content length of a chunked body, since Django would read nothing without one."""
    left = MAX_CHUNKED_BODY
    while left and (part := environ["wsgi.input"].read(min(left, _IN_MEMORY))):
        body.write(part)
        left -= len(part)
    environ["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    environ["wsgi.input"] = body
