"""What scripts keep in step with"""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from sessions_app import services
from sessions_app.models import Tag, TimeSession
from sessions_app.selectors.change_feed import FeedCursor, read_change_feed, read_epoch
from sessions_app.services.change_feed import renew_epoch
from tests.factories import WEB, instant, make_session, start_session
from timetracker.errors import ExpiredError

pytestmark = pytest.mark.django_db


class Copy:
    """A script's own copy of somebody's sessions."""

    def __init__(self, user):
        self.user, self.cursor, self.sessions = user, None, {}

    def take(self, limit):
        page = read_change_feed(self.user, after=self.cursor, limit=limit)
        self.sessions |= {session.id: session.version for session in page.changed}
        for tombstone in page.deleted:
            self.sessions.pop(tombstone.id, None)
        self.cursor = page.cursor
        return page.has_more

    def is_true(self):
        return self.sessions == dict(TimeSession.objects.for_user(self.user).not_deleted().values_list("id", "version"))


def test_a_copy_stays_true_whatever_happens_while_it_pages(owner, stranger):
    chance = random.Random(4)
    copy = Copy(owner)
    start = instant("2026-11-01T08:00Z")
    for number in range(120):
        stored = list(TimeSession.objects.for_user(owner).not_deleted().order_by("id"))
        act = chance.choice(["add", "add", "edit", "delete", "restore", "purge", "page"])
        if act == "add":
            begin = start + timedelta(hours=number)
            services.save_session(owner, WEB, start=begin, end=begin + timedelta(minutes=30), name=str(number))
        elif act == "edit" and stored:
            services.edit_session(owner, WEB, chance.choice(stored).id, name=f"edited {number}")
        elif act == "delete" and stored:
            services.delete_session(owner, WEB, chance.choice(stored).id)
        elif act == "restore" and (gone := TimeSession.objects.for_user(owner).in_trash().first()):
            services.restore_session(owner, WEB, gone.id)
        elif act == "purge":
            services.empty_trash(owner, WEB)
        else:
            copy.take(chance.randrange(1, 6))
    make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    while copy.take(3):
        pass

    assert copy.sessions
    assert copy.is_true()


def test_a_session_of_several_changes_comes_once_as_it_is_now(owner):
    session = start_session(owner, "2026-11-23T08:00Z", "Draft")
    services.edit_session(owner, WEB, session.id, name="Letter")
    services.create_entry(owner, WEB, Tag, name="talk")

    page = read_change_feed(owner, after=None, limit=100)

    assert [(each.id, each.name) for each in page.changed] == [(session.id, "Letter")]
    assert (page.deleted, page.has_more) == ([], False)
    assert read_change_feed(owner, after=page.cursor, limit=100).changed == []


def test_tells_when_a_session_went(owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    cursor = read_change_feed(owner, after=None, limit=10).cursor
    deleted = services.delete_session(owner, WEB, session.id)

    (tombstone,) = read_change_feed(owner, after=cursor, limit=10).deleted

    assert (tombstone.id, tombstone.at) == (session.id, deleted.deleted_at)


@pytest.mark.parametrize("count", [3, 60])
def test_four_queries_whatever_the_history(owner, count, django_assert_num_queries):
    for number in range(count):
        begin = instant("2026-11-01T08:00Z") + timedelta(hours=number)
        services.save_session(owner, WEB, start=begin, end=begin + timedelta(minutes=30))

    with django_assert_num_queries(4):
        assert len(read_change_feed(owner, after=None, limit=100).changed) == count


def test_a_page_of_old_changes_tells_when_a_session_really_went(owner, time_machine):
    time_machine.move_to("2026-11-20T10:00Z", tick=False)
    sessions = [make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", name) for name in ("Trash", "Purged")]
    time_machine.move_to("2026-11-22T10:00Z", tick=False)
    services.delete_session(owner, WEB, sessions[1].id)
    services.empty_trash(owner, WEB)
    services.delete_session(owner, WEB, sessions[0].id)

    page = read_change_feed(owner, after=None, limit=2)

    assert page.has_more
    assert [(each.id, each.at) for each in page.deleted] == [
        (each.id, instant("2026-11-22T10:00Z")) for each in sessions
    ]


class TestCursor:
    def test_follows_revisions_and_numbers(self, owner):
        start_session(owner, "2026-11-20T08:00Z")
        start_session(owner, "2026-11-20T09:00Z")  # which ends the first

        first = read_change_feed(owner, after=None, limit=2)
        second = read_change_feed(owner, after=first.cursor, limit=2)

        assert first.cursor == FeedCursor(read_epoch(owner), 2, 1)
        assert (second.cursor, second.has_more) == (FeedCursor(read_epoch(owner), 2, 2), False)
        assert read_change_feed(owner, after=second.cursor, limit=2).cursor == second.cursor

    def test_of_the_beginning_is_taken_whatever_happened_since(self, owner):
        beginning = read_change_feed(owner, after=None, limit=2).cursor
        start_session(owner, "2026-11-20T08:00Z")

        assert len(read_change_feed(owner, after=beginning, limit=2).changed) == 1

    @pytest.mark.parametrize(
        "change", [{"epoch": uuid4()}, {"revision": 2}, {"number": 2}, {"revision": 0}, {"revision": 10**17}]
    )
    def test_that_was_never_given_has_expired(self, owner, change):
        start_session(owner, "2026-11-20T08:00Z")
        cursor = read_change_feed(owner, after=None, limit=2).cursor

        with pytest.raises(ExpiredError, match="read everything again"):
            read_change_feed(owner, after=replace(cursor, **change), limit=2)

    def test_of_another_user_has_expired(self, owner, stranger):
        for _number in range(2):
            start_session(stranger, "2026-11-20T08:00Z")
        cursor = read_change_feed(stranger, after=None, limit=9).cursor
        start_session(owner, "2026-11-20T08:00Z")

        with pytest.raises(ExpiredError):
            read_change_feed(owner, after=cursor, limit=2)

    def test_of_before_a_restore_has_expired(self, owner):
        start_session(owner, "2026-11-20T08:00Z")
        page = read_change_feed(owner, after=None, limit=2)
        renew_epoch()

        with pytest.raises(ExpiredError):
            read_change_feed(owner, after=page.cursor, limit=2)
        with pytest.raises(ExpiredError):
            read_change_feed(owner, after=FeedCursor(page.cursor.epoch, 0, 0), limit=2)
