"""Fields that several forms share"""

from decimal import Decimal

import pytest
from django import forms

from timetracker.forms.fields import CurrencyField, HoursField, RateField


class RateForm(forms.Form):
    rate = RateField(show_hidden_initial=True)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("80", Decimal(80)), (" 62,50 ", Decimal("62.5")), ("1 200", Decimal(1200)), ("0", Decimal(0)), ("", None)],
)
def test_rates_are_read_as_users_type_them(typed, rate):
    form = RateForm({"rate": typed})

    assert form.is_valid()
    assert form.cleaned_data["rate"] == rate


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("a lot", "not_a_number", "“a lot” is not a rate. Give an amount per hour, such as 80 or 62.50."),
        ("\x00", "not_a_number", "“\x00” is not a rate. Give an amount per hour, such as 80 or 62.50."),
        ("-5", "negative", "A rate cannot be less than nothing. Give 0 or more."),
        ("1,200", "ambiguous", "“1,200” can be read in two ways. Give 1200 or 1.20."),
        ("12.345", "ambiguous", "“12.345” can be read in two ways. Give 12345 or 12.3450."),
        ("0.12345", "too_precise", "A rate has at most 4 decimals. Leave out the rest."),
        ("100000000", "too_large", "This is too much for an hour. Give a rate below 100,000,000."),
    ],
)
def test_what_is_no_rate_stays_in_the_field_with_the_reason(typed, code, message):
    form = RateForm({"rate": typed})

    assert form.has_error("rate", code)
    assert form.errors["rate"] == [message]
    assert form["rate"].value() == typed


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("", None),
        ("8", 28_800),
        (" 8 h ", 28_800),
        ("7.5", 27_000),
        ("7,25", 26_100),
        ("7:05", 25_500),
        ("7h30", 27_000),
        ("0.01", 60),
        ("0.02", 60),
        ("0.3", 1_080),
        ("168:00", 604_800),
    ],
)
def test_hours_are_read_as_users_type_them_to_the_minute(typed, seconds):
    assert HoursField().clean(typed) == seconds
    if seconds is not None:
        assert HoursField().clean(HoursField().prepare_value(seconds)) == seconds


@pytest.mark.parametrize("typed", ["-1", "x", "8:60", "7.5.5", "1000", "7:5", "٣", "\x00", "8 h x"])
def test_other_hours_are_rejected(typed):
    with pytest.raises(forms.ValidationError, match="is not a number of hours"):
        HoursField().clean(typed)


@pytest.mark.parametrize("typed", ["1200", "1.20", "12345", "12.3450"])
def test_both_readings_that_are_offered_are_taken(typed):
    assert RateForm({"rate": typed}).is_valid()


def test_a_stored_rate_is_shown_as_it_may_be_typed_and_is_no_change():
    stored = Decimal("62.5000")

    assert 'value="62.50"' in str(RateForm(initial={"rate": stored})["rate"])
    assert not RateForm({"rate": "62,5", "initial-rate": "62.50"}).has_changed()
    assert not RateForm({"rate": "", "initial-rate": ""}).has_changed()
    assert RateForm({"rate": "63", "initial-rate": "62.50"}).has_changed()


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (CurrencyField(), "EUR", "EUR"),
        (CurrencyField(), " eur ", "EUR"),
        (CurrencyField(empty="As in Settings"), "", ""),
        (CurrencyField(empty="As in Settings"), " ", ""),
    ],
)
def test_currencies_are_typed_or_left_open(field, typed, value):
    assert field.clean(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (CurrencyField(), "", "required"),
        (CurrencyField(empty="–"), "XXX", "invalid_currency"),
        (CurrencyField(), "EURO", "invalid_currency"),
    ],
)
def test_other_currencies_are_rejected(field, typed, code):
    with pytest.raises(forms.ValidationError) as error:
        field.clean(typed)
    assert error.value.code == code
