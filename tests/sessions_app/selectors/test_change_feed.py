"""What scripts keep in step with"""

import random
from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.models import Tag, TimeSession
from sessions_app.selectors.change_feed import read_change_feed
from tests.factories import WEB, instant, make_session, start_session

pytestmark = pytest.mark.django_db


class Copy:
    """A script's own copy of somebody's sessions."""

    def __init__(self, user):
        self.user, self.cursor, self.sessions = user, 0, {}

    def take(self, limit):
        news = read_change_feed(self.user, after=self.cursor, limit=limit)
        self.sessions |= {session.id: session.version for session in news.changed}
        for tombstone in news.deleted:
            self.sessions.pop(tombstone.id, None)
        self.cursor = news.cursor
        return news.has_more

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

    news = read_change_feed(owner, after=0, limit=100)

    assert [(each.id, each.name) for each in news.changed] == [(session.id, "Letter")]
    assert (news.deleted, news.has_more) == ([], False)
    assert read_change_feed(owner, after=news.cursor, limit=100).changed == []


def test_tells_when_a_session_went(owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
    cursor = read_change_feed(owner, after=0, limit=10).cursor
    deleted = services.delete_session(owner, WEB, session.id)

    (tombstone,) = read_change_feed(owner, after=cursor, limit=10).deleted

    assert (tombstone.id, tombstone.at) == (session.id, deleted.deleted_at)


@pytest.mark.parametrize("count", [3, 60])
def test_three_queries_whatever_the_history(owner, count, django_assert_num_queries):
    for number in range(count):
        begin = instant("2026-11-01T08:00Z") + timedelta(hours=number)
        services.save_session(owner, WEB, start=begin, end=begin + timedelta(minutes=30))

    with django_assert_num_queries(3):
        assert len(read_change_feed(owner, after=0, limit=100).changed) == count


def test_a_page_of_old_changes_tells_when_a_session_really_went(owner, time_machine):
    time_machine.move_to("2026-11-20T10:00Z", tick=False)
    sessions = [make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", name) for name in ("Trash", "Purged")]
    time_machine.move_to("2026-11-22T10:00Z", tick=False)
    services.delete_session(owner, WEB, sessions[1].id)
    services.empty_trash(owner, WEB)
    services.delete_session(owner, WEB, sessions[0].id)

    news = read_change_feed(owner, after=0, limit=2)

    assert news.has_more
    assert [(each.id, each.at) for each in news.deleted] == [
        (each.id, instant("2026-11-22T10:00Z")) for each in sessions
    ]
