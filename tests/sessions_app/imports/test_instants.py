"""Wall clocks become instants: what a clock showed twice, what it skipped, and lengths that decide"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sessions_app.imports.instants import instants_of
from sessions_app.imports.rows import ImportedSession, RejectedRow

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN, SPRING = "2024-10-27", "2024-03-31"


def made(day, start, end, seconds=None, *, is_billed=False, zone=BERLIN):
    session = ImportedSession(
        line=1,
        record="",
        start=datetime.fromisoformat(f"{day} {start}"),
        end=end and datetime.fromisoformat(f"{day} {end}"),
        duration_seconds=seconds,
        is_duration_billed=is_billed,
    )
    return instants_of(session, zone)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "seconds", "instants"),
    [
        ("01:30", "02:30", 3600, ("2024-10-26 23:30", "2024-10-27 00:30")),
        ("01:30", "02:30", 7200, ("2024-10-26 23:30", "2024-10-27 01:30")),
        ("01:30", "02:30", None, ("2024-10-26 23:30", "2024-10-27 00:30")),
        ("02:30", "02:10", 2400, ("2024-10-27 00:30", "2024-10-27 01:10")),
        ("02:30", "02:10", None, ("2024-10-27 00:30", "2024-10-27 01:10")),
        ("02:30", "02:30", 3600, ("2024-10-27 00:30", "2024-10-27 01:30")),
        ("02:30", "03:30", 3600, ("2024-10-27 01:30", "2024-10-27 02:30")),
        ("02:30", "03:30", 7200, ("2024-10-27 00:30", "2024-10-27 02:30")),
        ("00:00", "12:00", 46_800, ("2024-10-26 22:00", "2024-10-27 11:00")),
    ],
)
def test_a_duration_decides_where_the_clock_went_back(start, end, seconds, instants):
    assert made(AUTUMN, start, end, seconds) == tuple(map(utc, instants))


def test_a_billed_duration_counts_from_the_occurrence_that_leads_to_the_end():
    assert made(AUTUMN, "02:30", "03:30", 3600, is_billed=True)[0] == utc("2024-10-27 01:30")
    assert made(AUTUMN, "02:30", "03:30", 7200, is_billed=True)[0] == utc("2024-10-27 00:30")


def test_a_billed_duration_goes_before_the_clocks():
    assert made("2024-05-05", "09:00", "17:00", 25_200, is_billed=True)[1] == utc("2024-05-05 14:00")
    assert made("2024-05-05", "09:00", "17:00", 25_200)[1] == utc("2024-05-05 15:00")


def test_a_length_without_an_end():
    assert made(SPRING, "01:30", None, 3600) == (utc("2024-03-31 00:30"), utc("2024-03-31 01:30"))


@pytest.mark.parametrize(
    ("day", "start", "end", "seconds", "code"),
    [
        (SPRING, "02:30", "04:00", None, "nonexistent_local_time"),
        (SPRING, "01:30", "02:15", 2700, "nonexistent_local_time"),
        ("2024-05-05", "09:00", "08:30", None, "end_before_start"),
        ("2024-05-05", "09:00", "09:00", 0, "zero_length"),
        ("2024-05-05", "09:00", None, 31 * 86_400 + 1, "too_long"),
        ("0001-01-01", "00:00", "01:00", None, "bad_date"),
        ("9999-12-31", "23:00", None, 90_000, "bad_date"),
    ],
)
def test_what_cannot_have_been(day, start, end, seconds, code):
    zone = BERLIN
    found = made(day, start, end, seconds, zone=zone)

    assert isinstance(found, RejectedRow)
    assert (found.line, found.code) == (1, code)


def test_a_skipped_time_names_the_zone():
    assert "02:30 did not exist in Europe/Berlin" in str(made(SPRING, "02:30", "04:00").reason)


def test_what_runs_has_no_end():
    session = ImportedSession(line=1, record="", start=datetime(2024, 5, 5, 9, 0, 0, 5), is_running=True)

    assert instants_of(session, BERLIN) == (utc("2024-05-05 07:00"), None)


def test_aware_times_need_no_zone():
    start, end = utc("2024-03-31 00:30"), utc("2024-03-31 01:30")

    assert instants_of(ImportedSession(line=1, record="", start=start, end=end), BERLIN) == (start, end)
