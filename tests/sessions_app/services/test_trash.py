import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app import services
from sessions_app.models import Change, SessionTag, Tag, TimeSession
from sessions_app.services import parts, trash
from tests.factories import WEB, make_session, start_session
from tests.sessions_app.services.states import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    actions,
    changes,
    everything,
    not_deleted,
    rejected,
)
from timetracker.db.ids import uuid7
from timetracker.errors import NotFoundError, StaleVersionError


class TestTrash:
    @pytest.fixture
    def session(self, owner):
        return make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft")

    def test_takes_a_session(self, owner, session):
        before = session.snapshot()

        deleted = services.delete_session(owner, WEB, session.id)

        session.refresh_from_db()
        assert (deleted, session.deleted_at, session.version) == (session, NOW, 2)
        assert actions(owner) == ["create", "delete"]
        assert (changes(owner)[1].before, changes(owner)[1].after) == (before, session.snapshot())
        assert list(TimeSession.objects.for_user(owner).not_deleted()) == []

    def test_takes_it_once(self, owner, session):
        services.delete_session(owner, WEB, session.id)
        before = everything()

        assert services.delete_session(owner, WEB, session.id).version == 2
        assert everything() == before

    def test_gives_it_back_as_it_was(self, owner, session):
        tracked = {name: value for name, value in session.snapshot().items() if name not in {"version", "updated_at"}}
        services.delete_session(owner, WEB, session.id)

        restored = services.restore_session(owner, WEB, session.id)

        session.refresh_from_db()
        assert (restored, session.version, session.duration_seconds) == (session, 3, 3600)
        assert {name: session.snapshot()[name] for name in tracked} == tracked
        assert actions(owner) == ["create", "delete", "restore"]
        assert changes(owner)[2].before == changes(owner)[1].after

    def test_gives_nothing_back_that_it_does_not_hold(self, owner, session):
        before = everything()

        assert services.restore_session(owner, WEB, session.id).version == 1
        assert everything() == before

    def test_ends_the_running_session(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        deleted = services.delete_session(owner, WEB, running.id)

        assert (deleted.end, deleted.deleted_at, deleted.duration_seconds) == (NOW, NOW, 3600)
        assert actions(owner) == ["start", "delete"]
        start_session(owner, "2026-11-23T08:30Z")
        assert services.restore_session(owner, WEB, running.id).end == NOW

    def test_ends_the_running_session_when_the_clock_was_set_back(self, owner, clock):
        running = start_session(owner, "2026-11-23T09:00Z")
        clock.move_to(NOW - HOUR, tick=False)

        assert services.delete_session(owner, WEB, running.id).duration_seconds == 0

    def test_rejects_a_state_that_was_not_seen(self, owner, session):
        with rejected(StaleVersionError, "version_mismatch"):
            services.delete_session(owner, WEB, session.id, versions={2})
        assert services.delete_session(owner, WEB, session.id, versions={1}).deleted_at == NOW

    def test_is_closed_to_strangers(self, owner, stranger, session):
        with rejected(NotFoundError, "not_found"):
            services.delete_session(stranger, WEB, session.id)
        services.delete_session(owner, WEB, session.id)
        with rejected(NotFoundError, "not_found"):
            services.restore_session(stranger, WEB, session.id)

    def test_takes_many_as_one_changeset(self, owner, session):
        running = start_session(owner, "2026-11-23T08:00Z")

        deleted = services.delete_sessions(owner, WEB, [session.id, running.id, session.id])

        assert deleted == [session, running, session]
        assert not_deleted(owner) == []
        assert [change.action for change in changes(owner)[2:]] == ["delete", "delete"]
        assert len({change.changeset_id for change in changes(owner)[2:]}) == 1

    def test_takes_many_or_none(self, owner, session):
        with rejected(NotFoundError, "not_found"):
            services.delete_sessions(owner, WEB, [session.id, uuid7()])


def add_deleted(owner, count):
    """So many sessions with a tag in the Trash; their ids."""
    made = [
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", f"{number}", tags=["deep"])
        for number in range(count)
    ]
    services.delete_sessions(owner, WEB, [session.id for session in made])
    return {session.id for session in made}


class TestForGood:
    @pytest.fixture
    def deleted(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft")
        return services.delete_session(owner, WEB, session.id)

    def test_emptying_removes_what_is_in_the_trash(self, owner, stranger, deleted):
        here = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        theirs = make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.delete_session(stranger, WEB, theirs.id)

        assert services.empty_trash(owner, WEB).state["count"] == 1
        assert services.empty_trash(owner, WEB).state["count"] == 0

        assert set(TimeSession.objects.values_list("id", flat=True)) == {here.id, theirs.id}

    def test_leaves_the_record(self, owner, deleted):
        services.empty_trash(owner, WEB)

        assert actions(owner) == ["create", "delete", "purge"]
        purge = changes(owner)[-1]
        assert (purge.object_id, purge.before, purge.after) == (deleted.id, deleted.snapshot(), None)
        with rejected(NotFoundError, "not_found"):
            services.restore_session(owner, WEB, deleted.id)

    def test_goes_what_was_there_for_30_days(self, owner, deleted, clock):
        clock.move_to(NOW + DAY, tick=False)
        later = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.delete_session(owner, WEB, later.id)
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "here")

        assert services.prune_trash(owner, now=NOW + 30 * DAY - SECOND) == 0
        assert services.prune_trash(owner, now=NOW + 30 * DAY) == 1

        assert set(TimeSession.objects.values_list("name", "deleted_at")) == {("", NOW + DAY), ("here", None)}
        purge = changes(owner)[-1]
        assert (purge.action, purge.changeset.source, purge.object_id) == ("purge", "system", deleted.id)

    def test_many_take_no_more_statements(self, owner, monkeypatch):
        """Of parts as long as they need: only the parts of one changeset, of 100 sessions, cost more."""

        def statements(count):
            add_deleted(owner, count)
            with CaptureQueriesContext(connection) as queries:
                assert services.empty_trash(owner, WEB).state["count"] == count
            return len(queries)

        monkeypatch.setattr(parts, "PART_SECONDS", 600)
        assert statements(90) == statements(5)

    def test_goes_in_parts_that_others_write_between(self, owner, monkeypatch, clock):
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        monkeypatch.setattr(trash, "CHUNK", 10)
        ids = add_deleted(owner, 25)

        first = services.empty_trash(owner, WEB, seconds=0)
        assert (first.state["count"], first.is_finished) == (10, False)
        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(owner, WEB, first.changeset_id)
        clock.move_to(NOW + SECOND, tick=False)
        later = services.delete_session(owner, WEB, make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z").id)
        done = services.go_on(owner, WEB, first.changeset_id)

        assert (done.state["count"], done.is_finished) == (25, True)
        assert list(TimeSession.objects.for_user(owner)) == [later]
        purges = Change.objects.filter(user=owner, changeset=first.changeset_id)
        assert {change.object_id for change in purges} == ids
        assert {change.action for change in purges} == {"purge"}
        assert len({change.revision for change in purges}) == 3
        assert not SessionTag.objects.filter(session__in=ids).exists()

    @pytest.mark.parametrize("is_pruned", [False, True])
    def test_what_was_interrupted_is_finished_by_the_next(self, owner, monkeypatch, clock, is_pruned):
        monkeypatch.setattr(parts, "PART_SECONDS", 0)
        monkeypatch.setattr(trash, "CHUNK", 10)
        tag = services.create_entry(owner, WEB, Tag, name="old")
        services.delete_entry(owner, WEB, Tag, tag.id)
        add_deleted(owner, 25)
        services.empty_trash(owner, WEB, seconds=0)

        if is_pruned:
            services.prune_trash(owner, now=NOW + 31 * DAY)
        else:
            assert services.empty_trash(owner, WEB).state["count"] == 15

        assert services.unfinished_work(owner) == []
        assert not TimeSession.objects.for_user(owner).exists()
        assert Tag.objects.for_user(owner).filter(name="old").exists() is not is_pruned

    def test_asks_little_when_nothing_is_due(self, owner, deleted, django_assert_num_queries):
        with django_assert_num_queries(6):
            services.prune_trash(owner, now=NOW)
