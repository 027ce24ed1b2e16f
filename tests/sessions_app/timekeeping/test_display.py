from datetime import date, time

import pytest

from sessions_app.timekeeping.display import format_date, format_time


@pytest.mark.parametrize(
    ("local", "of_24", "of_12"),
    [
        (time(0, 0), "0:00", "12:00 am"),
        (time(0, 59, 59), "0:59", "12:59 am"),
        (time(1, 0), "1:00", "1:00 am"),
        (time(9, 5), "9:05", "9:05 am"),
        (time(11, 59), "11:59", "11:59 am"),
        (time(12, 0), "12:00", "12:00 pm"),
        (time(13, 0), "13:00", "1:00 pm"),
        (time(15, 30), "15:30", "3:30 pm"),
        (time(23, 59), "23:59", "11:59 pm"),
    ],
)
def test_a_time_of_day_reads_as_on_the_clock_of_the_user(local, of_24, of_12):
    assert format_time(local, "24") == of_24
    assert format_time(local, "12") == of_12


def test_halves_of_the_day_are_labelled_by_the_caller():
    assert format_time(time(15, 30), "12", am="vorm.", pm="nachm.") == "3:30 nachm."


@pytest.mark.parametrize(
    ("order", "short", "with_year", "with_weekday", "full"),
    [
        ("day", "3 Nov", "3 Nov 2025", "Mon 3 Nov", "Mon 3 Nov 2025"),
        ("month", "Nov 3", "Nov 3, 2025", "Mon Nov 3", "Mon Nov 3, 2025"),
        ("iso", "2025-11-03", "2025-11-03", "Mon 2025-11-03", "Mon 2025-11-03"),
    ],
)
def test_a_date_reads_in_the_order_of_the_user(order, short, with_year, with_weekday, full):
    day = date(2025, 11, 3)

    assert format_date(day, order, month="Nov") == short
    assert format_date(day, order, month="Nov", has_year=True) == with_year
    assert format_date(day, order, month="Nov", weekday="Mon") == with_weekday
    assert format_date(day, order, month="Nov", weekday="Mon", has_year=True) == full
