"""The section of the settings with calendar feeds."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from timetracker.pages import SeeOther, form_to_service, respond
from users_app.forms.tokens import FeedForm
from users_app.guests import call_as_user, leads_to_sign_in_where_closed, user_or_unsaved
from users_app.services.feeds import feeds_of, issue_feed, revoke_feed


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def feed_list(request: HttpRequest) -> HttpResponse:
    """Lists the feeds. A POST creates one, whose URL is only in this response.

    There is no redirect, for which the URL would have to be stored.
    """
    if request.method != "POST":
        return _list_page(request, FeedForm())
    form = FeedForm(request.POST)
    issued = form_to_service(form, lambda: call_as_user(request, issue_feed, **form.cleaned_data), catch_conflict=False)
    if issued is None:
        return _list_page(request, form, status=422)
    _feed, secret = issued
    response = _list_page(request, FeedForm(), feed_address=settings.BASE_URL + reverse("feed", args=[secret]))
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def feed_revoke(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Revokes a feed, so that calendars no longer get anything from its URL."""
    revoke_feed(user_or_unsaved(request), feed_id)
    messages.success(request, _("Revoked. Calendars get nothing from that address any more."))
    return SeeOther(reverse("feed_list"))


def _list_page(request: HttpRequest, form: FeedForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "tab": "settings",
        "section": "calendar",
        "here": reverse("feed_list"),
        "form": form,
        "feeds": feeds_of(user_or_unsaved(request)),
        **context,
    }
    return respond(request, "settings/feed_list.html", context, status=status)
