"""The user behind a browser: a guest made at the first write, kept by a cookie."""

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
        user = get_user(request)  # the very user: a page asks hundreds of times, each time past the proxy
    return user if isinstance(user, User) else None


@contextmanager
def user_for_write(request: HttpRequest) -> Iterator[User]:
    """Yields the user of this browser for a write inside; a stranger becomes a guest, with the write or not at all.

    So a first form that is refused leaves no guest behind. One that arrives twice finds the guest that it began, whose
    cookie may not have arrived; what it wrote is there. Raises ForbiddenError when no guests are taken,
    TooManyRequestsError when this address has made many just now.
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
    """Returns a new guest, or the one that the same form began just now, and whether it is new."""
    form, settings_of_guest = name_form(request), guess_settings(request)
    try:
        return register_guest(user_id=id_begun_by(form), **settings_of_guest), True
    except ConflictError:
        guest = find_begun_guest(form, now=now_of(request))
    return (guest, False) if guest else (register_guest(**settings_of_guest), True)


class NewGuestsThrottle(AddressThrottle):
    """Counts the guests that pages make for an address. More than by API: a whole office may have one address."""

    scope = "new_guests"


def call_as_user(request: HttpRequest, service: Callable[..., T], **fields: Any) -> T:
    """Calls `service` with the user of this browser, as `user_for_write` has it, and `fields`."""
    with user_for_write(request) as user:
        return service(user, **fields)


def _count_new_guest(request: HttpRequest) -> None:
    throttle = NewGuestsThrottle()
    if not throttle.allow_request(request, None):
        message = _("Many people began here just now. Try again in some minutes; nothing was saved.")
        raise TooManyRequestsError(message, wait=throttle.wait())


def user_or_unsaved(request: HttpRequest) -> User:
    """Returns the user of this browser, for a stranger one that is not stored: no sessions, the device's settings."""
    return current_user(request) or User(**guess_settings(request))


def leads_to_sign_in_where_closed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: lets a stranger sign in first where no guests are taken, since nothing typed there could be stored."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_opened = request.method in {"GET", "HEAD"}
        if is_opened and not settings.REGISTRATION_IS_OPEN and current_user(request) is None:
            return SeeOther(f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapper
