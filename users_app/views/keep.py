"""Keeping a guest's sessions: with e-mail and password, a passkey, or a recovery code."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from timetracker.forms.typed import FORM_USER
from timetracker.pages import SeeOther, form_to_service, next_url, now_of, redirect_back, respond
from users_app.forms.account import KeepForm, SignInForm
from users_app.guests import call_as_user, current_user, user_or_unsaved
from users_app.models import RecoveryCode, User
from users_app.services.accounts import become_account
from users_app.services.recovery import find_answer, replace_code
from users_app.sign_in import DISMISSED, count_for_address, name_form, sign_in, stay_signed_in


def _is_of_account(request: HttpRequest) -> bool:
    user = current_user(request)
    return user is not None and not user.is_guest


@sensitive_post_parameters("password")
@reauthentication_required(app="allauth.account", enabled=_is_of_account)  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Shows the ways to keep a guest's data. A POST with `email` creates an account, any other a recovery code.

    An account has to authenticate again for a code, as for a passkey, since a code gives access without a password.
    """
    if request.method != "POST":
        return _page(request, KeepForm(user=user_or_unsaved(request)))
    if "email" not in request.POST:
        return _keep_by_code(request)
    if FORM_USER in request.POST and current_user(request) is None:
        return _sign_in_again(request)
    return _keep_by_password(request)


def _keep_by_password(request: HttpRequest) -> HttpResponse:
    """Makes the guest an account, the same user as before. Without a guest creates one, if new users are allowed."""
    user = user_or_unsaved(request)
    if not user.is_guest:
        return SeeOther(reverse("settings") + "#account")
    form = KeepForm(request.POST, user=user)
    count_for_address(request)
    address = form_to_service(
        form, lambda: call_as_user(request, become_account, **form.cleaned_data), conflict_field="email"
    )
    if address is None:
        return _page(request, form, status=422)
    user = current_user(request) or user
    user.refresh_from_db()
    stay_signed_in(request, user)
    request.session[DISMISSED] = True
    if settings.MAIL_IS_CONFIGURED:
        address.send_confirmation(request)
    _say_kept(request)
    return redirect_back(request)


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """Signs in with a repeated form that created an account, whose response with the new cookie did not arrive.

    If the form created no account, redirects to the page to sign in.
    """
    form = SignInForm({"login": request.POST["email"], "password": request.POST.get("password")}, request=request)
    if not form.is_valid():
        messages.info(request, _("You were signed out since this page was opened."))
        return SeeOther(reverse("signin"))
    response: HttpResponse = form.login(request, redirect_url=next_url(request))
    if current_user(request) is not None:  # otherwise a second factor is required
        request.session[DISMISSED] = True
        _say_kept(request)
    return response


def _say_kept(request: HttpRequest) -> None:
    if settings.MAIL_IS_CONFIGURED:
        messages.success(request, _("Kept. A link to confirm your address is on its way to you."))
    else:
        messages.success(request, _("Kept. Sign in with your e-mail and password from anywhere."))


def _keep_by_code(request: HttpRequest) -> HttpResponse:
    """Creates a recovery code, which is only in this response. A repeated form gets the same code.

    The cookie is replaced; if the new one did not arrive, the guest is recognised by the repeated form.
    """
    user, form = current_user(request), name_form(request)
    if user is None:
        answer = find_answer(form, now=now_of(request))
        if answer is None or not answer[0].is_guest:
            return _page(request, KeepForm(user=user_or_unsaved(request)))
        user, code = answer
        sign_in(request, user)
    else:
        code = replace_code(user, now=now_of(request), form=form)
        request.session.cycle_key()
    request.session[DISMISSED] = True
    response = respond(request, "account/recovery_code.html", {"code": code})
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def keep_dismiss(request: HttpRequest) -> HttpResponse:
    """Hides the line about keeping sessions for good."""
    request.session[DISMISSED] = True
    return redirect_back(request)


def _page(request: HttpRequest, form: KeepForm, *, status: int = 200) -> HttpResponse:
    user: User | None = current_user(request)
    made = None if user is None else RecoveryCode.objects.filter(user=user).first()
    is_closed = user is None and not settings.REGISTRATION_IS_OPEN
    section = None if user is None or user.is_guest else "you"
    context = {"section": section, "form": form, "made": made, "is_closed": is_closed}
    return respond(request, "account/keep.html", context, status=status)
