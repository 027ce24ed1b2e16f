"""The query of a report, and those of its drill-downs."""

from datetime import date
from uuid import uuid4

import pytest

from sessions_app.models.querysets import SessionFilter
from sessions_app.reports.query import ReportQuery, drill_down
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import Rounding

PERIOD = Period(date(2026, 11, 10), date(2026, 12, 5))
ROUNDING = Rounding(15, "up", "day")
CLIENT, PROJECT, TAG = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize("group_by", [("day", "week", "month", "name"), ("day", "day")])
def test_groups_by_at_most_three_dimensions(group_by):
    with pytest.raises(ValueError, match="up to three dimensions, each once"):
        ReportQuery(PERIOD, group_by)


@pytest.mark.parametrize(
    ("group_by", "key", "period", "where"),
    [
        ((), (), PERIOD, {}),
        (("day",), (date(2026, 11, 23),), Period(date(2026, 11, 23), date(2026, 11, 24)), {}),
        (("week",), (date(2026, 11, 8),), Period(date(2026, 11, 10), date(2026, 11, 15)), {}),  # begins before
        (("month",), (date(2026, 12, 1),), Period(date(2026, 12, 1), date(2026, 12, 5)), {}),  # ends after
        (("client",), (CLIENT,), PERIOD, {"client": CLIENT}),
        (("client",), (None,), PERIOD, {"client": "none"}),
        (("project",), (PROJECT,), PERIOD, {"project": PROJECT}),
        (("project",), (None,), PERIOD, {"project": "none"}),
        (("tag",), ((TAG,),), PERIOD, {"only_tag_ids": frozenset({TAG})}),
        (("tag",), ((),), PERIOD, {"only_tag_ids": frozenset()}),
        (("name",), ("",), PERIOD, {"name": ""}),
        (
            ("project", "day"),
            (PROJECT, date(2026, 11, 23)),
            Period(date(2026, 11, 23), date(2026, 11, 24)),
            {"project": PROJECT},
        ),
        (("project", "day"), (PROJECT,), PERIOD, {"project": PROJECT}),  # a group
    ],
)
def test_drilling_down_narrows_period_and_filter_and_leaves_the_rest(group_by, key, period, where):
    query = ReportQuery(PERIOD, group_by, SessionFilter(text="x"), ROUNDING, week_start=6)

    narrowed = drill_down(query, key)

    assert narrowed == ReportQuery(period, group_by, SessionFilter(text="x", **where), ROUNDING, week_start=6)
