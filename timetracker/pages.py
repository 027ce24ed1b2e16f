"""Shortcuts for the HTML views of every app: rendering, redirects, and calling a service for a form or button."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from timetracker import clock
from timetracker.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from timetracker.forms.fields import add_domain_errors, focus_first_error

_NOW = "_timetracker_now"

T = TypeVar("T")


class SeeOther(HttpResponseRedirect):
    """A redirect with status 303, after which browsers use GET: the answer to an accepted form."""

    status_code = 303


def now_of(request: HttpRequest) -> datetime:
    """Returns the instant of a request (UTC, whole seconds). The clock is read once for each request."""
    if not hasattr(request, _NOW):
        setattr(request, _NOW, clock.now())
    return cast("datetime", getattr(request, _NOW))


def respond(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Renders a page or fragment, which only the browser may cache, and has to revalidate.

    If a form in `context` was rejected, its first invalid field gets the focus. A page that answers a form with status
    409 or 422 waits for what the user does about it: it does not follow what changes elsewhere.
    """
    for form in (context or {}).values():
        if isinstance(form, BaseForm) and form.is_bound and form.errors:
            focus_first_error(form)
    is_waiting = status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
    response = render(request, template, {**(context or {}), "is_waiting": is_waiting}, status=status)
    # With no-cache, going back in the browser shows the present state.
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["HX-Request"])  # the same URL may answer htmx with a fragment
    return response


def is_local_path(target: str) -> bool:
    """Returns whether the target of a redirect is a path of this site."""
    return target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)


def wants_fragment(request: HttpRequest) -> bool:
    """Returns whether htmx made the request, except to restore a page of its history, for which it needs all of it."""
    htmx = cast("HtmxDetails", request.htmx)  # type: ignore[attr-defined]  # of its middleware
    return bool(htmx) and not htmx.history_restore_request


def next_url(request: HttpRequest) -> str:
    """Returns the parameter `next`, the path of the page with the form or link, if it is local, else that of Today."""
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if is_local_path(target) else reverse("today")


def redirect_back(request: HttpRequest) -> SeeOther:
    """Redirects to the page with the form."""
    return SeeOther(next_url(request))


def form_to_service(
    form: BaseForm, service: Callable[[], T], *, conflict_field: str | None = None, catch_conflict: bool = True
) -> T | None:
    """Calls `service` if the form is valid and returns its result; None if the form has errors now.

    Errors of an InvalidInputError are added to the form's fields. A ConflictError is added to `conflict_field`, or to
    the form as a whole (None); with `catch_conflict` False it is raised. All other domain errors are raised.
    """
    if not form.is_valid():
        return None
    try:
        return service()
    except InvalidInputError as error:
        add_domain_errors(form, error)
    except ConflictError as error:
        if not catch_conflict:
            raise
        form.add_error(conflict_field, error.message)
    return None


def button_to_service(request: HttpRequest, service: Callable[[], T]) -> T | None:
    """Calls `service` for a button, which has no form, and returns its result.

    Returns None if it raised a domain error, which becomes a message on the next page. Raises NotFoundError.
    """
    try:
        return service()
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, error.message)
        return None
