from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.periods import (
    EARLIEST_DATE,
    LATEST_DATE,
    Period,
    day_of,
    day_period,
    last_day_of,
    merge_periods,
    month_period,
    period_around,
    seconds_between,
    split_by_day,
    start_of_day,
    week_period,
)
from tests.examples import examples
from tests.sessions_app.timekeeping.hard_times import HARD_TIMES, instant, zones_and_instants
from tests.sessions_app.timekeeping.oracle import watched_day, watched_seconds, watched_start

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
HOUR = 3600
MONDAY, SATURDAY, SUNDAY = 0, 5, 6
OUT_OF_RANGE = "A period lies between 1900-01-01 and 9000-01-01."


def on(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ([], []),
        ([(1, 2)], [(1, 2)]),
        ([(5, 8), (1, 3)], [(1, 3), (5, 8)]),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(1, 9), (2, 4), (8, 12), (20, 21)], [(1, 12), (20, 21)]),
    ],
)
def test_periods_that_overlap_or_touch_become_one(given, merged):
    of_november = [Period(date(2026, 11, first), date(2026, 11, end)) for first, end in given]

    assert [(each.first.day, each.end.day) for each in merge_periods(of_november)] == merged


class TestPeriod:
    def test_holds_its_first_day_and_not_its_end(self):
        period = Period(on("2026-11-23"), on("2026-11-30"))

        assert on("2026-11-22") not in period
        assert on("2026-11-23") in period
        assert on("2026-11-29") in period
        assert on("2026-11-30") not in period

    def test_lists_every_date_in_order(self):
        dates = list(Period(on("2026-12-30"), on("2027-01-02")).dates())

        assert dates == [on("2026-12-30"), on("2026-12-31"), on("2027-01-01")]

    @pytest.mark.parametrize("end", ["2026-11-23", "2026-11-22"])
    def test_is_never_empty(self, end):
        with pytest.raises(ValueError, match=r"^A period needs at least one day\.$"):
            Period(on("2026-11-23"), on(end))

    @pytest.mark.parametrize(
        ("first", "end"), [(EARLIEST_DATE - DAY, on("1950-01-01")), (on("1950-01-01"), LATEST_DATE + DAY)]
    )
    def test_stays_where_the_calendar_leaves_room(self, first, end):
        with pytest.raises(ValueError, match=OUT_OF_RANGE):
            Period(first, end)

    @pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati", "Europe/Berlin", "Asia/Kathmandu"])
    def test_the_longest_has_bounds_in_every_zone(self, zone):
        since, until = Period(EARLIEST_DATE, LATEST_DATE).bounds(ZoneInfo(zone))

        assert since.tzinfo is UTC
        assert until.tzinfo is UTC
        assert abs(since - datetime(1900, 1, 1, tzinfo=UTC)) < DAY
        assert abs(until - datetime(9000, 1, 1, tzinfo=UTC)) < DAY

    @pytest.mark.parametrize(
        ("zone", "since", "until"),
        [
            ("UTC", "2026-10-19T00:00", "2026-10-26T00:00"),
            ("Europe/Berlin", "2026-10-18T22:00", "2026-10-25T23:00"),  # a week and an hour
            ("Etc/GMT+12", "2026-10-19T12:00", "2026-10-26T12:00"),
            ("Pacific/Kiritimati", "2026-10-18T10:00", "2026-10-25T10:00"),
        ],
    )
    def test_its_bounds_are_local_midnights(self, zone, since, until):
        period = Period(on("2026-10-19"), on("2026-10-26"))

        assert period.bounds(ZoneInfo(zone)) == (instant(since), instant(until))

    @pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati", "Europe/Berlin", "Asia/Kathmandu"])
    def test_its_bounds_in_any_zone_hold_those_in_each(self, zone):
        period = Period(on("2026-10-19"), on("2026-10-26"))
        since, until = period.bounds(ZoneInfo(zone))

        assert period.bounds_in_any_zone() == (instant("2026-10-18T00:00"), instant("2026-10-27T00:00"))
        assert instant("2026-10-18T00:00") < since
        assert until < instant("2026-10-27T00:00")


@pytest.mark.parametrize(
    ("day", "week_start", "first"),
    [
        ("2026-11-23", MONDAY, "2026-11-23"),
        ("2026-11-29", MONDAY, "2026-11-23"),
        ("2026-11-30", MONDAY, "2026-11-30"),
        ("2026-11-28", SUNDAY, "2026-11-22"),
        ("2026-11-29", SUNDAY, "2026-11-29"),
        ("2026-11-27", SATURDAY, "2026-11-21"),
        ("2026-11-28", SATURDAY, "2026-11-28"),
        ("2027-01-03", MONDAY, "2026-12-28"),  # week 53 of 2026
        ("2024-12-30", MONDAY, "2024-12-30"),  # week 1 of 2025
        ("2026-01-01", SUNDAY, "2025-12-28"),
    ],
)
def test_a_week_begins_on_the_weekday_of_its_user(day, week_start, first):
    week = week_period(on(day), week_start=week_start)

    assert week == Period(on(first), on(first) + 7 * DAY)
    assert week.first.weekday() == week_start


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        ("2026-11-01", "2026-11-01", "2026-12-01"),
        ("2026-11-30", "2026-11-01", "2026-12-01"),
        ("2026-12-31", "2026-12-01", "2027-01-01"),
        ("2024-02-29", "2024-02-01", "2024-03-01"),
        ("1900-02-28", "1900-02-01", "1900-03-01"),
    ],
)
def test_a_month_is_that_of_the_calendar(day, first, end):
    assert month_period(on(day)) == Period(on(first), on(end))


def test_a_day_is_a_period_of_one():
    assert list(day_period(on("2026-12-31")).dates()) == [on("2026-12-31")]


@pytest.mark.parametrize(
    ("day", "duration", "offset", "first", "end"),
    [
        ("2026-11-23", "day", 0, "2026-11-23", "2026-11-24"),
        ("2026-11-23", "day", -1, "2026-11-22", "2026-11-23"),
        ("2026-12-31", "day", 1, "2027-01-01", "2027-01-02"),
        ("2026-11-25", "week", 0, "2026-11-23", "2026-11-30"),
        ("2026-11-25", "week", -1, "2026-11-16", "2026-11-23"),
        ("2026-12-28", "week", 1, "2027-01-04", "2027-01-11"),
        ("2026-11-30", "month", 0, "2026-11-01", "2026-12-01"),
        ("2026-03-31", "month", -1, "2026-02-01", "2026-03-01"),  # there is no 31 February
        ("2026-12-31", "month", 1, "2027-01-01", "2027-02-01"),
        ("2026-01-31", "month", -1, "2025-12-01", "2026-01-01"),
        ("2026-01-31", "month", -13, "2024-12-01", "2025-01-01"),
        ("2026-11-23", "month", 12 * 900, "2926-11-01", "2926-12-01"),
        ("1900-01-01", "day", 0, "1900-01-01", "1900-01-02"),
        ("1900-01-01", "month", 0, "1900-01-01", "1900-02-01"),
        ("8999-12-31", "day", 0, "8999-12-31", "9000-01-01"),
        ("8999-12-31", "month", 0, "8999-12-01", "9000-01-01"),
    ],
)
def test_an_offset_counts_periods(day, duration, offset, first, end):
    assert period_around(on(day), duration, week_start=MONDAY, offset=offset) == Period(on(first), on(end))


@pytest.mark.parametrize("duration", ["day", "week", "month"])
@pytest.mark.parametrize("offset", [10**6 * 3, -(10**6), 10**9, -(10**9), 10**30, -(10**30)])
def test_an_offset_off_the_calendar_is_rejected(duration, offset):
    with pytest.raises(ValueError, match=OUT_OF_RANGE):
        period_around(on("2026-11-23"), duration, week_start=MONDAY, offset=offset)


@pytest.mark.parametrize("duration", ["day", "week", "month"])
@pytest.mark.parametrize("day", [date.min, date.max, on("1899-12-25"), on("9000-01-10")])
def test_a_date_off_the_calendar_is_rejected(duration, day):
    for week_start in range(7):
        with pytest.raises(ValueError, match=OUT_OF_RANGE):
            period_around(day, duration, week_start=week_start)


@given(
    day=st.dates(on("1910-01-01"), on("8900-01-01")),
    duration=st.sampled_from(["day", "week", "month"]),
    week_start=st.integers(0, 6),
    offset=st.integers(-100, 100),
)
def test_periods_follow_each_other_without_gap_or_overlap(day, duration, week_start, offset):
    around = period_around(day, duration, week_start=week_start)
    found = period_around(day, duration, week_start=week_start, offset=offset)
    following = period_around(day, duration, week_start=week_start, offset=offset + 1)

    assert day in around
    assert found.end == following.first
    assert (found == around) == (offset == 0)


@pytest.mark.parametrize(
    ("zone", "day", "expected", "seconds"),
    [
        ("UTC", "2026-11-23", "2026-11-23T00:00", 24 * HOUR),
        ("Europe/Berlin", "2026-11-23", "2026-11-22T23:00", 24 * HOUR),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23 * HOUR),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25 * HOUR),
        ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30", 23.5 * HOUR),
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00", 24.5 * HOUR),
        ("Antarctica/Troll", "2024-03-31", "2024-03-31T00:00", 22 * HOUR),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00", 23 * HOUR),  # begins at 1:00
        ("Africa/Cairo", "2024-10-31", "2024-10-30T21:00", 25 * HOUR),  # 23:00 comes twice
        ("America/Santiago", "2024-09-08", "2024-09-08T04:00", 23 * HOUR),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", 23 * HOUR),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", 25 * HOUR),
        ("America/Havana", "2024-11-03", "2024-11-03T04:00", 25 * HOUR),  # the first of two midnights
        ("Asia/Pyongyang", "2018-05-04", "2018-05-03T15:30", 23.5 * HOUR),  # ends at 23:30
        ("Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00", 24 * HOUR),
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30", 23.5 * HOUR),  # begins at 0:30
        ("America/Toronto", "1919-03-30", "1919-03-30T05:00", 23.5 * HOUR),  # and this ends at 23:30
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30", 24 * HOUR),  # its evening comes twice and is not its own
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30", 25 * HOUR),
        ("America/Goose_Bay", "1988-10-30", "1988-10-30T02:00", 26 * HOUR),
        ("Antarctica/Casey", "2010-03-05", "2010-03-04T13:00", 27 * HOUR),
        ("Antarctica/Vostok", "1994-11-01", "1994-11-01T00:00", 17 * HOUR),  # begins at 7:00
        ("Africa/Monrovia", "1972-01-07", "1972-01-07T00:44:30", 23 * HOUR + 930),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", 24 * HOUR),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", 24 * HOUR),
        ("Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00", 0),
        ("Pacific/Kwajalein", "1969-09-30", "1969-09-29T13:00", 47 * HOUR),
        ("Pacific/Kiritimati", "1994-12-31", "1994-12-31T10:00", 0),
        ("Etc/GMT+12", "2026-01-01", "2026-01-01T12:00", 24 * HOUR),
        ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00", 24 * HOUR),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15", 24 * HOUR),
    ],
)
def test_a_day_begins_when_the_calendar_first_shows_it(zone, day, expected, seconds):
    begins, ends = start_of_day(on(day), ZoneInfo(zone)), start_of_day(on(day) + DAY, ZoneInfo(zone))

    assert begins == instant(expected)
    assert begins.tzinfo is UTC
    assert seconds_between(begins, ends) == seconds


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("UTC", "2026-11-23T00:00:00", "2026-11-23"),
        ("UTC", "2026-11-22T23:59:59", "2026-11-22"),
        ("Etc/GMT+12", "2026-01-01T11:59:59", "2025-12-31"),
        ("Pacific/Kiritimati", "2025-12-31T10:00:00", "2026-01-01"),
        ("Africa/Cairo", "2024-04-25T21:59:59", "2024-04-25"),
        ("Africa/Cairo", "2024-04-25T22:00:00", "2024-04-26"),
        ("America/Havana", "2024-11-03T03:59:59", "2024-11-02"),
        ("America/Havana", "2024-11-03T04:00:00", "2024-11-03"),
        ("America/St_Johns", "2010-11-07T02:29:59", "2010-11-06"),
        ("America/St_Johns", "2010-11-07T02:30:59", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T02:31:00", "2010-11-07"),  # the wall says 23:01 of the day before
        ("America/St_Johns", "2010-11-07T03:29:59", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T03:30:00", "2010-11-07"),
        ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31"),
    ],
)
def test_an_instant_belongs_to_one_day(zone, moment, expected):
    assert day_of(instant(moment), ZoneInfo(zone)) == on(expected)


def test_the_day_of_an_instant_does_not_depend_on_how_it_is_written():
    written_in_tokyo = instant("2026-11-22T23:30:00").astimezone(ZoneInfo("Asia/Tokyo"))

    assert day_of(written_in_tokyo, ZoneInfo("Europe/Berlin")) == on("2026-11-23")
    assert day_of(written_in_tokyo, ZoneInfo("UTC")) == on("2026-11-22")


@pytest.mark.parametrize(
    ("zone", "start", "end", "expected"),
    [
        ("UTC", "2026-11-23T09:00", "2026-11-23T17:30", {"2026-11-23": 8.5 * HOUR}),
        ("UTC", "2026-11-23T09:00", "2026-11-24T00:00", {"2026-11-23": 15 * HOUR}),
        ("UTC", "2026-11-23T23:59:59", "2026-11-24T00:00:01", {"2026-11-23": 1, "2026-11-24": 1}),
        ("UTC", "2026-12-31T22:00", "2027-01-01T02:00", {"2026-12-31": 2 * HOUR, "2027-01-01": 2 * HOUR}),
        ("Europe/Berlin", "2026-03-29T00:00", "2026-03-29T02:00", {"2026-03-29": 2 * HOUR}),
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00", {"2026-03-29": 23 * HOUR}),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00", {"2026-10-25": 25 * HOUR}),
        ("Europe/Berlin", "2026-10-24T21:00", "2026-10-25T02:00", {"2026-10-24": HOUR, "2026-10-25": 4 * HOUR}),
        ("Africa/Cairo", "2024-04-25T21:00", "2024-04-25T23:00", {"2024-04-25": HOUR, "2024-04-26": HOUR}),
        (
            "America/St_Johns",
            "2010-11-07T02:00",
            "2010-11-07T04:00",
            {"2010-11-06": 0.5 * HOUR, "2010-11-07": 1.5 * HOUR},
        ),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T11:00", {"2011-12-29": HOUR, "2011-12-31": HOUR}),
        ("Etc/GMT+12", "2026-01-01T11:00", "2026-01-01T13:00", {"2025-12-31": HOUR, "2026-01-01": HOUR}),
        ("Pacific/Kiritimati", "2025-12-31T09:00", "2025-12-31T11:00", {"2025-12-31": HOUR, "2026-01-01": HOUR}),
        ("UTC", "2026-11-23T09:00", "2026-11-23T09:00", {}),
        ("UTC", "2026-11-23T00:00", "2026-11-23T00:00", {}),
        ("UTC", "2026-11-23T09:00", "2026-11-23T08:00", {}),
    ],
)
def test_an_interval_is_cut_at_the_midnights_of_its_zone(zone, start, end, expected):
    split = split_by_day(instant(start), instant(end), ZoneInfo(zone))

    assert split == {on(day): seconds for day, seconds in expected.items()}


def test_bounds_written_in_one_zone_are_subtracted_as_instants():
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2026, 10, 25, 1, tzinfo=berlin), datetime(2026, 10, 25, 4, tzinfo=berlin)

    assert split_by_day(start, end, berlin) == {on("2026-10-25"): 4 * HOUR}
    assert seconds_between(start, end) == 4 * HOUR
    assert seconds_between(end, start) == -4 * HOUR


def test_a_timer_of_340_hours_fills_its_days():
    split = split_by_day(instant("2026-10-20T08:00"), instant("2026-11-03T12:00"), ZoneInfo("Europe/Berlin"))

    assert list(split) == list(Period(on("2026-10-20"), on("2026-11-04")).dates())
    assert split.pop(on("2026-10-20")) == 14 * HOUR
    assert split.pop(on("2026-10-25")) == 25 * HOUR
    assert split.pop(on("2026-11-03")) == 13 * HOUR
    assert set(split.values()) == {24 * HOUR}


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [
        ("2026-11-22", "2026-11-23", {}),
        ("2026-11-20", "2026-11-24", {"2026-11-23": 2 * HOUR}),
        ("2026-11-24", "2026-11-25", {"2026-11-24": 24 * HOUR}),
        ("2026-11-25", "2026-12-01", {"2026-11-25": 3 * HOUR}),
        ("2026-11-26", "2026-12-01", {}),
    ],
)
def test_only_the_days_of_the_period_are_listed(first, end, expected):
    within = Period(on(first), on(end))

    split = split_by_day(instant("2026-11-23T22:00"), instant("2026-11-25T03:00"), ZoneInfo("UTC"), within=within)

    assert split == {on(day): seconds for day, seconds in expected.items()}


@pytest.mark.parametrize(
    ("zone", "start", "end", "expected"),
    [
        ("UTC", "2026-11-23T09:00", "2026-11-23T17:00", "2026-11-23"),
        ("UTC", "2026-11-23T09:00", "2026-11-24T00:00", "2026-11-23"),  # ends where the next day begins
        ("UTC", "2026-11-23T09:00", "2026-11-24T00:00:01", "2026-11-24"),
        ("UTC", "2026-11-23T00:00", "2026-11-23T00:00", "2026-11-23"),  # empty, at midnight
        ("UTC", "2026-11-23T09:00", "2026-11-23T09:00", "2026-11-23"),
        ("Africa/Cairo", "2024-04-25T20:00", "2024-04-25T22:00", "2024-04-25"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00:01", "2011-12-31"),
        ("America/St_Johns", "2010-11-07T02:00", "2010-11-07T02:40", "2010-11-07"),
    ],
)
def test_the_last_day_is_that_of_the_last_second(zone, start, end, expected):
    assert last_day_of(instant(start), instant(end), ZoneInfo(zone)) == on(expected)


@examples(150)
@given(zones_and_instants(2))
def test_splitting_agrees_with_one_who_watches_the_calendar(found):
    zone, (start, end) = found
    start, end = sorted([start, end])

    split = split_by_day(start, end, zone)

    assert split == watched_seconds(start, end, zone)
    assert list(split) == sorted(split)
    assert sum(split.values()) == seconds_between(start, end)
    for day, seconds in split.items():
        assert 0 < seconds <= seconds_between(start_of_day(day, zone), start_of_day(day + DAY, zone))


@examples(150)
@given(zones_and_instants(1))
def test_days_agree_with_one_who_watches_the_calendar(found):
    zone, (moment,) = found

    day = day_of(moment, zone)

    assert day == watched_day(moment, zone)
    assert start_of_day(day, zone) <= moment < start_of_day(day + DAY, zone)
    assert start_of_day(day + DAY, zone) == watched_start(day + DAY, zone, about=moment)


@examples(150)
@given(zones_and_instants(2), st.integers(-3, 9), st.integers(1, 9))
def test_a_period_takes_its_days_of_a_split_and_changes_none(found, days_later, days):
    zone, (start, end) = found
    start, end = sorted([start, end])
    first = start.date() + days_later * DAY
    within = Period(first, first + days * DAY)

    whole = split_by_day(start, end, zone)

    assert split_by_day(start, end, zone, within=within) == {day: whole[day] for day in whole if day in within}


@examples(150)
@given(zones_and_instants(3))
def test_cutting_an_interval_in_two_loses_nothing(found):
    zone, moments = found
    start, cut, end = sorted(moments)
    both = split_by_day(start, cut, zone)
    for day, seconds in split_by_day(cut, end, zone).items():
        both[day] = both.get(day, 0) + seconds

    assert both == split_by_day(start, end, zone)


@examples(150)
@given(zones_and_instants(2))
def test_the_last_day_is_the_last_of_the_split(found):
    zone, (start, end) = found
    start, end = sorted([start, end])

    assert last_day_of(start, end, zone) == max(split_by_day(start, end, zone), default=day_of(start, zone))
    assert last_day_of(start, start, zone) == day_of(start, zone)


@pytest.mark.slow(reason="looks at each change of each clock since 1970")
def test_days_follow_each_other_around_every_change_of_every_clock():
    for zone, change in every_change():
        local_date = change.astimezone(zone).date()
        starts = [start_of_day(local_date + number * DAY, zone) for number in range(-2, 4)]
        assert starts == sorted(starts), (zone.key, change)
        for number, begins in zip(range(-2, 4), starts, strict=True):
            day = local_date + number * DAY
            assert begins.astimezone(zone).date() >= day, (zone.key, day)
            for earlier in (1, 60, 61, HOUR, 3 * HOUR):
                assert (begins - earlier * SECOND).astimezone(zone).date() < day, (zone.key, day, earlier)


def every_change():
    """Each zone with a history of its own, and each instant from 1970 to 2037 at which its offset changed."""
    seen = set()
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        changes = tuple(offset_changes(zone))
        if changes not in seen:
            seen.add(changes)
            for change, _offset in changes:
                yield zone, change


def offset_changes(zone):
    """Looks once in ten days, which is finer than any two changes of a clock, and then closer."""
    step, now = 5 * DAY, datetime(1970, 1, 1, tzinfo=UTC)
    offset = now.astimezone(zone).utcoffset()
    while now.year < 2038:
        later = now + step
        offset_later = later.astimezone(zone).utcoffset()
        if offset_later != offset:
            before, after = now, later
            while after - before > SECOND:
                middle = before + (after - before) // 2
                middle -= middle.microsecond * timedelta(microseconds=1)
                if middle.astimezone(zone).utcoffset() == offset:
                    before = middle
                else:
                    after = middle
            yield after, offset_later
        now, offset = later, offset_later


@pytest.mark.parametrize(("zone", "moment"), HARD_TIMES)
def test_every_hard_time_is_one_that_this_system_knows(zone, moment):
    """Guards the properties above against tz data in which nothing odd happens any more."""
    before, after = (instant(moment) - SECOND).astimezone(ZoneInfo(zone)), instant(moment).astimezone(ZoneInfo(zone))

    assert before.utcoffset() != after.utcoffset()
