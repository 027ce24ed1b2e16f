"""Group values: the database's and those of a single session are the same."""

from datetime import date, timedelta

import pytest
from django.db.models import F

from sessions_app import services
from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.models.expressions import tag_list
from sessions_app.reports.dimensions import (
    DIMENSIONS,
    group_expression,
    group_value_of_column,
    group_value_of_session,
    is_undivided,
    period_of,
)
from tests.factories import WEB, instant, make_guest, make_session


@pytest.mark.parametrize(
    ("dimension", "week_start", "first", "end"),
    [
        ("day", 0, date(2026, 11, 25), date(2026, 11, 26)),
        ("week", 0, date(2026, 11, 23), date(2026, 11, 30)),
        ("week", 3, date(2026, 11, 19), date(2026, 11, 26)),
        ("week", 2, date(2026, 11, 25), date(2026, 12, 2)),
        ("month", 0, date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_date_is_in_a_day_week_and_month(dimension, week_start, first, end):
    period = period_of(dimension, date(2026, 11, 25), week_start=week_start)

    assert (period.first, period.end) == (first, end)


@pytest.fixture(scope="module")
def sessions(module_db):
    """One without anything, in the first week of 1970; one with everything, on the last day of a year; and another."""
    owner = make_guest(timezone="Europe/Berlin")
    acme = services.create_entry(owner, WEB, Client, name="Acme").id
    site = services.create_entry(owner, WEB, Project, name="Site", client_id=acme).id
    solo = services.create_entry(owner, WEB, Project, name="Solo").id
    tags = [services.create_entry(owner, WEB, Tag, name=name).id for name in ("call", "deep")]
    make_session(owner, "1970-01-01T08:00Z", "1970-01-01T09:00Z")
    make_session(owner, "2024-12-31T08:00Z", "2024-12-31T09:00Z", "Draft", project_id=site, tag_ids=tags)
    make_session(owner, "2024-02-29T08:00Z", "2024-02-29T09:00Z", "draft", project_id=solo, tag_ids=tags[:1])
    return TimeSession.objects.for_user(owner).select_related("project").annotate(tag_list=tag_list())


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("week_start", range(7))
def test_the_database_groups_as_single_sessions_are(sessions, dimension, week_start):
    for session in sessions.annotate(column=group_expression(dimension, week_start=week_start)):
        of_session = group_value_of_session(dimension, session, session.first_date, week_start=week_start)

        assert group_value_of_column(dimension, session.column, week_start=week_start) == of_session
        if dimension in {"day", "week", "month"}:
            assert session.first_date in period_of(dimension, of_session, week_start=week_start)


@pytest.mark.parametrize(
    ("dimension", "undivided"),
    [
        ("day", ["one day"]),
        ("week", ["one day", "two days", "months"]),
        ("month", ["one day", "two days", "weeks"]),
        ("project", ["one day", "two days", "weeks", "months"]),
        ("name", ["one day", "two days", "weeks", "months"]),
    ],
)
def test_a_session_is_undivided_where_all_its_days_have_one_value(owner, time_machine, dimension, undivided):
    time_machine.move_to(instant("2026-11-23T12:00Z"), tick=False)
    for name, start in {
        "one day": "2026-11-04T10:00Z",
        "two days": "2026-11-05T22:30Z",
        "weeks": "2026-11-08T22:30Z",  # into a Monday
        "months": "2026-09-30T21:30Z",  # into a Thursday
    }.items():
        make_session(owner, start, (instant(start) + timedelta(hours=1)).isoformat(), name)

    found = TimeSession.objects.for_user(owner).filter(is_undivided(dimension, week_start=0))

    assert sorted(found.values_list("name", flat=True)) == sorted(undivided)
    assert set(found.filter(last_date=F("first_date")).values_list("name", flat=True)) == {"one day"}
