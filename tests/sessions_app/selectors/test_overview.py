from datetime import date, timedelta
from decimal import Decimal
from threading import Thread
from uuid import UUID

import pytest
from django.db import connections

from sessions_app import services
from sessions_app.models import Project, Tag
from sessions_app.models.querysets import SessionFilter
from sessions_app.selectors import overview as overview_module
from sessions_app.selectors.overview import Position, read_overview, read_session_rows
from sessions_app.selectors.session_rows import COLUMNS
from sessions_app.selectors.totals import Total, read_totals
from sessions_app.timekeeping.periods import day_period, month_period, week_period
from tests.factories import WEB, instant, make_guest, make_session, start_session
from tests.sessions_app.selectors.test_totals import fill

NOW = instant("2026-11-23T09:00Z")
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
WEEK, NOVEMBER = week_period(MONDAY, week_start=0), month_period(MONDAY)
HOUR = 3600


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return NOW


def names(overview):
    return [listed.session.name for listed in overview.sessions]


def pages(user, period, limit):
    """Every page, one after the other."""
    found = [read_overview(user, period, now=NOW, limit=limit)]
    while found[-1].next is not None and len(found) < 20:
        found.append(read_overview(user, period, now=NOW, after=found[-1].next, limit=limit))
    return found


def test_nothing_tracked_is_an_empty_list(owner):
    overview = read_overview(owner, WEEK, now=NOW)

    assert (overview.period, overview.now, overview.sessions, overview.next) == (WEEK, NOW, [], None)
    assert overview.totals.of(WEEK) == Total()


def test_lists_what_covers_a_part_of_the_period_by_start(owner):
    make_session(owner, "2026-11-22T21:00Z", "2026-11-22T23:00Z", "ends at the midnight before")
    make_session(owner, "2026-11-22T22:00Z", "2026-11-22T23:00:01Z", "carried over by a second")
    make_session(owner, "2026-11-23T08:30Z", "2026-11-23T08:45Z", "second")
    make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "first")
    make_session(owner, "2026-11-23T22:59:59Z", "2026-11-24T05:00Z", "carried on")
    make_session(owner, "2026-11-23T23:00Z", "2026-11-24T05:00Z", "of the day after")
    make_session(owner, "2026-11-10T23:00Z", "2026-11-24T05:00Z", "all over it")
    services.start_timer(owner, WEB, name="running")

    overview = read_overview(owner, day_period(MONDAY), now=NOW)

    assert [(listed.session.name, listed.seconds) for listed in overview.sessions] == [
        ("all over it", 24 * HOUR),
        ("carried over by a second", 1),
        ("first", HOUR),
        ("second", 900),
        ("running", 0),
        ("carried on", 1),
    ]
    assert overview.totals.of(day_period(MONDAY)) == Total(24 * HOUR + 1 + HOUR + 900 + 1, 0, 0, 6)


def test_leaves_out_the_trash_and_strangers(owner, stranger):
    deleted = [
        make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z"),
        make_session(owner, "2026-11-22T08:00Z", "2026-11-23T09:00Z"),
        start_session(owner, "2026-11-23T08:00Z"),
    ]
    for session in deleted:
        services.delete_session(owner, WEB, session.id)
    make_session(stranger, "2026-11-23T08:00Z", "2026-11-23T09:00Z")
    start_session(stranger, "2026-11-22T08:00Z")

    assert read_overview(owner, WEEK, now=NOW).sessions == []


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_a_day_far_from_that_of_utc_has_its_sessions(db, zone):
    user = make_guest(timezone=zone)
    since, until = day_period(date(2026, 11, 20)).bounds(user.zone)
    make_session(user, since.isoformat(), (since + timedelta(seconds=1)).isoformat(), "first second")
    make_session(user, (until - timedelta(seconds=1)).isoformat(), until.isoformat(), "last second")

    assert names(read_overview(user, day_period(date(2026, 11, 20)), now=NOW)) == ["first second", "last second"]
    for day in (19, 21):
        assert names(read_overview(user, day_period(date(2026, 11, day)), now=NOW)) == []


def test_its_totals_know_the_periods_beside_it(owner):
    make_session(owner, "2026-11-17T08:00Z", "2026-11-17T09:00Z")
    start_session(owner, "2026-11-23T08:00Z")

    overview = read_overview(owner, day_period(MONDAY), now=NOW, also=(WEEK, NOVEMBER))

    assert [listed.seconds for listed in overview.sessions] == [HOUR]
    assert overview.totals.of(WEEK) == Total(HOUR, HOUR, 0, 1)
    assert overview.totals.of(NOVEMBER) == Total(2 * HOUR, HOUR, 0, 2)


def test_the_sessions_of_a_day_have_their_seconds_of_it(owner):
    make_session(owner, "2026-11-21T22:00Z", "2026-11-22T02:00Z", "night")
    make_session(owner, "2026-11-22T08:00Z", "2026-11-22T09:00Z", "Sunday")
    start_session(owner, "2026-11-22T22:00Z", "running")

    overview = read_overview(owner, NOVEMBER, now=NOW)

    assert [(listed.session.name, listed.seconds) for listed in overview.sessions_on(SUNDAY)] == [
        ("night", 3 * HOUR),
        ("Sunday", HOUR),
        ("running", HOUR),
    ]
    assert [(listed.session.name, listed.seconds) for listed in overview.sessions_on(MONDAY)] == [
        ("running", 10 * HOUR)
    ]
    assert overview.sessions_on(date(2026, 11, 24)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 12, 13, 14, 500])
def test_pages_walk_every_session_once_and_in_order(owner, limit):
    make_session(owner, "2026-11-20T08:00Z", "2026-11-23T01:00Z", "carried over")
    for number in range(10):
        start = instant("2026-11-23T00:00Z") + timedelta(hours=number // 3)  # three begin together
        end = start + timedelta(minutes=30) if number % 3 else start + timedelta(days=2)
        services.save_session(owner, WEB, start=start, end=end, name=str(number))
    start_session(owner, "2026-11-23T01:00Z", "running")
    make_session(owner, "2026-11-22T08:00Z", "2026-11-22T09:00Z", "not of the week")
    whole = read_overview(owner, WEEK, now=NOW)

    walked = pages(owner, WEEK, limit)

    assert len(whole.sessions) == 12
    assert whole.next is None
    assert [listed for page in walked for listed in page.sessions] == whole.sessions
    order = [(listed.session.start, listed.session.id) for listed in whole.sessions]
    assert order == sorted(order)
    assert [len(page.sessions) for page in walked[:-1]] == [limit] * (len(walked) - 1)
    assert 0 < len(walked[-1].sessions) <= limit
    assert {page.totals.of(WEEK) for page in walked} == {whole.totals.of(WEEK)}
    for page in walked[:-1]:
        last = page.sessions[-1].session
        assert page.next == Position(last.start, last.id)


def test_pages_go_on_where_no_session_crosses_a_midnight(owner):
    for hour in range(3):
        make_session(owner, f"2026-11-23T0{hour}:00Z", f"2026-11-23T0{hour}:30Z", str(hour))

    walked = pages(owner, WEEK, 2)

    assert [names(page) for page in walked] == [["0", "1"], ["2"]]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"limit": 0},
        {"limit": 3},
        {"limit": 3, "newest_first": True},
        {"limit": 3, "after": Position(instant("2026-11-23T00:00Z"), UUID(int=0))},
        {"where": SessionFilter(text="deep")},
        {"where": SessionFilter(billable=True), "newest_first": True},
    ],
)
def test_rows_have_what_instances_have(owner, options):
    project = services.create_entry(owner, WEB, Project, name="Site", hourly_rate=Decimal("80.1234"), currency="EUR")
    tags = [services.create_entry(owner, WEB, Tag, name=name).id for name in ("deep", "call")]
    make_session(owner, "2026-11-20T08:00Z", "2026-11-23T01:00Z", "deep, carried over", tag_ids=tags[:1])
    for number in range(5):
        priced = {"project_id": project.id, "tag_ids": tags} if number % 2 else {"note": "deep", "billable": False}
        start = f"2026-11-23T0{number}:00Z"
        make_session(owner, start, "2026-11-23T06:30Z", str(number), times_known=number != 4, **priced)
    start_session(owner, "2026-11-23T01:00Z", "running")

    rows = read_session_rows(owner, WEEK, now=NOW, **options)
    instances = read_overview(owner, WEEK, now=NOW, **options)

    assert [_columns(listed) for listed in rows.sessions] == [_columns(listed) for listed in instances.sessions]
    assert (rows.totals, rows.next) == (instances.totals, instances.next)
    assert {session.seconds_at(NOW) for session, _seconds in rows.sessions} == {
        session.seconds_at(NOW) for session, _seconds in instances.sessions
    }


def _columns(listed):
    return [getattr(listed.session, name) for name in (*COLUMNS, "tag_ids")], listed.seconds


def test_a_page_after_the_last_session_is_empty(owner):
    session = make_session(owner, "2026-11-23T08:00Z", "2026-11-23T09:00Z")

    page = read_overview(owner, WEEK, now=NOW, after=Position(session.start, session.id), limit=10)

    assert (page.sessions, page.next) == ([], None)
    assert page.totals.of(WEEK).seconds == HOUR


@pytest.mark.parametrize("count", [10, 500])
def test_four_queries_whatever_the_history(owner, count, django_assert_num_queries):
    fill(owner, count)
    crossing = 1 + (count - 1 + 4) // 5

    with django_assert_num_queries(4):
        overview = read_overview(owner, NOVEMBER, now=NOW, also=(WEEK,))
        assert len(overview.sessions) == count
        assert sum(len(overview.sessions_on(day)) for day in NOVEMBER.dates()) == count + crossing
    with django_assert_num_queries(4):
        page = read_overview(owner, NOVEMBER, now=NOW, limit=5)
        assert (len(page.sessions), page.next is not None) == (5, True)
    with django_assert_num_queries(2):
        assert read_overview(owner, NOVEMBER, now=NOW, limit=0).totals.of(NOVEMBER).session_count == count


@pytest.mark.django_db(transaction=True)
def test_a_write_between_its_reads_is_not_seen_by_half(monkeypatch):
    user = make_guest(timezone="Europe/Berlin")
    make_session(user, "2026-11-23T07:00Z", "2026-11-23T08:00Z", "before")

    def read_totals_then_write(*arguments, **options):
        totals = read_totals(*arguments, **options)
        elsewhere(make_session, user, "2026-11-23T08:00Z", "2026-11-23T09:00Z", "meanwhile")
        return totals

    with monkeypatch.context() as patched:
        patched.setattr(overview_module, "read_totals", read_totals_then_write)
        during = read_overview(user, WEEK, now=NOW)
    after = read_overview(user, WEEK, now=NOW)

    assert (names(during), during.totals.of(WEEK)) == (["before"], Total(HOUR, 0, 0, 1))
    assert (names(after), after.totals.of(WEEK)) == (["before", "meanwhile"], Total(2 * HOUR, 0, 0, 2))


def elsewhere(function, *arguments):
    """Runs it to its end in another thread, with a connection of its own."""
    failures = []

    def run():
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - it is raised again in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert failures == []
