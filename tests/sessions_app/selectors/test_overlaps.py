"""Overlaps and gaps of a day: cut at its midnights, with the running session up to now."""

from datetime import date

import pytest

from sessions_app.models import TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.selectors.overlaps import find_overlaps_and_gaps, read_overlap_seconds
from sessions_app.selectors.overview import read_session_rows
from sessions_app.selectors.totals import EVERY_SESSION, read_totals
from sessions_app.timekeeping.periods import week_period
from tests.factories import instant, make_session, start_session

NOW = instant("2026-11-24T12:00Z")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WEEK = week_period(MONDAY, week_start=0)
MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def history(owner):
    """Of somebody in Berlin, an hour ahead of UTC."""
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T10:00Z", "long")
    make_session(owner, "2026-11-23T09:00Z", "2026-11-23T09:30Z", "within", billable=True)
    make_session(owner, "2026-11-23T10:05Z", "2026-11-23T11:00Z", "after five minutes")
    make_session(owner, "2026-11-23T11:10Z", "2026-11-23T12:00Z", "after ten minutes")
    make_session(owner, "2026-11-23T22:00Z", "2026-11-24T01:00Z", "night")
    make_session(owner, "2026-11-23T22:30Z", "2026-11-23T23:30Z", "night, too")
    make_session(owner, "2026-11-24T11:30Z", "2026-11-24T11:45Z", "today")
    start_session(owner, "2026-11-24T11:00Z", "running")
    return TimeSession.objects.for_user(owner)


@pytest.mark.parametrize(
    ("day", "overlaps", "gaps"),
    [
        (
            MONDAY,
            [("long", "within", 30 * MINUTE), ("night", "night, too", 30 * MINUTE)],
            [("after five minutes", "after ten minutes", 10 * MINUTE), ("after ten minutes", "night", 10 * HOUR)],
        ),
        (
            TUESDAY,
            [("night", "night, too", 30 * MINUTE), ("running", "today", 15 * MINUTE)],
            [("night", "running", 10 * HOUR)],
        ),
        (date(2026, 11, 25), [], []),
    ],
)
def test_a_day_has_its_overlaps_and_gaps(history, day, overlaps, gaps):
    found = find_overlaps_and_gaps(history.order_by("start", "id"), day, now=NOW)

    assert [(each.first.name, each.second.name, each.seconds) for each in found.overlaps] == overlaps
    assert [(each.before.name, each.after.name, each.seconds) for each in found.gaps] == gaps


@pytest.mark.parametrize(
    ("where", "seconds"),
    [
        (EVERY_SESSION, {MONDAY: 60 * MINUTE, TUESDAY: 45 * MINUTE}),
        (SessionFilter(text="night"), {MONDAY: 30 * MINUTE, TUESDAY: 30 * MINUTE}),
        (SessionFilter(billable=True), {}),
    ],
)
def test_seconds_that_count_twice_are_by_day(owner, history, where, seconds, django_assert_num_queries):
    totals = read_totals(owner, [WEEK], now=NOW, where=where)

    with django_assert_num_queries(1):
        assert read_overlap_seconds(owner, WEEK, totals, where=where) == seconds


def test_a_session_of_another_zone_overlaps_by_instants(owner):
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "Berlin")
    make_session(owner, "2026-11-23T08:30Z", "2026-11-23T09:30Z", "Tokyo", timezone="Asia/Tokyo")

    (overlap,) = find_overlaps_and_gaps(TimeSession.objects.for_user(owner), MONDAY, now=NOW).overlaps

    assert (overlap.start, overlap.end) == (instant("2026-11-23T08:30Z"), instant("2026-11-23T09:00Z"))


@pytest.mark.parametrize("limit", [None, 1])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo"])
def test_a_length_without_times_overlaps_nothing(owner, zone, limit):
    """Where it lies was invented; read with the list or alone, within a day or over a midnight of its zone."""
    make_session(owner, "2026-11-23T14:00Z", "2026-11-23T17:00Z", "length", timezone=zone, times_known=False)
    make_session(owner, "2026-11-23T15:30Z", "2026-11-23T16:00Z", "by the clock", timezone=zone)

    assert read_session_rows(owner, WEEK, now=NOW, limit=limit).overlap_seconds == {}

    TimeSession.objects.update(times_known=True)

    assert sum(read_session_rows(owner, WEEK, now=NOW, limit=limit).overlap_seconds.values()) > 0
