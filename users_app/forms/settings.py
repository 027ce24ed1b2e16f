"""The groups of the Settings page. What a setting may be is said by the model; `save_preferences` writes it."""

import datetime as dt
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from sessions_app.timekeeping.periods import start_of_day
from timetracker.form_fields import CurrencyField, DayField, RateField
from users_app.models import Scope, User
from users_app.zones import names_by_region, zone_label, zone_names

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:  # not generic at run time
    UserForm = forms.ModelForm


class PreferencesForm(UserForm):
    """One group, which saves alone. The person given is only read: what was refused is on the form, nowhere else."""

    group: str
    title: Any

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, instance=copy(user))


class ZoneSelect(forms.Select):
    """All zones by region, and the chosen one even if this system's data lacks it.

    Put together here, since Django renders a template for each of the six hundred options.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        groups = [
            (region or _("Other"), _options([(each, _label(each, region)) for each in names], value))
            for region, names in names_by_region().items()
        ]
        unlisted = [(value, value)] if value and value not in zone_names() else []
        return format_html(
            "<select{}>{}{}</select>",
            flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})),
            _options(unlisted, value),
            format_html_join("\n", '<optgroup label="{}">{}</optgroup>', groups),
        )


def _options(options: list[tuple[str, str]], chosen: Any) -> SafeString:
    selected = {chosen: mark_safe(" selected")}
    rows = ((value, selected.get(value, ""), label) for value, label in options)
    return format_html_join("\n", '<option value="{}"{}>{}</option>', rows)


def _label(name: str, region: str) -> str:
    """The place first, since browsers find an entry by what it begins with; `Knox (Indiana)` for the nested ones."""
    if not region:
        return name
    between = name.removeprefix(f"{region}/").rpartition("/")[0].replace("_", " ")
    return f"{zone_label(name)} ({between})" if between else zone_label(name)


class TimeForm(PreferencesForm):
    group = "time"
    title = _("Time")

    class Meta:
        model = User
        fields = ("timezone", "week_start", "clock", "date_format", "duration_format")
        labels = {"week_start": _("First day of the week")}
        help_texts = {
            "timezone": _("For your days and new sessions. Earlier sessions stay where they are."),
            "date_format": _("Typed dates are read in the same order."),
        }
        widgets = {
            "timezone": ZoneSelect,
            "clock": forms.RadioSelect,
            "date_format": forms.RadioSelect,
            "duration_format": forms.RadioSelect,
        }


class TimerForm(PreferencesForm):
    group = "timer"
    title = _("Timer")

    class Meta:
        model = User
        fields = ("long_session_hours", "notes_last_seen")
        labels = {"long_session_hours": _("Long session, in hours")}
        widgets = {"long_session_hours": forms.NumberInput({"min": 1, "max": 24})}
        error_messages = {
            "long_session_hours": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), _("Give a whole number from 1 to 24.")
            )
        }


class RatesForm(PreferencesForm):
    group = "rates"
    title = _("Rates")

    hourly_rate = RateField(help_text=_("For billable sessions whose project and client have none."))
    currency = CurrencyField()

    class Meta:
        model = User
        fields = ("hourly_rate", "currency")


class NameForm(PreferencesForm):
    group = "you"
    title = _("You")

    class Meta:
        model = User
        fields = ("display_name",)
        widgets = {"display_name": forms.TextInput({"autocomplete": "name"})}


class CredentialForm(forms.Form):
    """A new credential. The ids begin with its kind, since the page's head has a name, too."""

    kind: ClassVar[str]

    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("To tell one from another, for example by where you use it. It may stay empty."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_{self.kind}_%s")


class FeedForm(CredentialForm):
    """A new address for a calendar."""

    kind = "feed"


def _scope_choices() -> list[tuple[str, str]]:
    """What is allowed, in words, and what the API calls it."""
    return [(scope.value, f"{capfirst(scope.label)} ({scope.value})") for scope in Scope]


class TokenForm(CredentialForm):
    """A new access token. Days are those of the person; the token works to the end of the last one."""

    kind = "token"

    scopes = forms.TypedMultipleChoiceField(
        label=_("What it may do"),
        choices=_scope_choices,
        coerce=Scope,
        initial=[Scope.READ, Scope.TRACK],
        required=False,  # the domain says that there must be one
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

    def __init__(self, data: Any = None, *, user: User, today: dt.date) -> None:
        super().__init__(data)
        self.user, self.today = user, today

    def clean(self) -> dict[str, Any]:
        """What `issue_token` takes."""
        values = self.cleaned_data
        lifetime, last_day = values.pop("lifetime", None), values.get("expires_at")
        if last_day is None and lifetime is not None:
            last_day = self.today + lifetime
        expires_at = None if last_day is None else start_of_day(last_day + dt.timedelta(days=1), self.user.zone)
        return {**values, "expires_at": expires_at}


FORMS: dict[str, type[PreferencesForm]] = {form.group: form for form in (TimeForm, TimerForm, RatesForm, NameForm)}
