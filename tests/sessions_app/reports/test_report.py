from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.reports import Figures, Group, Line, Report, ReportQuery, percents_of
from sessions_app.timekeeping.periods import month_period
from tests.examples import examples

seconds = st.one_of(st.just(0), st.integers(0, 10**6), st.integers(3600, 3602))


def report_of(groups: list[list[int]]) -> Report:
    """Makes a report by project and name whose lines have these seconds, rounded."""
    made = []
    for number, lines in enumerate(groups):
        figures = [Figures(rounded_seconds=each) for each in lines]
        keyed = tuple(Line((f"project {number}", f"name {at}"), each, ()) for at, each in enumerate(figures))
        made.append(Group(f"project {number}", Figures(rounded_seconds=sum(lines)), keyed))
    query = ReportQuery(month_period(date(2026, 11, 1)), ("project", "name"))
    total = Figures(rounded_seconds=sum(map(sum, groups)))
    return Report(query, datetime(2026, 11, 28, tzinfo=UTC), tuple(made), total)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([[1], [1], [1]], [34, 33, 33]),
        ([[1], [7]], [13, 87]),
        ([[0], [5]], [0, 100]),
        ([[0], [0]], [0, 0]),
        ([[5]], [100]),
    ],
)
def test_percents_of_groups_add_up_to_the_total(groups, expected):
    report = report_of(groups)
    percents = percents_of(report)
    assert [percents[each.key,] for each in report.groups] == expected
    assert percents[()] == (100 if sum(expected) else 0)


@given(groups=st.lists(st.lists(seconds, min_size=1, max_size=6), max_size=6))
@examples(200)
def test_percents_add_up_on_each_level_and_are_less_than_one_away_from_the_share(groups):
    report = report_of(groups)
    percents = percents_of(report)
    whole = report.total.rounded_seconds

    assert sum(percents[each.key,] for each in report.groups) == percents[()] == (100 if whole else 0)
    for group in report.groups:
        assert sum(percents[line.key] for line in group.lines) == percents[group.key,]
        assert abs(percents[group.key,] - 100 * group.figures.share_of(report.total)) < 1
