"""What the database does with many sessions: every read of somebody's sessions begins at them in an index."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sessions_app import services
from sessions_app.api.change_feed import FeedCursorField
from sessions_app.models import Changeset, Project, SessionTag, Source, Tag, TimeSession
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import DIMENSIONS, ReportQuery, read_report
from sessions_app.selectors import search
from sessions_app.selectors.catalogue import read_tag_use
from sessions_app.selectors.change_feed import FeedCursor, read_change_feed, read_epoch
from sessions_app.selectors.overview import Position, read_overview
from sessions_app.selectors.search import read_trash_page, search_sessions
from sessions_app.selectors.sessions import find_running
from sessions_app.selectors.totals import read_project_seconds, read_totals
from sessions_app.timekeeping.periods import Period, day_period
from sessions_app.timekeeping.rounding import Rounding
from tests.admin import SESSIONS, USERS, Operator
from tests.conftest import ApiClient
from tests.factories import make_guest, make_token, start_session
from tests.many_sessions import (
    STATISTICS,
    add_sessions,
    analyze,
    record_changes,
    remove_everything,
    repeat_sessions,
    set_statistics,
)
from tests.query_plans import is_narrow, needs_sort, plan_text, queries_of, reads_of_sessions
from timetracker.db.ids import uuid7
from users_app.models import User

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = Period(TODAY, date(2026, 11, 21))
WEEK = Period(date(2026, 11, 16), date(2026, 11, 23))
MONTH = Period(date(2026, 11, 1), date(2026, 12, 1))
DAY_BEFORE, NEXT_YEAR = day_period(date(2025, 3, 1)), Period(date(2027, 1, 1), date(2028, 1, 1))
FIVE_YEARS = Period(date(2022, 1, 1), date(2027, 1, 1))
ACTOR = services.Actor(Source.WEB)
MANY = "many"


@pytest.fixture(
    scope="module",
    params=[20_000, pytest.param(100_000, marks=pytest.mark.slow(reason="takes 10 s to make"))],
)
def users(request, django_db_setup, django_db_blocker):
    """People with 10, 1,000 and many sessions over ten years, one of them running, among others."""
    with django_db_blocker.unblock():
        by_count = {}
        for name, count, days in ((10, 10, 3), (1_000, 1_000, 300), (MANY, request.param // 25, 146)):
            by_count[name] = user = make_guest(timezone="UTC", display_name=f"{name} sessions")
            add_sessions(user, count, until=NOW - timedelta(hours=3), over=timedelta(days=days))
            if name == MANY:
                repeat_sessions(user, 24, days=days)
            record_changes(user)
            start_session(user, "2026-11-20T13:00:00Z")
        for count in [200] * 10:
            add_sessions(make_guest(timezone="Asia/Tokyo"), count, until=NOW, over=timedelta(days=365))
        assert TimeSession.objects.count() == request.param + 3_013
        analyze()
        yield by_count
        remove_everything()


@pytest.fixture(scope="module", params=STATISTICS)
def statistics(request, users, django_db_blocker):
    with django_db_blocker.unblock():
        set_statistics(request.param)


@pytest.fixture
def rolled_back(db):
    """What a test does is forgotten at once: else Django checks each key of so many rows after each test."""
    yield
    transaction.set_rollback(True)


@pytest.fixture
def heavy(users, statistics, rolled_back) -> User:
    """The user with many sessions, on a SQLite that knows nothing of its tables and on one that was analyzed."""
    return User.objects.get(pk=users[MANY].pk)  # a test may delete it


def assert_narrow(queries: list[str]) -> None:
    reads = [(query, read) for query in queries for read in reads_of_sessions(query)]
    assert reads, "No query reads sessions."
    for query, read in reads:
        assert is_narrow(read), f"{read}\n\n{query}\n\n{plan_text(query)}"


@pytest.mark.parametrize(
    ("period", "limit"), [(DAY, None), (WEEK, None), (MONTH, None), (FIVE_YEARS, 100), (FIVE_YEARS, 0)]
)
def test_an_overview_reads_only_what_it_shows(heavy, period, limit):
    assert_narrow(queries_of(lambda: read_overview(heavy, period, now=NOW, limit=limit)))


@pytest.fixture
def catalogue(heavy) -> SessionFilter:
    """Of the user with many sessions, 40 have a project and a tag."""
    project = services.create_entry(heavy, ACTOR, Project, name="Site")
    tag = services.create_entry(heavy, ACTOR, Tag, name="mail")
    few = list(TimeSession.objects.for_user(heavy).not_deleted().filter(end__isnull=False).order_by("-start")[:40])
    TimeSession.objects.for_user(heavy).filter(id__in=[each.id for each in few]).update(project=project)
    SessionTag.objects.bulk_create(SessionTag(user=heavy, session=each, tag=tag) for each in few)
    return SessionFilter(project=project.id, tag_ids=frozenset({tag.id}))


@pytest.mark.parametrize("group_by", [(), *((each,) for each in DIMENSIONS), ("month", "project"), ("client", "tag")])
@pytest.mark.parametrize("rounding", [Rounding(), Rounding(15, "up", "session"), Rounding(15, "up", "day")], ids=str)
def test_a_report_reads_only_its_period(heavy, catalogue, group_by, rounding):
    for where in (SessionFilter(), SessionFilter(project=catalogue.project)):
        query = ReportQuery(WEEK, group_by, where, rounding)
        assert_narrow(queries_of(lambda query=query: read_report(heavy, query, now=NOW)))


@pytest.mark.parametrize("period", [WEEK, MONTH, FIVE_YEARS])
@pytest.mark.parametrize("by", ["project", "tag_ids"])
def test_a_filtered_overview_reads_only_what_it_shows(heavy, catalogue, period, by):
    where = SessionFilter(**{by: getattr(catalogue, by)})
    assert_narrow(queries_of(lambda: read_overview(heavy, period, now=NOW, limit=100, where=where)))


@pytest.mark.parametrize(
    "write",
    [
        lambda user, where: services.delete_entry(user, ACTOR, Project, where.project),
        lambda user, where: services.delete_entry(user, ACTOR, Tag, *where.tag_ids),
        lambda user, where: services.preview_rates(user, since=TODAY, now=NOW, project_id=where.project),
        lambda user, where: services.apply_rates(user, ACTOR, since=TODAY, project_id=where.project),
    ],
    ids=["delete a project", "delete a tag", "preview rates", "apply rates"],
)
def test_no_changeset_of_a_project_or_tag_reads_all_sessions(heavy, catalogue, write):
    assert_narrow(queries_of(lambda: write(heavy, catalogue)))


def test_a_total_budget_reads_its_project_in_one_index(heavy, catalogue):
    statements = queries_of(lambda: read_project_seconds(heavy, [catalogue.project], now=NOW))

    assert_narrow(statements)
    plan = plan_text(statements[0])
    assert "session_of_project" in plan
    if connection.vendor == "sqlite":
        assert "USING COVERING INDEX session_of_project (user_id=? AND project_id=?" in plan


@pytest.mark.parametrize("period", [WEEK, MONTH, FIVE_YEARS])
def test_a_later_page_begins_where_the_one_before_ended(heavy, period):
    first = read_overview(heavy, period, now=NOW, limit=10)
    assert first.next is not None
    assert_narrow(queries_of(lambda: read_overview(heavy, period, now=NOW, limit=10, after=first.next)))


def test_a_late_page_of_a_long_period_sorts_nothing(heavy):
    after = Position(datetime(2026, 6, 1, tzinfo=UTC), uuid7())
    queries = queries_of(lambda: read_overview(heavy, FIVE_YEARS, now=NOW, limit=50, after=after))
    assert_narrow(queries)
    (page,) = [query for query in queries if "LIMIT 51" in query]
    assert not needs_sort(page), plan_text(page)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("begins", ["at first", "later"])
def test_a_search_reads_its_part_of_the_history_in_order(heavy, monkeypatch, newest_first, begins):
    """Nothing matches, so that it looks at all that it may."""
    monkeypatch.setattr(search, "MAX_SEARCHED", 500)
    after = Position(datetime(2026, 6, 1, tzinfo=UTC), uuid7()) if begins == "later" else None
    where = SessionFilter(text="nothing like it")

    end, found = queries_of(lambda: search_sessions(heavy, where, newest_first=newest_first, after=after, limit=100))

    assert_narrow([end, found])
    (read,) = reads_of_sessions(end)
    assert re.search("COVERING INDEX session_by_start|Index Only Scan( Backward)? session_by_start", read), read
    assert not needs_sort(found), plan_text(found)


def test_the_use_of_tags_is_read_from_the_latest_sessions(heavy, catalogue, monkeypatch):
    monkeypatch.setattr("sessions_app.selectors.catalogue.MAX_LOOKED_AT", 500)

    bound, latest = queries_of(lambda: read_tag_use(heavy))

    assert_narrow([bound, latest])
    assert re.search(
        "COVERING INDEX session_by_start|Index Only Scan( Backward)? session_by_start", reads_of_sessions(bound)[0]
    )
    assert "session_by_start" in reads_of_sessions(latest)[0]


def test_the_trash_is_read_from_its_index(heavy):
    assert_narrow(queries_of(lambda: read_trash_page(heavy, SessionFilter(), newest_first=True, after=None, limit=100)))


@pytest.mark.parametrize("periods", [(DAY, WEEK, MONTH), (DAY_BEFORE, WEEK), (DAY_BEFORE, WEEK, NEXT_YEAR)])
def test_totals_of_several_periods_are_ranges_of_the_index(heavy, periods):
    """With an OR of the ranges SQLite walks all that the user has in it."""
    sums, crossing = queries_of(lambda: read_totals(heavy, periods, now=NOW))
    assert_narrow([sums, crossing])
    if connection.vendor == "sqlite":
        assert all("session_by_date (user_id=? AND first_date>?" in read for read in reads_of_sessions(sums))
        assert all(
            re.search(r"session_open_or_crossing \(user_id=\? AND <expr>", read) for read in reads_of_sessions(crossing)
        )


@pytest.mark.parametrize("period", [DAY, WEEK, MONTH, FIVE_YEARS])
def test_whole_days_are_summed_from_the_index_alone(heavy, period):
    sums, _crossing = queries_of(lambda: read_totals(heavy, (period,), now=NOW))
    (read,) = reads_of_sessions(sums)
    assert read.startswith(
        (
            "SEARCH sessions_app_timesession USING COVERING INDEX session_by_date (user_id=? AND first_date>?",
            "Index Only Scan session_by_date",
        )
    )


@pytest.mark.parametrize("period", [DAY, WEEK, MONTH, FIVE_YEARS])
def test_sessions_over_midnight_come_from_their_small_index(heavy, period):
    _sums, crossing = queries_of(lambda: read_totals(heavy, (period,), now=NOW))
    assert all("session_open_or_crossing" in read for read in reads_of_sessions(crossing))


def test_the_running_session_is_found_in_its_index(heavy):
    (query,) = queries_of(lambda: find_running(heavy))
    (read,) = reads_of_sessions(query)
    assert is_narrow(read), plan_text(query)
    assert "LIMIT" not in query  # with one, a planner that doubts the index reads in the order of ids until it finds it
    assert "session_one_running_per_user" in read or "session_open_or_crossing" in read


def _not_deleted(user: User) -> TimeSession:
    session = TimeSession.objects.for_user(user).not_deleted().filter(end__isnull=False).order_by("-start").first()
    assert session is not None
    return session


@pytest.mark.parametrize(
    "write",
    [
        lambda user: services.start_timer(user, ACTOR, name="Next"),
        lambda user: services.start_timer(user, ACTOR, session_id=uuid7()),
        lambda user: services.stop_timer(user, ACTOR),
        lambda user: services.stop_timer(user, ACTOR, session_id=uuid4()),
        lambda user: services.save_session(user, ACTOR, start=NOW - timedelta(hours=1), end=NOW, session_id=uuid7()),
        lambda user: services.put_session(user, ACTOR, uuid7(), start=NOW - timedelta(hours=1), end=NOW),
        lambda user: services.put_session(user, ACTOR, _not_deleted(user).id, start=NOW - timedelta(hours=1), end=NOW),
        lambda user: services.edit_session(user, ACTOR, _not_deleted(user).id, name="Other"),
        lambda user: services.delete_session(user, ACTOR, _not_deleted(user).id),
        lambda user: services.restore_session(
            user, ACTOR, services.delete_session(user, ACTOR, _not_deleted(user).id).id
        ),
    ],
    ids=["start", "start-id", "stop", "stop-id", "save", "put-new", "put", "edit", "delete", "restore"],
)
def test_no_changeset_reads_more_than_it_changes(heavy, write, time_machine):
    time_machine.move_to(NOW, tick=False)
    assert_narrow(queries_of(lambda: write(heavy)))


def test_a_user_is_deleted_without_reading_others(users, rolled_back):
    queries = queries_of(User.objects.get(pk=users[1_000].pk).delete)
    assert_narrow([query for query in queries if "sessions_app_timesession" in query])


@pytest.mark.parametrize("period", [DAY, WEEK, MONTH], ids=["day", "week", "month"])
def test_an_overview_takes_four_queries_whatever_the_history(users, rolled_back, period):
    counts = {
        count: len(queries_of(lambda user=user: read_overview(user, period, now=NOW))) for count, user in users.items()
    }
    assert counts == {10: 4, 1_000: 4, MANY: 4}


READS = {
    "": 1,
    "tokens": 2,
    "timer": 4,
    "sessions/{id}": 3,
    "sessions": 7,
    "sessions?duration=week": 7,
    "sessions?duration=month&limit=500": 7,
    "sessions?from=2022-01-01&to=2027-01-01": 8,
    "sessions?from=2022-01-01&to=2027-01-01&billable=true&running=false&q=Task": 8,
    "sessions?q=Task": 6,
    "sessions?deleted=true": 5,
    "changes": 5,
    "changes?limit=500": 5,
    "changes?cursor={late}": 6,
    "projects": 3,
    "projects?q=site": 3,
}
"""What is asked of the API below a person's address, and how many queries it takes with that of the token."""


@pytest.mark.parametrize("path", READS)
def test_an_answer_of_the_api_takes_as_many_queries_whatever_the_history(users, rolled_back, path, time_machine):
    time_machine.move_to(NOW, tick=False)

    def count_queries(user: User) -> int:
        late = FeedCursor(read_epoch(user), Changeset.objects.filter(user=user).latest("revision").revision - 5, 1)
        names = {"id": _not_deleted(user).id, "late": FeedCursorField().to_representation(late)}
        api, address = ApiClient(make_token(user)), f"/v1/users/me/{path.format(**names)}".removesuffix("/")
        assert api("GET", address).status_code == 200  # notes the use of the token, and warms up
        return len(queries_of(lambda: api("GET", address)))

    counts = {count: count_queries(user) for count, user in users.items()}
    # Where all sessions are listed they are not read again for what overlaps.
    assert set(counts.values()) <= {READS[path] - 1, READS[path], READS[path] + 1}
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("revision", [1, 500])
def test_the_change_feed_begins_where_it_last_ended(users, rolled_back, revision):
    """For a user with few of all changes: those of one who has nearly all may as well be read in the order of all."""
    after = FeedCursor(read_epoch(users[1_000]), revision, 1)

    _epoch, _cursor, found, *sessions = queries_of(lambda: read_change_feed(users[1_000], after=after, limit=100))

    assert_narrow(sessions)
    plan = plan_text(found)
    assert "change_unique_number" in plan or re.search(r"USING INDEX sqlite_autoindex_sessions_app_change", plan)
    assert not needs_sort(found), plan


@pytest.mark.parametrize("page", [SESSIONS, SESSIONS + "?p=100", USERS])
def test_a_list_of_the_admin_neither_counts_nor_sorts_the_table(users, rolled_back, page):
    operator = Operator()
    operator.get(page)  # the first page of a day renews the cookie
    queries = queries_of(lambda: operator.get(page))
    # The log-in session, the operator, the count, the rows, and their users.
    assert len(queries) == (4 if page == USERS else 5)
    assert all("LIMIT 10000" in query for query in queries if "COUNT(*) AS" in query)
    if page != USERS:  # there are too few to keep PostgreSQL from sorting them
        assert not needs_sort(queries[3]), plan_text(queries[3])


def test_the_admin_finds_sessions_by_id_in_an_index(heavy, users):
    operator, few = Operator(), users[10]
    some = TimeSession.objects.for_user(few).order_by("start").first()
    for wanted, found in ((few.pk, 11), (some.pk, 1)):
        queries = queries_of(lambda wanted=wanted: operator.get(SESSIONS, {"q": str(wanted)}))
        assert_narrow([query for query in queries if "sessions_app_timesession" in query])
        assert operator.get(SESSIONS, {"q": str(wanted)}).context["cl"].result_count == found


def test_the_admin_lists_one_user_in_the_order_of_their_index(heavy, users):
    operator = Operator()
    for count, listed in ((10, 11), (MANY, 10_000)):
        path = f"{SESSIONS}?user__id__exact={users[count].pk}"
        operator.get(path)
        queries = [query for query in queries_of(lambda path=path: operator.get(path)) if "MIN(" not in query]
        rows = next(query for query in queries if "ORDER BY" in query and "sessions_app_timesession" in query)
        assert_narrow([rows])
        assert operator.get(path).context["cl"].result_count == listed


def test_the_admin_finds_what_runs_by_its_index(heavy, users):
    operator, path = Operator(), f"{SESSIONS}?state=running"
    operator.get(path)
    running, *_others = [each for each in queries_of(lambda: operator.get(path)) if "sessions_app_timesession" in each]
    assert "session_one_running_per_user" in plan_text(running)


@pytest.mark.parametrize("query", ["q=nobody-has-this", "state=trash", "source__exact=web", "start__year=2025"])
def test_the_admin_looks_at_the_newest_sessions_only(users, rolled_back, monkeypatch, query):
    monkeypatch.setattr("sessions_app.admin.versioned.MAX_SEARCHED", 50)
    operator, path = Operator(), f"{SESSIONS}?{query}"
    operator.get(path)
    queries = queries_of(lambda: operator.get(path))
    assert len(queries) < 20
    oldest, *others = [query for query in queries if 'FROM "sessions_app_timesession"' in query]
    assert "OFFSET 50" in oldest
    assert all('"sessions_app_timesession"."id" >= ' in each for each in others)
