"""Where sessions stand on the timeline of a day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sessions_app.models import TimeSession
from sessions_app.pages.charts import Ink
from sessions_app.pages.timeline import timeline

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 23)


def session(start: str, end: str | None, *, zone: str = "Europe/Berlin", day: date = DAY) -> TimeSession:
    """A session by the clock of its zone, an end with a day of its own if it has one."""

    def at(text: str) -> datetime:
        local = datetime.fromisoformat(text if "T" in text else f"{day}T{text}")
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    return TimeSession(start=at(start), end=end and at(end), timezone=zone)


def drawn(*sessions: TimeSession, day: date = DAY, now: str = "2026-11-30T12:00"):
    instant = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    return timeline(sessions, day, {None: Ink(None)}, zone=BERLIN, now=instant)


def test_an_empty_day_has_eight_to_eighteen():
    empty = drawn()

    assert (empty.first_hour, empty.last_hour, empty.blocks, empty.now) == (8, 18, (), None)
    assert [hour for hour, _x in empty.hours] == list(range(9, 18))
    assert empty.hours[0] == (9, "10%")


def test_a_session_stands_where_the_clock_had_it():
    block = drawn(session("09:00", "11:30")).blocks[0]

    assert (block.x, block.width, block.lane) == ("10%", "25%", 0)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("06:20", "07:00", (6, 18)),
        ("20:00", "21:01", (8, 22)),
        ("20:00", "21:00", (8, 21)),
        ("00:00", "2026-11-24T00:00", (0, 24)),
        ("2026-11-22T22:00", "01:00", (0, 18)),
        ("22:00", "2026-11-24T03:00", (8, 24)),
    ],
)
def test_it_reaches_from_the_first_to_the_last_by_the_hour(start, end, hours):
    found = drawn(session(start, end))

    assert (found.first_hour, found.last_hour) == hours


def test_a_whole_day_has_every_second_hour_at_most():
    assert [hour for hour, _x in drawn(session("00:00", "2026-11-24T00:00")).hours] == list(range(2, 24, 2))


def test_now_and_the_running_session_end_together():
    found = drawn(session("12:00", None), now="2026-11-23T13:00")

    assert (found.blocks[0].x, found.blocks[0].width, found.now) == ("40%", "10%", "50%")


@pytest.mark.parametrize("now", ["2026-11-23T03:00", "2026-11-23T21:00", "2026-11-24T12:00"])
def test_now_outside_is_not_shown_and_stretches_nothing(now):
    found = drawn(session("09:00", "10:00"), now=now)

    assert (found.first_hour, found.last_hour, found.now) == (8, 18, None)


def test_overlapping_sessions_stand_below_each_other_and_the_next_is_at_the_top_again():
    found = drawn(session("09:00", "11:00"), session("10:00", "12:00"), session("12:00", "13:00"))

    assert [block.lane for block in found.blocks] == [0, 1, 0]
    assert found.lanes == 2


def test_more_than_three_at_once_share_the_last_lane():
    found = drawn(*(session("09:00", "10:00") for _each in range(5)))

    assert [block.lane for block in found.blocks] == [0, 1, 2, 2, 2]
    assert found.lanes == 3


def test_a_session_made_elsewhere_stands_at_the_clock_of_its_zone():
    block = drawn(session("09:00", "10:00", zone="Asia/Tokyo")).blocks[0]

    assert block.x == "10%"


def test_a_short_session_is_visible():
    assert drawn(session("09:00", "09:00")).blocks[0].width == "0.33%"


@pytest.mark.parametrize(
    ("day", "first_label"), [(date(2026, 10, 25), 8), (date(2026, 3, 29), 8)], ids=["25 h", "23 h"]
)
def test_on_the_nights_of_a_clock_change_labels_stand_where_the_clock_shows_them(day, first_label):
    found = drawn(session("09:00", "10:00", day=day), day=day)

    positions = dict(found.hours)
    assert positions[9] == found.blocks[0].x
    assert len(set(positions.values())) == len(positions)


def test_what_has_no_times_is_left_out():
    without = session("09:00", "10:00")
    without.times_known = False

    assert drawn(without).blocks == ()
