from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sessions_app.timekeeping.local_times import (
    AmbiguousTimeError,
    NonexistentTimeError,
    clock_change_between,
    to_instant,
)
from tests.examples import examples
from tests.sessions_app.timekeeping.hard_times import instant, zones_and_instants

MINUTE = timedelta(minutes=1)
NEAR = range(-27 * 60, 27 * 60)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("UTC", "2026-11-23T09:00:00", "2026-11-23T09:00:00"),
        ("Europe/Berlin", "2026-01-15T09:00:07", "2026-01-15T08:00:07"),
        ("Europe/Berlin", "2026-07-15T09:00:00", "2026-07-15T07:00:00"),
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59"),
        ("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00"),
        ("Australia/Lord_Howe", "2024-10-06T02:30:00", "2024-10-05T15:30:00"),
        ("Pacific/Apia", "2011-12-29T23:59:59", "2011-12-30T09:59:59"),
        ("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00"),
        ("Etc/GMT+12", "2025-12-31T12:00:00", "2026-01-01T00:00:00"),
        ("Pacific/Kiritimati", "2026-01-01T14:00:00", "2026-01-01T00:00:00"),
    ],
)
def test_a_time_shown_once_is_one_instant(zone, local, expected):
    assert to_instant(datetime.fromisoformat(local), ZoneInfo(zone)) == instant(expected)


@pytest.mark.parametrize(
    ("zone", "local", "resumes_at", "message"),
    [
        (
            "Europe/Berlin",
            "2026-03-29T02:00:00",
            "2026-03-29T03:00:00",
            "02:00 did not exist on 2026-03-29: the clock went on at 03:00.",
        ),
        (
            "Europe/Berlin",
            "2026-03-29T02:59:59",
            "2026-03-29T03:00:00",
            "02:59 did not exist on 2026-03-29: the clock went on at 03:00.",
        ),
        (
            "Australia/Lord_Howe",
            "2024-10-06T02:15:00",
            "2024-10-06T02:30:00",
            "02:15 did not exist on 2024-10-06: the clock went on at 02:30.",
        ),
        (
            "Africa/Cairo",
            "2024-04-26T00:00:00",
            "2024-04-26T01:00:00",
            "00:00 did not exist on 2024-04-26: the clock went on at 01:00.",
        ),
        (
            "America/Toronto",
            "1919-03-30T23:45:00",
            "1919-03-31T00:30:00",
            "23:45 did not exist on 1919-03-30: the clock went on at 00:30.",
        ),
        (
            "Pacific/Apia",
            "2011-12-30T18:00:00",
            "2011-12-31T00:00:00",
            "18:00 did not exist on 2011-12-30: the clock went on at 00:00.",
        ),
    ],
)
def test_a_time_that_was_skipped_is_rejected_with_the_reason(zone, local, resumes_at, message):
    with pytest.raises(NonexistentTimeError) as rejected:
        to_instant(datetime.fromisoformat(local), ZoneInfo(zone), occurrence=1)

    assert str(rejected.value) == message
    assert rejected.value.local == datetime.fromisoformat(local)
    assert rejected.value.resumes_at == datetime.fromisoformat(resumes_at)
    assert rejected.value.resumes_at.tzinfo is None


@pytest.mark.parametrize(
    ("zone", "local", "first", "second"),
    [
        ("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T00:00:00", "2026-10-25T01:00:00"),
        ("Europe/Berlin", "2026-10-25T02:59:59", "2026-10-25T00:59:59", "2026-10-25T01:59:59"),
        ("Australia/Lord_Howe", "2024-04-07T01:45:00", "2024-04-06T14:45:00", "2024-04-06T15:15:00"),
        ("America/St_Johns", "2010-11-07T00:00:30", "2010-11-07T02:30:30", "2010-11-07T03:30:30"),
        ("America/Havana", "2024-11-03T00:30:00", "2024-11-03T04:30:00", "2024-11-03T05:30:00"),
        ("Pacific/Kwajalein", "1969-09-30T12:00:00", "1969-09-30T01:00:00", "1969-10-01T00:00:00"),
    ],
)
def test_a_time_shown_twice_is_asked_about(zone, local, first, second):
    local, zone = datetime.fromisoformat(local), ZoneInfo(zone)

    with pytest.raises(AmbiguousTimeError) as asked:
        to_instant(local, zone)

    assert str(asked.value) == f"{local:%H:%M} came twice on {local:%Y-%m-%d}."
    assert (asked.value.local, asked.value.first, asked.value.second) == (local, instant(first), instant(second))
    assert to_instant(local, zone, occurrence=1) == instant(first)
    assert to_instant(local, zone, occurrence=2) == instant(second)


@pytest.mark.parametrize("occurrence", [1, 2])
def test_which_occurrence_is_meant_does_not_matter_when_there_is_one(occurrence):
    found = to_instant(datetime(2026, 7, 15, 9), ZoneInfo("Europe/Berlin"), occurrence=occurrence)

    assert found == instant("2026-07-15T07:00:00")


@pytest.mark.parametrize(
    ("zone", "local"), [("Asia/Tokyo", datetime.min), ("America/New_York", datetime.max.replace(microsecond=0))]
)
def test_the_ends_of_the_calendar_overflow(zone, local):
    with pytest.raises(OverflowError):
        to_instant(local, ZoneInfo(zone))


@examples(150)
@given(zones_and_instants(1))
def test_what_the_clock_showed_leads_back_to_the_instant(found):
    zone, (moment,) = found
    shown = moment.astimezone(zone)

    assert to_instant(shown.replace(tzinfo=None, fold=0), zone, occurrence=shown.fold + 1) == moment


@examples(100)
@given(zones_and_instants(1), st.integers(-240, 240))
def test_a_time_is_rejected_when_no_minute_showed_it_and_asked_about_when_two_did(found, minutes_away):
    zone, (moment,) = found
    local = moment.astimezone(zone).replace(tzinfo=None, second=0) + timedelta(minutes=minutes_away)
    minutes = [local.replace(tzinfo=UTC) + number * MINUTE for number in NEAR]
    # Monrovia before 1972 did not share its minutes with UTC.
    assume(not any(minute.astimezone(zone).utcoffset() % MINUTE for minute in (minutes[0], minutes[-1])))
    shown = [minute for minute in minutes if minute.astimezone(zone).replace(tzinfo=None, fold=0) == local]

    match shown:
        case []:
            with pytest.raises(NonexistentTimeError):
                to_instant(local, zone)
        case [only]:
            assert to_instant(local, zone) == only
        case [first, second]:
            with pytest.raises(AmbiguousTimeError) as asked:
                to_instant(local, zone)
            assert (asked.value.first, asked.value.second) == (first, second)
        case _:
            pytest.fail(f"{local} was shown {len(shown)} times")


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25T01:00:00"),
        ("Africa/Monrovia", "1972-01-07T00:44:30"),
    ],
)
def test_a_change_of_the_clock_is_found_to_the_second(zone, change):
    change = instant(change)

    for before, after in [(100_000, 0), (1, 0), (1, 200_000), (3601, 7201)]:
        start, end = change - timedelta(seconds=before), change + timedelta(seconds=after)
        assert clock_change_between(start, end, ZoneInfo(zone)) == change
