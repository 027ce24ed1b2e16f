from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import TimeSession
from sessions_app.selectors.overview import read_overview
from sessions_app.selectors.totals import Total, read_totals
from sessions_app.timekeeping.periods import Period, day_period, month_period, week_period
from tests.examples import examples
from tests.factories import WEB, instant, make_guest, make_session, start_session
from tests.sessions_app.timekeeping.oracle import watched_day, watched_seconds
from users_app.models import User

HOUR = 3600
DAY = timedelta(days=1)
NOVEMBER = month_period(date(2026, 11, 23))
WEEK = week_period(date(2026, 11, 23), week_start=0)
NOW = instant("2026-11-23T09:00Z")


def on(text):
    return date.fromisoformat(text)


def days_of(totals, period):
    """The seconds of the days that have any."""
    return {day.isoformat(): totals.on(day).seconds for day in period.dates() if totals.on(day).seconds}


@pytest.fixture
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return NOW


def test_nothing_tracked_is_nothing(owner):
    totals = read_totals(owner, [WEEK], now=NOW)

    assert totals.of(WEEK) == totals.on(WEEK.first) == Total(0, 0, 0, 0)
    assert totals.running is None


def test_a_day_adds_up_its_sessions(owner, now):
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    make_session(owner, "2026-11-20T09:00Z", "2026-11-20T09:30Z", billable=True)
    make_session(owner, "2026-11-21T09:00Z", "2026-11-21T09:10Z", billable=True)

    totals = read_totals(owner, [NOVEMBER], now=now)

    assert totals.on(on("2026-11-20")) == Total(5400, 0, 1800, 2)
    assert totals.on(on("2026-11-21")) == Total(600, 0, 600, 1)
    assert totals.on(on("2026-11-22")) == Total()
    assert totals.of(NOVEMBER) == Total(6000, 0, 2400, 3)


def test_a_session_across_midnight_counts_on_both_days_and_once_in_the_week(owner, now):
    make_session(owner, "2026-11-17T21:00Z", "2026-11-18T00:30Z", billable=True)  # 22:00 to 1:30 in Berlin

    totals = read_totals(owner, [NOVEMBER], now=now)

    assert totals.on(on("2026-11-17")) == Total(2 * HOUR, 0, 2 * HOUR, 1)
    assert totals.on(on("2026-11-18")) == Total(5400, 0, 5400, 1)
    assert totals.of(NOVEMBER) == Total(3 * HOUR + 1800, 0, 3 * HOUR + 1800, 1)


def test_a_session_that_ends_at_midnight_is_not_of_the_next_day(owner, now):
    make_session(owner, "2026-11-17T22:00Z", "2026-11-17T23:00Z")

    assert days_of(read_totals(owner, [NOVEMBER], now=now), NOVEMBER) == {"2026-11-17": HOUR}


def test_a_period_holds_only_its_part_of_a_session(owner, now):
    make_session(owner, "2026-11-15T20:00Z", "2026-11-16T01:00Z")  # Sunday 21:00 to Monday 2:00
    week = week_period(on("2026-11-16"), week_start=0)
    sunday_week = week_period(on("2026-11-16"), week_start=6)

    totals = read_totals(owner, [week, sunday_week, day_period(on("2026-11-15"))], now=now)

    assert totals.of(week) == Total(2 * HOUR, 0, 0, 1)
    assert totals.of(sunday_week) == Total(5 * HOUR, 0, 0, 1)
    assert totals.on(on("2026-11-15")) == Total(3 * HOUR, 0, 0, 1)


def test_a_session_of_many_days_gives_each_the_length_of_its_part(owner, now):
    make_session(owner, "2026-10-23T22:00Z", "2026-10-27T23:00Z")  # midnight to midnight, a clock change between

    period = Period(on("2026-10-20"), on("2026-11-01"))
    assert days_of(read_totals(owner, [period], now=now), period) == {
        "2026-10-24": 24 * HOUR,
        "2026-10-25": 25 * HOUR,
        "2026-10-26": 24 * HOUR,
        "2026-10-27": 24 * HOUR,
    }


def test_a_day_in_the_middle_of_a_session_is_full(owner, now):
    make_session(owner, "2026-11-10T08:00Z", "2026-11-13T08:00Z")
    middle = day_period(on("2026-11-12"))

    assert read_totals(owner, [middle], now=now).of(middle) == Total(24 * HOUR, 0, 0, 1)


def test_the_running_session_counts_up_to_now_and_is_told_apart(owner, now):
    make_session(owner, "2026-11-23T07:00Z", "2026-11-23T07:30Z", billable=True)
    running = start_session(owner, "2026-11-22T22:00Z", billable=True)

    totals = read_totals(owner, [NOVEMBER], now=now)

    assert totals.on(on("2026-11-22")) == Total(HOUR, HOUR, HOUR, 1)
    assert totals.on(on("2026-11-23")) == Total(10 * HOUR + 1800, 10 * HOUR, 10 * HOUR + 1800, 2)
    assert totals.of(NOVEMBER) == Total(11 * HOUR + 1800, 11 * HOUR, 11 * HOUR + 1800, 2)
    assert totals.running == running


def test_a_timer_of_340_hours_fills_its_days(owner, now):
    start_session(owner, "2026-11-09T05:00Z")

    totals = read_totals(owner, [NOVEMBER], now=now)

    assert totals.of(NOVEMBER) == Total(340 * HOUR, 340 * HOUR, 0, 1)
    assert totals.on(on("2026-11-09")).seconds == 18 * HOUR
    assert {totals.on(on("2026-11-10") + number * DAY).seconds for number in range(13)} == {24 * HOUR}
    assert totals.on(on("2026-11-23")).seconds == 10 * HOUR
    stopped = services.stop_timer(owner, WEB).stopped
    assert read_totals(owner, [NOVEMBER], now=now).of(NOVEMBER) == Total(340 * HOUR, 0, 0, 1)
    assert stopped.duration_seconds == 340 * HOUR


@pytest.mark.parametrize("seconds_ago", [0, -3600])
def test_a_session_that_has_only_begun_is_counted_without_time(owner, now, seconds_ago):
    running = start_session(owner, "2026-11-23T09:00Z")  # an hour ahead of a clock that was set back, too

    totals = read_totals(owner, [WEEK], now=now + timedelta(seconds=seconds_ago))

    assert totals.on(on("2026-11-23")) == totals.of(WEEK) == Total(0, 0, 0, 1)
    assert totals.running == running


def test_a_session_without_length_is_counted(owner, now):
    services.start_timer(owner, WEB)
    services.stop_timer(owner, WEB)

    assert read_totals(owner, [WEEK], now=now).on(on("2026-11-23")) == Total(0, 0, 0, 1)


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24"])
def test_the_running_session_is_not_of_days_it_does_not_cover(owner, now, day):
    start_session(owner, "2026-11-23T08:00Z")

    assert read_totals(owner, [day_period(on(day))], now=now).on(on(day)) == Total()


def test_the_trash_and_strangers_do_not_count(owner, stranger, now):
    for user in (owner, stranger):
        make_session(user, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        make_session(user, "2026-11-19T08:00Z", "2026-11-20T09:00Z")
        start_session(user, "2026-11-23T08:00Z")
    for session in TimeSession.objects.for_user(owner):
        services.delete_session(owner, WEB, session.id)

    assert read_totals(owner, [NOVEMBER], now=now).of(NOVEMBER) == Total()
    assert read_totals(stranger, [NOVEMBER], now=now).of(NOVEMBER) == Total(27 * HOUR, HOUR, 0, 3)


def test_travelling_moves_no_session(owner, now):
    make_session(owner, "2026-11-19T22:30Z", "2026-11-19T23:30Z")
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    start_session(owner, "2026-11-22T22:30Z")
    before = read_totals(owner, [NOVEMBER], now=now)

    User.objects.filter(pk=owner.pk).update(timezone="Pacific/Kiritimati")
    owner.refresh_from_db()
    after = read_totals(owner, [NOVEMBER], now=now)

    assert days_of(after, NOVEMBER) == days_of(before, NOVEMBER) == {
        "2026-11-19": 1800, "2026-11-20": HOUR + 1800, "2026-11-22": 1800, "2026-11-23": 10 * HOUR,
    }  # fmt: skip
    services.start_timer(owner, WEB)
    make_session(owner, "2026-11-20T12:00Z", "2026-11-20T13:00Z")  # in Kiritimati it is 2:00 of the day after
    arrived = read_totals(owner, [NOVEMBER], now=now)
    assert (arrived.on(on("2026-11-20")).seconds, arrived.on(on("2026-11-21")).seconds) == (HOUR + 1800, HOUR)


def test_the_evening_that_comes_twice_belongs_to_the_day_that_has_begun(owner, now):
    make_session(owner, "2010-11-07T02:00Z", "2010-11-07T04:00Z", timezone="America/St_Johns")
    make_session(owner, "2010-11-07T02:40Z", "2010-11-07T02:50Z", timezone="America/St_Johns")

    period = month_period(on("2010-11-01"))
    assert days_of(read_totals(owner, [period], now=now), period) == {"2010-11-06": 1800, "2010-11-07": 5400 + 600}


def test_a_day_that_was_left_out_gets_nothing(owner, now):
    make_session(owner, "2011-12-30T09:00Z", "2011-12-30T11:00Z", timezone="Pacific/Apia")

    period = month_period(on("2011-12-01"))
    assert days_of(read_totals(owner, [period], now=now), period) == {"2011-12-29": HOUR, "2011-12-31": HOUR}


def test_a_session_knows_its_part_of_a_period(owner, now):
    whole = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    crossing = make_session(owner, "2026-11-19T22:00Z", "2026-11-20T01:00Z")
    running = start_session(owner, "2026-11-22T22:00Z")
    friday, sunday = day_period(on("2026-11-20")), day_period(on("2026-11-22"))

    totals = read_totals(owner, [NOVEMBER], now=now)

    assert totals.seconds_of(whole, friday) == HOUR
    assert (totals.seconds_of(crossing, friday), totals.seconds_of(crossing, NOVEMBER)) == (2 * HOUR, 3 * HOUR)
    assert (totals.seconds_of(running, sunday), totals.seconds_of(running, NOVEMBER)) == (HOUR, 11 * HOUR)


def test_periods_apart_from_each_other_are_read_together(owner, now):
    make_session(owner, "2026-01-10T22:00Z", "2026-01-11T01:00Z")
    make_session(owner, "2026-05-05T08:00Z", "2026-05-05T09:00Z")  # in neither
    make_session(owner, "2026-05-06T22:00Z", "2026-05-07T01:00Z")
    make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    january = month_period(on("2026-01-01"))

    totals = read_totals(owner, iter([january, NOVEMBER]), now=now)

    assert totals.of(january) == Total(3 * HOUR, 0, 0, 1)
    assert totals.of(NOVEMBER) == Total(HOUR, 0, 0, 1)
    assert [split.session.first_date for split in totals.split.values()] == [on("2026-01-10")]


@pytest.mark.parametrize("count", [10, 500])
def test_two_queries_whatever_the_history(owner, now, count, django_assert_num_queries):
    fill(owner, count)

    with django_assert_num_queries(2):
        totals = read_totals(owner, [NOVEMBER, WEEK, day_period(on("2026-11-23"))], now=now)
        seconds = [totals.of(NOVEMBER).seconds, totals.of(WEEK).seconds, *days_of(totals, NOVEMBER).values()]

    assert totals.of(NOVEMBER).session_count == count
    assert all(seconds)


def fill(user, count):
    """That many sessions in November: every fifth crosses a midnight, the last runs."""
    for number in range(count - 1):
        start = instant("2026-11-01T22:00Z") + number % 20 * DAY
        services.save_session(user, WEB, start=start, end=start + timedelta(hours=1 if number % 5 else 3))
    start_session(user, "2026-11-22T22:00Z")


TEN_ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Etc/GMT+12",
    "Pacific/Kiritimati",
]
# Around which sessions are made: two ordinary times and three at which some of the ten zones change their clocks.
CENTRES = [instant(f"{day}T00:00Z") for day in ("2024-02-28", "2024-04-26", "2024-10-31", "2010-11-07", "2024-12-31")]


@st.composite
def histories(draw):
    """Now; what was tracked: (start, seconds, zone, billable, in the Trash); what runs: (start, zone, billable)."""
    now = draw(st.sampled_from(CENTRES)) + timedelta(seconds=draw(st.integers(-100_000, 400_000)))
    lengths = st.sampled_from([1, 2, HOUR, 24 * HOUR, 340 * HOUR]) | st.integers(1, 4 * HOUR) | st.integers(1, 300_000)
    session = st.tuples(
        st.integers(-500_000, 86_400).map(lambda seconds: now + timedelta(seconds=seconds)),
        lengths,
        st.sampled_from(TEN_ZONES),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
    )
    running_for = draw(st.none() | st.sampled_from([0, 1, 340 * HOUR]) | st.integers(0, 400_000))
    running = (now - timedelta(seconds=running_for or 0), draw(st.sampled_from(TEN_ZONES)), draw(st.booleans()))
    return now, draw(st.lists(session, max_size=8)), None if running_for is None else running


@examples(40)
@given(history=histories(), week_start=st.integers(0, 6))
@pytest.mark.django_db
def test_days_weeks_months_and_lists_agree_with_one_who_watches_the_calendar(history, week_start):
    now, sessions, running = history
    user = make_guest(timezone="Europe/Berlin", week_start=week_start)
    seconds, running_seconds, billable_seconds, count = Counter(), Counter(), Counter(), Counter()

    def expect(start, end, zone, *, billable, runs):
        by_day = watched_seconds(start, end, ZoneInfo(zone))
        seconds.update(by_day)
        running_seconds.update(by_day if runs else {})
        billable_seconds.update(by_day if billable else {})
        count.update(by_day.keys() or [watched_day(start, ZoneInfo(zone))])

    with time_machine.travel(now, tick=False):
        for start, length, zone, billable, is_deleted in sessions:
            end = start + timedelta(seconds=length)
            session = services.save_session(user, WEB, start=start, end=end, timezone=zone, billable=billable)
            if is_deleted:
                services.delete_session(user, WEB, session.id)
            else:
                expect(start, end, zone, billable=billable, runs=False)
        if running:
            start, zone, billable = running
            services.start_timer(user, WEB, start=start, timezone=zone, billable=billable)
            expect(start, now, zone, billable=billable, runs=True)

    day = now.date()
    periods = [week_period(day - 7 * DAY, week_start=week_start), week_period(day, week_start=week_start)]
    periods += [month_period(day.replace(day=1) - DAY), month_period(day), month_period(day.replace(day=28) + 4 * DAY)]
    totals = read_totals(user, periods, now=now)

    for period in periods:
        for each in period.dates():
            assert totals.on(each) == Total(
                seconds[each], running_seconds[each], billable_seconds[each], count[each]
            ), each
        whole, days = totals.of(period), [totals.on(each) for each in period.dates()]
        assert whole.seconds == sum(each.seconds for each in days)
        assert whole.running_seconds == sum(each.running_seconds for each in days)
        assert whole.billable_seconds == sum(each.billable_seconds for each in days)
        overview = read_overview(user, period, now=now)
        assert overview.totals.of(period) == whole
        assert whole.seconds == sum(listed.seconds for listed in overview.sessions)
        assert whole.session_count == len(overview.sessions)
        for each in period.dates():
            listed = overview.sessions_on(each)
            assert (len(listed), sum(one.seconds for one in listed)) == (count[each], seconds[each])
