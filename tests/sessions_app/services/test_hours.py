"""Hours without clock times: where they are placed, and what stays when they change."""

from datetime import date

import pytest

from sessions_app import services
from tests.factories import WEB, instant, make_session
from timetracker.errors import InvalidInputError, StaleVersionError

DAY = date(2026, 11, 18)
HOUR = 3600


@pytest.fixture(autouse=True)
def _monday(clock) -> None:
    """It is always `NOW`."""


def add(owner, hours, day=DAY):
    return services.add_hours(owner, WEB, day=day, length_seconds=int(hours * HOUR), project_id=None)


def test_hours_follow_the_last_session_of_the_day_also_one_over_midnight(owner):
    make_session(owner, "2026-11-17T21:00:00Z", "2026-11-18T10:00:00Z")

    assert [add(owner, 1).start, add(owner, 2).start] == [instant("2026-11-18T10:00Z"), instant("2026-11-18T11:00Z")]


def test_hours_of_today_do_not_pass_now(owner):
    added = add(owner, 2, day=date(2026, 11, 23))  # it is 10:00 in Berlin

    assert (added.start, added.end) == (instant("2026-11-23T07:00Z"), instant("2026-11-23T09:00Z"))


def test_longer_hours_are_placed_anew_without_times(owner):
    added = add(owner, 1)

    changed = services.change_hours(owner, WEB, added.id, versions=[1], length_seconds=20 * HOUR)

    assert (changed.start, changed.end) == (instant("2026-11-18T03:00Z"), instant("2026-11-18T23:00Z"))
    assert (changed.times_known, changed.version) == (False, 2)


def test_the_same_length_changes_nothing(owner):
    session = make_session(owner, "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z")

    changed = services.change_hours(owner, WEB, session.id, versions=[1], length_seconds=HOUR)

    assert (changed.version, changed.times_known) == (1, True)


@pytest.mark.parametrize("hours", [24.5, 40])
def test_more_than_a_day_is_rejected(owner, hours):
    with pytest.raises(InvalidInputError, match="more than the day has left"):
        add(owner, hours)


def test_a_session_that_was_changed_meanwhile_is_left(owner):
    session = make_session(owner, "2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z")

    with pytest.raises(StaleVersionError):
        services.change_hours(owner, WEB, session.id, versions=[7], length_seconds=2 * HOUR)


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(9000, 1, 1), date.max])
def test_a_day_that_is_far_away_is_an_error_of_the_day(owner, day):
    with pytest.raises(InvalidInputError) as caught:
        add(owner, 1, day=day)

    assert [(error.field, error.code) for error in caught.value.errors] == [("day", "out_of_range")]
