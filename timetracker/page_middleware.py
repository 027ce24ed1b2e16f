"""Middleware that pages need and the API does not: it takes no cookies, and has neither messages nor forms.

Each class is Django's own, left out for the API. `MIDDLEWARE` names these, and nothing else does. Django's checks want
that of CSRF by its own name; the API's views are exempt from it.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from timetracker.error_views import is_api


class _PagesOnly:
    """Hands requests to the API on at once. To be mixed in before a class of Django's."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found: HttpResponseBase
        found = self.get_response(request) if is_api(request) else super().__call__(request)  # type: ignore[misc]
        return found


class SessionMiddleware(_PagesOnly, DjangoSessionMiddleware):
    pass


class AuthenticationMiddleware(_PagesOnly, DjangoAuthenticationMiddleware):
    pass


class MessageMiddleware(_PagesOnly, DjangoMessageMiddleware):
    pass
