"""The columns for what an hour costs, wherever a rate may stand: people, clients, projects, sessions."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timetracker.money import CURRENCIES, MAX_RATE_DECIMALS, MAX_RATE_DIGITS


def validate_currency(code: str) -> None:
    """Raises ValidationError for what is no currency of ISO 4217, such as `EUR`."""
    if code not in CURRENCIES:
        message = _("“%(code)s” is not a currency. Give three letters of ISO 4217, such as EUR or USD.")
        raise ValidationError(message % {"code": code[:20]}, code="invalid_currency")


def rate_field(**options: Any) -> "models.DecimalField[Any, Any]":
    """Money per hour, exact; null when there is none here."""
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
    """A currency by its three letters (ISO 4217), upper case."""
    return models.CharField(gettext_lazy("currency"), max_length=3, validators=[validate_currency], **options)
