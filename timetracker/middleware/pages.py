"""Django's middleware for pages, skipped for the API, which has no cookies, messages and forms.

Only `MIDDLEWARE` uses these classes. Django's CSRF middleware is not among them, since Django's checks look for its
name; the API's views are exempt from it.
"""

import logging
from http import HTTPStatus
from typing import Any

from csp.constants import HEADER as CONTENT_SECURITY_POLICY
from csp.middleware import CSPMiddleware as PagesCSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from timetracker.error_views import is_api, storage_unavailable

logger = logging.getLogger(__name__)


class _PagesOnly:
    """A mixin for Django's middleware that skips it for requests to the API."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found: HttpResponseBase
        found = self.get_response(request) if is_api(request) else super().__call__(request)  # type: ignore[misc]
        return found


POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'none'"
"""The policy of responses that are not pages: they load nothing, run nothing, and cannot be framed."""


class CSPMiddleware(PagesCSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds the policy of pages to pages, including the API's documentation, and POLICY_OF_DATA to all else."""
        if is_api(request) and not response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(CONTENT_SECURITY_POLICY, POLICY_OF_DATA)
            return response
        return super().process_response(request, response)


class SessionMiddleware(_PagesOnly, DjangoSessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Saves the session. If that fails, a page that only reads is answered all the same."""
        try:
            return super().process_response(request, response)
        except DatabaseError as error:
            logger.warning("The session of a browser was not stored", exc_info=error)
            if request.method in {"GET", "HEAD"} or response.status_code >= HTTPStatus.BAD_REQUEST:
                return response
            # The view may have written, but the browser would not get the cookie of its user.
            return storage_unavailable(
                request,
                gettext("This browser was not remembered. Look whether your change is there before you repeat it."),
            )


class AuthenticationMiddleware(_PagesOnly, DjangoAuthenticationMiddleware):
    pass


class MessageMiddleware(_PagesOnly, DjangoMessageMiddleware):
    pass
