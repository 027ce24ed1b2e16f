"""Where sessions and free time stand in the calendar of a week."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.models import TimeSession
from sessions_app.pages.calendar import CalendarBlock, CalendarGap, week_calendar
from sessions_app.pages.charts import Ink
from sessions_app.selectors.overview import ListedSession, Overview
from sessions_app.selectors.totals import Totals
from sessions_app.timekeeping.periods import Period, last_day_of, split_by_day
from tests.examples import examples

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Period(date(2026, 11, 23), date(2026, 11, 30))
LONG_HOURS = Period(date(2026, 10, 19), date(2026, 10, 26))  # its Sunday has 25 hours
SHORT_HOURS = Period(date(2026, 3, 23), date(2026, 3, 30))  # its Sunday has 23
LATER = "2027-01-01T12:00"


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def session(start: str, end: str | None, zone: str = "Europe/Berlin", **fields) -> TimeSession:
    """A session by the clock of its zone."""
    made = TimeSession(start=at(start, zone), end=end and at(end, zone), timezone=zone, **fields)
    made.first_date = made.start.astimezone(made.zone).date()
    made.last_date = made.end and last_day_of(made.start, made.end, made.zone)
    return made


class Sessions(Overview):
    """An overview of sessions that are not stored."""

    def sessions_on(self, day):
        split = [(each, split_by_day(each.start, each.end or self.now, each.zone)) for each in self.sessions]
        return [ListedSession(each, days[day]) for each, days in split if day in days]


def drawn(*sessions, period=WEEK, now=LATER):
    instant = at(now)
    overview = Sessions(period, instant, Totals(instant, {}, {}, {}), list(sessions), None)
    return week_calendar(overview, period, {None: Ink(None)}, zone=BERLIN, now=instant)


def blocks(day) -> list[CalendarBlock]:
    return [each for each in day.parts if isinstance(each, CalendarBlock)]


def gaps(day) -> list[CalendarGap]:
    return [each for each in day.parts if isinstance(each, CalendarGap)]


def test_an_empty_week_is_free_from_eight_to_eighteen():
    calendar = drawn()

    assert (calendar.first_second, calendar.height) == (8 * 3600, 720)
    assert [hour.at.astimezone(BERLIN).hour for hour in calendar.hours] == list(range(8, 18))
    for day in calendar.days:
        assert [(gap.y, gap.height) for gap in gaps(day)] == [(0, 720)]
        assert (day.hours, day.over_from, day.now) == ((), None, None)


def test_a_session_stands_at_its_time_with_what_is_free_around_it():
    tuesday = drawn(session("2026-11-24T09:00", "2026-11-24T10:30")).days[1]

    [block] = blocks(tuesday)
    assert (block.x, block.width, block.y, block.height) == ("0%", "100%", 72, 108)
    assert [(gap.start, gap.end) for gap in gaps(tuesday)] == [
        (at("2026-11-24T08:00"), at("2026-11-24T09:00")),
        (at("2026-11-24T10:30"), at("2026-11-24T18:00")),
    ]


def test_what_overlaps_stands_side_by_side():
    tuesday = drawn(
        session("2026-11-24T09:00", "2026-11-24T10:30"),
        session("2026-11-24T10:00", "2026-11-24T11:00"),
        session("2026-11-24T11:00", "2026-11-24T12:00"),
    ).days[1]

    assert [(block.x, block.width) for block in blocks(tuesday)] == [("0%", "50%"), ("50%", "50%"), ("0%", "100%")]


def test_a_session_over_midnight_is_cut_at_the_bounds_of_both_days():
    calendar = drawn(session("2026-11-24T22:30", "2026-11-25T01:15"))

    [evening], [morning] = blocks(calendar.days[1]), blocks(calendar.days[2])
    folded = (4 * 72 - 24) + (6 * 72 - 24)  # 2:00 to 8:00, 18:00 to 22:00
    assert calendar.height == 24 * 72 - folded
    assert (evening.y, evening.height, evening.is_cut_before, evening.is_cut_after) == (1620 - folded, 108, False, True)
    assert (morning.y, morning.height, morning.is_cut_before, morning.is_cut_after) == (0, 90, True, False)


def test_early_and_late_hours_with_nothing_in_them_are_folded():
    calendar = drawn(session("2026-11-24T23:30", "2026-11-25T00:10"), session("2026-11-27T19:10", "2026-11-27T20:50"))

    assert [(fold.first // 3600, fold.last // 3600, fold.y, fold.height) for fold in calendar.folds] == [
        (1, 8, 72, 24),
        (21, 23, 96 + 13 * 72, 24),
    ]
    hours = [hour.at.astimezone(BERLIN).hour for hour in calendar.hours]
    assert hours == [0, 1, *range(8, 22), 23]
    assert calendar.hours[2].y == 72 + 24
    [gap] = gaps(calendar.days[0])
    assert (gap.y, gap.height) == (0, calendar.height)


def test_an_hour_alone_is_not_folded_nor_is_that_of_now():
    calendar = drawn(session("2026-11-24T05:30", "2026-11-24T06:40"), now="2026-11-25T03:30")

    assert (calendar.first_second, calendar.folds) == (3 * 3600, ())


def all_day(day: date) -> TimeSession:
    """What leaves no hour to fold."""
    return session(f"{day}T00:00", f"{day + timedelta(days=1)}T00:00")


def test_now_and_what_runs_end_together_and_nothing_after_is_free():
    calendar = drawn(session("2026-11-25T09:00", None), now="2026-11-25T11:30")

    wednesday, thursday = calendar.days[2:4]
    [block] = blocks(wednesday)
    assert (block.y, block.y + block.height, wednesday.now) == (72, 252, 252)
    assert [(gap.y, gap.height) for gap in gaps(wednesday)] == [(0, 72)]
    assert thursday.parts == ()
    assert thursday.now is None


def test_the_line_of_now_is_shown_at_night_too():
    calendar = drawn(now="2026-11-25T03:30")

    assert (calendar.first_second, calendar.days[2].now) == (3 * 3600, 36)


def test_sessions_without_times_stand_apart():
    tuesday = drawn(session("2026-11-24T09:00", "2026-11-24T10:30", times_known=False)).days[1]

    assert blocks(tuesday) == []
    assert [each.seconds for each in tuesday.untimed] == [5400]
    assert [(gap.y, gap.height) for gap in gaps(tuesday)] == [(0, 720)]


def test_a_short_session_can_be_clicked_and_stays_inside_the_day():
    monday = drawn(session("2026-11-23T23:58", "2026-11-23T23:59")).days[0]

    [block] = blocks(monday)
    assert (block.y + block.height, block.height) == (drawn(block.session).height, 24)


def test_free_time_begins_when_a_short_session_ended_and_not_when_its_block_does():
    monday = drawn(session("2026-11-23T09:00", "2026-11-23T09:05")).days[0]

    after = gaps(monday)[1]
    assert (after.start, after.y) == (at("2026-11-23T09:05"), 72 + 24)


def test_a_session_made_elsewhere_stands_at_the_clock_of_its_zone():
    [block] = blocks(drawn(session("2026-11-24T09:00", "2026-11-24T10:00", "Asia/Tokyo")).days[1])

    assert block.y == 72


@pytest.mark.parametrize(("period", "eight", "night"), [(LONG_HOURS, 9, 3), (SHORT_HOURS, 7, 1)], ids=["25 h", "23 h"])
def test_on_a_day_with_a_clock_change_hours_are_labelled_anew_and_lengths_are_true(period, eight, night):
    sunday = period.first + timedelta(days=6)
    sessions = [session(f"{sunday}T01:30", f"{sunday}T03:30"), session(f"{sunday}T08:00", f"{sunday}T09:00")]
    calendar = drawn(*sessions, all_day(period.first), period=period)

    day = calendar.days[6]
    first, second = blocks(day)
    assert first.height == night * 72
    assert second.y == eight * 72 - calendar.first_second // 50
    assert {hour.y for hour in day.hours if hour.at == at(f"{sunday}T08:00")} == {second.y}
    assert all(not each.hours for each in calendar.days[:6])


def test_a_day_of_23_hours_is_over_where_others_go_on():
    calendar = drawn(all_day(date(2026, 3, 28)), period=SHORT_HOURS)

    assert [day.over_from for day in calendar.days] == [None] * 6 + [23 * 72 - calendar.first_second // 50]


def test_a_day_of_25_hours_is_shown_to_its_end():
    calendar = drawn(all_day(date(2026, 10, 24)), session("2026-10-25T23:00", "2026-10-26T00:00"), period=LONG_HOURS)

    assert calendar.height == 25 * 72 - calendar.first_second // 50
    assert [day.over_from for day in calendar.days] == [24 * 72 - calendar.first_second // 50] * 6 + [None]


@st.composite
def sessions_of(draw, period):
    """Sessions around a period, by the minute, up to two days long."""
    begin, finish = period.bounds(BERLIN)
    minutes = int((finish - begin).total_seconds() // 60)
    made = []
    for start, length in draw(st.lists(st.tuples(st.integers(-600, minutes), st.integers(0, 2880)), max_size=10)):
        first = begin + timedelta(minutes=start)
        each = TimeSession(start=first, end=first + timedelta(minutes=length), timezone="Europe/Berlin")
        each.first_date = each.start.astimezone(BERLIN).date()
        each.last_date = last_day_of(each.start, each.end, BERLIN)
        made.append(each)
    return made


@pytest.mark.parametrize("period", [WEEK, LONG_HOURS, SHORT_HOURS], ids=["24 h", "25 h", "23 h"])
@given(data=st.data())
@examples(200)
def test_no_block_or_gap_covers_another_all_are_inside_and_lengths_are_those_of_the_list(period, data):
    sessions = data.draw(sessions_of(period))
    calendar = drawn(*sessions, period=period)

    for day in calendar.days:
        found = blocks(day)
        assert {block.session for block in found} == {
            each for each in sessions if day.date in split_by_day(each.start, each.end, BERLIN)
        }
        for part in day.parts:
            assert 0 <= part.y < part.y + part.height <= calendar.height
            assert part.height >= 24
        for index, one in enumerate(found):
            assert float(one.x[:-1]) + float(one.width[:-1]) <= 100.02
            if one.listed.seconds >= 20 * 60:
                assert abs(one.height * 50 - one.listed.seconds) <= 50
            for other in found[:index]:
                if one.y < other.y + other.height and other.y < one.y + one.height:
                    assert one.x != other.x
        for gap in gaps(day):
            assert all(gap.y + gap.height <= each.y or each.y + each.height <= gap.y for each in found)
            assert all(gap.end <= each.session.start or each.session.end <= gap.start for each in found)
        assert all(before.end <= after.start for before, after in pairwise(gaps(day)))
