"""Forms for adding a session, editing one, and acting on many."""

import datetime as dt
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.formatting import format_hourly_rate, format_time
from sessions_app.forms.base import (
    AnswerField,
    NameField,
    NewSessionForm,
    TimesForm,
    TimeWordField,
    TypedDayField,
    VersionedForm,
    format_message,
)
from sessions_app.forms.catalogue_fields import ProjectField, ProjectNameField, TagsField, offer_projects, project_of
from sessions_app.models import TimeSession
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.services.validation import SessionInput
from sessions_app.timekeeping.durations import format_clock
from sessions_app.timekeeping.periods import day_of
from sessions_app.timekeeping.shorthand import UnclearInputError, parse_duration_field
from timetracker.forms.fields import CurrencyField, RateField
from timetracker.money import format_rate_input
from users_app.models import User
from users_app.zones import zone_names

EDITED_ALONE: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "project": ("project_id", "project_name"),
    "tags": ("tags",),
    "start": ("start", "start_answer", "date"),
    "end": ("end", "end_answer", "end_date", "date"),
    "duration": ("duration",),
    "billable": ("billable",),
}
"""The parts of a session that can be edited inline, with the fields of `SessionForm` that each needs, in order."""


class AddSessionForm(NewSessionForm, TimesForm):
    """A finished session, with times in the user's zone. An end that is not after the start is on the next day.

    `cleaned_data` has the instants `start` and `end`; `session_fields` has all fields for the service.
    """

    name = NameField()
    project_id = ProjectField()
    project_name = ProjectNameField()
    tags = TagsField()
    date = TypedDayField(label=gettext_lazy("Day"))
    start = TimeWordField(label=gettext_lazy("Start"))
    end = TimeWordField(label=gettext_lazy("End"))
    start_answer = AnswerField()
    end_answer = AnswerField()
    billable = forms.NullBooleanField(
        label=gettext_lazy("Billable"),
        widget=forms.Select(
            choices=[
                ("", gettext_lazy("As the project says")),
                ("true", gettext_lazy("Yes")),
                ("false", gettext_lazy("No")),
            ]
        ),
    )

    def __init__(self, data: Any = None, *, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast("TypedDayField", self.fields["date"]).of_user(self.user, day_of(self.now, self.user.zone))
        offer_projects(self, catalogue)

    @property
    def session_fields(self) -> SessionInput:
        """Returns the fields for `services.save_session`."""
        values = self.cleaned_data
        fields: SessionInput = {
            "name": values["name"],
            "start": values["start"],
            "end": values["end"],
            "tags": values["tags"],
            **project_of(values),
        }
        if values["billable"] is not None:
            fields["billable"] = values["billable"]
        return fields

    def clean(self) -> dict[str, Any]:
        """Converts day and times to instants."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        start = self.read_time("start", day=values["date"], zone=self.user.zone)
        if start is None:
            return values
        end = self.read_time("end", day=values["date"], zone=self.user.zone, start=start)
        return values if end is None else {**values, "start": start, "end": end}


class SessionForm(VersionedForm, TimesForm):
    """All fields of a session. `changes` has only those that were changed, for `services.edit_session`.

    With `only`, one of `EDITED_ALONE`, the form has just the fields of that. Each field also sends its initial value,
    so that changes are relative to what the user saw; rate and currency count as one value. Times are in the session's
    zone, or the one chosen in the form.
    """

    name = NameField(show_hidden_initial=True)
    project_id = ProjectField(show_hidden_initial=True)
    project_name = ProjectNameField()
    tags = TagsField(show_hidden_initial=True)
    date = TypedDayField(label=gettext_lazy("Day"), show_hidden_initial=True)
    start = TimeWordField(label=gettext_lazy("Start"), show_hidden_initial=True)
    end_date = TypedDayField(label=gettext_lazy("Day of the end"), show_hidden_initial=True)
    end = TimeWordField(label=gettext_lazy("End"), show_hidden_initial=True)
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
    hourly_rate = RateField(label=gettext_lazy("Hourly rate"), show_hidden_initial=True)
    currency = CurrencyField(show_hidden_initial=True)

    def __init__(
        self,
        data: Any = None,
        *,
        session: TimeSession,
        catalogue: Catalogue,
        user: User,
        now: dt.datetime,
        only: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.session = session
        self.changes: dict[str, Any] = {}
        shown = _shown(session, catalogue, user, now)
        super().__init__(data, prefix="session", initial=shown, user=user, now=now, **kwargs)
        for name in ("date", "end_date"):
            cast("TypedDayField", self.fields[name]).of_user(user, day_of(now, session.zone))
        offer_projects(self, catalogue, present=session.project_id)
        self.fields["hourly_rate"].help_text = _why_this_rate(session)
        self.fields["currency"].required = False  # it is used only with a rate
        if session.is_running:
            for name in ("end_date", "end", "end_answer"):
                del self.fields[name]
        if only is not None:
            self._keep_only(only)

    def _keep_only(self, edited: str) -> None:
        """Removes all fields except those needed to edit one part inline."""
        for name in self.fields.keys() - {"version", *EDITED_ALONE[edited]}:
            del self.fields[name]
        self.order_fields(EDITED_ALONE[edited])
        if "end" in self.fields:
            self.fields["date"].widget = forms.HiddenInput()  # needed only to tell whether the end is on the first day

    def clean(self) -> dict[str, Any]:
        """Collects the changed fields."""
        values, changed = self.cleaned_data, set(self.changed_data)
        plain = ("name", "note", "timezone", "billable", "tags")
        self.changes = {name: values[name] for name in plain if name in changed & values.keys()}
        if changed & {"project_id", "project_name"} and "project_id" in values:
            self.changes |= project_of(values)
        if changed & {"hourly_rate", "currency"} and {"hourly_rate", "currency"} <= values.keys():
            self._read_rate(changed)
        self._move_end_along(changed)
        self._read_instant(changed, "start", "date", self.session.start)
        if not self.session.is_running:
            self._read_instant(changed, "end", "end_date", self.session.end)
        if "duration" in changed & values.keys():
            self._read_duration()
        return values

    def _move_end_along(self, changed: set[str]) -> None:
        """Moves the day of the end by as much as that of the start, unless the user changed it, too."""
        values, old = self.cleaned_data, self.initial["date"]
        if "end_date" in values and "date" in changed & values.keys() and "end_date" not in changed:
            try:
                values["end_date"] += values["date"] - old
            except OverflowError:  # the day is rejected elsewhere
                return
            changed.add("end_date")

    def _read_instant(self, changed: set[str], field: str, day: str, old: dt.datetime | None) -> None:
        if not changed & {field, day} or not self.cleaned_data.get(day):
            return
        # An end typed for the day of the start may be on the next day; with a different day it is on that day.
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

    def _read_rate(self, changed: set[str]) -> None:
        rate, currency = self.cleaned_data["hourly_rate"], self.cleaned_data["currency"]
        if rate is not None:
            self.changes |= {"hourly_rate": rate, "currency": currency}
        elif currency and "currency" in changed:
            message = _("Give a rate in %(currency)s, or leave the currency as it was.")
            self.add_error("hourly_rate", ValidationError(message % {"currency": currency}, code="required"))
        elif "hourly_rate" in changed:
            self.changes["hourly_rate"] = None

    def _zone(self) -> ZoneInfo:
        """Returns the zone chosen in the form; the session's if that is invalid, which is rejected elsewhere."""
        name = self.cleaned_data.get("timezone", "")
        return ZoneInfo(name) if name in zone_names() else self.session.zone

    def _read_duration(self) -> None:
        try:
            seconds = parse_duration_field(self.cleaned_data["duration"])
            end = self.changes.get("start", self.session.start) + dt.timedelta(seconds=seconds)
            if not self.session.is_running and end > self.now:
                message = _("This would end in the future. Give a shorter duration, or an earlier start.")
                self.add_error("duration", ValidationError(message, code="in_future"))
            self.changes["duration_seconds"] = seconds
        except UnclearInputError as error:
            self.add_error(
                "duration", ValidationError(format_message(error.problem.message, self.user), code=error.problem.code)
            )


def _shown(session: TimeSession, catalogue: Catalogue, user: User, now: dt.datetime) -> dict[str, Any]:
    """Returns the initial values for a session."""
    start = session.start.astimezone(session.zone)
    end = (session.end or now).astimezone(session.zone)
    override = session.hourly_rate if session.rate_is_override else None
    return {
        "name": session.name,
        "project_id": str(session.project_id or ""),
        "tags": " ".join(tag.name for tag in catalogue.tags_of(session)),
        "date": start.date(),
        "start": format_time(session.start, session.zone, user),
        "end_date": end.date(),
        "end": format_time(session.end or now, session.zone, user),
        "duration": format_clock(session.seconds_at(now)),
        "timezone": session.timezone,
        "note": session.note,
        "billable": session.billable,
        "hourly_rate": "" if override is None else format_rate_input(override),
        "currency": session.currency or user.currency,
        "version": session.version,
    }


def _why_this_rate(session: TimeSession) -> str:
    """Returns a sentence about the rate of a session, and where it comes from."""
    if session.hourly_rate is None:
        return _("Now: no rate.")
    if session.rate_is_override:
        message = _("Now: %(rate)s, its own. Left empty, it is as the project says.")
    elif session.project_id is None:
        message = _("Now: %(rate)s, as it was when this was saved.")
    else:
        message = _("Now: %(rate)s, as the project says when it was saved.")
    return message % {"rate": format_hourly_rate(session)}


class RetimeForm(forms.Form):
    """New instants for one or both edges of a session, sent by a button or by dragging in the calendar.

    `changes` has them for `services.edit_session`.
    """

    start = forms.DateTimeField(required=False)
    end = forms.DateTimeField(required=False)
    version = forms.IntegerField()

    def __init__(self, data: Any, *, now: dt.datetime) -> None:
        super().__init__(data)
        self._now = now

    @property
    def changes(self) -> SessionInput:
        """Returns the given instants."""
        values = {name: self.cleaned_data[name] for name in ("start", "end") if self.cleaned_data[name]}
        return cast("SessionInput", values)

    def clean(self) -> dict[str, Any]:
        """Rejects instants in the future, as forms with typed times do."""
        if any(self.cleaned_data.get(name) and self.cleaned_data[name] > self._now for name in ("start", "end")):
            raise ValidationError(_("That time hasn't come yet. Nothing was moved."), code="in_future")
        return self.cleaned_data


class SelectionForm(forms.Form):
    """Many sessions, and the action for them. `project_id` is used only by the action that sets the project."""

    session = forms.TypedMultipleChoiceField(coerce=UUID, choices=[])
    do = forms.ChoiceField(choices=[("delete", ""), ("billable", ""), ("not_billable", ""), ("project", "")])
    project_id = ProjectField()

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data)
        selected = data.getlist("session")
        self.fields["session"].choices = [(each, each) for each in selected]  # type: ignore[attr-defined]
        if data.get("do") == "project":
            offer_projects(self, catalogue)
        else:
            del self.fields["project_id"]
