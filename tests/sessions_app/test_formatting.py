"""Times, dates, amounts and values as a user chose."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sessions_app.formatting import (
    format_added,
    format_amounts,
    format_colour,
    format_date,
    format_hourly_rate,
    format_time,
    format_value,
    format_week,
    list_amounts,
)
from sessions_app.models import Client, TimeSession
from sessions_app.models.catalogue import COLOURS
from users_app.models import Clock, DateFormat, User

INSTANT = datetime(2025, 11, 18, 14, 30, 59, tzinfo=UTC)
DAY = date(2025, 11, 18)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("zone", "clock", "text"),
    [
        ("Europe/Berlin", Clock.HOURS_24, "15:30"),
        ("Europe/Berlin", Clock.HOURS_12, "3:30 pm"),
        ("America/New_York", Clock.HOURS_12, "9:30 am"),
        ("Asia/Kathmandu", Clock.HOURS_24, "20:15"),
    ],
)
def test_a_time_is_on_the_clock_of_its_zone(zone, clock, text):
    assert format_time(INSTANT, ZoneInfo(zone), User(clock=clock)) == text


@pytest.mark.parametrize(
    ("date_format", "options", "text"),
    [
        (DateFormat.DAY_FIRST, {}, "18 Nov"),
        (DateFormat.DAY_FIRST, {"has_weekday": True, "has_year": True}, "Tue 18 Nov 2025"),
        (DateFormat.MONTH_FIRST, {}, "Nov 18"),
        (DateFormat.MONTH_FIRST, {"has_weekday": True, "has_year": True}, "Tue Nov 18, 2025"),
        (DateFormat.ISO, {}, "2025-11-18"),
        (DateFormat.ISO, {"has_weekday": True}, "Tue 2025-11-18"),
    ],
)
def test_a_date_is_in_the_order_of_the_user(date_format, options, text):
    assert format_date(DAY, User(date_format=date_format), **options) == text


@pytest.mark.parametrize(
    ("date_format", "first", "text"),
    [
        (DateFormat.DAY_FIRST, date(2026, 11, 23), "23 to 29 November"),
        (DateFormat.DAY_FIRST, date(2026, 11, 30), "30 November to 6 December"),
        (DateFormat.DAY_FIRST, date(2025, 11, 17), "17 to 23 November 2025"),
        (DateFormat.DAY_FIRST, date(2026, 12, 28), "28 December 2026 to 3 January 2027"),
        (DateFormat.MONTH_FIRST, date(2026, 11, 23), "November 23 to 29"),
        (DateFormat.MONTH_FIRST, date(2026, 11, 30), "November 30 to December 6"),
        (DateFormat.MONTH_FIRST, date(2025, 11, 17), "November 17 to 23, 2025"),
        (DateFormat.ISO, date(2026, 11, 23), "2026-11-23 to 2026-11-29"),
    ],
)
def test_a_week_says_month_and_year_no_oftener_than_needed(date_format, first, text):
    assert format_week(first, User(date_format=date_format), this_year=2026) == text


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        ({}, ""),
        ({"EUR": Decimal("1234.50")}, f"1,234.50{SPACE}EUR"),
        ({"USD": Decimal("20.00"), "EUR": Decimal("0.05")}, f"0.05{SPACE}EUR + 20.00{SPACE}USD"),
    ],
)
def test_amounts_stand_side_by_side_by_currency(amounts, text):
    assert format_amounts(amounts) == text


@pytest.mark.parametrize(
    ("rate", "currency", "text"),
    [
        (None, "", ""),
        (None, "EUR", ""),
        (Decimal("80.0000"), "EUR", f"80.00{SPACE}EUR"),
        (Decimal("80.5000"), "", "80.50"),
    ],
)
def test_a_rate_has_its_currency_if_there_is_one(rate, currency, text):
    assert format_hourly_rate(Client(hourly_rate=rate, currency=currency)) == text


def test_every_colour_has_a_name_of_its_kind():
    names = [format_colour(colour) for colour in range(1, COLOURS + 1)]

    assert names[2] == "Teal"
    assert len(set(names)) == COLOURS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (True, "yes"),
        (False, "no"),
        (INSTANT, "at 14"),
        (Decimal("80.5000"), "80.50"),
        (0, "0"),
        ("Draft", "Draft"),
    ],
)
def test_a_value_is_text_by_its_type(value, text):
    assert format_value(value, lambda instant: f"at {instant.hour}") == text


def test_what_was_added_is_said_with_its_times():
    session = TimeSession(
        name="Call", start=datetime(2025, 11, 18, 8, tzinfo=UTC), end=INSTANT, timezone="Europe/Berlin",
        first_date=DAY, duration_seconds=23_459,
    )  # fmt: skip

    assert format_added(session, User()) == "Added “Call”, Tue 18 Nov, 9:00–15:30, 6 h 31 min."


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (datetime(2025, 11, 19, 0, tzinfo=UTC), "9:00 am–1:00 am (+1 day)"),
        (datetime(2025, 11, 18, 23, tzinfo=UTC), "9:00 am–12:00 am (+1 day)"),
        (datetime(2025, 11, 20, 8, tzinfo=UTC), "9:00 am–9:00 am (+2 days)"),
        (datetime(2025, 11, 18, 22, tzinfo=UTC), "9:00 am–11:00 pm,"),
    ],
)
def test_what_was_added_says_that_it_ends_on_a_later_day(end, said):
    session = TimeSession(
        name="Call", start=datetime(2025, 11, 18, 8, tzinfo=UTC), end=end, timezone="Europe/Berlin",
        first_date=DAY, duration_seconds=60,
    )  # fmt: skip

    assert said in format_added(session, User(clock="12"))


def test_amounts_of_several_currencies_are_listed_by_code():
    amounts = {"USD": Decimal("20.00"), "EUR": Decimal("1234.50"), "JPY": Decimal(700)}
    assert list_amounts(amounts) == (f"1,234.50{SPACE}EUR", f"700{SPACE}JPY", f"20.00{SPACE}USD")
    assert format_amounts(amounts) == " + ".join(list_amounts(amounts))
    assert list_amounts({}) == ()
