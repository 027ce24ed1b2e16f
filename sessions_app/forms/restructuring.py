"""Forms for splitting and moving a session, and for inserting another into it."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.formatting import format_date
from sessions_app.forms.base import AnswerField, NameField, TimesForm, TimeWordField
from sessions_app.models import TimeSession
from sessions_app.timekeeping.periods import day_of
from timetracker.forms.fields import DayField
from users_app.models import User

_SECOND = dt.timedelta(seconds=1)


class _InsideForm(TimesForm):
    """Times inside a session. If it covers more than two days, the form has a field for the day."""

    def __init__(self, data: Any = None, *, session: TimeSession, user: User, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(data, user=user, now=now, **kwargs)
        self.session = session
        first, last = session.first_date, session.last_date or max(session.first_date, day_of(now, session.zone))
        self.days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
        if len(self.days) > 2:  # noqa: PLR2004 - of two, a time tells which
            choices = [(day.isoformat(), format_date(day, user, has_weekday=True)) for day in self.days]
            self.fields["day"] = forms.ChoiceField(label=_("Day"), choices=choices, required=False)

    def read_time_inside(
        self, field: str, *, earliest: dt.datetime, old: dt.datetime | None = None
    ) -> dt.datetime | None:
        """Returns the time on the day that is asked for, else on the first, or on the second of two if it is before
        `earliest` there; None with the reason or the question added to the field.
        """
        first, zone = self.days[0], self.session.zone
        if "day" in self.fields:
            day = dt.date.fromisoformat(self.cleaned_data.get("day") or first.isoformat())
            return self.read_time(field, day=day, zone=zone, old=old)
        instant = self.read_time(field, day=first, zone=zone, old=old)
        if instant is not None and instant < earliest and len(self.days) > 1:
            return self.read_time(field, day=self.days[1], zone=zone, old=old)
        return instant


class SplitForm(_InsideForm):
    """The time at which to split a session. `cleaned_data` has the instant `at`."""

    at = TimeWordField(label=gettext_lazy("Split at"))
    at_answer = AnswerField()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="split", **kwargs)

    def clean(self) -> dict[str, Any]:
        """Converts the time to an instant after the start."""
        values = self.cleaned_data
        at = self.read_time_inside("at", earliest=self.session.start + _SECOND, old=self.session.start)
        return values if at is None else {**values, "at": at}


class MoveForm(forms.Form):
    """The day to which a session is moved."""

    day = DayField(label=gettext_lazy("Move to day"))
    occurrence = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, choices=[("", ""), (1, ""), (2, "")], widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date:
        """Rejects days in the future, as for typed times."""
        day: dt.date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError(_("This day hasn't come yet. Give today or an earlier one."), code="in_future")
        return day

    def ask_occurrence(self) -> None:
        """Asks which of two is meant, since the clock showed the start twice on that day."""
        field = self.fields["occurrence"]
        field.label = _("Which do you mean?")
        field.widget = forms.RadioSelect(choices=[(1, _("The first time")), (2, _("The second time"))])


class InsertForm(_InsideForm):
    """A session to insert into another. `cleaned_data` has the instants `start` and `end`."""

    name = NameField()
    start = TimeWordField(label=gettext_lazy("Insert from"))
    end = TimeWordField(label=gettext_lazy("To"))
    start_answer = AnswerField()
    end_answer = AnswerField()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="insert", **kwargs)

    def clean(self) -> dict[str, Any]:
        """Converts the times. The end is on the day of the start, or on the next day if it is before the start."""
        values = self.cleaned_data
        start = self.read_time_inside("start", earliest=self.session.start)
        if start is None:
            return values
        end = self.read_time("end", day=day_of(start, self.session.zone), zone=self.session.zone, start=start)
        return values if end is None else {**values, "start": start, "end": end}
