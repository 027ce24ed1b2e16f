"""The Settings page, the addresses for calendars on it, and the answers to "which zone?"."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.forms.projects import SinceForm
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.page import SeeOther, Visit, back, render_page
from timetracker.errors import InvalidInputError
from timetracker.forms import add_domain_errors, focus_first_error
from users_app.device import keep_zone
from users_app.feeds import feeds_of, issue_feed, revoke_feed
from users_app.forms import FORMS, FeedForm, PreferencesForm
from users_app.guests import current_user, visitor, writing_user
from users_app.preferences import save_preferences
from users_app.zones import place_of

_SAVED = "saved_group"
"""In the log-in session until the page has said so: each group says it for itself, beside its button."""


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """All settings in groups. `group` of a POST is the one to be saved."""
    visit = Visit.of(request)
    if request.method != "POST":
        return _page(request, visit)
    group = request.POST.get("group", "")
    if group not in FORMS:
        raise BadRequest("No such group of settings.")
    form = FORMS[group](request.POST, user=visit.user)
    if form.is_valid():
        try:
            with writing_user(request) as user:
                save_preferences(user, **form.cleaned_data)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        else:
            request.session[_SAVED] = group
            return SeeOther(f"{reverse('settings')}#{group}")
    return _page(request, visit, form, status=422)


@require_POST
def zone_use(request: HttpRequest) -> HttpResponse:
    """The account moves to the zone of the device; no session moves."""
    user = current_user(request)
    if user is not None:
        saved = save_preferences(user, timezone=request.POST.get("zone", ""))
        messages.success(
            request,
            _("Your account is on %(place)s time now. Earlier sessions stay where they are.")
            % {"place": place_of(saved.timezone)},
        )
    return back(request)


@require_POST
def zone_keep(request: HttpRequest) -> HttpResponse:
    """The account stays where it is, and this device is not asked again about its present zone."""
    keep_zone(request, request.POST.get("zone", ""))
    return back(request)


@require_POST
def feed_make(request: HttpRequest) -> HttpResponse:
    """A new address for a calendar. This answer alone has it, so there is no redirect: it would have to be kept."""
    visit, form = Visit.of(request), FeedForm(request.POST)
    if form.is_valid():
        try:
            with writing_user(request) as user:
                secret = issue_feed(user, form.cleaned_data["name"])[1]
        except InvalidInputError as error:
            add_domain_errors(form, error)
        else:
            address = settings.BASE_URL + reverse("feed", args=[secret])
            response = _page(request, Visit.of(request), feed_address=address)
            patch_cache_control(response, no_store=True)
            return response
    return _page(request, visit, feed_form=form, status=422)


@require_POST
def feed_revoke(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Calendars get nothing from this address any more."""
    revoke_feed(visitor(request), feed_id)
    request.session[_SAVED] = "calendar"
    return SeeOther(f"{reverse('settings')}#calendar")


def _page(
    request: HttpRequest,
    visit: Visit,
    refused: PreferencesForm | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    forms = [
        refused if refused is not None and refused.group == group else form(user=visit.user)
        for group, form in FORMS.items()
    ]
    if refused is not None:
        focus_first_error(refused)
    overview = visit.overview(day_period(visit.today), limit=0)
    context = {
        "forms": forms,
        "feed_form": FeedForm(),
        "feeds": feeds_of(visit.user),
        "since_form": SinceForm(today=visit.today),
        "saved": request.session.pop(_SAVED, None),
        "tab": "settings",
        "here": reverse("settings"),
        **context,
    }
    return render_page(request, "settings.html", visit, overview, context, status=status)
