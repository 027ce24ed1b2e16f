"""The pages of an account: e-mail, password, and links in mails. Other pages are django-allauth's, unchanged."""

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import views
from allauth.account.decorators import reauthentication_required
from allauth.account.forms import (
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    UserTokenForm,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import View

from timetracker.pages import SeeOther, form_to_service, next_url, now_of, respond
from users_app.forms.account import ChangeEmailForm, mark_limit
from users_app.forms.second_factor import ActivateTOTPForm, ReauthenticateByPasskeyForm
from users_app.models import User
from users_app.services.accounts import (
    begin_email_change,
    change_email,
    end_access,
    end_ways_in,
    find_unconfirmed,
    keeps_second_factors,
)
from users_app.services.attempts import MAX_CONFIRMATIONS, count_attempt
from users_app.sign_in import stay_signed_in


@login_required
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def email_change(request: HttpRequest) -> HttpResponse:
    """Changes the e-mail address; on a server that sends mail, only once it is confirmed."""
    user = request.user
    if not isinstance(user, User) or user.is_guest:
        return SeeOther(reverse("keep"))
    form = ChangeEmailForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        at_once = partial(change_email, now=now_of(request), but=request.session.session_key)
        service = begin_email_change if settings.MAIL_IS_CONFIGURED else at_once
        done = form_to_service(form, lambda: (service(user, form.cleaned_data["email"]),), conflict_field="email")
        if done is not None:
            (address,) = done
            if address is None:
                stay_signed_in(request, user)
                messages.success(request, _("Sign in with the new address from now on. Other browsers are signed out."))
            else:
                address.send_confirmation(request)
                messages.success(request, _("A link is on its way. The new address counts once it is opened."))
            return SeeOther(reverse("settings") + "#account")
    status = 422 if form.is_bound else 200
    context = {"form": form, "is_confirmed_by_mail": settings.MAIL_IS_CONFIGURED}
    return respond(request, "account/email_change.html", context, status=status)


class PasswordChangeView(views.PasswordChangeView):
    """Changes the password, and ends the other browsers."""

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _end_ways_in(self.request, form.user)
        return response

    def form_invalid(self, form: ChangePasswordForm) -> HttpResponse:
        return mark_limit(super().form_invalid(form), form)


def _end_ways_in(request: HttpRequest, user: User) -> None:
    """Calls `end_ways_in`, and tells the user if a recovery code was ended, since it may have been written down."""
    if end_ways_in(user, but=request.session.session_key):
        messages.info(request, _("Your recovery code opens nothing any more. Make a new one under “Recovery code”."))


class PasswordSetView(views.PasswordSetView):
    """Gives an account its first password, and ends the other browsers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_guest:
            return SeeOther(reverse("keep"))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _end_ways_in(self.request, form.user)
        return response


class AuthenticatorSetUpView(ActivateTOTPView):
    """Sets an authenticator app up, shows the backup codes, and returns to the page that required the app."""

    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        """Stores the app, and marks the typed code as used, so that nobody who saw it can sign in with it."""
        response: HttpResponse = super().form_valid(form)
        app = Authenticator.objects.get(user=form.user, type=Authenticator.Type.TOTP)
        app.wrap().validate_code(form.cleaned_data["code"])
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().get_context_data(**context)
        return {**values, "go_on": _go_on(self.request)}

    def get_success_url(self) -> str:
        target, url = _go_on(self.request), str(super().get_success_url())
        return f"{url}?{urlencode({'next': target})}" if target else url


class SecondFactorCodesView(ViewRecoveryCodesView):
    """Shows the backup codes for a lost app, once, and the link to go on."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().get_context_data(**context)
        return {**values, "go_on": _go_on(self.request)}


def _go_on(request: HttpRequest) -> str:
    """Returns the path to return to after setting up a second factor; "" without one."""
    return next_url(request) if "next" in request.GET or "next" in request.POST else ""


class PasskeyAddView(AddWebAuthnView):
    """Adds a passkey. Without an authenticator app there are no backup codes, since these need a password first."""

    def get_success_url(self) -> str:
        if not is_mfa_enabled(self.request.user, [Authenticator.Type.TOTP]):
            Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.RECOVERY_CODES).delete()
            return reverse("mfa_list_webauthn")
        return str(super().get_success_url())


class PasskeyReauthenticateView(ReauthenticateWebAuthnView):
    """Reauthenticates with a passkey. For a wrong passkey, django-allauth's view redirects to the sign-in page."""

    def form_invalid(self, form: ReauthenticateByPasskeyForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


@login_required
@require_POST
def email_confirm_send(request: HttpRequest) -> HttpResponse:
    """Sends the link that confirms an address again. Raises TooManyRequestsError."""
    user = cast("User", request.user)
    address = find_unconfirmed(user)
    if settings.MAIL_IS_CONFIGURED and address is not None:
        count_attempt("confirmation", str(user.pk), limit=MAX_CONFIRMATIONS, now=now_of(request))
        address.send_confirmation(request)
        messages.success(request, _("A link is on its way to %(email)s.") % {"email": address.email})
    return SeeOther(reverse("settings") + "#account")


class ConfirmEmailView(views.ConfirmEmailView):
    """Confirms an address with a button, only in a browser of the account: someone else gets mail to a mistyped one."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "is_theirs": self._is_theirs()}

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not self._is_theirs():
            return SeeOther(self.request.path)
        response: HttpResponse = super().post(*args, **kwargs)
        return response

    def _is_theirs(self) -> bool:
        return self.object is not None and self.object.email_address.user == self.request.user

    def logout(self) -> None:
        """Does nothing: a guest who is signed out could lose all access."""


class PasswordResetView(views.PasswordResetView):
    """Sends a link on a server that sends mail. The response is the same for every address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAIL_IS_CONFIGURED:
            return respond(request, "account/password_reset_without_mail.html")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_invalid(self, form: ResetPasswordForm) -> HttpResponse:
        return mark_limit(super().form_invalid(form), form)


class PasswordResetFromKeyView(views.PasswordResetFromKeyView):
    """Takes a new password from a user with the link, and ends all other access.

    The key stays in the URL, which other sites do not get (Referrer-Policy). django-allauth's view writes it to the
    session on a GET, and signs out the guest of this browser.
    """

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAIL_IS_CONFIGURED:
            raise Http404
        self.key = key
        token = UserTokenForm(data={"uidb36": uidb36, "key": key})
        self.reset_user = token.reset_user if token.is_valid() else None
        if self.reset_user is None:
            return respond(request, self.template_name, self.get_context_data(token_fail=True, form=None))
        return View.dispatch(self, request, uidb36, key, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        stay = self.reset_user is not None and keeps_second_factors(self.reset_user)
        return {**super().get_context_data(**context), "second_factors_stay": stay}

    def form_valid(self, form: ResetPasswordKeyForm) -> HttpResponse:
        user: User = form.user
        with transaction.atomic():
            end_access(user)
            response: HttpResponse = super().form_valid(form)
        return response
