"""Every page and call of the product: what the database does for it does not grow with the history

The lists of addresses are the product's own, so that a new one is measured without being named here. Two users have
tracked as densely and have the same this month; one of them has done so for many times as long. The work is counted in
instructions or rows (`tests.query_work`), so that a walk of an index beyond the period is seen, whatever the plan that
leads to it is called.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import URLPattern, get_resolver

from sessions_app import services
from sessions_app.models import Changeset, Client, Project, SessionTag, Tag, TimeSession
from tests.conftest import ApiClient
from tests.factories import WEB, make_guest, make_token, start_session
from tests.many_sessions import (
    STATISTICS,
    add_sessions,
    analyze,
    record_changes,
    remove_everything,
    repeat_sessions,
    set_statistics,
)
from tests.ownership import waiting_import
from tests.query_work import database_work
from tests.sessions_app.imports.bring_in import bring_in
from tests.timetracker.api.test_ownership import TABLE
from users_app.models import AccessToken, User
from users_app.services.feeds import issue_feed

pytestmark = pytest.mark.slow(reason="sends each page and call to two users with many sessions")

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)

PAGES = [
    str(each.pattern)
    for include in get_resolver().url_patterns
    if str(include.pattern) == ""
    for each in include.url_patterns
    if isinstance(each, URLPattern)
]
WITH_A_QUERY = [
    "timesheet/?client=<str:client_id>",
    "timesheet.pdf?client=<str:client_id>",
    "week/<date:date>/?view=calendar",
]
CALLS = [
    *TABLE,
    "GET users/{user_id}/sessions?duration=week",
    "GET users/{user_id}/sessions?duration=month&limit=500",
    "GET users/{user_id}/sessions?duration=month&offset=-2",
    "GET users/{user_id}/sessions?duration=month&projectId={project_id}",
    "GET users/{user_id}/changes?limit=10",
    "GET users/{user_id}/changesets?limit=10",
    "GET users/{user_id}/sessions?deleted=true",
    "GET users/{user_id}/sessions?duration=month&order=desc&projectId={project_id}&projectId=none",
    "GET users/{user_id}/reports/summary?duration=month&groupBy=project",
]
# What tells or takes everything that a user has.
OF_EVERYTHING = {
    "feeds/<str:secret>.ics",
    "export/",
    "settings/delete/",
    "GET users/{user_id}/export",
    "DELETE users/{user_id}",
}
VALUES = {
    "date:date": ["2026-11-18", "2026-09-16"],
    "month:date": ["2026-11", "2026-09"],
    "str:format": ["csv", "json"],
    "str:field": ["name", "project", "end"],
    "str:key": ["x"],
    "int:pk": ["1"],
    "str:uidb36": ["1"],
}


@dataclass
class Tracker:
    """A user, and the ids of what addresses name."""

    user: User
    ids: dict[str, str]


# Sessions of 120 days, and how often they are there in the long history. On PostgreSQL test_query_plans.py looks at the
# plans for so many.
COUNT, TIMES = (3_200, 32) if connection.vendor == "sqlite" else (400, 12)
DAYS = 120


@pytest.fixture(scope="module")
def trackers(django_db_setup, django_db_blocker):
    """Users with four months and with years of sessions, beside each other."""
    with django_db_blocker.unblock():
        yield [_make_tracker(times) for times in (1, TIMES)]
        remove_everything()


def _make_tracker(times: int) -> Tracker:
    user = make_guest(timezone="Europe/Berlin")
    client = services.create_entry(user, WEB, Client, name="Acme")
    small = services.create_entry(user, WEB, Project, name="Small", client_id=client.id)
    large = services.create_entry(user, WEB, Project, name="Large")
    tag, rare = (services.create_entry(user, WEB, Tag, name=name) for name in ("deep", "rare"))
    until = NOW - timedelta(hours=3)
    add_sessions(user, COUNT, until=until, over=timedelta(days=DAYS), projects=[large], tags=[tag])
    repeat_sessions(user, times - 1, days=DAYS, tag=tag)
    sessions = TimeSession.objects.for_user(user)
    # The Trash is emptied after a month, and what is changed with a project or tag is as much for both.
    old = sessions.in_trash().filter(start__lt=NOW - timedelta(days=20)).values("id")
    SessionTag.objects.filter(user=user, session__in=old).delete()
    sessions.filter(id__in=old).delete()
    recent = [row.id for row in sessions.not_deleted().filter(end__isnull=False).order_by("-start")[:40]]
    sessions.filter(id__in=recent).update(project=small)
    SessionTag.objects.bulk_create(SessionTag(user=user, session_id=each, tag=rare) for each in recent)
    record_changes(user)
    running = start_session(user, "2026-11-20T13:00:00Z")
    _feed, secret = issue_feed(user, "Phone")
    report = services.save_report(user, WEB, name="Small", query=f"project={small.id}&group=day", is_default=True)
    share, shared = services.share(user, WEB, page="report", query="period=month&group=day")
    token = AccessToken.objects.issue(user)[0]
    analyze()
    ids = {
        "user_id": user.pk,
        "session_id": recent[5],
        "trashed_id": sessions.in_trash().values_list("id", flat=True)[0],
        "running_id": running.pk,
        "client_id": client.pk,
        "project_id": small.pk,
        "tag_id": rare.pk,
        "token_id": token.pk,
        "feed_id": _feed.pk,
        "report_id": report.pk,
        "share_id": share.pk,
        "shared": shared,
        "import_id": waiting_import(user).pk,
        "changeset_id": Changeset.objects.filter(user=user).latest("revision").pk,
        "secret": secret,
    }
    return Tracker(User.objects.get(pk=user.pk), {name: str(value) for name, value in ids.items()})


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(scope="module", params=STATISTICS)
def statistics(request, trackers, django_db_blocker):
    with django_db_blocker.unblock():
        set_statistics(request.param)


@pytest.fixture
def both(trackers, statistics, db):
    """The two, on a SQLite that knows nothing of its tables and on one that was analyzed."""
    yield trackers
    transaction.set_rollback(True)  # else Django checks each key of so many rows after each test


def assert_as_much_work(both, visit):
    few, many = (database_work(lambda tracker=tracker: visit(tracker)) for tracker in both)
    # PostgreSQL may find the same rows by another plan, such as two bitmaps; a long history is twelve times as much.
    allowed = 1.1 * few + 500 if connection.vendor == "sqlite" else 3 * few + 60
    assert many <= allowed, f"{few} with a short history, {many} with a long one"


def addresses(page, ids):
    """`week/<date:date>/` with a recent date, and with an earlier one; ids of what there is."""
    kind = page.partition("s/")[0]
    if page.startswith("shared/"):
        ids = {**ids, "secret": ids["shared"]}
    page = re.sub(r"<(?:uuid|str):(\w+)>", lambda found: ids.get(_name(found[1], kind), found[0]), page)
    found = re.search(r"<(\w+:\w+)>", page)
    return [page.replace(found[0], value) for value in VALUES[found[1]]] if found else [page]


def _name(parameter, kind):
    return f"{kind}_id" if parameter == "entry_id" else parameter


@pytest.mark.parametrize("page", sorted({*PAGES, *WITH_A_QUERY} - OF_EVERYTHING))
def test_a_page_takes_as_much_whatever_the_history(both, page):
    browsers = {tracker.user.pk: Browser() for tracker in both}
    statuses = set()
    for tracker in both:
        browsers[tracker.user.pk].force_login(tracker.user)
        browsers[tracker.user.pk].get("/settings/")  # renews the cookie of the day, notes the visit

    for number in range(len(addresses(page, both[0].ids))):

        def visit(tracker, number=number):
            path = f"/{addresses(page, tracker.ids)[number]}"
            response = browsers[tracker.user.pk].get(path)
            statuses.add(response.status_code)
            response.getvalue()  # a download is read, which ends it

        assert_as_much_work(both, visit)
    # A timesheet is of nobody, and a guest has no password to be asked for again.
    assert statuses <= {200, 302, 303, 404, 405} or page == "timesheet.pdf" or page.startswith("signin/again/")

    # A form without anything in it is rejected with the page, or does what needs no more.
    def send(tracker):
        return browsers[tracker.user.pk].post(f"/{addresses(page, tracker.ids)[0]}")

    assert_as_much_work(both, send)


@pytest.mark.parametrize("call", sorted({*CALLS} - OF_EVERYTHING))
def test_a_call_takes_as_much_whatever_the_history(both, call):
    method, path = call.split(" ")
    _scope, body = TABLE.get(call, (None, None))
    callers = {tracker.user.pk: ApiClient(make_token(tracker.user)) for tracker in both}
    for api in callers.values():
        api("GET", "/v1/users/me")  # notes the use of the token
    statuses = set()

    def visit(tracker):
        address = f"/v1/{path.format(**tracker.ids)}".removesuffix("/")
        response = callers[tracker.user.pk](method, address, _with_ids(body, tracker.ids))
        statuses.add(response.status_code)
        response.getvalue()

    assert_as_much_work(both, visit)
    assert statuses <= {200, 201, 204}


def _with_ids(body, ids):
    return (
        {key: ids.get(value[1:-1], value) if isinstance(value, str) else value for key, value in body.items()}
        if (isinstance(body, dict))
        else body
    )


def test_an_import_and_its_undo_take_as_much_whatever_the_history(both):
    entries = [f"2026-11-{day:02}T09:00:00Z,2026-11-{day:02}T10:00:00Z,Call {day}" for day in range(1, 18)]
    text = "\n".join(["start,end,name", *entries])
    imports = {}

    def run(tracker):
        imports[tracker.user.pk] = bring_in(tracker.user, text).changeset_id

    assert_as_much_work(both, run)
    assert_as_much_work(both, lambda tracker: services.undo_changeset(tracker.user, WEB, imports[tracker.user.pk]))
    assert all(
        not TimeSession.objects.for_user(tracker.user).not_deleted().filter(name="Call 5").exists() for tracker in both
    )
