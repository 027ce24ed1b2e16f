"""The page on which users delete themselves with all of their data."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sessions_app.services.merging import count_held
from timetracker.pages import SeeOther, now_of, respond
from users_app.forms.account import DeletionForm, mark_limit
from users_app.guests import current_user
from users_app.services.deletion import delete_user
from users_app.sign_in import held_guest

_CONTEXT = {"tab": "settings", "section": "data"}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: HttpRequest) -> HttpResponse:
    """Offers the export, and asks; a POST ends all access at once and removes everything.

    Housekeeping removes the rest of very much data. A guest from before signing in has to be merged or left first.
    """
    user = current_user(request)
    if user is None:
        return SeeOther(reverse("settings"))
    guest = held_guest(request)
    if guest is not None and not count_held(guest).is_empty:
        status = 409 if request.method == "POST" else 200
        return respond(request, "settings/account_delete.html", {**_CONTEXT, "guest": guest}, status=status)
    form = DeletionForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        delete_user(user, now=now_of(request))
        logout(request)
        messages.success(request, _("Deleted. Nothing of yours is shown here any more."))
        return SeeOther(reverse("today"))
    context = {**_CONTEXT, "form": form, "held": count_held(user)}
    response = respond(request, "settings/account_delete.html", context, status=422 if form.is_bound else 200)
    return mark_limit(response, form)
