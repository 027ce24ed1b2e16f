"""Middleware about the user of a request."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from timetracker import clock
from timetracker.error_views import is_api
from timetracker.errors import ForbiddenError
from timetracker.forms.typed import FORM_USER, read_typed
from timetracker.pages import SeeOther, respond
from users_app.browser_sessions import SessionStore
from users_app.guests import current_user
from users_app.models import User
from users_app.services.merged import is_alias
from users_app.sign_in import held_guest

_RENEWED_ON = "renewed_on"
_SIGN_IN_ROUTES = ("signin/", "signout/", "invitation/")

Handler = Callable[[HttpRequest], HttpResponse]


class FormUserMiddleware:
    """Rejects a form whose page was rendered for another user, because someone signed in or out meanwhile.

    The response says so, and offers to save what was typed as the present user. Exempt are forms that sign in or out,
    and forms of a guest who has been merged into the account. A form without a user was rendered for none.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Runs after the check of the CSRF token, since the response repeats what was sent."""
        if request.method != "POST" or is_api(request) or _signs_in_or_out(request):
            return None
        form_user = request.POST.get(FORM_USER) or request.headers.get("X-Form-User")
        user = current_user(request)
        if not form_user or _is_of(user, form_user):
            return None
        if user is None and "HX-Request" in request.headers:  # the script asks to sign in, and sends the form again
            return HttpResponse(_("You were signed out."), status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
        held = held_guest(request)
        is_held = held is not None and str(held.pk) == form_user
        context = {"here": reverse("today"), "typed": read_typed(request), "is_held": is_held}
        return respond(request, "errors/another_user.html", context, status=HTTPStatus.PRECONDITION_FAILED)


def _signs_in_or_out(request: HttpRequest) -> bool:
    """Returns whether a form signs in or out.

    Forms that secure a guest's sessions count, too: they replace the cookie, which a lost response did not deliver.
    """
    if request.resolver_match is None:
        return False
    is_sent_again = request.resolver_match.url_name == "keep" and current_user(request) is None
    return is_sent_again or request.resolver_match.route.startswith(_SIGN_IN_ROUTES)


def _is_of(user: User | None, form_user: str) -> bool:
    if user is None or str(user.pk) == form_user:
        return user is not None
    try:
        return is_alias(UUID(form_user), user)
    except ValueError:
        return False


def renew_cookie_daily(get_response: Handler) -> Handler:
    """Returns middleware that sets the session cookie again once a day, so that its 400 days begin again."""

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
    """Returns whether the view read the user, and there is one. Does not read it."""
    return hasattr(request, "session") and request.session.accessed and request.user.is_authenticated


class SignInMiddleware:
    """Responds with 401 to htmx where a page redirects to sign in, and redirects to reauthentication."""

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
        """Redirects to reauthentication.

        django-allauth would store a posted form, with the cookie, in the session. Our forms are filled in again.
        """
        if isinstance(exception, ReauthenticationRequired):
            methods = get_adapter().get_reauthentication_methods(request.user)
            if request.user.is_authenticated and not methods:
                raise PermissionDenied
            target = methods[0]["url"] if methods else reverse("signin")
            return SeeOther(f"{target}?{urlencode({'next': request.get_full_path()})}")
        is_closed = isinstance(exception, ForbiddenError) and exception.code == "registration_closed"
        return _unauthorized() if is_closed and "HX-Request" in request.headers else None


class RejectedFormMiddleware:
    """Sets status 422, as our views do, for a form that a view of django-allauth rejects with 200."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Sets the status, unless it is another than 200, such as that of a limit."""
        parts = (response.context_data or {}).values()
        is_rejected = any(isinstance(each, BaseForm) and each.is_bound and each.errors for each in parts)
        if request.method == "POST" and response.status_code == HTTPStatus.OK and is_rejected:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


def _was_signed_out(request: HttpRequest) -> bool:
    """Returns whether a request has a session cookie that no longer identifies a user."""
    brought = settings.SESSION_COOKIE_NAME in request.COOKIES
    return brought and not request.user.is_authenticated and request.session.session_key is None


def _leads_to_sign_in(response: HttpResponse) -> bool:
    target = response.get("Location", "").partition("?")[0]
    return HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST and target == reverse("signin")


def _unauthorized() -> HttpResponse:
    return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
