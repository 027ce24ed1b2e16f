"""Fields and base classes of forms: names, typed times with questions about them, and forms that may be sent again."""

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.formatting import format_date
from sessions_app.models import TimeSession
from sessions_app.timekeeping.messages import Message
from sessions_app.timekeeping.shorthand import Problem, UnclearInputError, parse_day_field, parse_time_field
from timetracker.db.ids import uuid7
from timetracker.forms.fields import DayField
from users_app.models import Clock, DateFormat, User


def format_message(message: Message, user: User) -> str:
    """Returns a message of `timekeeping` in the language of the request, with dates in the user's format."""
    return message.render(_, lambda day: format_date(day, user, has_weekday=True, has_year=True))


class NameField(forms.CharField):
    """The name of a session. The domain validates it; the browser limits it to the same length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, label=gettext_lazy("Name"), **kwargs)
        self.widget.attrs.update({"maxlength": TimeSession.NAME_LENGTH, "autocomplete": "off", "dir": "auto"})
        self.validators = []

    def to_python(self, value: Any) -> str:
        """Returns the typed text, with a blank for each tab and line break, which copied text may have."""
        return (super().to_python(value) or "").translate(dict.fromkeys(map(ord, "\t\r\n"), " "))


class TimeWordField(forms.CharField):
    """A time as users type it: `9`, `915`, `9:15`, `9pm`, `-15`."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"placeholder": "9:15", "autocomplete": "off", "maxlength": 40}
        super().__init__(required=False, widget=forms.TextInput(attributes), **kwargs)


class TypedDayField(DayField):
    """A day, typed and shown in the user's format: `Fri 27 Nov 2026`. The form has to call `of_user`."""

    user: User | None = None
    today: dt.date | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = forms.TextInput({"autocomplete": "off", "maxlength": 40})
        self.widget.is_required = self.required

    def of_user(self, user: User, today: dt.date) -> None:
        """Sets the user, whose format is used, and the user's present day."""
        self.user, self.today = user, today

    def prepare_value(self, value: Any) -> Any:
        """Returns a day in the user's format; typed text as it is."""
        if self.user is None or not isinstance(value, dt.date):
            return value
        # A weekday before an ISO date could not be parsed again.
        has_weekday = self.user.date_format != DateFormat.ISO
        return format_date(value, self.user, has_weekday=has_weekday, has_year=True)

    def to_python(self, value: Any) -> Any:
        """Returns the day. Raises ValidationError with the code of the problem."""
        typed = str(value or "").strip()
        if not typed or self.user is None or self.today is None:
            return super().to_python(value)
        try:
            return parse_day_field(typed, today=self.today, day_first=self.user.date_format != DateFormat.MONTH_FIRST)
        except UnclearInputError as error:
            message = format_message(error.problem.message, self.user)
            raise ValidationError(message, code=error.problem.code) from None


class AnswerField(forms.CharField):
    """The answer to a question about a typed time. It is hidden until `offer` makes it a choice."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, label=gettext_lazy("Which do you mean?"))


class VersionedForm(forms.Form):
    """A form for a row that may be changed before it is sent. It sends the version that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    present_version: int | None = None
    """The present version of the row if the form was rejected because the row had changed."""

    @property
    def next_version(self) -> Any:
        """The value of `version` in the rendered form: the present version if the user was told of it."""
        return self["version"].value() if self.present_version is None else self.present_version


class NewSessionForm(forms.Form):
    """A form that creates a session. The page has its id, so that a form sent twice creates one session."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    other_id: UUID | None = None

    def ask_again(self, field: str | None, message: str) -> None:
        """Rejects the form because another session has its id. The rendered form gets a new id."""
        self.add_error(field, message)
        self.other_id = uuid7()

    @property
    def next_id(self) -> Any:
        """The value of `id` in the rendered form."""
        return self["id"].value() if self.other_id is None else self.other_id


class TimesForm(forms.Form):
    """A form with typed times. For a field `start` that may need a question, it has a field `start_answer`."""

    def __init__(self, data: Any = None, *, user: User, now: dt.datetime, prefix: str = "add", **kwargs: Any) -> None:
        # A prefix for ids of elements, since the page also has the timer bar, and perhaps another form of this kind.
        super().__init__(data, auto_id=f"id_{prefix}_%s", **kwargs)
        self.user, self.now = user, now

    def read_time(
        self,
        field: str,
        *,
        day: dt.date,
        zone: dt.tzinfo,
        old: dt.datetime | None = None,
        running: bool = False,
        start: dt.datetime | None = None,
    ) -> dt.datetime | None:
        """Returns the instant (UTC) typed into `field`; None if an error or a question was added to the field."""
        try:
            return parse_time_field(
                self.cleaned_data.get(field) or "",
                now=self.now,
                zone=zone,  # type: ignore[arg-type]  # users and sessions have ZoneInfo
                day=day,
                old=old,
                running=running,
                start=start,
                clock_24=self.user.clock == Clock.HOURS_24,
            )
        except UnclearInputError as error:
            given = self.cleaned_data.get(f"{field}_answer")
            for choice in error.problem.choices:
                if choice.code == given and choice.instant is not None:
                    return choice.instant
            self._ask(field, error.problem)
            return None

    def _ask(self, field: str, problem: Problem) -> None:
        self.add_error(field, ValidationError(format_message(problem.message, self.user), code=problem.code))
        offer(self, f"{field}_answer", answers_to(problem, self.user))


def offer(form: forms.Form, field: str, answers: list[tuple[str, str]]) -> None:
    """Makes an AnswerField a choice of answers with labels. Without answers it stays hidden."""
    if answers:
        form.fields[field].widget = forms.RadioSelect(choices=answers)


def answers_to(problem: Problem, user: User) -> list[tuple[str, str]]:
    """Returns the possible answers to a problem, as pairs of code and label."""
    return [(choice.code, format_message(choice.label, user)) for choice in problem.choices]
