"""Forms for accounts: ours, and django-allauth's with our texts."""

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
    """Turns TooManyRequestsError into a ValidationError `too_many`, so that the form is shown again as typed."""
    try:
        yield
    except TooManyRequestsError as error:
        raise forms.ValidationError(error.message, code=_TOO_MANY, params={"wait": error.wait}) from error


def mark_limit(response: HttpResponse, form: forms.BaseForm) -> HttpResponse:
    """Sets status 429 and Retry-After on a response whose form has the error of `limit_as_error`."""
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
    """An e-mail address, normalized as it is stored. Rejects a domain to which no mail could be sent."""

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
    """A new password for an account that has an e-mail address."""

    password = _new_password(PASSWORD)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Validates the password, which must not resemble the address."""
        values = super().clean() or {}
        if "password" in values:
            # Not the user itself, which must not get the address before it is stored.
            like = User(email=values.get("email") or self.user.email, display_name=self.user.display_name)
            try:
                validate_password(values["password"], like)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class KeepForm(PasswordForm):
    """An e-mail address and a password, by which a guest becomes an account."""

    email = _email_field()
    field_order = ("email", "password")

    def clean_email(self) -> str:
        """Returns the address. Raises ValidationError if it is in use."""
        email: str = self.cleaned_data["email"]
        check_email_free(email, but=self.user)
        return email


class LinkForm(PasswordForm):
    """An optional new password, on the page of a sign-in link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Another password, if you want one")
        self.fields["password"].required = False

    def clean(self) -> dict[str, Any]:
        """Validates the password if there is one."""
        return super().clean() if self.cleaned_data.get("password") else self.cleaned_data


class DeletionForm(forms.Form):
    """The confirmation of a deletion, which cannot be undone: the password, or a typed word without one."""

    password = _present_password()
    word = forms.CharField(label=_("Type “delete”"), max_length=20, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["word" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        """Counts the attempt, then checks the password. Raises ValidationError if it is wrong, or for too many."""
        with limit_as_error():
            count_when_signed_in(self.user)
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password

    def clean_word(self) -> str:
        """Returns the word. Raises ValidationError for any other."""
        word: str = self.cleaned_data["word"].strip().strip("“”\"'").lower()
        if word != str(_("delete")):
            raise forms.ValidationError(_("Type “delete” to delete everything."))
        return word


class ChangeEmailForm(forms.Form):
    """A new e-mail address for an account."""

    email = _email_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        """Returns the address. Raises ValidationError if it is in use or the present one."""
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        check_email_free(email, but=self.user)
        return email


class SignInForm(allauth_forms.LoginForm):
    """Signing in with e-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _email_field()
        self.fields["password"] = _present_password()

    def clean(self) -> dict[str, Any]:
        """Authenticates. Raises ValidationError if that fails, or for too many attempts."""
        with limit_as_error():
            values: dict[str, Any] = super().clean()
        return values


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The present password and a new one, which is typed once, since it can be shown or come from a manager."""

    oldpassword = _present_password(_("Present password"))
    password1 = _new_password()
    password2 = None

    def clean_oldpassword(self) -> str:
        """Counts the attempt, then checks the password. Raises ValidationError if it is wrong, or for too many."""
        with limit_as_error():
            count_when_signed_in(self.user)
        return str(super().clean_oldpassword())

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


class SetPasswordForm(allauth_forms.SetPasswordForm):
    """The first password of an account that has signed in with a passkey until now."""

    password1 = _new_password(PASSWORD)
    password2 = None

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password again, before a sensitive action."""

    password = _present_password()


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """The address to which a link for a new password is sent."""

    email = _email_field()

    def clean_email(self) -> str:
        """Counts the attempt before looking for users. Raises ValidationError for too many."""
        email: str = self.cleaned_data["email"]
        with limit_as_error():
            count_for_account(email, scope="reset")
        # django-allauth would also look in its table of addresses, which has unconfirmed ones.
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Sends one mail to any address, with or without a link, so that the time reveals nothing about accounts."""
        address = next((each for each in map(find_unconfirmed_present, self.users) if each), None)
        if address is None:
            return str(super().save(request, **options))
        get_adapter().send_not_confirmed_mail(request, address)
        return str(address.email)


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """A new password, for a user with a link to reset it."""

    password1 = _new_password()
    password2 = None

    def clean_password1(self) -> str:
        """Returns the new password. Raises for one that is too easy."""
        return _checked(self.cleaned_data["password1"], self.user)


def _checked(password: str, user: User) -> str:
    validate_password(password, user)
    return password
