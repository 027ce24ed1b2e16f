"""What the pages of every app do with a request and its response. Needs no app."""

from collections.abc import Callable
from datetime import datetime
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
    """303: after a form was taken, look there with GET."""

    status_code = 303


def now_of(request: HttpRequest) -> datetime:
    """Returns the instant of a request (UTC, whole seconds). The clock is read once and kept on the request."""
    if not hasattr(request, _NOW):
        setattr(request, _NOW, clock.now())
    return cast("datetime", getattr(request, _NOW))


def respond(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Renders a page or a fragment that only this browser may keep, and asks for again.

    Of a rejected form in `context` the first wrong field gets the focus.
    """
    for form in (context or {}).values():
        if isinstance(form, BaseForm) and form.is_bound and form.errors:
            focus_first_error(form)
    response = render(request, template, context, status=status)
    # The server is the truth: going back asks it again.
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["HX-Request"])  # the same address may answer a script with a fragment
    return response


def is_ours(target: str) -> bool:
    """Tells whether a target of a redirect is a path of this site."""
    return target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)


def wants_fragment(request: HttpRequest) -> bool:
    """Says whether htmx asks, and not to show a page again that it left: then a part of the page is enough."""
    htmx = cast("HtmxDetails", request.htmx)  # type: ignore[attr-defined]  # of its middleware
    return bool(htmx) and not htmx.history_restore_request


def came_from(request: HttpRequest) -> str:
    """Returns the path of the page that a form or link was on (`next`) if it is one of ours, else that of Today."""
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if is_ours(target) else reverse("today")


def redirect_back(request: HttpRequest) -> SeeOther:
    """Redirects to the page that the form was on."""
    return SeeOther(came_from(request))


def form_to_service(
    form: BaseForm, service: Callable[[], T], *, conflict_field: str | None = None, catch_conflict: bool = True
) -> T | None:
    """Calls `service` if the form is valid and returns what it gives; None leaves the reasons on the form.

    The reason of a ConflictError stands at `conflict_field`, above the form without one; with `catch_conflict` False
    it is raised, as are all other domain errors.
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
    """Calls `service` for a button, with which nothing is typed, and returns what it gives.

    None if it raised a domain error, with the reason as a message on the next page. Raises NotFoundError.
    """
    try:
        return service()
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, error.message)
        return None
