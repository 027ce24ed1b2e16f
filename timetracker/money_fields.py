"""Model fields for hourly rates and currencies, which users, clients, projects and sessions have."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracker.money import CURRENCIES, MAX_RATE_DECIMALS, MAX_RATE_DIGITS


def validate_currency(code: str) -> None:
    """Raises ValidationError for text that is not a currency of ISO 4217, such as `EUR`."""
    if code not in CURRENCIES:
        message = _("“%(code)s” is not a currency. Give three letters of ISO 4217, such as EUR or USD.")
        raise ValidationError(message % {"code": code[:20]}, code="invalid_currency")


def rate_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """Returns a field for an exact amount per hour; null when there is no rate."""
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
    """Returns a field for a currency: three capital letters of ISO 4217."""
    return models.CharField(gettext_lazy("currency"), max_length=3, validators=[validate_currency], **options)
