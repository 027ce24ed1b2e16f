"""Splitting and moving a session, putting another inside."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.forms.base import AnswerField, NameField, TimesForm, TimeWordField
from sessions_app.models import TimeSession
from sessions_app.timekeeping.periods import day_of
from timetracker.form_fields import DayField


class SplitForm(TimesForm):
    """Where to cut a session. Valid, it has `at` as an instant in `cleaned_data`."""

    at = TimeWordField(label=gettext_lazy("Split at"))
    at_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="split", **kwargs)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """The time on the first day of the session that has it inside, so that a session over midnight can be cut."""
        values, session = self.cleaned_data, self.session
        day = day_of(session.start, session.zone)
        at = self.read_time("at", day=day, zone=session.zone, old=session.start)
        if at is not None and at <= session.start and session.last_date != session.first_date:
            at = self.read_time("at", day=day + dt.timedelta(days=1), zone=session.zone, old=session.start)
        return values if at is None else {**values, "at": at}


class MoveForm(forms.Form):
    """To which day a session is moved."""

    day = DayField(label=gettext_lazy("Move to day"))
    occurrence = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, choices=[("", ""), (1, ""), (2, "")], widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date:
        """Typed days, like typed times, have come."""
        day: dt.date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError(_("This day hasn't come yet. Give today or an earlier one."), code="in_future")
        return day

    def ask_occurrence(self) -> None:
        """The clock showed the start twice on that day: which is meant?"""
        field = self.fields["occurrence"]
        field.label = _("Which do you mean?")
        field.widget = forms.RadioSelect(choices=[(1, _("The first time")), (2, _("The second time"))])


class InsertForm(TimesForm):
    """A session to be put inside another. Valid, it has `start` and `end` as instants in `cleaned_data`."""

    name = NameField()
    start = TimeWordField(label=gettext_lazy("Insert from"))
    end = TimeWordField(label=gettext_lazy("To"))
    start_answer = AnswerField()
    end_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="insert", **kwargs)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """Times on the first day of the host, or on the next when they are before its start."""
        values, session = self.cleaned_data, self.session
        day = day_of(session.start, session.zone)
        start = self.read_time("start", day=day, zone=session.zone)
        if start is not None and start < session.start and session.last_date != session.first_date:
            start = self.read_time("start", day=day + dt.timedelta(days=1), zone=session.zone)
        if start is None:
            return values
        end = self.read_time("end", day=day_of(start, session.zone), zone=session.zone, start=start)
        return values if end is None else {**values, "start": start, "end": end}
