"""Adapters for django-allauth: how users sign in, where links lead, which attempts are counted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from timetracker.pages import is_local_path, now_of
from users_app.models import Notice, User
from users_app.services.accounts import finish_email_change
from users_app.services.notices import add_notice
from users_app.sign_in import count_for_account, count_when_signed_in, sign_in, stay_signed_in, url_after_sign_in

_STAGE = "users_app.adapters.SecondFactorStage"


class SecondFactorStage(AuthenticateStage):
    """The stage of signing in that asks for a second factor after a password, if the user has an authenticator app.

    A passkey is accepted in place of a code. Without an app, a passkey is not required as second factor: a user who
    loses it would be locked out.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not is_mfa_enabled(self.login.user, [Authenticator.Type.TOTP]):
            return None, True
        response: tuple[HttpResponse | None, bool] = super().handle()
        return response


class AccountAdapter(DefaultAccountAdapter):
    """The adapter for accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("That e-mail and password don't match."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This code is not right. Codes change every 30 seconds and work once."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.REGISTRATION_IS_OPEN)

    def is_safe_url(self, url: str) -> bool:
        return is_local_path(url)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts an attempt before the hash is computed. Raises TooManyRequestsError."""
        count_for_account(credentials["email"])

    def reauthenticate(self, user: User, password: str) -> bool:
        """Returns whether the password is the user's. Counts the attempt before. Raises TooManyRequestsError."""
        count_when_signed_in(user)
        return user.check_password(password)

    def get_login_stages(self) -> list[str]:
        stages = super().get_login_stages()
        return [_STAGE if each == "allauth.mfa.stages.AuthenticateStage" else each for each in stages]

    def login(self, request: HttpRequest, user: User) -> None:
        sign_in(request, user)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        response["Location"] = url_after_sign_in(request, response["Location"])
        return response

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail with the configured URL of this server, whatever the Host header of the request."""
        super().send_mail(template_prefix, email, {**context, "base_url": settings.BASE_URL})

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Stores a notice, which `manage.py send_notices` sends, so that no page waits for a mail server."""
        if template_prefix.startswith("account/email/password_"):
            add_notice(user, Notice.Kind.PASSWORD_CHANGED, now=now_of(self.request))
        elif template_prefix.startswith("mfa/"):
            add_notice(user, Notice.Kind.SECOND_FACTOR_CHANGED, now=now_of(self.request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Returns whether the user has to authenticate again; never without a credential to do so."""
        can_answer = bool(self.get_reauthentication_methods(self.request.user))
        return can_answer and bool(super().is_reauthentication_required(app=app, **kwargs))

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: EmailAddress, signup: bool) -> bool:
        return bool(settings.MAIL_IS_CONFIGURED)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Makes a confirmed address the user's, in place of the previous one, unless another user has it by now."""
        if User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists():
            messages.error(request, gettext("This address cannot be used here."))
            return False
        user: User = email_address.user
        before = user.email
        with transaction.atomic():
            is_confirmed = bool(super().confirm_email(request, email_address))
            if is_confirmed and user.email != before:
                finish_email_change(user, before, now=now_of(request), but=request.session.session_key)
                stay_signed_in(request, user)
        return is_confirmed

    def send_not_confirmed_mail(self, request: HttpRequest, address: EmailAddress) -> None:
        """Sends a link that confirms the address in place of one that resets the password."""
        link = self.get_email_confirmation_url(request, EmailConfirmationHMAC(address))
        self.send_mail("account/email/not_confirmed", address.email, {"activate_url": link})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC) -> str:
        return settings.BASE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Returns the link for a mail at the configured URL, whatever the Host header of the request."""
        user, _dash, secret = key.partition("-")
        return settings.BASE_URL + reverse("account_reset_password_from_key", args=[user, secret])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings") + "#account"


class SecondFactorAdapter(DefaultMFAAdapter):
    """The adapter for second factors and passkeys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return gettext("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Timetracker"}
