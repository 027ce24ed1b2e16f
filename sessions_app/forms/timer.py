"""The timer bar and the card of a forgotten session."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from sessions_app.forms.base import AnswerField, DayField, NameField, TimesForm, TimeWordField, offer, say
from sessions_app.models import TimeSession
from sessions_app.timekeeping.shorthand import Reading, read_line
from timetracker.ids import uuid7
from users_app.models import Clock, DateFormat, User

MOST_QUESTIONS = 5


class StartForm(forms.Form):
    """The timer bar: one line, which may say when. The id is made with the page: pressing twice is the same press.

    Valid, it has the `reading` of the line. What a line leaves open is asked about by `answer`; answers given before
    are kept in `answered`.
    """

    name = NameField()
    answer = AnswerField()
    answered = forms.CharField(required=False, widget=forms.HiddenInput)
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    reading: Reading

    def __init__(self, data: Any = None, *, user: User, now: dt.datetime) -> None:
        super().__init__(data)
        self.user, self.now = user, now

    def clean(self) -> dict[str, Any]:
        """Reads the line with the answers given."""
        values = self.cleaned_data
        answers = {*(values.get("answered") or "").split(), values.get("answer") or ""} - {""}
        text, known = values.get("name") or "", dict[str, Any]()
        for _question in range(MOST_QUESTIONS):
            self.reading = self._read(text, known)
            problem = self.reading.problem
            choice = next((each for each in problem.choices if each.code in answers), None) if problem else None
            if choice is None:
                break
            if choice.line is not None:
                text = choice.line
            elif choice.code == "keep":
                known["long_is_meant"] = True
            elif problem is not None:
                known[f"{problem.part}_occurrence"] = 1 if choice.code == "first" else 2
        if self.reading.problem is not None:
            said = say(self.reading.problem.message, self.user)
            self.add_error("name", ValidationError(said, code=self.reading.problem.code))
            self.data = {**self.data.dict(), "answered": " ".join(sorted(answers))}  # type: ignore[attr-defined]
            if self.reading.problem.choices:
                offer(self, "answer", self.reading.problem.choices, self.user)
        return values

    @property
    def session_name(self) -> str:
        """The name that the line gives; marks of projects and tags stay in it as they were typed."""
        marks = [f"@{self.reading.project}"] if self.reading.project else []
        return " ".join([self.reading.name, *marks, *(f"#{tag}" for tag in self.reading.tags)]).strip()

    def _read(self, text: str, known: dict[str, Any]) -> Reading:
        return read_line(
            text,
            now=self.now,
            zone=self.user.zone,
            day_first=self.user.date_format != DateFormat.MONTH_FIRST,
            clock_24=self.user.clock == Clock.HOURS_24,
            **known,
        )


class StopForm(forms.Form):
    """Names the session that is to be stopped, so that an old page does not stop a newer one."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    end = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    discard = forms.BooleanField(required=False, widget=forms.HiddenInput)


class StopAtForm(TimesForm):
    """When a forgotten session really ended. Valid, it has `end` as an instant in `cleaned_data`."""

    date = DayField(label=gettext_lazy("Day"))
    end = TimeWordField(label=gettext_lazy("End"))
    end_answer = AnswerField()

    def __init__(self, data: Any = None, *, session: TimeSession, **kwargs: Any) -> None:
        super().__init__(data, prefix="stop", **kwargs)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """From day and wall clock of the session's zone to an instant."""
        values = self.cleaned_data
        if "date" not in values:
            return values
        end = self.read_time("end", day=values["date"], zone=self.session.zone, running=True)
        return values if end is None else {**values, "end": end}
