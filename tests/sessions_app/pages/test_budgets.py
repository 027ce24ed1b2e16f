"""What is said of a budget where a session is tracked: quietly, and only when much of it is used."""

import re
from html import unescape

import pytest

from sessions_app import services
from sessions_app.models import Project
from tests.factories import WEB, make_session, start_session


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)


def said(response) -> str:
    notices = re.search(r'id="notices".*?</div>\s*<div id="content"', response.text, re.DOTALL)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", notices)))


def project(owner, **budget):
    return services.create_entry(owner, WEB, Project, name="R&D", **budget)


@pytest.mark.parametrize(
    ("budget", "note"),
    [
        ({"budget_seconds": 5 * 3600}, "“R&D” has used 80 % of its budget."),
        ({"budget_seconds": 5 * 3600 + 1}, None),
        ({"budget_seconds": 3600, "budget_period": "month"}, "“R&D” has used 200 % of its budget for this month."),
        ({"budget_seconds": 3 * 3600, "budget_period": "month"}, None),
        ({}, None),
    ],
)
def test_stopping_tells_of_a_budget_from_80_percent_on(signed_in, owner, budget, note):
    site = project(owner, **budget)
    make_session(owner, "2025-11-20T08:00:00Z", "2025-11-20T10:00:00Z", project_id=site.id)
    running = start_session(owner, "2026-11-23T10:00:00Z", project_id=site.id)

    response = signed_in.post("/timer/stop/", {"id": str(running.id), "version": str(running.version)}, follow=True)

    assert f"Stopped after 2 h. {note or 'Undo'}" in said(response)
    assert ("budget" in said(response)) is (note is not None)


def test_adding_and_switching_tell_of_it_too(signed_in, owner):
    site = project(owner, budget_seconds=3600)
    line = {"id": "0198aaaa-0000-7000-8000-00000000beef", "name": "Call @R&D 2026-11-23 8-9"}
    page = said(signed_in.post("/timer/start/", line, follow=True))
    assert "“R&D” has used 100 % of its budget." in page
    assert "&amp;" not in page

    start_session(owner, "2026-11-23T11:00:00Z", project_id=site.id)
    line = {"id": "0198aaaa-0000-7000-8000-00000000feed", "name": "Mail"}
    assert "“R&D” has used" not in said(signed_in.post("/timer/start/", line, follow=True))
