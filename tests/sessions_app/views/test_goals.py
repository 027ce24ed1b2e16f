"""Goals on the pages of a day and a week."""

import re

import pytest

from tests.factories import make_session
from tests.pages import flat
from users_app.services.preferences import save_preferences

pytestmark = pytest.mark.usefixtures("clock")

LINE = r'<line class="goal" x1="0" x2="100%" y1="(\d+)" y2="\1"'
REACHED = r'<rect class="reached" width="([\d.]+%)"'
PATHS = ("/", "/week/")


def test_without_goals_nothing_is_drawn_or_said(signed_in, owner):
    for path in PATHS:
        page = flat(signed_in.get(path))
        assert not re.search(LINE, page)
        assert "Goal:" not in page


def test_both_goals_are_drawn_and_said(signed_in, owner):
    make_session(owner, "2026-11-23T05:00Z", "2026-11-23T09:00Z")
    save_preferences(owner, day_goal_seconds=4 * 3600, week_goal_seconds=10 * 3600)

    for path, half in (("/", 32), ("/week/", 60)):
        page = flat(signed_in.get(path))
        assert re.findall(LINE, page) == [str(half)]
        assert re.findall(REACHED, page) == ["40%"]
        assert "Goal: 4 h a day, 10 h a week" in page


@pytest.mark.parametrize(
    ("goal", "said", "lines", "reached"),
    [("day_goal_seconds", "Goal: 7 h 30 min a day", 1, 0), ("week_goal_seconds", "Goal: 7 h 30 min a week", 0, 1)],
)
def test_one_goal_is_enough(signed_in, owner, goal, said, lines, reached):
    save_preferences(owner, **{goal: 27_000})

    for path in PATHS:
        page = flat(signed_in.get(path))
        assert said in page
        assert (len(re.findall(LINE, page)), len(re.findall(REACHED, page))) == (lines, reached)
