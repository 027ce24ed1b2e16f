"""What gunicorn serves."""

import os
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from tempfile import SpooledTemporaryFile
from typing import IO, ParamSpec, TypeVar
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")

_django = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # all views, before workers are forked: the first request would else wait for them

MAX_CHUNKED_BODY = 64 * 1024 * 1024
"""How much of a body in chunks is read, in bytes: more than any view takes."""
_IN_MEMORY = 1024 * 1024


P = ParamSpec("P")
T = TypeVar("T")


def _call_with_room(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return call(*args, **kwargs)


# Python keeps frames in chunks of 16 KB. A call across the end of one asks the kernel for the next, and gives it back
# when it returns: in a loop, at an unlucky depth, that took half of the time of a page (python/cpython#142183, until
# late releases of 3.13). This frame claims 124 KB, for which Python takes a chunk of 256 KB, and what it calls has the
# rest. What is claimed is never touched, so that it takes no memory.
_call_with_room.__code__ = _call_with_room.__code__.replace(co_stacksize=15_500)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django, told that all is UTF-8: it would try any codec that a request names, and fail where nothing answers."""
    environ["CONTENT_TYPE"] = re.sub(r"(?i);\s*charset=[^;]*", "", environ.get("CONTENT_TYPE", ""))
    if not environ.get("HTTP_TRANSFER_ENCODING"):
        return _call_with_room(_django, environ, start_response)
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        _read_chunks(environ, body)
        return _call_with_room(_django, environ, start_response)


def _read_chunks(environ: WSGIEnvironment, body: IO[bytes]) -> None:
    """Gives a body that came in chunks its length: without one Django would read nothing of it."""
    left = MAX_CHUNKED_BODY
    while left and (part := environ["wsgi.input"].read(min(left, _IN_MEMORY))):
        body.write(part)
        left -= len(part)
    environ["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    environ["wsgi.input"] = body
