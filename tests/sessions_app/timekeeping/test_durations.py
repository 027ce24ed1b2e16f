import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.durations import format_clock, format_decimal, format_elapsed, format_words

HOUR = 3600


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00"),
        (59, "0:00"),
        (60, "0:01"),
        (HOUR - 1, "0:59"),
        (HOUR, "1:00"),
        (4720, "1:18"),
        (24 * HOUR - 1, "23:59"),
        (24 * HOUR, "24:00"),
        (340 * HOUR + 61, "340:01"),
        (10_000 * HOUR, "10000:00"),
        (-30, "0:00"),
        (-60, "-0:01"),
        (-4720, "-1:18"),
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
        (119, "1 min"),
        (28 * 60, "28 min"),
        (HOUR, "1 h"),
        (HOUR + 59, "1 h"),
        (4720, "1 h 18 min"),
        (340 * HOUR, "340 h"),
        (-40, "-40 s"),
        (-90, "-1 min"),
        (-4720, "-1 h 18 min"),
    ],
)
def test_a_sentence_reads_words_and_leaves_out_what_is_none(seconds, expected):
    assert format_words(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.00"),
        (35, "0.00"),
        (36, "0.01"),
        (HOUR // 2, "0.50"),
        (5280, "1.46"),
        (5400, "1.50"),
        (340 * HOUR, "340.00"),
        (-35, "0.00"),
        (-5400, "-1.50"),
    ],
)
def test_a_decimal_reads_hours_and_hundredths(seconds, expected):
    assert format_decimal(seconds) == expected


@given(st.integers(0, 10**9))
def test_no_decimal_reads_more_than_was_tracked(seconds):
    assert 0 <= seconds - round(float(format_decimal(seconds)) * HOUR) < 36


@given(st.integers(0, 10**9))
def test_no_text_reads_more_than_was_tracked(seconds):
    hours, minutes = map(int, format_clock(seconds).split(":"))

    assert 0 <= seconds - (hours * HOUR + minutes * 60) < 60


@given(st.integers(0, 10**9))
def test_the_running_clock_keeps_every_second(seconds):
    hours, minutes, rest = map(int, format_elapsed(seconds).split(":"))

    assert hours * HOUR + minutes * 60 + rest == seconds
