"""Forms for new credentials: access tokens and calendar feeds."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from timetracker.forms.fields import DayField
from users_app.models import Scope, User
from users_app.zones import end_of_day


class CredentialForm(forms.Form):
    """A new credential. Ids of fields begin with its kind, since the timer bar has a field `name`, too."""

    kind: ClassVar[str]

    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("To tell one from another, for example by where you use it. It may stay empty."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_{self.kind}_%s")


class FeedForm(CredentialForm):
    """A new calendar feed."""

    kind = "feed"


def _scope_choices() -> list[tuple[str, str]]:
    """Returns the scopes with their labels."""
    return [(scope.value, f"{capfirst(scope.label)} ({scope.value})") for scope in Scope]


class TokenForm(CredentialForm):
    """A new access token. It expires at the end of the given day, in the user's zone."""

    kind = "token"

    scopes = forms.TypedMultipleChoiceField(
        label=_("What it may do"),
        choices=_scope_choices,
        coerce=Scope,
        initial=[Scope.READ, Scope.TRACK],
        required=False,  # the service requires one
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.TypedChoiceField(
        label=_("Expires"),
        choices=[("", _("Never")), ("30", _("After 30 days")), ("90", _("After 90 days")), ("365", _("After a year"))],
        coerce=lambda days: dt.timedelta(days=int(days)),
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    expires_at = DayField(
        label=_("Or after a day of your choice"),
        help_text=_("A day given here counts, whatever is chosen above."),
        required=False,
        error_messages={
            "invalid": _("This is no date. Give one such as 2027-11-18."),
            "out_of_range": _("Give a day from today to 2999, or none."),
        },
    )

    def __init__(self, data: Any = None, *, user: User, now: dt.datetime) -> None:
        super().__init__(data)
        self.zone = user.zone
        self.today = now.astimezone(self.zone).date()

    def clean(self) -> dict[str, Any]:
        """Returns the arguments of `issue_token`."""
        values = self.cleaned_data
        lifetime, last_day = values.pop("lifetime", None), values.get("expires_at")
        if last_day is None and lifetime is not None:
            last_day = self.today + lifetime
        expires_at = None if last_day is None else end_of_day(last_day, self.zone)
        return {**values, "expires_at": expires_at}
