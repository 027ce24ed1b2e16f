"""The user of a browser: a guest is created at the first write, and identified by a cookie."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import LazyObject
from django.utils.translation import gettext as _

from timetracker.api.throttling import AddressThrottle
from timetracker.errors import ConflictError, TooManyRequestsError
from timetracker.pages import SeeOther, now_of
from users_app.device import guess_settings
from users_app.models import User
from users_app.services.recovery import find_begun_guest, id_begun_by
from users_app.services.registration import register_guest
from users_app.sign_in import name_form, sign_in

T = TypeVar("T")


def current_user(request: HttpRequest) -> User | None:
    """Returns the guest or account of this browser, if it has one yet."""
    user: object = request.user
    if isinstance(user, LazyObject):
        user = get_user(request)  # request.user is a slow proxy, and pages use the user hundreds of times
    return user if isinstance(user, User) else None


@contextmanager
def user_for_write(request: HttpRequest) -> Iterator[User]:
    """Yields the user of this browser for a write in the block. Without a user, creates a guest in that transaction.

    A first form that is rejected therefore leaves no guest behind. If the first form is sent twice, because the cookie
    did not arrive, the second request gets the guest of the first, with what it wrote. Raises ForbiddenError when new
    guests are not allowed, TooManyRequestsError when this IP address has created too many.
    """
    user = current_user(request)
    if user is None:
        _count_new_guest(request)
        with transaction.atomic():
            guest, is_new = _begin_guest(request)
            if is_new:
                yield guest
        sign_in(request, guest)
        if is_new:
            return
        user = guest
    yield user


def _begin_guest(request: HttpRequest) -> tuple[User, bool]:
    """Returns a new guest, or the one that the same form created just now, and whether the guest is new."""
    form, settings_of_guest = name_form(request), guess_settings(request)
    try:
        return register_guest(user_id=id_begun_by(form), **settings_of_guest), True
    except ConflictError:
        guest = find_begun_guest(form, now=now_of(request))
    return (guest, False) if guest else (register_guest(**settings_of_guest), True)


class NewGuestsThrottle(AddressThrottle):
    """Limits the guests that pages create for an IP address: more than by API, since an office may share an address."""

    scope = "new_guests"


def call_as_user(request: HttpRequest, service: Callable[..., T], **fields: Any) -> T:
    """Calls `service` with the user of `user_for_write` and with `fields`."""
    with user_for_write(request) as user:
        return service(user, **fields)


def _count_new_guest(request: HttpRequest) -> None:
    throttle = NewGuestsThrottle()
    if not throttle.allow_request(request, None):
        message = _("Many people began here just now. Try again in some minutes; nothing was saved.")
        raise TooManyRequestsError(message, wait=throttle.wait())


def user_or_unsaved(request: HttpRequest) -> User:
    """Returns the user of this browser, or without one an unsaved user with settings guessed from the device."""
    return current_user(request) or User(**guess_settings(request))


def leads_to_sign_in_where_closed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a view: redirects browsers without a user to sign in if new guests are not allowed.

    Nothing typed on the page could be stored otherwise.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_opened = request.method in {"GET", "HEAD"}
        if is_opened and not settings.REGISTRATION_IS_OPEN and current_user(request) is None:
            return SeeOther(f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapper
