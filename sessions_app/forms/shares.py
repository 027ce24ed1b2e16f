"""The form for a new share link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Share
from timetracker.forms.fields import DayField
from users_app.models import User
from users_app.zones import end_of_day


class ShareForm(forms.Form):
    """A new link to a page with a query string. It expires at the end of the given day, in the user's zone."""

    page = forms.CharField(required=False, widget=forms.HiddenInput)
    query = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        strip=False,
        help_text=_("Only you see it, to tell one link from another. It may stay empty."),
        widget=forms.TextInput({"maxlength": Share.NAME_LENGTH, "autocomplete": "off"}),
    )
    shows_hours = forms.BooleanField(label=_("Hours"), required=False, initial=True)
    shows_amounts = forms.BooleanField(label=_("Amounts"), required=False)
    shows_notes = forms.BooleanField(label=_("Notes of sessions"), required=False)
    is_frozen = forms.TypedChoiceField(
        label=_("What it shows"),
        choices=[
            ("", _("Always what is there when it is opened")),
            ("yes", _("What is there now, whatever changes later")),
        ],
        coerce=lambda value: value == "yes",
        required=False,
        widget=forms.RadioSelect,
    )
    shows_running = forms.BooleanField(label=_("The running session, too"), required=False)
    expires_at = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until you revoke it."),
        error_messages={
            "invalid": _("This is no date. Give one such as 2027-11-18."),
            "out_of_range": _("Give a day from today to 2999, or none."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("Empty: whoever has the link sees it. Tell the password by another way than the link."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_share_%s", **kwargs)
        self.zone = user.zone
        if (data or self.initial).get("page") != Share.Page.TIMESHEET:
            del self.fields["shows_notes"]  # a report has none

    def clean(self) -> dict[str, Any]:
        """Returns the fields for `services.share`."""
        values = self.cleaned_data
        last_day = values.get("expires_at")
        values["is_frozen"] = values.get("is_frozen") is True
        return {**values, "expires_at": None if last_day is None else end_of_day(last_day, self.zone)}
