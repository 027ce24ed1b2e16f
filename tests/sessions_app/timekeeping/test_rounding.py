from dataclasses import FrozenInstanceError
from itertools import pairwise

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
cuts = st.lists(lengths, max_size=6)


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
        assert Rounding() == Rounding(minutes=0, direction="nearest", unit="line")
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
        with pytest.raises(ValueError, match=r"^Time is rounded per session, day, line, not month\.$"):
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


class TestPieces:
    @pytest.mark.parametrize(
        ("rounding", "pieces", "before", "expected"),
        [
            (Rounding(15, "up"), [], 0, []),
            (Rounding(15, "up"), [600], 0, [900]),
            # 23:50 to 0:10 is 20 minutes and so 30: each day alone would be given 15 as well
            (Rounding(15, "up"), [600, 600], 0, [900, 900]),
            # 23:55 to 0:05 is 10 minutes and so 15: each day alone would be given 15, together too much
            (Rounding(15, "up"), [300, 300], 0, [900, 0]),
            (Rounding(15, "down"), [600, 600], 0, [0, 900]),
            (Rounding(15, "nearest"), [450, 450], 0, [900, 0]),
            (Rounding(15, "nearest"), [449, 451], 0, [0, 900]),
            # the same as seen from the second day
            (Rounding(15, "up"), [300], 300, [0]),
            (Rounding(15, "down"), [600], 600, [900]),
            # three days, the middle one whole
            (Rounding(30, "nearest"), [100, 24 * HOUR, 100], 0, [0, 24 * HOUR, 0]),
            (Rounding(30, "up"), [100, 24 * HOUR, 100], 0, [1800, 24 * HOUR, 0]),
            # empty pieces get nothing
            (Rounding(15, "up"), [0, 300, 0, 300, 0], 0, [0, 900, 0, 0, 0]),
            (Rounding(0, "up"), [300, 301], 7, [300, 301]),
        ],
    )
    def test_a_session_is_rounded_along_its_length(self, rounding, pieces, before, expected):
        assert rounding.apply_to_parts(pieces, before=before) == expected

    @given(rounding=roundings, pieces=cuts)
    def test_add_up_to_the_whole(self, rounding, pieces):
        assert sum(rounding.apply_to_parts(pieces)) == rounding.apply(sum(pieces))

    @given(rounding=real_roundings, pieces=cuts, before=lengths)
    def test_are_multiples_and_never_negative(self, rounding, pieces, before):
        rounded = rounding.apply_to_parts(pieces, before=before)

        assert len(rounded) == len(pieces)
        assert all(each >= 0 and each % (rounding.minutes * MINUTE) == 0 for each in rounded)

    @given(rounding=real_roundings, pieces=cuts, before=lengths)
    def test_are_less_than_a_step_away_from_what_was_tracked(self, rounding, pieces, before):
        rounded = rounding.apply_to_parts(pieces, before=before)

        assert all(abs(each - piece) < rounding.minutes * MINUTE for each, piece in zip(rounded, pieces, strict=True))

    @given(rounding=roundings, pieces=cuts, data=st.data())
    def test_get_the_same_in_whichever_period_they_are_seen(self, rounding, pieces, data):
        whole = rounding.apply_to_parts(pieces)
        first = data.draw(st.integers(0, len(pieces)))
        end = data.draw(st.integers(first, len(pieces)))

        seen = rounding.apply_to_parts(pieces[first:end], before=sum(pieces[:first]))

        assert seen == whole[first:end]

    @given(rounding=roundings, pieces=cuts, before=lengths, data=st.data())
    def test_put_together_get_what_they_got_apart(self, rounding, pieces, before, data):
        borders = data.draw(st.sets(st.integers(0, len(pieces))))
        groups = list(pairwise(sorted({0, len(pieces)} | borders)))
        apart = rounding.apply_to_parts(pieces, before=before)

        together = rounding.apply_to_parts([sum(pieces[first:end]) for first, end in groups], before=before)

        assert together == [sum(apart[first:end]) for first, end in groups]
