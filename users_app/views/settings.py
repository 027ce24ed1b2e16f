"""The Settings page, and the answers to "which zone?"."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from timetracker.pages import form_to_service, redirect_back
from users_app.device import keep_zone
from users_app.forms.settings import FORMS
from users_app.guests import call_as_user, current_user, user_or_unsaved
from users_app.pages import redirect_to_group, settings_page
from users_app.services.preferences import save_preferences
from users_app.zones import zone_label


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Shows all settings in groups. A POST saves the one that `group` names."""
    if request.method != "POST":
        return settings_page(request)
    group = request.POST.get("group", "")
    if group not in FORMS:
        raise BadRequest("No such group of settings.")
    form = FORMS[group](request.POST, user=user_or_unsaved(request))
    saved = form_to_service(
        form, lambda: call_as_user(request, save_preferences, **form.cleaned_data), catch_conflict=False
    )
    if saved is None:
        return settings_page(request, rejected=form, status=422)
    return redirect_to_group(request, group)


@require_POST
def zone_use(request: HttpRequest) -> HttpResponse:
    """Moves the account to the zone of the device; no session moves."""
    user = current_user(request)
    if user is not None:
        saved = save_preferences(user, timezone=request.POST.get("zone", ""))
        messages.success(
            request,
            _("Your account is on %(place)s time now. Earlier sessions stay where they are.")
            % {"place": zone_label(saved.timezone)},
        )
    return redirect_back(request)


@require_POST
def zone_keep(request: HttpRequest) -> HttpResponse:
    """Leaves the account where it is, and does not ask this device again about its present zone."""
    keep_zone(request, request.POST.get("zone", ""))
    return redirect_back(request)
