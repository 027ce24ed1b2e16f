"""Heights, colours and order of the bars of weeks and months."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from sessions_app.models import Project
from sessions_app.pages.charts import (
    MAX_HOUR_LINES,
    goals_of,
    hour_lines,
    inks_of,
    percent,
    project_bars,
    stacked_bars,
    sum_parts,
)
from sessions_app.selectors.catalogue import Catalogue
from sessions_app.selectors.totals import Total, Totals
from sessions_app.timekeeping.periods import Period
from users_app.models import User

MONDAY = date(2026, 11, 23)
WEEK = Period(MONDAY, MONDAY + timedelta(days=7))
ACME, BOOKS, CARDS = (
    Project(id=UUID(int=number), name=name, colour=colour)
    for number, (name, colour) in enumerate((("Acme", 1), ("Books", 2), ("Cards", 1)), 1)
)
INKS = inks_of(Catalogue({}, {each.id: each for each in (ACME, BOOKS, CARDS)}, {}))
HOUR = 3600


def bars_of(parts: dict[date, dict[UUID | None, int]]):
    by_date = {day: Total(sum(seconds.values())) for day, seconds in parts.items()}
    totals = Totals(datetime(2026, 11, 29, tzinfo=UTC), by_date, by_date, {})
    return stacked_bars(totals, WEEK, parts, INKS, height=80)


def test_projects_of_one_colour_have_different_textures():
    assert [INKS[each.id].texture for each in (ACME, BOOKS, CARDS)] == [0, 0, 1]
    assert [INKS[each].css_class for each in (ACME.id, BOOKS.id, None)] == ["p1", "p2", "p0"]


def test_eight_hours_fill_the_height_and_less_does_not():
    bars = bars_of({MONDAY: {ACME.id: 8 * HOUR}, MONDAY + timedelta(days=1): {ACME.id: 2 * HOUR}})

    assert [(bar.y, [(each.y, each.height) for each in bar.segments]) for bar in bars[:3]] == [
        (0, [(0, 80)]),
        (60, [(60, 20)]),
        (80, []),
    ]
    assert [bar.x for bar in bars[:2]] == ["0%", "14.29%"]


def test_a_longer_day_sets_the_scale():
    bars = bars_of({MONDAY: {None: 16 * HOUR}, MONDAY + timedelta(days=1): {None: 8 * HOUR}})

    assert [bar.y for bar in bars[:2]] == [0, 40]


@pytest.mark.parametrize(
    ("day_goal", "tracked", "bar_y", "goal_y"),
    [
        (None, 4 * HOUR, 40, None),
        (8 * HOUR, 4 * HOUR, 40, 0),
        (4 * HOUR, 8 * HOUR, 0, 40),
        (16 * HOUR, 4 * HOUR, 60, 0),
        (8 * HOUR, 16 * HOUR, 0, 40),
        (60, 0, 80, 80),
    ],
)
def test_the_goal_of_a_day_is_on_the_scale_of_the_bars(day_goal, tracked, bar_y, goal_y):
    parts = {MONDAY: {ACME.id: tracked}} if tracked else {}
    by_date = {day: Total(sum(seconds.values())) for day, seconds in parts.items()}
    totals = Totals(datetime(2026, 11, 29, tzinfo=UTC), by_date, by_date, {})
    goals = goals_of(User(day_goal_seconds=day_goal), totals, WEEK, height=80)

    assert stacked_bars(totals, WEEK, parts, INKS, height=80, day_goal=day_goal)[0].y == bar_y
    assert (goals and goals.y) == goal_y


@pytest.mark.parametrize(
    ("tracked", "width"), [(0, "0%"), (10 * HOUR, "25%"), (40 * HOUR, "100%"), (50 * HOUR, "100%")]
)
def test_the_goal_of_a_week_is_reached_at_most_once(tracked, width):
    by_date = {MONDAY: Total(tracked), MONDAY + timedelta(days=7): Total(99 * HOUR)}
    totals = Totals(datetime(2026, 11, 29, tzinfo=UTC), by_date, by_date, {})

    goals = goals_of(User(week_goal_seconds=40 * HOUR), totals, WEEK, height=80)

    assert (goals.width, goals.y) == (width, None)


def test_the_project_with_most_of_the_week_is_at_the_foot_of_each_bar():
    tuesday = MONDAY + timedelta(days=1)
    bars = bars_of({MONDAY: {ACME.id: HOUR, BOOKS.id: 2 * HOUR}, tuesday: {ACME.id: 4 * HOUR, None: HOUR}})

    assert [[each.ink.project for each in bar.segments] for bar in bars[:2]] == [[ACME, BOOKS], [ACME, None]]


def test_segments_leave_two_pixels_between_and_stay_inside_their_bar():
    (bar, *_others) = bars_of({MONDAY: {ACME.id: 4 * HOUR, BOOKS.id: 4 * HOUR}})

    assert [(each.y, each.height) for each in bar.segments] == [(40, 40), (0, 38)]


def test_what_is_tracked_at_all_is_visible():
    (bar, *_others) = bars_of({MONDAY: {ACME.id: 8 * HOUR, BOOKS.id: 1, None: 1}})

    assert all(each.height >= 1 for each in bar.segments)


def totals_of(hours: float) -> Totals:
    by_date = {MONDAY: Total(round(hours * HOUR))}
    return Totals(datetime(2026, 11, 29, tzinfo=UTC), by_date, by_date, {})


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        (0, [(2, 60), (4, 40), (6, 20), (8, 0)]),
        (10, [(2, 64), (4, 48), (6, 32), (8, 16), (10, 0)]),
        (16, [(4, 60), (8, 40), (12, 20), (16, 0)]),
        (7.99, [(2, 60), (4, 40), (6, 20), (8, 0)]),
    ],
)
def test_lines_stand_at_whole_hours(hours, lines):
    assert [(each.hours, each.y) for each in hour_lines(totals_of(hours), WEEK, height=80)] == lines


@pytest.mark.parametrize("hours", range(1, 170))
def test_there_are_few_lines_however_long_a_day_is(hours):
    lines = hour_lines(totals_of(hours), WEEK, height=80)

    assert 2 <= len(lines) <= MAX_HOUR_LINES
    assert all(0 <= each.y <= 80 for each in lines)


def test_the_month_has_five_projects_longest_first_each_a_share_of_all():
    others = {UUID(int=9 + each): HOUR // 5 for each in range(5)}
    seconds = {ACME.id: HOUR, BOOKS.id: 4 * HOUR, None: 2 * HOUR, **others}

    bars = project_bars(seconds, INKS)

    assert [(each.ink.project, each.seconds, each.width) for each in bars[:3]] == [
        (BOOKS, 4 * HOUR, "50%"),
        (None, 2 * HOUR, "25%"),
        (ACME, HOUR, "12.5%"),
    ]
    assert len(bars) == 5
    assert project_bars({}, INKS) == []


def test_only_the_days_of_a_period_are_summed():
    parts = {MONDAY: {ACME.id: 5}, WEEK.end: {ACME.id: 7, BOOKS.id: 1}}

    assert sum_parts(parts, WEEK) == {ACME.id: 5}


def test_lengths_have_points_and_no_more_digits_than_needed():
    assert [percent(1, 3), percent(1, 2), percent(0, 7)] == ["33.33%", "50%", "0%"]
