"""The sections of the settings with preferences, and the answers to the question which zone to use."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from timetracker.forms.fields import focus_first_error
from timetracker.pages import SeeOther, form_to_service, redirect_back, respond
from users_app.device import keep_zone
from users_app.forms.settings import SECTIONS, NoticesForm, PreferencesForm
from users_app.guests import call_as_user, current_user, leads_to_sign_in_where_closed, user_or_unsaved
from users_app.models import User
from users_app.services.preferences import save_preferences
from users_app.zones import zone_label

_SAVED = "saved_group"
"""The key in the log-in session for the group just saved, until its page has said so beside the button."""

_TEMPLATES = {"you": "settings/you.html", "rates": "settings/rates.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def settings(request: HttpRequest, section: str = "you") -> HttpResponse:
    """Shows the groups of a section. A POST saves the one that `group` names."""
    user = user_or_unsaved(request)
    if request.method != "POST":
        return _section_page(request, section, user)
    form_class = next((each for each in SECTIONS[section] if each.group == request.POST.get("group")), None)
    if form_class is None:
        raise BadRequest("No such group of settings.")
    form = form_class(request.POST, user=user)
    saved = form_to_service(
        form, lambda: call_as_user(request, save_preferences, **form.cleaned_data), catch_conflict=False
    )
    if saved is None:
        return _section_page(request, section, user, rejected=form, status=422)
    request.session[_SAVED] = form.group
    return SeeOther(request.path)


@require_safe
@leads_to_sign_in_where_closed
def keys(request: HttpRequest) -> HttpResponse:
    """Shows the section of keyboard shortcuts, which the browser stores, so that there is nothing to save here."""
    return respond(request, "settings/keys.html", {"tab": "settings", "section": "keys"})


def _section_page(
    request: HttpRequest, section: str, user: User, *, rejected: PreferencesForm | None = None, status: int = 200
) -> HttpResponse:
    """Responds with the groups of a section; a rejected one keeps what was typed."""
    forms: list[PreferencesForm] = []
    for form_class in SECTIONS[section]:
        if form_class is NoticesForm and not (django_settings.MAIL_IS_CONFIGURED and user.email):
            continue  # the server sends no mail
        forms.append(rejected if rejected is not None and type(rejected) is form_class else form_class(user=user))
    if rejected is not None:
        focus_first_error(rejected)
    context = {
        "tab": "settings",
        "section": section,
        "here": request.path,
        "forms": forms,
        "saved": request.session.pop(_SAVED, None),
    }
    return respond(request, _TEMPLATES.get(section, "settings/preferences.html"), context, status=status)


@require_POST
def zone_use(request: HttpRequest) -> HttpResponse:
    """Changes the user's zone to that of the device. Sessions keep theirs."""
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
    """Keeps the user's zone, and does not ask this device again about its present zone."""
    keep_zone(request, request.POST.get("zone", ""))
    return redirect_back(request)
