"""Keeping a guest's sessions: a recovery code, with which another browser opens them."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST

from timetracker.pages import now_of, redirect_back, respond
from users_app.guests import current_user
from users_app.models import RecoveryCode
from users_app.services.recovery import replace_code
from users_app.sign_in import DISMISSED


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Tells what a recovery code is for. A POST makes one, and its response alone has it, as for tokens."""
    user = current_user(request)
    if request.method != "POST" or user is None:
        made = None if user is None else RecoveryCode.objects.filter(user=user).first()
        return respond(request, "account/keep.html", {"tab": "settings", "made": made})
    code = replace_code(user, now=now_of(request))
    request.session.cycle_key()
    request.session[DISMISSED] = True
    response = respond(request, "account/recovery_code.html", {"tab": "settings", "code": code})
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def keep_dismiss(request: HttpRequest) -> HttpResponse:
    """Hides the line about keeping sessions for good."""
    request.session[DISMISSED] = True
    return redirect_back(request)
