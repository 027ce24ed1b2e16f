"""What people type, read into the fields of the domain. Rules of the domain are not repeated here."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import TimeSession
from sessions_app.timekeeping.local_times import AmbiguousTimeError, NonexistentTimeError, to_instant
from sessions_app.validation import EARLIEST_START
from timetracker.errors import InvalidInputError
from timetracker.ids import uuid7

LONGEST_OVER_MIDNIGHT = dt.timedelta(hours=16)


def add_domain_errors(form: forms.BaseForm, error: InvalidInputError) -> None:
    """Puts each error at its field, or above the form when the form has no such field."""
    for each in error.errors:
        form.add_error(each.field if each.field in form.fields else None, ValidationError(each.message, code=each.code))


class NameField(forms.CharField):
    """The name of a session. The domain says what it may hold; the browser stops at the same length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, label=gettext_lazy("Name"), **kwargs)
        self.widget.attrs.update({"maxlength": TimeSession.NAME_LENGTH, "autocomplete": "off"})
        self.validators = []


class StartForm(forms.Form):
    """The timer bar. The id is made with the page: pressing twice, or loading again, is the same press."""

    name = NameField()
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)


class StopForm(forms.Form):
    """Names the session that is to be stopped, so that an old page does not stop a newer one."""

    id = forms.UUIDField(widget=forms.HiddenInput)


class RenameForm(forms.Form):
    """A new name."""

    name = NameField()


class AddSessionForm(forms.Form):
    """A finished session by the wall clock of `zone`. An end that is not after the start is on the next day.

    Valid, it has `start` and `end` as instants in `cleaned_data`. A time that the clock showed twice is asked about by
    a field that appears then.
    """

    name = NameField()
    date = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    start = forms.TimeField(
        label=gettext_lazy("Start"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    end = forms.TimeField(
        label=gettext_lazy("End"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    start_occurrence = forms.TypedChoiceField(
        label=gettext_lazy("Which start?"), coerce=int, empty_value=None, required=False, widget=forms.HiddenInput
    )
    end_occurrence = forms.TypedChoiceField(
        label=gettext_lazy("Which end?"), coerce=int, empty_value=None, required=False, widget=forms.HiddenInput
    )
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, data: Any = None, *, zone: ZoneInfo, now: dt.datetime, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_add_%s")  # the timer bar is on the same page
        self.zone, self.now = zone, now
        for name in ("start_occurrence", "end_occurrence"):
            self.fields[name].choices = [(1, ""), (2, "")]  # type: ignore[attr-defined]

    def clean_date(self) -> dt.date:
        """A day of the years that a session may have, before times of it are reckoned with."""
        day: dt.date = self.cleaned_data["date"]
        if not EARLIEST_START.date() <= day <= self.now.date() + dt.timedelta(days=1):
            raise ValidationError(_("Give a day from 1970 to today."))
        return day

    def clean(self) -> dict[str, Any]:
        """From day and wall clock to instants."""
        values = self.cleaned_data
        if not {"date", "start", "end"} <= values.keys():
            return values
        end_date = values["date"]
        if values["end"] <= values["start"]:
            end_date += dt.timedelta(days=1)
        start = self._instant("start", values["date"])
        end = self._instant("end", end_date)
        if start is None or end is None:
            return values
        if end_date != values["date"] and end - start > LONGEST_OVER_MIDNIGHT:
            self.add_error("end", _("The end is before the start, and over midnight this would be more than 16 hours."))
        elif end > self.now:
            self.add_error(
                "end", _("%(time)s hasn't come yet. Did you mean an earlier day?") % {"time": f"{values['end']:%H:%M}"}
            )
        return {**values, "start": start, "end": end}

    def _instant(self, field: str, date: dt.date) -> dt.datetime | None:
        """The instant, or None with the reason added to the field."""
        local = dt.datetime.combine(date, self.cleaned_data[field])
        try:
            return to_instant(local, self.zone, occurrence=self.cleaned_data.get(f"{field}_occurrence"))
        except NonexistentTimeError as error:
            message = _("%(time)s did not exist on that day: the clock was put forward. It went on at %(resumes)s.")
            self.add_error(field, message % {"time": f"{local:%H:%M}", "resumes": f"{error.resumes_at:%H:%M}"})
        except AmbiguousTimeError as error:
            self._ask_which(field, error)
        return None

    def _ask_which(self, field: str, error: AmbiguousTimeError) -> None:
        choices = [
            (
                number,
                _("%(order)s, at %(offset)s") % {"order": order, "offset": f"UTC{instant.astimezone(self.zone):%z}"},
            )
            for number, order, instant in (
                (1, _("The first time"), error.first),
                (2, _("The second time"), error.second),
            )
        ]
        which = self.fields[f"{field}_occurrence"]
        which.widget = forms.RadioSelect()
        which.choices = choices  # type: ignore[attr-defined]
        self.add_error(
            field,
            _("%(time)s came twice on that day: the clock was put back. Choose one below.")
            % {"time": f"{error.local:%H:%M}"},
        )
