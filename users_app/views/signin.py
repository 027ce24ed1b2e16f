"""Coming back with a recovery code, and leaving a browser."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from timetracker.form_fields import focus_first_error
from timetracker.pages import SeeOther, came_from, now_of, respond
from users_app.forms.signin import RecoveryCodeForm
from users_app.guests import count_sign_in, current_user
from users_app.services.recovery import can_return, use_code
from users_app.sign_in import DISMISSED, sign_in


@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """Takes a recovery code. Its user is signed in here, the code is used up, and the response alone has a new one."""
    user = current_user(request)
    if user is not None and not can_return(user):
        # Nothing would lead back to what this browser holds.
        status = 409 if request.method == "POST" else 200
        return respond(request, "account/signin_keep_first.html", {"tab": "settings"}, status=status)
    if request.method != "POST":
        return _form_page(request, RecoveryCodeForm())
    form = RecoveryCodeForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    count_sign_in(request)
    used = use_code(form.cleaned_data["code"], now=now_of(request))
    if used is None:
        form.add_error("code", _("This code opens nothing. It may have been used, or replaced by a newer one."))
        return _form_page(request, form, status=422)
    owner, code = used
    sign_in(request, owner)
    request.session[DISMISSED] = True
    context = {"tab": "settings", "code": code, "is_signed_in": True, "target": came_from(request)}
    response = respond(request, "account/recovery_code.html", context)
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def signout(request: HttpRequest) -> HttpResponse:
    """Says what leads back to the sessions, and asks; a POST ends this browser's part.

    A guest whom nothing would lead back to needs a recovery code first.
    """
    user = current_user(request)
    if user is None:
        return SeeOther(reverse("today"))
    is_safe = can_return(user)
    if request.method != "POST" or not is_safe:
        status = 409 if request.method == "POST" else 200
        return respond(request, "account/signout.html", {"tab": "settings", "is_safe": is_safe}, status=status)
    logout(request)
    messages.success(request, _("Signed out. This browser shows nothing of your sessions any more."))
    return SeeOther(reverse("today"))


def _form_page(request: HttpRequest, form: RecoveryCodeForm, *, status: int = 200) -> HttpResponse:
    focus_first_error(form)
    context = {"tab": "settings", "form": form, "target": came_from(request)}
    return respond(request, "account/signin.html", context, status=status)
