from datetime import date
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.reports import ReportQuery, read_report
from sessions_app.timekeeping.periods import week_period
from sessions_app.timekeeping.rounding import Rounding
from tests.factories import WEB, instant, make_session, start_session

NOW = instant("2026-11-24T12:00Z")
WEEK = week_period(date(2026, 11, 23), week_start=0)


@pytest.fixture
def sessions(owner, time_machine):
    """Billable in two currencies, one over midnight, one that runs; the last three without a project."""
    time_machine.move_to(NOW, tick=False)
    acme = services.create_entry(owner, WEB, Client, name="Acme").id
    site = services.create_entry(owner, WEB, Project, name="Site", client_id=acme).id
    tags = [services.create_entry(owner, WEB, Tag, name=name).id for name in ("deep", "call")]
    fields = {"billable": True, "hourly_rate": Decimal(90)}
    return {
        "work": make_session(
            owner, "2026-11-23T08:00Z", "2026-11-23T08:20Z", "work", project_id=site, tag_ids=tags, currency="EUR",
            note="of mine", **fields,
        ),
        "night": make_session(owner, "2026-11-23T22:00Z", "2026-11-24T00:00Z", "night", currency="USD", **fields),
        "plain": make_session(owner, "2026-11-24T08:00Z", "2026-11-24T09:00Z"),
        "running": start_session(owner, "2026-11-24T11:00Z", "running"),
    }  # fmt: skip


@pytest.fixture
def report(owner, sessions):
    return read_report(owner, ReportQuery(WEEK, ("project", "day"), rounding=Rounding(15, "up", "session")), now=NOW)
