"""Share links: pages for their user, and the page for whoever has a link, which reads no cookie."""

import base64
import binascii
import math
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app import services
from sessions_app.forms.shares import ShareForm
from sessions_app.models import Share
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.context import PageContext
from sessions_app.reports.sharing import SharedContent, read_shared, shown_by
from sessions_app.selectors.shares import find_share, shares_of
from sessions_app.services.shares import count_access, is_password_right
from timetracker import clock
from timetracker.errors import DomainError, TooManyRequestsError
from timetracker.middleware.proxies import client_of
from timetracker.pages import SeeOther, form_to_service, now_of, respond
from users_app.guests import call_as_user, leads_to_sign_in_where_closed, user_or_unsaved
from users_app.models import User

_CHALLENGE = 'Basic realm="Shared report", charset="UTF-8"'


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def share_list(request: HttpRequest) -> HttpResponse:
    """Lists the share links; with `page` and `query` of a report, shows the form for a new link to it.

    A POST creates the link, which is only in this response. There is no redirect, for which it would have to be stored.
    """
    user = user_or_unsaved(request)
    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("page", "query")}
        form = ShareForm(user=user, initial=asked) if asked["page"] in Share.Page.values else None
        return _list_page(request, form)
    form = ShareForm(request.POST, user=user)
    made = form_to_service(form, lambda: call_as_user(request, _share, form=form))
    if made is None:
        return _list_page(request, form, status=422)
    found, secret = made
    response = _list_page(request, None, made=found, address=settings.BASE_URL + reverse("shared", args=[secret]))
    patch_cache_control(response, no_store=True)
    return response


def _share(user: User, form: ShareForm) -> tuple[Share, str]:
    values = form.cleaned_data
    shown = shown_by(Share(**{name: value for name, value in values.items() if name.startswith("shows_")}))
    # Read for a live link, too, so that its user gets the errors, not the reader of the link.
    content = read_shared(user, values["page"], values["query"], shown, now=clock.now())
    return services.share(user, WEB, content=content, **values)


@require_POST
def share_revoke(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Revokes a link, so that it opens nothing any more."""
    found = services.revoke_share(require_user(request), WEB, share_id)
    add_undo_message(request, _("Revoked the link “%(name)s”. It opens nothing any more.") % {"name": found}, found)
    return SeeOther(reverse("share_list"))


@csrf_exempt  # the view reads no cookie
@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """Shows the content of a link to whoever has it and its password, if it has one. Counts the opening."""
    now = now_of(request)
    found = find_share(secret, now=now)
    if found is None:
        return _gone()
    try:
        is_open = not found.password or _has_password(request, found)
        content = _content_of(request, found) if is_open else None
    except Http404:
        return _gone()
    except TooManyRequestsError as error:
        response = HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = str(math.ceil(error.wait or 1))
        return _kept_private(response)
    if content is None:
        message = _("This link has a password. Any user name will do.")
        response = HttpResponse(message, status=401, content_type="text/plain; charset=utf-8")
        response["WWW-Authenticate"] = _CHALLENGE
        return _kept_private(response)
    if request.method == "GET":
        count_access(found, now=now)
    # Rendered without the request, so that nothing of the reader's session is used.
    return _kept_private(HttpResponse(render_to_string("reports/shared.html", {"content": content})))


def _gone() -> HttpResponse:
    """Answers whoever follows a link that shows nothing: a client, who has no timer here."""
    return _kept_private(HttpResponse(render_to_string("reports/shared_gone.html"), status=404))


def _content_of(request: HttpRequest, found: Share) -> SharedContent:
    """Returns the content of a link. Raises Http404 if it can no longer be shown, for example without its project."""
    if found.is_frozen:
        if found.content is None:
            raise Http404
        content: SharedContent = found.content
        return content
    try:
        return read_shared(found.user, found.page, found.query, shown_by(found), now=now_of(request))
    except DomainError:
        raise Http404 from None


def _has_password(request: HttpRequest, found: Share) -> bool:
    """Returns whether the request has the link's password, by HTTP Basic. Raises TooManyRequestsError."""
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _user, _colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return is_password_right(found, password, address=client_of(request.META), now=now_of(request))


def _kept_private(response: HttpResponse) -> HttpResponse:
    """Adds headers that keep a response out of caches and search engines, and its URL out of Referer."""
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _list_page(
    request: HttpRequest, form: ShareForm | None, *, made: Share | None = None, address: str = "", status: int = 200
) -> HttpResponse:
    page = PageContext.of(request)
    context = {
        "tab": "reports",
        "here": reverse("share_list"),
        "shares": [] if page.is_anonymous else shares_of(page.user),
        "form": form,
        "made": made,
        "share_address": address,
    }
    return respond(request, "reports/share_list.html", context, status=status)
