"""The Settings page, which the views of settings and of calendar feeds both answer with."""

from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from timetracker.form_fields import focus_first_error
from timetracker.pages import SeeOther, respond
from users_app.forms.settings import FORMS, PreferencesForm
from users_app.forms.tokens import FeedForm
from users_app.guests import user_or_unsaved
from users_app.services.feeds import feeds_of

_SAVED = "saved_group"
"""In the log-in session until the page has said so: each group says it for itself, beside its button."""


def settings_page(
    request: HttpRequest, *, rejected: PreferencesForm | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Responds with all settings in groups; a rejected group keeps what was typed."""
    user = user_or_unsaved(request)
    forms = {group: form(user=user) for group, form in FORMS.items()}
    if not (django_settings.MAIL_IS_CONFIGURED and user.email):
        del forms["notices"]  # nothing is sent
    if rejected is not None:
        focus_first_error(rejected)
        forms[rejected.group] = rejected
    context = {
        "tab": "settings",
        "here": reverse("settings"),
        "forms": forms.values(),
        "feed_form": FeedForm(),
        "feeds": feeds_of(user),
        "saved": request.session.pop(_SAVED, None),
        **context,
    }
    return respond(request, "settings/settings.html", context, status=status)


def redirect_to_group(request: HttpRequest, group: str) -> SeeOther:
    """Redirects to a group of the Settings page, which says that it was saved."""
    request.session[_SAVED] = group
    return SeeOther(f"{reverse('settings')}#{group}")
