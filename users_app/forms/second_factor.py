"""django-allauth's forms for second factors and passkeys, with our limits of attempts and our texts."""

from typing import Any

from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from users_app.sign_in import count_for_account, count_for_address, count_when_signed_in

_AUTO_ID = "passkey_%s"  # unique, because the timer bar has a field `name`, too
_UNREADABLE = (forms.ValidationError, ValueError, TypeError, KeyError)
"""The exceptions of django-allauth and its library for an invalid passkey, or another one."""
CODE_HINT = _("From your authenticator app, or one of its recovery codes.")


def _code_field(help_text: Any = CODE_HINT) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "one-time-code", "maxlength": 20, "spellcheck": "false"})
    messages = {"required": _("Give the code.")}
    return forms.CharField(label=_("Code"), max_length=20, widget=widget, help_text=help_text, error_messages=messages)


class AuthenticateForm(base_forms.AuthenticateForm):
    """The code of a second factor, after the password."""

    code = _code_field()

    def clean_code(self) -> str:
        """Counts the attempt first: a code has only six digits. Raises TooManyRequestsError."""
        count_for_account(str(self.user.pk))
        return str(super().clean_code())


class ReauthenticateForm(base_forms.ReauthenticateForm):
    """The code of a second factor again, before a sensitive action."""

    code = _code_field()

    def clean_code(self) -> str:
        """Counts the attempt first. Raises TooManyRequestsError."""
        count_when_signed_in(self.user)
        return str(super().clean_code())


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of an authenticator app, which proves that it is set up."""

    code = _code_field(_("Six digits that the app shows now."))


class _SignedByPasskey(forms.Form):
    """A mixin for django-allauth's forms for passkeys, whose text for a wrong passkey is that for a wrong code."""

    wrong = _("This passkey opens nothing here. Take another one, or another way.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages |= {
            "required": _("Passkeys need scripts. Allow them here, or take another way."),
            "invalid": self.wrong,
        }


class _PasskeyAnswer(_SignedByPasskey):
    def clean_credential(self) -> Authenticator:
        """Returns the passkey that signed. Raises ValidationError."""
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        except _UNREADABLE:
            raise forms.ValidationError(self.wrong) from None
        return authenticator


class PasskeyAfterPasswordForm(_PasskeyAnswer, webauthn_forms.AuthenticateWebAuthnForm):
    """The answer of a passkey in place of a code, after the password."""


class ReauthenticateByPasskeyForm(_PasskeyAnswer, webauthn_forms.ReauthenticateWebAuthnForm):
    """The answer of a passkey before a sensitive action."""


class AddPasskeyForm(_SignedByPasskey, webauthn_forms.AddWebAuthnForm):
    """A new passkey that can sign in without a password, so that the device verifies the user."""

    wrong = _("This passkey cannot be added. Try again.")
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=_AUTO_ID, **kwargs)

    def clean_passwordless(self) -> bool:
        """Returns True whatever was sent: a guest could not come back with a key that needs a password."""
        return True

    def clean(self) -> dict[str, Any]:
        """Returns the cleaned data. Raises ValidationError for an invalid passkey."""
        try:
            return super().clean() or {}
        except _UNREADABLE:
            raise forms.ValidationError(self.wrong) from None


class EditPasskeyForm(webauthn_forms.EditWebAuthnForm):
    """A new name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=100, error_messages={"required": _("Give a name.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=_AUTO_ID, **kwargs)


class PasskeySignInForm(_PasskeyAnswer, webauthn_forms.LoginWebAuthnForm):
    """The answer of a passkey that signs in."""

    def clean_credential(self) -> Authenticator:
        """Counts the attempt first. Raises TooManyRequestsError."""
        count_for_address()
        return super().clean_credential()
