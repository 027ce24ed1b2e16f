"""When a running session counts as forgotten, and the guess of its end."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.end_guess import EndGuess, guess_end
from tests.sessions_app.timekeeping.hard_times import instant, zones_and_instants
from tests.sessions_app.timekeeping.oracle import watched_day

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
BERLIN = "Europe/Berlin"


def at(text: str | None):
    """A UTC time of November 2026, `23 09:00`."""
    return None if text is None else instant(f"2026-11-{text}")


# start, now, last seen, confirmed; the guess and whether it is a sighting. Midnight of Berlin is 23:00.
CASES = [
    # Within the limit, within a day.
    ("23 08:00", "23 09:00", None, None, None),
    ("23 08:00", "23 08:00", "23 08:00", None, None),
    ("23 08:00", "23 16:00", "23 08:00", None, None),
    # Over the limit of 8 hours.
    ("23 08:00", "23 16:00:01", None, None, ("23 16:00", False)),
    ("23 08:00", "23 18:00", None, None, ("23 16:00", False)),
    ("23 08:00", "23 18:00", "23 11:00", None, ("23 11:00", True)),
    ("23 08:00", "23 18:00", "23 17:59", None, ("23 17:59", True)),  # still here: asked all the same
    ("23 08:00", "23 18:00", "23 08:00", None, ("23 08:00", True)),
    ("23 08:00", "23 18:00", "23 07:59", None, ("23 16:00", False)),  # seen before it began: says nothing
    ("09 05:00", "23 09:00", "10 05:00", None, ("10 05:00", True)),  # 340 hours
    # Over midnight with nobody there.
    ("23 20:00", "23 23:00", "23 20:00", None, ("23 20:00", True)),
    ("23 20:00", "23 22:59:59", "23 20:00", None, None),  # not midnight yet
    ("23 20:00", "23 23:30", None, None, None),  # nobody looks, so nobody is missed
    ("23 20:00", "23 23:30", "23 15:00", None, ("23 23:30", False)),  # not seen since the start
    ("23 22:45", "23 23:30", "23 15:00", None, None),  # began within the hour
    # Seen shortly before midnight, or back soon after it.
    ("23 20:00", "23 23:15", "23 22:15:01", None, None),
    ("23 20:00", "23 23:15", "23 22:15", None, ("23 22:15", True)),
    ("23 20:00", "23 23:59:59", "23 22:59:59", None, ("23 22:59:59", True)),
    ("23 20:00", "23 23:59:58", "23 22:59:59", None, None),
    ("23 20:00", "24 03:00", "23 23:00", None, None),  # seen when the day began
    # Somebody said that it goes on.
    ("23 08:00", "23 18:00", None, "23 10:00", None),
    ("23 08:00", "23 18:00:01", None, "23 10:00", ("23 18:00", False)),
    ("23 08:00", "23 20:00", "23 09:00", "23 10:00", ("23 18:00", False)),  # a sighting before that says nothing
    ("23 08:00", "23 20:00", "23 11:00", "23 10:00", ("23 11:00", True)),
    ("23 20:00", "24 03:00", "23 23:30", "23 23:30", None),
    ("23 20:00", "23 23:30", "23 21:00", "23 21:30", ("23 23:30", False)),
    # The clock was set back.
    ("23 08:00", "23 07:00", None, None, None),
    ("23 08:00", "23 07:00", "23 08:30", None, None),
    ("23 08:00", "23 18:00", "23 18:30", None, ("23 16:00", False)),
    ("23 08:00", "23 09:00", "23 08:30", "23 10:00", None),
]


@pytest.mark.parametrize(("start", "now", "last_seen", "confirmed", "expected"), CASES)
def test_guess(start, now, last_seen, confirmed, expected):
    guess = guess_end(
        start=at(start),
        now=at(now),
        last_seen=at(last_seen),
        confirmed_at=at(confirmed),
        limit=8 * HOUR,
        zone=ZoneInfo(BERLIN),
    )

    assert guess == (None if expected is None else EndGuess(at(expected[0]), expected[1]))


# zone, last seen, now: an absence of two hours and more, over the instant at which a day begins, or just not.
MIDNIGHTS = [
    ("America/New_York", "2026-11-24T02:00", "2026-11-24T05:00", True),
    ("America/New_York", "2026-11-24T02:00", "2026-11-24T04:59:59", False),
    ("Asia/Tokyo", "2026-11-23T12:00", "2026-11-23T15:00", True),
    ("Asia/Tokyo", "2026-11-23T15:00", "2026-11-23T18:00", False),
    ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T04:00", False),  # the night of 25 hours is after midnight
    ("Europe/Berlin", "2026-10-24T21:59:59", "2026-10-25T04:00", True),
    ("Africa/Cairo", "2024-04-25T20:00", "2024-04-25T21:59:59", False),  # 24:00 is 1:00
    ("Africa/Cairo", "2024-04-25T20:00", "2024-04-25T22:00", True),
    ("America/Havana", "2024-11-03T04:00", "2024-11-03T06:00", False),  # midnight twice: the first counts
    ("America/Havana", "2024-11-03T03:59:59", "2024-11-03T06:00", True),
    ("America/St_Johns", "2010-11-07T02:30", "2010-11-07T04:00", False),  # the evening comes back, the day does not
]


@pytest.mark.parametrize(("zone", "seen", "now", "is_forgotten"), MIDNIGHTS)
def test_midnight_is_that_of_the_zone(zone, seen, now, is_forgotten):
    guess = guess_end(
        start=instant(seen) - HOUR,
        now=instant(now),
        last_seen=instant(seen),
        confirmed_at=None,
        limit=24 * HOUR,
        zone=ZoneInfo(zone),
    )

    assert guess == (EndGuess(instant(seen), was_seen=True) if is_forgotten else None)


limits = st.integers(1, 24).map(lambda hours: hours * HOUR)


@given(found=zones_and_instants(4), limit=limits, is_noted=st.booleans(), is_confirmed=st.booleans())
def test_guess_against_the_wall(found, limit, is_noted, is_confirmed):
    """Any order of the four instants, such as clocks that are set back give."""
    zone, (start, now, seen, confirmed) = found
    guess = guess_end(
        start=start,
        now=now,
        last_seen=seen if is_noted else None,
        confirmed_at=confirmed if is_confirmed else None,
        limit=limit,
        zone=zone,
    )
    since = max(start, confirmed) if is_confirmed else start
    sighting = seen if is_noted and since <= seen <= now else None
    left = sighting or since
    is_over_limit = now > since + limit
    is_over_midnight = now >= left + HOUR and watched_day(left, zone) < watched_day(now, zone)

    assert (guess is not None) == (is_over_limit or (is_noted and is_over_midnight))
    if guess is not None:
        assert start <= guess.at <= now
        assert guess.at >= since
        assert guess == (
            EndGuess(sighting, was_seen=True) if sighting else EndGuess(min(since + limit, now), was_seen=False)
        )


@given(found=zones_and_instants(2), limit=limits)
def test_saying_that_it_goes_on_ends_the_question(found, limit):
    zone, (start, now) = found
    guess = guess_end(start=start, now=now, last_seen=now, confirmed_at=now, limit=limit, zone=zone)

    assert guess is None


@given(found=zones_and_instants(3), limit=limits)
def test_a_session_that_was_forgotten_stays_so(found, limit):
    zone, instants = found
    start, seen, now = sorted(instants)

    def ask(moment):
        return guess_end(start=start, now=moment, last_seen=seen, confirmed_at=None, limit=limit, zone=zone)

    earlier, later = ask(now), ask(now + SECOND)

    assert earlier is None or later == earlier
