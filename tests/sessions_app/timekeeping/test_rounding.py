from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.timekeeping.rounding import (
    ROUNDING_DIRECTIONS,
    ROUNDING_MINUTES,
    ROUNDING_UNITS,
    Rounding,
)

MINUTE = 60
HOUR = 3600

roundings = st.builds(
    Rounding, minutes=st.sampled_from(ROUNDING_MINUTES), direction=st.sampled_from(ROUNDING_DIRECTIONS)
)
real_roundings = roundings.filter(bool)
lengths = st.one_of(
    st.integers(0, 40 * 24 * HOUR),
    st.integers(0, 3000).map(lambda minutes: minutes * MINUTE),
    st.integers(0, 3000).map(lambda halves: halves * MINUTE // 2),
)


def watched_rounding(seconds, minutes, direction):
    """The multiple of `minutes` that `seconds` goes to, found by walking there minute by minute."""
    below, above = 0, minutes * MINUTE
    while above <= seconds:
        below, above = above, above + minutes * MINUTE
    if below == seconds:
        return seconds
    match direction:
        case "down":
            return below
        case "up":
            return above
        case "nearest":
            return below if seconds - below < above - seconds else above


class TestRounding:
    def test_is_none_unless_asked_for(self):
        assert Rounding() == Rounding(minutes=0, direction="nearest", unit="project")
        assert not Rounding()
        assert not Rounding(minutes=0, direction="up", unit="day")
        assert Rounding(minutes=1)

    def test_never_changes(self):
        with pytest.raises(FrozenInstanceError):
            Rounding().minutes = 15

    @pytest.mark.parametrize("minutes", [-15, 2, 7, 60])
    def test_knows_few_steps(self, minutes):
        with pytest.raises(ValueError, match=r"^Time is rounded to 0, 1, 5, 6, 10, 15, 30 minutes, not -?\d+\.$"):
            Rounding(minutes=minutes)

    def test_knows_three_directions(self):
        with pytest.raises(ValueError, match=r"^Time is rounded up, nearest, down, not sideways\.$"):
            Rounding(minutes=15, direction="sideways")

    def test_knows_three_units(self):
        with pytest.raises(ValueError, match=r"^Time is rounded per session, day, project, not month\.$"):
            Rounding(minutes=15, unit="month")

    @pytest.mark.parametrize("unit", ROUNDING_UNITS)
    @pytest.mark.parametrize("direction", ROUNDING_DIRECTIONS)
    @pytest.mark.parametrize("minutes", ROUNDING_MINUTES)
    def test_takes_every_choice(self, minutes, direction, unit):
        assert bool(Rounding(minutes, direction, unit)) is (minutes > 0)


@pytest.mark.parametrize(
    ("minutes", "seconds", "down", "nearest", "up"),
    [
        (15, 0, 0, 0, 0),  # nothing stays nothing, even upwards
        (15, 1, 0, 0, 900),
        (15, 449, 0, 0, 900),
        (15, 450, 0, 900, 900),  # half goes up
        (15, 899, 0, 900, 900),
        (15, 900, 900, 900, 900),
        (15, 901, 900, 900, 1800),
        (1, 29, 0, 0, 60),
        (1, 30, 0, 60, 60),
        (1, 90, 60, 120, 120),
        (5, 149, 0, 0, 300),
        (5, 150, 0, 300, 300),
        (6, 179, 0, 0, 360),  # a tenth of an hour
        (6, 180, 0, 360, 360),
        (6, HOUR, HOUR, HOUR, HOUR),
        (10, 2 * HOUR - 1, 6600, 7200, 7200),
        (30, 340 * HOUR + 900, 340 * HOUR, 340 * HOUR + 1800, 340 * HOUR + 1800),
        (0, 4321, 4321, 4321, 4321),
    ],
)
def test_a_length_goes_to_a_multiple(minutes, seconds, down, nearest, up):
    assert Rounding(minutes, "down").apply(seconds) == down
    assert Rounding(minutes, "nearest").apply(seconds) == nearest
    assert Rounding(minutes, "up").apply(seconds) == up


@given(rounding=real_roundings, seconds=st.integers(0, 30 * HOUR))
def test_rounding_is_what_walking_there_finds(rounding, seconds):
    assert rounding.apply(seconds) == watched_rounding(seconds, rounding.minutes, rounding.direction)


@given(rounding=roundings, seconds=lengths)
def test_what_is_rounded_stays(rounding, seconds):
    assert rounding.apply(rounding.apply(seconds)) == rounding.apply(seconds)


@given(rounding=roundings, seconds=lengths, more=lengths)
def test_more_time_never_rounds_to_less(rounding, seconds, more):
    assert rounding.apply(seconds) <= rounding.apply(seconds + more)
