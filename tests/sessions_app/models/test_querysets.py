"""Named reads of sessions: which rows each of them has, as a table over one history."""

from datetime import date, timedelta

import pytest
from time_machine import travel

from sessions_app import services
from sessions_app.models import Client, Project, Tag, TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.timekeeping.periods import Period, day_period, week_period
from tests.factories import WEB, instant, make_guest, make_session, start_session
from users_app.models import User

NOW = instant("2026-11-23T12:00Z")
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
TODAY, WEEK = day_period(MONDAY), week_period(MONDAY, week_start=0)
YESTERDAY, WEEK_BEFORE = day_period(SUNDAY), week_period(SUNDAY, week_start=0)


@pytest.fixture(scope="module")
def history(module_db):
    """Somebody among others, and the ids of their catalogue by name."""
    with travel(NOW, tick=False):
        user = make_guest(timezone="Europe/Berlin")
        return user, make_history(user, make_guest(timezone="Europe/Berlin"))


@pytest.fixture
def ids(history, time_machine):
    time_machine.move_to(NOW, tick=False)
    return history[1]


@pytest.fixture
def owner(history):
    return User.objects.get(pk=history[0].pk)


def make_history(owner, stranger):
    """Of the owner: plain, work, draft, night, running, and one that is deleted."""
    acme = services.create_entry(owner, WEB, Client, name="Acme").id
    site = services.create_entry(owner, WEB, Project, name="Site", client_id=acme).id
    solo = services.create_entry(owner, WEB, Project, name="Solo").id
    call, deep = (services.create_entry(owner, WEB, Tag, name=name).id for name in ("call", "deep"))
    make_session(owner, "2026-11-23T07:00Z", "2026-11-23T08:00Z", "plain")
    make_session(
        owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "work", project_id=site, tag_ids=[call, deep], billable=True
    )
    make_session(
        owner, "2026-11-22T08:00Z", "2026-11-22T09:00Z", "draft", project_id=solo, tag_ids=[call], note="Of Work"
    )
    make_session(owner, "2026-11-22T22:00Z", "2026-11-23T01:00Z", "night")  # crosses the midnight of Berlin
    start_session(owner, "2026-11-23T10:00Z", "running", project_id=site)
    deleted = make_session(owner, "2026-11-23T09:00Z", "2026-11-23T10:00Z", "deleted", project_id=site)
    services.delete_session(owner, WEB, deleted.id)
    make_session(stranger, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "of a stranger")
    start_session(stranger, "2026-11-23T08:00Z", "of a stranger")
    return {"acme": acme, "site": site, "solo": solo, "call": call, "deep": deep}


def names(sessions):
    return " ".join(sessions.order_by("start", "id").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (lambda sessions: sessions, "draft night plain work deleted running"),
        (lambda sessions: sessions.not_deleted(), "draft night plain work running"),
        (lambda sessions: sessions.in_trash(), "deleted"),
        (lambda sessions: sessions.running(), "running"),
        (lambda sessions: sessions.within_one_day(TODAY), "plain work"),
        (lambda sessions: sessions.within_one_day(YESTERDAY), "draft"),
        (lambda sessions: sessions.within_one_day(WEEK), "plain work"),
        (lambda sessions: sessions.finished_within(TODAY), "plain work"),
        (lambda sessions: sessions.finished_within(Period(SUNDAY, WEEK.end)), "draft night plain work"),
        (lambda sessions: sessions.starting_in(TODAY), "plain work running"),
        (lambda sessions: sessions.starting_in(YESTERDAY), "draft night"),
        (lambda sessions: sessions.crossing(TODAY), "night"),
        (lambda sessions: sessions.crossing(YESTERDAY), "night"),
        (lambda sessions: sessions.crossing(day_period(date(2026, 11, 21))), ""),
        (lambda sessions: sessions.open_or_long(TODAY), "running"),
        (lambda sessions: sessions.open_or_long(YESTERDAY), ""),
        (lambda sessions: sessions.open_or_long(WEEK_BEFORE, WEEK), "running"),
        (lambda sessions: sessions.open_or_long(day_period(date(2026, 11, 21))), ""),
    ],
)
def test_each_read_has_its_sessions(owner, ids, read, expected):
    assert names(read(TimeSession.objects.for_user(owner))) == expected


@pytest.mark.parametrize(("days", "read"), [(31, "crossing"), (32, "crossing"), (33, "open_or_long")])
def test_one_that_is_long_is_read_with_what_runs(stranger, time_machine, days, read):
    """A forgotten timer is stopped whatever its length, and counts on each of its days."""
    begin = NOW - timedelta(days=days)
    time_machine.move_to(NOW, tick=False)
    start_session(stranger, begin.isoformat(), "left on")
    services.stop_timer(stranger, WEB)
    sessions = TimeSession.objects.for_user(stranger)

    first = begin.date()
    for day in (first, first + timedelta(days=days // 2), TODAY.first):
        found = {name: names(getattr(sessions, name)(day_period(day))) for name in ("crossing", "open_or_long")}
        assert found == {"crossing": "", "open_or_long": "", read: "left on"}
    for period in (Period(first - timedelta(days=400), first), day_period(TODAY.end)):
        assert names(sessions.crossing(period)) == names(sessions.open_or_long(period)) == ""


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (lambda ids: {}, "draft night plain work running"),
        (lambda ids: {"project": ids["site"]}, "work running"),
        (lambda ids: {"project": "none"}, "night plain"),
        (lambda ids: {"client": ids["acme"]}, "work running"),
        (lambda ids: {"client": "none"}, "draft night plain"),
        (lambda ids: {"tag_ids": frozenset({ids["call"]})}, "draft work"),
        (lambda ids: {"tag_ids": frozenset({ids["call"], ids["deep"]})}, "work"),
        (lambda ids: {"only_tag_ids": frozenset({ids["call"]})}, "draft"),
        (lambda ids: {"only_tag_ids": frozenset()}, "night plain running"),
        (lambda ids: {"name": "work"}, "work"),
        (lambda ids: {"name": "wor"}, ""),
        (lambda ids: {"text": "WORK"}, "draft work"),
        (lambda ids: {"billable": True}, "work"),
        (lambda ids: {"billable": False}, "draft night plain running"),
        (lambda ids: {"running": True}, "running"),
        (lambda ids: {"running": False}, "draft night plain work"),
        (lambda ids: {"project": ids["site"], "running": True, "text": "run"}, "running"),
    ],
)
def test_a_filter_has_the_sessions_that_meet_all_its_conditions(owner, ids, conditions, expected):
    where = SessionFilter(**conditions(ids))

    assert bool(where) == bool(conditions(ids))
    assert names(TimeSession.objects.for_user(owner).not_deleted().matching(where)) == expected
