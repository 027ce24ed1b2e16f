"""Adding a session, and changing one."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.forms.base import AnswerField, DayField, NameField, TimesForm, TimeWordField, say
from sessions_app.models import TimeSession
from sessions_app.timekeeping.durations import format_clock
from sessions_app.timekeeping.periods import day_of
from sessions_app.timekeeping.shorthand_fields import read_duration_field
from sessions_app.timekeeping.shorthand_problems import UnclearInputError
from timetracker.ids import uuid7
from users_app.zones import zone_names


class RenameForm(forms.Form):
    """A new name, and the version of the session whose name was seen."""

    name = NameField()
    version = forms.IntegerField(widget=forms.HiddenInput)


class AddSessionForm(TimesForm):
    """A finished session by the wall clock of the person. An end that is not after the start is on the next day.

    Valid, it has `start` and `end` as instants in `cleaned_data`.
    """

    name = NameField()
    date = DayField(label=gettext_lazy("Day"))
    start = TimeWordField(label=gettext_lazy("Start"))
    end = TimeWordField(label=gettext_lazy("End"))
    start_answer = AnswerField()
    end_answer = AnswerField()
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def clean(self) -> dict[str, Any]:
        """From day and wall clock to instants."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        start = self.read_time("start", day=values["date"], zone=self.user.zone)
        if start is None:
            return values
        end = self.read_time("end", day=values["date"], zone=self.user.zone, start=start)
        return values if end is None else {**values, "start": start, "end": end}


class SessionForm(TimesForm):
    """All of a session. `changes` has what was changed, as `services.edit_session` takes it, and nothing else.

    Each field brings what it showed, so that a change is a change against what the person saw. Times are read in the
    session's zone, or the one it is given.
    """

    name = NameField(show_hidden_initial=True)
    date = DayField(label=gettext_lazy("Start day"), show_hidden_initial=True)
    start = TimeWordField(label=gettext_lazy("Start time"), show_hidden_initial=True)
    end_date = DayField(label=gettext_lazy("End day"), show_hidden_initial=True)
    end = TimeWordField(label=gettext_lazy("End time"), show_hidden_initial=True)
    start_answer = AnswerField()
    end_answer = AnswerField()
    duration = forms.CharField(label=gettext_lazy("Duration"), required=False, show_hidden_initial=True, max_length=40)
    timezone = forms.CharField(label=gettext_lazy("Time zone"), show_hidden_initial=True, max_length=64)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 3}),
        show_hidden_initial=True,
    )
    billable = forms.BooleanField(label=gettext_lazy("Billable"), required=False, show_hidden_initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        self.session = session
        self.changes: dict[str, Any] = {}
        super().__init__(data, prefix="session", initial=_shown(session, kwargs["now"]), **kwargs)
        if session.is_running:
            for name in ("end_date", "end", "end_answer"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Collects what was changed."""
        values, changed = self.cleaned_data, set(self.changed_data)
        self.changes = {
            name: values[name] for name in ("name", "note", "timezone", "billable") if name in changed & values.keys()
        }
        self._read_instant(changed, "start", "date", self.session.start)
        if not self.session.is_running:
            self._read_instant(changed, "end", "end_date", self.session.end)
        if "duration" in changed & values.keys():
            self._read_duration()
        return values

    def _read_instant(self, changed: set[str], field: str, day: str, old: dt.datetime | None) -> None:
        if not changed & {field, day} or not self.cleaned_data.get(day):
            return
        # An end typed for the day of the start may be on the next day; one with a day of its own is on that.
        is_on_first_day = (
            field == "end" and day not in changed and self.cleaned_data[day] == self.cleaned_data.get("date")
        )
        instant = self.read_time(
            field,
            day=self.cleaned_data[day],
            zone=self._zone(),
            old=old,
            running=self.session.is_running,
            start=self.changes.get("start", self.session.start) if is_on_first_day else None,
        )
        if instant is not None:
            self.changes[field] = instant

    def _zone(self) -> ZoneInfo:
        """The zone that the form gives the session; its own while that is none, which is refused anyway."""
        name = self.cleaned_data.get("timezone", "")
        return ZoneInfo(name) if name in zone_names() else self.session.zone

    def _read_duration(self) -> None:
        try:
            seconds = read_duration_field(self.cleaned_data["duration"])
            end = self.changes.get("start", self.session.start) + dt.timedelta(seconds=seconds)
            if not self.session.is_running and end > self.now:
                message = _("This would end in the future. Give a shorter duration, or an earlier start.")
                self.add_error("duration", ValidationError(message, code="in_future"))
            self.changes["duration_seconds"] = seconds
        except UnclearInputError as error:
            self.add_error("duration", ValidationError(say(error.problem.message, self.user), code=error.problem.code))


def _shown(session: TimeSession, now: dt.datetime) -> dict[str, Any]:
    """What the form shows of a session."""
    start = session.start.astimezone(session.zone)
    end = (session.end or now).astimezone(session.zone)
    return {
        "name": session.name,
        "date": start.date(),
        "start": f"{start.hour}:{start:%M}",
        "end_date": end.date(),
        "end": f"{end.hour}:{end:%M}",
        "duration": format_clock(session.seconds_at(now)),
        "timezone": session.timezone,
        "note": session.note,
        "billable": session.billable,
        "version": session.version,
    }


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


class RetimeForm(forms.Form):
    """One press that moves an edge: the instants are ours, made with the page."""

    start = forms.DateTimeField(required=False)
    end = forms.DateTimeField(required=False)
    version = forms.IntegerField()


class SelectionForm(forms.Form):
    """Many sessions and what to do with them."""

    session = forms.TypedMultipleChoiceField(coerce=str, choices=[])
    do = forms.ChoiceField(choices=[("delete", ""), ("billable", ""), ("not_billable", "")])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        chosen = data.getlist("session")
        self.fields["session"].choices = [(each, each) for each in chosen]  # type: ignore[attr-defined]
