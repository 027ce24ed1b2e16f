"""The person behind a browser: a guest made at the first write, kept by a cookie."""

from collections.abc import Callable

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from timetracker import clock
from users_app.device import guess_settings
from users_app.models import User
from users_app.registration import register_guest

_RENEWED_ON = "renewed_on"


def current_user(request: HttpRequest) -> User | None:
    """The guest or account of this browser, if it has one yet."""
    return request.user if isinstance(request.user, User) else None


def user_for_writing(request: HttpRequest) -> User:
    """The person of this browser; a stranger becomes a guest. Raises ForbiddenError when none are taken."""
    user = current_user(request)
    if user is None:
        user = register_guest(**guess_settings(request))
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def visitor(request: HttpRequest) -> User:
    """The person of this browser, or for a stranger one that is not stored: no sessions, the device's settings."""
    return current_user(request) or User(**guess_settings(request))


def renew_cookie_daily(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: once a day a visit sets the cookie anew, so that its 400 days begin again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _is_known(request):
            today = clock.now().date().isoformat()
            if request.session.get(_RENEWED_ON) != today:
                request.session[_RENEWED_ON] = today
        return response

    return middleware


def _is_known(request: HttpRequest) -> bool:
    """Whether the view asked who this is, and it is somebody; does not ask by itself."""
    return request.session.accessed and request.user.is_authenticated
