from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.durations import (
    format_clock,
    format_decimal,
    format_elapsed,
    format_exact,
    format_words,
    shown_seconds,
)

HOUR = 3600


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00"),
        (29, "0:00"),
        (30, "0:01"),
        (89, "0:01"),
        (90, "0:02"),
        (HOUR - 31, "0:59"),
        (HOUR - 30, "1:00"),
        (4720, "1:19"),
        (1250, "0:21"),
        (24 * HOUR - 31, "23:59"),
        (24 * HOUR, "24:00"),
        (340 * HOUR + 61, "340:01"),
        (10_000 * HOUR, "10000:00"),
        (-29, "0:00"),
        (-30, "-0:01"),
        (-4720, "-1:19"),
    ],
)
def test_a_table_reads_hours_and_minutes(seconds, expected):
    assert format_clock(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00:00"),
        (1, "0:00:01"),
        (59, "0:00:59"),
        (60, "0:01:00"),
        (4720, "1:18:40"),
        (24 * HOUR, "24:00:00"),
        (340 * HOUR, "340:00:00"),
        (-1, "0:00:00"),  # a clock that was set back
        (-4720, "0:00:00"),
    ],
)
def test_the_running_clock_reads_seconds_and_never_less_than_none(seconds, expected):
    assert format_elapsed(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (40, "40 s"),
        (59, "59 s"),
        (60, "1 min"),
        (89, "1 min"),
        (119, "2 min"),
        (HOUR - 30, "1 h"),
        (28 * 60, "28 min"),
        (HOUR, "1 h"),
        (HOUR + 29, "1 h"),
        (HOUR + 30, "1 h 1 min"),
        (4720, "1 h 19 min"),
        (340 * HOUR, "340 h"),
        (-40, "-40 s"),
        (-90, "-2 min"),
        (-4720, "-1 h 19 min"),
    ],
)
def test_a_sentence_reads_words_and_leaves_out_what_is_none(seconds, expected):
    assert format_words(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.00"),
        (17, "0.00"),
        (18, "0.01"),
        (40 * 60, "0.67"),
        (7800, "2.17"),
        (HOUR // 2, "0.50"),
        (5280, "1.47"),
        (5400, "1.50"),
        (340 * HOUR, "340.00"),
        (-17, "0.00"),
        (-18, "-0.01"),
        (-5400, "-1.50"),
    ],
)
def test_a_decimal_reads_hours_and_hundredths(seconds, expected):
    assert format_decimal(seconds) == expected


@given(st.integers(-(10**9), 10**9))
def test_a_decimal_is_what_a_book_keeper_rounds_to(seconds):
    hours = Decimal(abs(seconds)) / HOUR
    assert Decimal(format_decimal(seconds)).copy_abs() == hours.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.integers(0, 10**9))
def test_minutes_are_the_nearest_and_half_goes_up(seconds):
    hours, minutes = map(int, format_clock(seconds).split(":"))

    assert -30 <= seconds - (hours * HOUR + minutes * 60) < 30


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (HOUR + 4, "1 h 4 s"), (-5284, "-1 h 28 min 4 s")],
)
def test_an_exact_length_has_its_seconds(seconds, text):
    assert format_exact(seconds) == text


@given(st.integers(-(10**6), 10**6))
def test_what_is_shown_is_what_reads(seconds):
    hours, minutes = map(int, format_clock(seconds).lstrip("-").split(":"))
    assert abs(shown_seconds(seconds, "clock")) == hours * HOUR + minutes * 60
    assert shown_seconds(seconds, "decimal") == Decimal(format_decimal(seconds)) * HOUR
    assert format_words(shown_seconds(seconds, "words")) == format_words(seconds)


@given(st.integers(0, 10**9))
def test_the_running_clock_keeps_every_second(seconds):
    hours, minutes, rest = map(int, format_elapsed(seconds).split(":"))

    assert hours * HOUR + minutes * 60 + rest == seconds
