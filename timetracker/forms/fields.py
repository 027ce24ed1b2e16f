"""Form fields for every app, and helpers that add errors of the domain to a form."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracker.errors import InvalidInputError
from timetracker.forms.suggestions import SuggestingInput
from timetracker.money import (
    LIKELY_CURRENCIES,
    MAX_RATE_DECIMALS,
    RATE_LIMIT,
    RateError,
    format_rate_input,
    parse_rate,
)
from timetracker.money_fields import validate_currency

EARLIEST_DAY = dt.date(1970, 1, 1)
LATEST_DAY = dt.date(2999, 12, 31)


def add_domain_errors(form: forms.BaseForm, error: InvalidInputError) -> None:
    """Adds each error to its field, or to the whole form if the form lacks the field.

    A form may have an attribute `typed_into`, which maps field names of services to its fields.
    """
    typed_into: Mapping[str, str] = getattr(form, "typed_into", {})
    for each in error.errors:
        name = typed_into.get(each.field, each.field)
        form.add_error(name if name in form.fields else None, ValidationError(each.message, code=each.code))


def focus_first_error(form: forms.BaseForm) -> None:
    """Gives the first invalid field the focus."""
    for field in form:
        if field.errors and not field.is_hidden:
            field.field.widget.attrs["autofocus"] = True
            return


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
        """Returns a day in the years that sessions may have, for which time arithmetic cannot overflow.

        Raises ValidationError `out_of_range` for other years.
        """
        day = super().clean(value)
        if day is not None and not EARLIEST_DAY <= day <= LATEST_DAY:
            raise ValidationError(self.error_messages["out_of_range"], code="out_of_range")
        return day


class HoursField(forms.Field):
    """A duration typed in hours: `8`, `7.5`, `7,5`, `7:30`. The value is in whole seconds; None if empty."""

    _TYPED = re.compile(r"(?P<hours>[0-9]{1,3})(?:[:h](?P<minutes>[0-5][0-9])|[.,](?P<decimals>[0-9]{1,2}))? *h?")

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 10}
        super().__init__(required=False, **{"widget": forms.TextInput(attributes), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Returns seconds as hours and minutes; typed text as it is."""
        if not isinstance(value, int):
            return value
        hours, minutes = divmod((value + 30) // 60, 60)
        return f"{hours}:{minutes:02}"

    def to_python(self, value: Any) -> int | None:
        """Returns the seconds, rounded half up to the minute. Raises ValidationError `invalid`."""
        typed = str(value or "").strip().lower()
        if not typed:
            return None
        found = self._TYPED.fullmatch(typed)
        if found is None:
            message = _("“%(typed)s” is not a number of hours. Give hours such as 8, 7.5 or 7:30.")
            raise ValidationError(message % {"typed": typed[:20]}, code="invalid")
        decimals = Decimal(f"0.{found['decimals'] or 0}") * 60
        minutes = int(found["minutes"] or (decimals + Decimal("0.5")) // 1)
        return (int(found["hours"]) * 60 + minutes) * 60


class RateField(forms.Field):
    """An hourly rate, typed as `80`, `62,50` or `1 200`. The value is a Decimal; None if empty."""

    MAX_LENGTH = 40

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "maxlength": self.MAX_LENGTH}
        defaults = {"label": gettext_lazy("Hourly rate"), "widget": forms.TextInput(attributes)}
        super().__init__(required=False, **{**defaults, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Returns a rate as it may be typed; typed text as it is."""
        return format_rate_input(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        """Returns the rate. Raises ValidationError with the reason of `RateError` as its code."""
        typed = str(value or "").strip()
        try:
            return parse_rate(typed)
        except RateError as error:
            raise ValidationError(_why_no_rate(error, typed), code=error.reason) from None


class CurrencyField(forms.CharField):
    """A currency code, in any case. `empty` is the label for no currency; without it, a currency is required."""

    def __init__(self, *, empty: Any = None, **kwargs: Any) -> None:
        attributes = {} if empty is None else {"placeholder": empty}
        super().__init__(
            required=empty is None,
            widget=SuggestingInput(attributes, suggestions=LIKELY_CURRENCIES, url_name="currency_options"),
            error_messages={"required": gettext_lazy("Give a currency, such as EUR.")},
            **{"label": gettext_lazy("Currency"), **kwargs},
        )

    def to_python(self, value: Any) -> str:
        """Returns the code in capitals. Raises ValidationError `invalid_currency`."""
        code = str(super().to_python(value)).upper()
        if code:
            validate_currency(code)
        return code


def _why_no_rate(error: RateError, typed: str) -> str:
    """Returns the message for an invalid rate, which tells how to type rates."""
    match error.reason:
        case "not_a_number":
            message = _("“%(typed)s” is not a rate. Give an amount per hour, such as 80 or 62.50.")
            return message % {"typed": typed[: RateField.MAX_LENGTH]}
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
