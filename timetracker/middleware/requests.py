"""Middleware for every request: its id, and error pages."""

import logging
import math
import re
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from timetracker import logs
from timetracker.api.problems import STORAGE_RETRY_SECONDS
from timetracker.db.errors import find_fault, is_busy
from timetracker.error_views import database_busy, domain_error, is_api, storage_unavailable
from timetracker.errors import DomainError, NotFoundError, TooManyRequestsError

Handler = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger(__name__)


def request_id(get_response: Handler) -> Handler:
    """Gives each request an id, for logs and the response: its X-Request-Id if that is plain, else a new one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        brought = request.headers.get("X-Request-Id", "")
        name = brought if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", brought) else uuid.uuid4().hex
        logs.request_id.set(name)  # not reset, because Django logs errors after this returns
        response = get_response(request)
        response["X-Request-Id"] = name
        return response

    return middleware


class PageErrorsMiddleware:
    """Turns exceptions of page views into error pages. Exceptions of the API are handled earlier, in its views."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET" and not is_api(request):
            return redirect("today")  # a restored tab or typed URL of a view that only accepts forms
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Returns the page for a known exception of a view, else None, for which Django responds with 500."""
        if isinstance(exception, NotFoundError):
            raise Http404 from exception
        if isinstance(exception, DomainError):
            response = domain_error(request, exception)
            if isinstance(exception, TooManyRequestsError):
                response["Retry-After"] = str(math.ceil(exception.wait or 1))
            elif exception.status == HTTPStatus.SERVICE_UNAVAILABLE:
                response["Retry-After"] = str(STORAGE_RETRY_SECONDS)
            return response
        if fault := find_fault(exception):
            logger.error("The database cannot be used", exc_info=exception)
            return storage_unavailable(request, str(fault.sentence))
        if is_busy(exception):
            logger.warning("The database is busy", exc_info=exception)
            return database_busy(request)
        return None
