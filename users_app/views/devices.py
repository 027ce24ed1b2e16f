"""The section of the settings that lists signed-in browsers and signs them out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from timetracker.errors import NotFoundError
from timetracker.pages import SeeOther, now_of, respond
from users_app.guests import current_user, user_or_unsaved
from users_app.models import hash_secret
from users_app.services.devices import devices_of, end_devices


@require_safe
def device_list(request: HttpRequest) -> HttpResponse:
    """Lists the user's browsers; none without a user."""
    user = current_user(request)
    devices = [] if user is None else devices_of(user, request.session.session_key, now=now_of(request))
    return respond(request, "settings/device_list.html", {"tab": "settings", "section": "devices", "devices": devices})


@require_POST
def device_end(request: HttpRequest) -> HttpResponse:
    """Signs out the browser given by `device`, or all others. Raises NotFoundError for another user's browser.

    This browser is not signed out here, since the page for it says what would be lost.
    """
    user, key = user_or_unsaved(request), request.POST.get("device")
    if key and key == hash_secret(request.session.session_key or ""):
        return SeeOther(reverse("signout"))
    if key:
        if not end_devices(user, key=key):
            raise NotFoundError
        messages.success(request, _("Ended. That browser shows nothing of yours any more."))
    else:
        ended = end_devices(user, but=request.session.session_key)
        text = ngettext("Ended %(ended)d other browser.", "Ended %(ended)d other browsers.", ended)
        messages.success(request, text % {"ended": ended})
    return SeeOther(reverse("device_list"))
