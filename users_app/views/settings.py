"""The Settings page with its addresses for calendars, the page of access tokens, and the answers to "which zone?"."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.forms.catalogue import RepricingForm
from sessions_app.timekeeping.periods import day_period
from sessions_app.views.page_context import PageContext, SeeOther, back, render_page
from timetracker.errors import InvalidInputError
from timetracker.form_fields import add_domain_errors, focus_first_error
from users_app.device import keep_zone
from users_app.forms.settings import FORMS, FeedForm, PreferencesForm, TokenForm
from users_app.guests import current_user, user_for_write, user_or_unsaved
from users_app.models import AccessToken, Scope
from users_app.services.feeds import feeds_of, issue_feed, revoke_feed
from users_app.services.preferences import save_preferences
from users_app.services.tokens import find_token, issue_token, revoke_token, tokens_of
from users_app.zones import zone_label

_SAVED = "saved_group"
"""In the log-in session until the page has said so: each group says it for itself, beside its button."""

_Written = TypeVar("_Written")


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """All settings in groups. `group` of a POST is the one to be saved."""
    page = PageContext.of(request)
    if request.method != "POST":
        return _page(request, page)
    group = request.POST.get("group", "")
    if group not in FORMS:
        raise BadRequest("No such group of settings.")
    form = FORMS[group](request.POST, user=page.user)
    if _write(request, form, save_preferences) is None:
        return _page(request, page, form, status=422)
    request.session[_SAVED] = group
    return SeeOther(f"{reverse('settings')}#{group}")


@require_POST
def zone_use(request: HttpRequest) -> HttpResponse:
    """The account moves to the zone of the device; no session moves."""
    user = current_user(request)
    if user is not None:
        saved = save_preferences(user, timezone=request.POST.get("zone", ""))
        messages.success(
            request,
            _("Your account is on %(place)s time now. Earlier sessions stay where they are.")
            % {"place": zone_label(saved.timezone)},
        )
    return back(request)


@require_POST
def zone_keep(request: HttpRequest) -> HttpResponse:
    """The account stays where it is, and this device is not asked again about its present zone."""
    keep_zone(request, request.POST.get("zone", ""))
    return back(request)


@require_POST
def feed_create(request: HttpRequest) -> HttpResponse:
    """A new address for a calendar. This answer alone has it, so there is no redirect: it would have to be kept."""
    page, form = PageContext.of(request), FeedForm(request.POST)
    issued = _write(request, form, issue_feed)
    if issued is None:
        return _page(request, page, feed_form=form, status=422)
    _feed, secret = issued
    response = _page(request, PageContext.of(request), feed_address=settings.BASE_URL + reverse("feed", args=[secret]))
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def feed_revoke(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Calendars get nothing from this address any more."""
    revoke_feed(user_or_unsaved(request), feed_id)
    request.session[_SAVED] = "calendar"
    return SeeOther(f"{reverse('settings')}#calendar")


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of a person's scripts. The answer to a POST alone has the secret of the one it makes, as for feeds."""
    page = PageContext.of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, user=page.user, today=page.today)
    if request.method != "POST":
        return _tokens_page(request, page, form)
    issued = _write(request, form, lambda user, **fields: issue_token(user, now=page.now, **fields))
    if issued is None:
        return _tokens_page(request, page, form, status=422)
    token, secret = issued
    page = PageContext.of(request)
    form = TokenForm(user=page.user, today=page.today)
    response = _tokens_page(request, page, form, secret=secret, first_call=_first_call(token, secret))
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Asks first, since it cannot be undone; with a POST the token is unknown from then on."""
    page = PageContext.of(request)
    token = find_token(page.user, token_id)
    if request.method == "POST":
        revoke_token(page.user, token_id)
        messages.success(request, _("Revoked “%(name)s”. It is refused from now on.") % {"name": token})
        return SeeOther(reverse("token_list"))
    return _below_settings(request, page, "settings/token_revoke.html", {"token": token, "here": reverse("token_list")})


def _write(request: HttpRequest, form: BaseForm, service: Callable[..., _Written]) -> _Written | None:
    """What the service gives for the person of this browser and the fields; None with the reasons on the form."""
    if form.is_valid():
        try:
            with user_for_write(request) as user:
                return service(user, **form.cleaned_data)
        except InvalidInputError as error:
            add_domain_errors(form, error)
    return None


def _first_call(token: AccessToken, secret: str) -> str:
    """A line for a shell that does something the token may."""
    users = f"{settings.BASE_URL}/v1/users/me"
    asked = f"X POST {users}/timer/start" if token.allows(Scope.TRACK) else f' "{users}/sessions?duration=week"'
    return f'curl -s{asked} -H "Authorization: Bearer {secret}"'


def _tokens_page(
    request: HttpRequest, page: PageContext, form: TokenForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context = {"form": form, "tokens": tokens_of(page.user), "here": reverse("token_list"), **context}
    return _below_settings(request, page, "settings/token_list.html", context, status=status)


def _below_settings(
    request: HttpRequest, page: PageContext, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page that belongs to Settings."""
    overview = page.overview(day_period(page.today), limit=0)
    return render_page(request, template, page, overview, {"tab": "settings", **context}, status=status)


def _page(
    request: HttpRequest,
    page: PageContext,
    refused: PreferencesForm | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    forms = [
        refused if refused is not None and refused.group == group else form(user=page.user)
        for group, form in FORMS.items()
    ]
    if refused is not None:
        focus_first_error(refused)
    context = {
        "forms": forms,
        "feed_form": FeedForm(),
        "feeds": feeds_of(page.user),
        "repricing_form": RepricingForm(today=page.today),
        "saved": request.session.pop(_SAVED, None),
        "here": reverse("settings"),
        **context,
    }
    return _below_settings(request, page, "settings/settings.html", context, status=status)
