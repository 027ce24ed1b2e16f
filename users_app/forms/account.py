"""The forms of accounts: ours, and django-allauth's in our words."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import EmailValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from timetracker.errors import TooManyRequestsError
from users_app.models import User
from users_app.services.accounts import check_email_free, find_unconfirmed_present
from users_app.sign_in import count_for_account, count_when_signed_in

PASSWORD, NEW_PASSWORD = _("Password"), _("New password")
PASSWORD_HINT = _("At least 10 characters. A few words in a row are easy to keep in mind.")
_TOO_MANY = "too_many"
_AS_TYPED = {"spellcheck": "false", "autocapitalize": "none"}
_EMAIL = {**_AS_TYPED, "autocomplete": "username", "maxlength": 254}


@contextmanager
def limit_as_error() -> Iterator[None]:
    """Raises ValidationError `too_many` for TooManyRequestsError: the form stays, with what was typed."""
    try:
        yield
    except TooManyRequestsError as error:
        raise forms.ValidationError(error.message, code=_TOO_MANY, params={"wait": error.wait}) from error


def mark_limit(response: HttpResponse, form: forms.BaseForm) -> HttpResponse:
    """Makes a response with a rejected form a 429, with Retry-After, if `limit_as_error` was why."""
    for error in (each for errors in form.errors.as_data().values() for each in errors):
        if error.code == _TOO_MANY:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(math.ceil((error.params or {})["wait"] or 1))
    return response


def _check_domain(address: str) -> None:
    try:
        address.rpartition("@")[2].encode("idna")
    except UnicodeError:
        raise forms.ValidationError(EmailValidator.message, code="invalid") from None


class AddressField(forms.EmailField):
    """An e-mail address, in the spelling in which it is stored; not one whose domain no mail could be sent to."""

    default_validators = [*forms.EmailField.default_validators, _check_domain]

    def to_python(self, value: Any) -> str:
        return User.objects.normalize_email(super().to_python(value))


def _email_field() -> AddressField:
    messages = {"required": _("Give an e-mail address.")}
    return AddressField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(_EMAIL), error_messages=messages)


def _password_field(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput({**_AS_TYPED, "autocomplete": autocomplete, "maxlength": 1000})
    messages = {"required": _("Give a password.")}
    return forms.CharField(label=label, widget=widget, strip=False, max_length=1000, error_messages=messages, **options)


def _present_password(label: Any = PASSWORD) -> forms.CharField:
    return _password_field(label, "current-password")


def _new_password(label: Any = NEW_PASSWORD) -> forms.CharField:
    return _password_field(label, "new-password", help_text=PASSWORD_HINT)


class PasswordForm(forms.Form):
    """A password for an account that has its e-mail already."""

    password = _new_password(PASSWORD)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Checks the password against the address. Raises for one that is too easy."""
        values = super().clean() or {}
        if "password" in values:
            # A copy: what the form checks against is not what is stored.
            like = User(email=values.get("email") or self.user.email, display_name=self.user.display_name)
            try:
                validate_password(values["password"], like)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class KeepForm(PasswordForm):
    """An e-mail and a password, by which a guest becomes an account."""

    email = _email_field()
    field_order = ("email", "password")

    def clean_email(self) -> str:
        """Returns the address. Raises for one that is taken."""
        email: str = self.cleaned_data["email"]
        check_email_free(email, but=self.user)
        return email


class LinkForm(PasswordForm):
    """What may be typed on the page of a link that signs in: nothing, or another password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Another password, if you want one")
        self.fields["password"].required = False

    def clean(self) -> dict[str, Any]:
        """Checks a password only if there is one."""
        return super().clean() if self.cleaned_data.get("password") else self.cleaned_data


class DeletionForm(forms.Form):
    """The password of an account, or the word, typed: deleting cannot be undone."""

    password = _present_password()
    word = forms.CharField(label=_("Type “delete”"), max_length=20, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["word" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        """Counts the attempt, then compares. Raises for a wrong one, and for too many."""
        with limit_as_error():
            count_when_signed_in(self.user)
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password

    def clean_word(self) -> str:
        """Returns the word. Raises for another."""
        word: str = self.cleaned_data["word"].strip().strip("“”\"'").lower()
        if word != str(_("delete")):
            raise forms.ValidationError(_("Type “delete” to delete everything."))
        return word


class ChangeEmailForm(forms.Form):
    """Another address for an account."""

    email = _email_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        """Returns the address. Raises for one that is taken, and for the present one."""
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        check_email_free(email, but=self.user)
        return email


class SignInForm(allauth_forms.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _email_field()
        self.fields["password"] = _present_password()

    def clean(self) -> dict[str, Any]:
        """Compares. Raises when they do not match, and for too many attempts."""
        with limit_as_error():
            values: dict[str, Any] = super().clean()
        return values


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The present password and a new one, typed once: managers and eyes do the rest."""

    oldpassword = _present_password(_("Present password"))
    password1 = _new_password()
    password2 = None

    def clean_oldpassword(self) -> str:
        """Counts the attempt before the hash is computed. Raises for a wrong one, and for too many."""
        with limit_as_error():
            count_when_signed_in(self.user)
        return str(super().clean_oldpassword())

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


class SetPasswordForm(allauth_forms.SetPasswordForm):
    """The first password of an account that signed in by a passkey until now."""

    password1 = _new_password(PASSWORD)
    password2 = None

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something that matters."""

    password = _present_password()


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """The address that a link is sent to."""

    email = _email_field()

    def clean_email(self) -> str:
        """Counts the attempt before anybody is looked for. Raises for too many."""
        email: str = self.cleaned_data["email"]
        with limit_as_error():
            count_for_account(email, scope="reset")
        # django-allauth would look into its table of addresses, too, where those are that nobody confirmed yet.
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Sends one mail to any address, with a link or saying why not: so the answer takes equally long."""
        address = next((each for each in map(find_unconfirmed_present, self.users) if each), None)
        if address is None:
            return str(super().save(request, **options))
        get_adapter().send_not_confirmed_mail(request, address)
        return str(address.email)


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """The new password of whoever has the link."""

    password1 = _new_password()
    password2 = None

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


def _checked(password: str, user: User) -> str:
    validate_password(password, user)
    return password
