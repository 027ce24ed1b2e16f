"""What holds for every request that somebody is needed for."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from timetracker import clock
from timetracker.error_views import is_api
from timetracker.errors import ForbiddenError
from timetracker.pages import SeeOther
from users_app.browser_sessions import SessionStore
from users_app.guests import current_user

_RENEWED_ON = "renewed_on"

Handler = Callable[[HttpRequest], HttpResponse]


def reject_signed_out(get_response: Handler) -> Handler:
    """Middleware: responds with 401 to a form that htmx sends for a user who was signed out since the page was drawn.

    Else a new guest would be made for it, or it would be lost; so the page asks to sign in and sends it again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        was_signed_in = request.headers.get("X-Signed-In") == "yes"
        if was_signed_in and request.method == "POST" and current_user(request) is None:
            return HttpResponse(_("You were signed out."), status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
        return get_response(request)

    return middleware


def renew_cookie_daily(get_response: Handler) -> Handler:
    """Middleware: sets the cookie anew once a day, so that its 400 days begin again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _is_known(request):
            now = clock.now()
            cast("SessionStore", request.session).note_use(now=now)
            today = now.date().isoformat()
            if request.session.get(_RENEWED_ON) != today:
                request.session[_RENEWED_ON] = today
        return response

    return middleware


def _is_known(request: HttpRequest) -> bool:
    """Says whether the view asked for the user, and there is one; does not ask by itself."""
    return hasattr(request, "session") and request.session.accessed and request.user.is_authenticated


class SignInMiddleware:
    """Lets nobody's fragment of a page become a sign-in page, and asks again who it is where that matters."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_api(request) or "HX-Request" not in request.headers:
            return self.get_response(request)
        if request.method != "GET" and _was_signed_out(request):
            return _unauthorized()
        response = self.get_response(request)
        return _unauthorized() if _leads_to_sign_in(response) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Redirects to where somebody says again who they are.

        django-allauth would keep a form that was posted, with the cookie, in the session. Ours is filled in again.
        """
        if isinstance(exception, ReauthenticationRequired):
            methods = get_adapter().get_reauthentication_methods(request.user)
            if request.user.is_authenticated and not methods:
                raise PermissionDenied
            target = methods[0]["url"] if methods else reverse("signin")
            return SeeOther(f"{target}?{urlencode({'next': request.get_full_path()})}")
        is_closed = isinstance(exception, ForbiddenError) and exception.code == "registration_closed"
        return _unauthorized() if is_closed and "HX-Request" in request.headers else None


def _was_signed_out(request: HttpRequest) -> bool:
    """Tells whether the cookie of a request led to somebody once and leads nowhere any more."""
    brought = settings.SESSION_COOKIE_NAME in request.COOKIES
    return brought and not request.user.is_authenticated and request.session.session_key is None


def _leads_to_sign_in(response: HttpResponse) -> bool:
    target = response.get("Location", "").partition("?")[0]
    return HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST and target == reverse("signin")


def _unauthorized() -> HttpResponse:
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
