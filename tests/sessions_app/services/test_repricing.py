"""Giving earlier sessions the present rate: what was foretold is what happens, and can be taken back."""

from datetime import date
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Client, Project, TimeSession
from sessions_app.reports import ReportQuery, read_report
from sessions_app.timekeeping.periods import Period
from tests.factories import WEB, make_session, start_session
from tests.many_sessions import add_sessions
from tests.sessions_app.services.states import NOW, changes, everything, rejected, tracked
from timetracker.db.ids import uuid7
from timetracker.errors import NotFoundError

EVER = Period(date(2026, 1, 1), date(2027, 1, 1))
SINCE = date(2026, 11, 20)


@pytest.fixture
def project(owner):
    owner.hourly_rate = Decimal(50)
    owner.save()
    client = services.create_entry(owner, WEB, Client, name="Acme")
    return services.create_entry(
        owner, WEB, Project, name="Site", client_id=client.id, billable_by_default=True, hourly_rate=Decimal(70)
    )


@pytest.fixture
def sessions(owner, project):
    """By what they are, each of whole hours, so that no amount is rounded."""
    site = {"project_id": project.id}
    found = {
        "before": make_session(owner, "2026-11-19T08:00Z", "2026-11-19T09:00Z", **site),
        "crossing": make_session(owner, "2026-11-19T22:00Z", "2026-11-20T02:00Z", **site),
        "in": make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", **site),
        "own": make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", hourly_rate=Decimal(5), **site),
        "unpaid": make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", billable=False, **site),
        "other": make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", billable=True),
        "deleted": make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", **site),
        "running": start_session(owner, "2026-11-23T06:00Z", **site),
    }
    services.delete_session(owner, WEB, found["deleted"].id)
    return found


def amounts(owner):
    return dict(read_report(owner, ReportQuery(EVER), now=NOW).total.amounts)


def rates(sessions):
    return {
        name: (str(int(read.hourly_rate)), read.currency)
        for name, session in sessions.items()
        for read in [TimeSession.objects.get(pk=session.pk)]
    }


@pytest.mark.parametrize(
    ("scope", "new", "changed"),
    [
        ("project", {"hourly_rate": Decimal(90)}, {"in", "unpaid", "running"}),
        ("project", {"hourly_rate": Decimal(90), "currency": "JPY"}, {"in", "unpaid", "running"}),
        ("project", {"hourly_rate": None}, {"in", "unpaid", "running"}),
        ("client", {"hourly_rate": Decimal(90)}, {"in", "unpaid", "running"}),
        ("project", {}, set()),
    ],
)
def test_the_preview_is_what_applying_does_and_undo_takes_it_back(owner, project, sessions, scope, new, changed):
    project = services.edit_entry(owner, WEB, Project, project.id, **new)
    asked = {"since": SINCE, f"{scope}_id": project.id if scope == "project" else project.client_id}
    before, state, rates_before = amounts(owner), tracked(owner), rates(sessions)

    preview = services.preview_rates(owner, now=NOW, **asked)
    assert amounts(owner) == before
    found = services.apply_rates(owner, WEB, **asked)

    after, expected = amounts(owner), dict(rates_before)
    rate = new.get("hourly_rate", Decimal(70)) or Decimal(50)
    expected |= dict.fromkeys(changed, (str(int(rate)), new.get("currency", "EUR")))
    assert rates(sessions) == expected
    written = {change.object_id for change in changes(owner) if change.action == "reprice"}
    assert written == {sessions[name].id for name in changed}
    assert (found.session_count, found.is_finished) == (len(changed), True)
    assert preview.session_count == len(changed)
    difference = {each: after.get(each, Decimal()) - before.get(each, Decimal()) for each in {*after, *before}}
    assert {each: value for each, value in difference.items() if value} == {
        each: value for each, value in preview.differences.items() if value
    }
    assert all(read(sessions[name]).version == 2 for name in changed)
    if changed:
        assert len({change.changeset_id for change in changes(owner)[-len(changed) :]}) == 1
        services.undo_changeset(owner, WEB)
        assert (tracked(owner), amounts(owner)) == (state, before)
    else:
        assert preview.differences == {}


def read(session):
    return TimeSession.objects.get(pk=session.pk)


def test_everything_takes_the_present_rate_when_nothing_is_given(owner, project, sessions):
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(90))
    owner.hourly_rate, owner.currency = Decimal(55), "USD"
    owner.save()

    assert services.preview_rates(owner, since=date(2026, 1, 1), now=NOW).session_count == 6
    services.apply_rates(owner, WEB, since=date(2026, 1, 1))

    assert rates(sessions) == {
        **dict.fromkeys(("before", "crossing", "in", "unpaid", "running"), ("90", "USD")),
        "other": ("55", "USD"), "own": ("5", "EUR"), "deleted": ("70", "EUR"),
    }  # fmt: skip


def test_the_preview_is_rounded_as_the_report_is(owner):
    """Ten minutes at 80 are 13.33 for each of three projects, and 40.00 were all of them rounded together."""
    for name in ("Brand", "Print", "Web"):
        project = services.create_entry(owner, WEB, Project, name=name, billable_by_default=True)
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T08:10Z", project_id=project.id)
    owner.hourly_rate = Decimal(80)
    owner.save()

    found = services.preview_rates(owner, since=SINCE, now=NOW)
    services.apply_rates(owner, WEB, since=SINCE)

    assert found.after == amounts(owner) == {"EUR": Decimal("39.99")}


def test_a_second_time_changes_nothing(owner, project, sessions):
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(90))
    services.apply_rates(owner, WEB, since=SINCE, project_id=project.id)
    before = everything()

    assert services.apply_rates(owner, WEB, since=SINCE, project_id=project.id) == services.Repriced(0, None)
    assert everything() == before


def test_more_sessions_than_one_statement_takes(owner, project):
    services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(90))
    add_sessions(owner, 900, until=NOW, over=NOW - NOW.replace(day=1), projects=[project])

    found = services.apply_rates(owner, WEB, since=date(2026, 1, 1))

    assert found.session_count > 400
    rest = TimeSession.objects.for_user(owner).not_deleted().exclude(hourly_rate__in=[Decimal(90), Decimal(50)])
    assert not rest.exists()


@pytest.mark.parametrize("which", ["nobody's", "a stranger's", "a deleted one"])
@pytest.mark.parametrize(("key", "model"), [("project_id", Project), ("client_id", Client)])
def test_what_is_not_there_is_not_found(owner, stranger, which, key, model):
    object_id = {
        "nobody's": uuid7,
        "a stranger's": lambda: services.create_entry(stranger, WEB, model, name="x").id,
        "a deleted one": lambda: (
            services.delete_entry(owner, WEB, model, services.create_entry(owner, WEB, model, name="x").id).id
        ),
    }[which]()

    with rejected(NotFoundError, "not_found"):
        services.apply_rates(owner, WEB, since=SINCE, **{key: object_id})
    with rejected(NotFoundError, "not_found"):
        services.preview_rates(owner, since=SINCE, now=NOW, **{key: object_id})
