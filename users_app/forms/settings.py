"""Forms for the settings, in groups. The model validates the values; `save_preferences` writes them."""

from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from timetracker.forms.fields import CurrencyField, HoursField, RateField
from users_app.forms.zones import ZoneField
from users_app.models import User
from users_app.models.users import LONG_SESSION_RANGE

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:  # not generic at run time
    UserForm = forms.ModelForm


class PreferencesForm(UserForm):
    """A group of settings, which is saved alone. The form never changes its user, even if it is rejected."""

    group: str
    title: Any

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, instance=copy(user))


class TimeForm(PreferencesForm):
    group = "time"
    title = _("Time")

    timezone = ZoneField(
        help_text=_("A large city in it. For your days and new sessions; earlier sessions stay where they are.")
    )

    class Meta:
        model = User
        fields = ("timezone", "week_start", "clock", "date_format", "duration_format")
        labels = {"week_start": _("First day of the week")}
        help_texts = {
            "date_format": _("Typed dates are read in the same order."),
        }
        widgets = {
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
            "long_session_hours": dict.fromkeys(("required", "invalid", "min_value", "max_value"), LONG_SESSION_RANGE)
        }


class GoalsForm(PreferencesForm):
    group = "goals"
    title = _("Goals")

    day_goal_seconds = HoursField(
        label=_("Hours a day"), help_text=_("A thin line on the bars of your days. Empty for no goal.")
    )
    week_goal_seconds = HoursField(label=_("Hours a week"), help_text=_("A thin line under the bars of your week."))

    class Meta:
        model = User
        fields = ("day_goal_seconds", "week_goal_seconds")


class LookForm(PreferencesForm):
    group = "look"
    title = _("Look")

    class Meta:
        model = User
        fields = ("theme",)
        widgets = {"theme": forms.RadioSelect}


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


class NoticesForm(PreferencesForm):
    group = "notices"
    title = _("E-mail")

    class Meta:
        model = User
        fields = ("wants_notices",)


SECTIONS: dict[str, tuple[type[PreferencesForm], ...]] = {
    "you": (NameForm, NoticesForm),
    "time": (TimeForm,),
    "timer": (TimerForm, GoalsForm),
    "rates": (RatesForm,),
    "look": (LookForm,),
}
"""The groups of each section. A section is a page with the name of its first group."""
