"""Signing in, with e-mail and password, passkey or recovery code, and signing out."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from timetracker.forms.fields import focus_first_error
from timetracker.pages import SeeOther, next_url, now_of, respond
from users_app.forms.account import SignInForm, mark_limit
from users_app.forms.second_factor import PasskeySignInForm
from users_app.forms.signin import RecoveryCodeForm
from users_app.guests import current_user
from users_app.services.recovery import can_return, end_answers, read_code, use_code
from users_app.sign_in import DISMISSED, count_for_address, held_guest, name_form, sign_in, url_after_sign_in


class SignInView(LoginView):
    """django-allauth's view, on a page that also accepts passkeys and recovery codes."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), **_page_context(self.request)}

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        return mark_limit(_page(self.request, status=422, form=form), form)

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return respond(self.request, "account/signin.html", context)


_sign_in_by_password = SignInView.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """Signs in with e-mail and password, or a recovery code, and returns to the previous page."""
    if "code" in request.POST:
        return _sign_in_by_code(request)
    response: HttpResponse = _sign_in_by_password(request)
    return response


class PasskeySignInView(LoginWebAuthnView):
    """django-allauth's view, but an invalid passkey does not lose the page to return to."""

    def form_invalid(self, form: PasskeySignInForm) -> HttpResponse:
        return _page(self.request, status=422, passkey_form=form)


def _sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """Signs the user of a recovery code in. The code is used up; a new one is only in this response."""
    form = RecoveryCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, code_form=form)
    count_for_address(request)
    typed = form.cleaned_data["code"]
    used = use_code(typed, now=now_of(request), form=name_form(request, read_code(typed) or ""))
    if used is None:
        form.add_error("code", _("This code opens nothing. It may have been used, or replaced by a newer one."))
        return _page(request, status=422, code_form=form)
    owner, code = used
    sign_in(request, owner)
    request.session[DISMISSED] = True
    context = {"code": code, "is_signed_in": True, "target": url_after_sign_in(request, next_url(request))}
    response = respond(request, "account/recovery_code.html", context)
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Takes the second factor after a password. Passkeys are offered to users who have one.

    The guest of this browser is hidden from django-allauth, which would take a guest for signed in already.
    """
    request.user = AnonymousUser()
    response: HttpResponse = mfa_views.authenticate(request)
    context = response.context_data if isinstance(response, TemplateResponse) else None
    if context and not is_mfa_enabled(context["form"].user, [Authenticator.Type.WEBAUTHN]):
        del context["webauthn_form"]
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def signout(request: HttpRequest) -> HttpResponse:
    """Says how the user can sign in again, and asks; a POST signs out.

    A guest without other access has to get a recovery code first; a guest from before signing in has to be merged or
    left first.
    """
    user = current_user(request)
    if user is None:
        return SeeOther(reverse("today"))
    held = held_guest(request)
    is_safe = can_return(user) and held is None
    if request.method != "POST" or not is_safe:
        status = 409 if request.method == "POST" else 200
        return respond(request, "account/signout.html", {"is_safe": is_safe, "held": held}, status=status)
    end_answers(user, now=now_of(request))
    logout(request)
    messages.success(request, _("Signed out. This browser shows nothing of your sessions any more."))
    return SeeOther(reverse("today"))


def _page(request: HttpRequest, *, status: int, **forms: Any) -> HttpResponse:
    """Responds with the page of all ways to sign in, with one of its forms as it was sent."""
    for form in forms.values():
        focus_first_error(form)
    context = {"form": SignInForm(request=request), **_page_context(request), **forms}
    return respond(request, "account/signin.html", context, status=status)


def _page_context(request: HttpRequest) -> dict[str, Any]:
    return {"code_form": RecoveryCodeForm(), "target": next_url(request)}
