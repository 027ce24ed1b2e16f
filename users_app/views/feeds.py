"""Addresses for calendars: made and revoked on the Settings page."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from timetracker.pages import form_to_service
from users_app.forms.tokens import FeedForm
from users_app.guests import call_as_user, user_or_unsaved
from users_app.pages import redirect_to_group, settings_page
from users_app.services.feeds import issue_feed, revoke_feed


@require_POST
def feed_create(request: HttpRequest) -> HttpResponse:
    """Makes an address for a calendar. This response alone has it, so there is no redirect: it would be kept for it."""
    form = FeedForm(request.POST)
    issued = form_to_service(form, lambda: call_as_user(request, issue_feed, **form.cleaned_data), catch_conflict=False)
    if issued is None:
        return settings_page(request, feed_form=form, status=422)
    _feed, secret = issued
    response = settings_page(request, feed_address=settings.BASE_URL + reverse("feed", args=[secret]))
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def feed_revoke(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Revokes an address: calendars get nothing from it any more."""
    revoke_feed(user_or_unsaved(request), feed_id)
    return redirect_to_group(request, "calendar")
