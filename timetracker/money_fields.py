"""Model fields for hourly rates and currencies, which users, clients, projects and sessions have."""

from decimal import Decimal
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracker.errors import FieldError
from timetracker.money import CURRENCIES, CURRENCY_LENGTH, MAX_RATE_DECIMALS, MAX_RATE_DIGITS, RATE_LIMIT


class RateFields(TypedDict, total=False):
    """The fields of an hourly rate and its currency; None and "" for no rate."""

    hourly_rate: Decimal | None
    currency: str


def validate_currency(code: str) -> None:
    """Raises ValidationError for text that is not a currency of ISO 4217, such as `EUR`."""
    if code not in CURRENCIES:
        message = _("“%(code)s” is not a currency. Give three letters of ISO 4217, such as EUR or USD.")
        raise ValidationError(message % {"code": code[:20]}, code="invalid_currency")


def clean_rate(fields: RateFields, errors: list[FieldError]) -> None:
    """Normalises a rate to all decimal places and a currency to capitals, in `fields` itself.

    Adds `out_of_range`, `too_precise` and `invalid_currency` to `errors`.
    """
    rate = fields.get("hourly_rate")
    if rate is not None:
        if not rate.is_finite() or rate < 0 or rate >= RATE_LIMIT:
            message = _("Give an hourly rate from 0 to %(most)d, or none.")
            errors.append(FieldError("hourly_rate", "out_of_range", message % {"most": RATE_LIMIT - 1}))
        elif rate != (cleaned := rate.quantize(Decimal(1).scaleb(-MAX_RATE_DECIMALS))):
            errors.append(FieldError("hourly_rate", "too_precise", _("Give a rate of at most 4 decimal places.")))
        else:
            fields["hourly_rate"] = cleaned
    if currency := fields.get("currency"):
        fields["currency"] = currency = currency.strip().upper()
        try:
            validate_currency(currency)
        except ValidationError as error:
            errors.append(FieldError("currency", "invalid_currency", error.messages[0]))


def rate_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """Returns a model field for an hourly rate; null for no rate."""
    return models.DecimalField(
        gettext_lazy("hourly rate"),
        max_digits=MAX_RATE_DIGITS,
        decimal_places=MAX_RATE_DECIMALS,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        **options,
    )


def currency_field(**options: Any) -> "models.CharField[Any, Any]":
    """Returns a model field for a currency: three capital letters of ISO 4217."""
    return models.CharField(
        gettext_lazy("currency"), max_length=CURRENCY_LENGTH, validators=[validate_currency], **options
    )
