from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given

from sessions_app import services
from sessions_app.models import Project
from sessions_app.reports import ReportQuery, read_report
from sessions_app.selectors.project_days import read_project_days
from sessions_app.timekeeping.periods import month_period, week_period
from tests.examples import examples
from tests.factories import WEB, make_guest, make_session
from tests.sessions_app.selectors.test_totals import histories
from tests.sessions_app.timekeeping.oracle import watched_seconds


@examples(30)
@given(history=histories())
@pytest.mark.django_db
def test_projects_of_days_agree_with_one_who_watches_the_calendar_and_with_the_report(history):
    now, sessions, running = history
    user = make_guest(timezone="Europe/Berlin")
    make_session(make_guest(), "2024-02-28T08:00Z", "2024-02-28T09:00Z")
    expected = Counter()
    with time_machine.travel(now, tick=False):
        acme = services.create_entry(user, WEB, Project, name="Acme").id
        for start, length, zone, is_of_project, is_deleted in sessions:
            end, project_id = start + timedelta(seconds=length), acme if is_of_project else None
            session = services.save_session(user, WEB, start=start, end=end, timezone=zone, project_id=project_id)
            if is_deleted:
                services.delete_session(user, WEB, session.id)
            else:
                expected.update(_of_project(project_id, start, end, zone))
        if running:
            start, zone, is_of_project = running
            project_id = acme if is_of_project else None
            services.start_timer(user, WEB, start=start, timezone=zone, project_id=project_id)
            expected.update(_of_project(project_id, start, now, zone))

    for period in (week_period(now.date(), week_start=0), month_period(now.date())):
        found = read_project_days(user, period, now=now)
        seconds = {(day, project): each for day, of_day in found.items() for project, each in of_day.items()}
        report = read_report(user, ReportQuery(period, ("day", "project")), now=now)

        assert seconds == {key: each for key, each in expected.items() if key[0] in period and each}
        assert seconds == {line.key: line.figures.seconds for line in report.lines if line.figures.seconds}


def _of_project(project_id, start, end, zone):
    return {(day, project_id): each for day, each in watched_seconds(start, end, ZoneInfo(zone)).items()}


def test_two_queries(owner, django_assert_num_queries):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")

    with django_assert_num_queries(2):
        found = read_project_days(owner, month_period(session.first_date), now=session.end)

    assert found == {session.first_date: {None: 3600}}
