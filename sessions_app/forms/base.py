"""What the forms share: names, typed times and the questions they raise."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.formatting import format_date
from sessions_app.models import TimeSession
from sessions_app.timekeeping.messages import Message
from sessions_app.timekeeping.shorthand import Problem, UnclearInputError, parse_time_field
from timetracker.money import (
    CURRENCIES,
    MAX_RATE_DECIMALS,
    RATE_LIMIT,
    RateError,
    format_rate_input,
    parse_rate,
)
from users_app.models import Clock, User


def say(message: Message, user: User) -> str:
    """A sentence of pure code in the language of the request, its dates as the person has chosen."""
    return message.render(_, lambda day: format_date(day, user, has_weekday=True, has_year=True))


class NameField(forms.CharField):
    """The name of a session. The domain says what it may hold; the browser stops at the same length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, label=gettext_lazy("Name"), **kwargs)
        self.widget.attrs.update({"maxlength": TimeSession.NAME_LENGTH, "autocomplete": "off"})
        self.validators = []


class TimeWordField(forms.CharField):
    """A time as people type it: `9`, `915`, `9:15`, `9pm`, `-15`."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"placeholder": "9:15", "autocomplete": "off", "maxlength": 40}
        super().__init__(required=False, widget=forms.TextInput(attributes), **kwargs)


class AnswerField(forms.CharField):
    """The answer to a question about a typed time. Hidden until `ask` makes it a choice."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, label=gettext_lazy("Which do you mean?"))


class DayField(forms.DateField):
    """A calendar date, picked or typed as 2025-11-18."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        messages = {
            "required": gettext_lazy("Give a day."),
            "out_of_range": gettext_lazy("Give a day from 1970 to today."),
            **kwargs.pop("error_messages", {}),
        }
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages, **kwargs)

    def clean(self, value: Any) -> Any:
        """Within the years that a session may have, so that times of the day can be reckoned with."""
        day = super().clean(value)
        if day is not None and not dt.date(1970, 1, 1) <= day <= dt.date(2999, 12, 31):
            raise ValidationError(self.error_messages["out_of_range"], code="out_of_range")
        return day


class RateField(forms.Field):
    """Money per hour as people type it, `80`, `62,50`, `1 200`: a Decimal, or None when left empty."""

    MAX_DURATION = 40

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "maxlength": self.MAX_DURATION}
        defaults = {"label": gettext_lazy("Hourly rate"), "widget": forms.TextInput(attributes)}
        super().__init__(required=False, **{**defaults, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """A rate as it may be typed; what was typed as it is."""
        return format_rate_input(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        """Raises ValidationError, its code the reason of `RateError`."""
        typed = str(value or "").strip()
        try:
            return parse_rate(typed)
        except RateError as error:
            raise ValidationError(_why_no_rate(error, typed), code=error.reason) from None


class CurrencyField(forms.ChoiceField):
    """One of the currencies in use, by its code. With `empty` it may be left to what that says."""

    def __init__(self, *, empty: Any = None, **kwargs: Any) -> None:
        codes = [(code, code) for code in CURRENCIES]
        super().__init__(
            required=empty is None,
            choices=codes if empty is None else [("", empty), *codes],
            **{"label": gettext_lazy("Currency"), **kwargs},
        )


def _why_no_rate(error: RateError, typed: str) -> str:
    """What is wrong with a typed rate, and how to type it."""
    match error.reason:
        case "not_a_number":
            message = _("“%(typed)s” is not a rate. Give an amount per hour, such as 80 or 62.50.")
            return message % {"typed": typed[: RateField.MAX_DURATION]}
        case "negative":
            return _("A rate cannot be less than nothing. Give 0 or more.")
        case "ambiguous":
            whole, _separator, decimals = typed.replace(",", ".").partition(".")
            message = _("“%(typed)s” can be read in two ways. Give %(large)s or %(small)s.")
            small = format_rate_input(Decimal(f"{whole}.{decimals}"))
            return message % {"typed": typed, "large": whole + decimals, "small": small}
        case "too_precise":
            message = _("A rate has at most %(most)d decimals. Leave out the rest.")
            return message % {"most": MAX_RATE_DECIMALS}
        case "too_large":
            return _("This is too much for an hour. Give a rate below %(limit)s.") % {"limit": f"{RATE_LIMIT:,}"}


class TimesForm(forms.Form):
    """A form with typed times. For a field `start` that may raise a question it has a field `start_answer`."""

    def __init__(self, data: Any = None, *, user: User, now: dt.datetime, prefix: str = "add", **kwargs: Any) -> None:
        # The timer bar is on the same page, and perhaps another of these.
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
        """The instant (UTC) that was typed into `field`, or None with the reason or the question added to it."""
        try:
            return parse_time_field(
                self.cleaned_data.get(field) or "",
                now=self.now,
                zone=zone,  # type: ignore[arg-type]  # people and sessions have ZoneInfo
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
        self.add_error(field, ValidationError(say(problem.message, self.user), code=problem.code))
        offer(self, f"{field}_answer", answers_to(problem, self.user))


def offer(form: forms.Form, field: str, answers: list[tuple[str, str]]) -> None:
    """Makes an AnswerField a choice between answers, each with what it says; it stays hidden without any."""
    if answers:
        form.fields[field].widget = forms.RadioSelect(choices=answers)


def answers_to(problem: Problem, user: User) -> list[tuple[str, str]]:
    """The ways out of a problem, by their codes."""
    return [(choice.code, say(choice.label, user)) for choice in problem.choices]
