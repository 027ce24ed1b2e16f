"""Middleware that pages need and the API does not: it takes no cookies, and has neither messages nor forms.

Each class is Django's own, left out for the API. `MIDDLEWARE` names these, and nothing else does. Django's checks want
that of CSRF by its own name; the API's views are exempt from it.
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
    """Hands requests to the API on at once. To be mixed in before a class of Django's."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found: HttpResponseBase
        found = self.get_response(request) if is_api(request) else super().__call__(request)  # type: ignore[misc]
        return found


POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'none'"
"""What is no page loads nothing, runs nothing and is shown in nothing."""


class CSPMiddleware(PagesCSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Puts the policy of pages together for pages alone, the API's documentation among them."""
        if is_api(request) and not response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(CONTENT_SECURITY_POLICY, POLICY_OF_DATA)
            return response
        return super().process_response(request, response)


class SessionMiddleware(_PagesOnly, DjangoSessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Stores the session. A page that only shows something is not lost where that fails."""
        try:
            return super().process_response(request, response)
        except DatabaseError as error:
            logger.warning("The session of a browser was not stored", exc_info=error)
            if request.method in {"GET", "HEAD"} or response.status_code >= HTTPStatus.BAD_REQUEST:
                return response
            # The view may have written, and the browser does not know as whom.
            return storage_unavailable(
                request,
                gettext("This browser was not remembered. Look whether your change is there before you repeat it."),
            )


class AuthenticationMiddleware(_PagesOnly, DjangoAuthenticationMiddleware):
    pass


class MessageMiddleware(_PagesOnly, DjangoMessageMiddleware):
    pass
