from datetime import date

import pytest
from django.db.models import F

from sessions_app import services
from sessions_app.models import Change, Project, TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.many_sessions import add_sessions
from tests.sessions_app.services.states import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    actions,
    changes,
    everything,
    not_deleted,
    rejected,
    times,
    tracked,
)
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, NotFoundError


@pytest.fixture
def session(owner):
    return make_session(
        owner, "2026-11-23T07:00Z", "2026-11-23T08:00Z", "Draft", note="n", billable=True, timezone="Asia/Tokyo"
    )


@pytest.fixture
def running(owner):
    return start_session(owner, "2026-11-23T08:00Z", "Mail")


CHANGESETS = {
    "start": lambda owner, session, running: services.start_timer(owner, WEB, name="next"),
    "guess": lambda owner, session, running: services.start_timer(owner, WEB, if_running="guess"),
    "stop": lambda owner, session, running: services.stop_timer(owner, WEB),
    "discard": lambda owner, session, running: services.stop_timer(owner, WEB, discard=True),
    "continue": lambda owner, session, running: services.continue_session(owner, WEB, session.id),
    "save": lambda owner, session, running: make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z"),
    "put": lambda owner, session, running: services.put_session(owner, WEB, session.id, start=NOW - DAY, end=NOW),
    "edit": lambda owner, session, running: services.edit_session(
        owner, WEB, session.id, name="x", note="y", billable=False, timezone="America/New_York", start=NOW - DAY
    ),
    "lengthen": lambda owner, session, running: services.edit_session(owner, WEB, running.id, duration_seconds=90_000),
    "edit many": lambda owner, session, running: services.edit_sessions(
        owner, WEB, [session.id, running.id], name="both", start=NOW - 3 * HOUR
    ),
    "delete": lambda owner, session, running: services.delete_session(owner, WEB, session.id),
    "delete what runs": lambda owner, session, running: services.delete_session(owner, WEB, running.id),
    "delete many": lambda owner, session, running: services.delete_sessions(owner, WEB, [running.id, session.id]),
    "duplicate": lambda owner, session, running: services.duplicate_session(owner, WEB, session.id),
    "split": lambda owner, session, running: services.split_session(owner, WEB, session.id, session.start + MINUTE),
    "split what runs": lambda owner, session, running: services.split_session(owner, WEB, running.id, NOW - MINUTE),
    "merge": lambda owner, session, running: services.merge_sessions(owner, WEB, running.id, session.id),
    "move": lambda owner, session, running: services.move_session(owner, WEB, session.id, date(2026, 11, 1)),
    "insert": lambda owner, session, running: services.insert_session(
        owner, WEB, session.id, start=session.start + MINUTE, end=session.start + 2 * MINUTE
    ),
    "insert in what runs": lambda owner, session, running: services.insert_session(
        owner, WEB, running.id, start=NOW - 2 * MINUTE, end=NOW - MINUTE
    ),
    "confirm": lambda owner, session, running: services.confirm_running(owner, WEB, running.id),
}


class TestEveryChangeset:
    @pytest.mark.parametrize("name", CHANGESETS)
    def test_is_taken_back_exactly_and_done_again(self, owner, session, running, clock, name):
        before = tracked(owner)
        CHANGESETS[name](owner, session, running)
        done = tracked(owner)
        (latest, *_earlier) = services.undoable_changesets(owner, now=NOW)
        clock.move_to(NOW + HOUR, tick=False)

        undone = services.undo_changeset(owner, WEB)

        assert (undone.changeset.id, undone.undone_by) == (latest.id, changes(owner)[-1].changeset_id)
        present = tracked(owner)
        assert {session_id: present[session_id] for session_id in before} == before
        assert all(present[session_id]["deleted_at"] == NOW + HOUR for session_id in present.keys() - before.keys())
        undo = changes(owner)[-1]
        assert (undo.action, undo.changeset.undoes_id, undo.changeset.at) == ("undo", latest.id, NOW + HOUR)

        services.undo_changeset(owner, WEB, undo.changeset_id)
        assert tracked(owner) == done
        assert services.undoable_changesets(owner, now=NOW)[0].id == latest.id

    @pytest.mark.parametrize("name", CHANGESETS)
    def test_is_one_changeset_with_its_actor(self, owner, session, running, name):
        written = len(changes(owner))
        CHANGESETS[name](owner, session, running)

        of_changeset = changes(owner)[written:]
        assert of_changeset
        assert len({change.changeset_id for change in of_changeset}) == 1
        assert {(change.changeset.source, change.changeset.at, change.changeset.undoes) for change in of_changeset} == {
            ("web", NOW, None)
        }


class TestUndo:
    def test_takes_back_the_latest_changeset_then_the_one_before(self, owner, session):
        services.edit_session(owner, WEB, session.id, name="second")
        services.edit_session(owner, WEB, session.id, name="third")

        names = []
        for _send in range(2):
            services.undo_changeset(owner, WEB)
            names.append(TimeSession.objects.get(pk=session.pk).name)

        assert names == ["second", "Draft"]
        services.undo_changeset(owner, WEB)
        assert not_deleted(owner) == []
        with rejected(NotFoundError, "not_found", "There is nothing to undo."):
            services.undo_changeset(owner, WEB)

    def test_leaves_alone_what_happened_later(self, owner, session):
        services.delete_session(owner, WEB, session.id)
        changeset_id = changes(owner)[-1].changeset_id
        later = start_session(owner, "2026-11-23T08:30Z", "later")

        services.undo_changeset(owner, WEB, changeset_id)

        assert [each.name for each in not_deleted(owner)] == ["Draft", "later"]
        assert not_deleted(owner)[1].snapshot() == later.snapshot()

    def test_counts_a_version_on(self, owner, session):
        services.edit_session(owner, WEB, session.id, name="x")

        services.undo_changeset(owner, WEB)

        assert TimeSession.objects.get(pk=session.pk).version == 3

    def test_that_collides_with_a_later_change_says_so(self, owner, session):
        services.edit_session(owner, WEB, session.id, billable=False)
        changeset_id = changes(owner)[-1].changeset_id
        services.edit_session(owner, WEB, session.id, name="Letter")
        message = "“Letter” was changed after that. Undo the later change first."

        with rejected(ConflictError, "changed_since", message):
            services.undo_changeset(owner, WEB, changeset_id)
        services.undo_changeset(owner, WEB)
        services.undo_changeset(owner, WEB)
        assert TimeSession.objects.get(pk=session.pk).billable is True

    def test_of_many_is_all_or_nothing(self, owner, session, running):
        services.delete_sessions(owner, WEB, [session.id, running.id])
        changeset_id = changes(owner)[-1].changeset_id
        services.restore_session(owner, WEB, session.id)

        with rejected(ConflictError, "changed_since"):
            services.undo_changeset(owner, WEB, changeset_id)

    def test_that_would_make_a_second_one_run_says_which_runs(self, owner, running):
        services.stop_timer(owner, WEB)
        changeset_id = changes(owner)[-1].changeset_id
        services.start_timer(owner, WEB, name="Call")

        with rejected(ConflictError, "timer_running", "“Call” is running. Stop it first, then undo."):
            services.undo_changeset(owner, WEB, changeset_id)
        services.stop_timer(owner, WEB)
        services.undo_changeset(owner, WEB, changeset_id)
        assert [(each.name, each.is_running) for each in not_deleted(owner)] == [("Mail", True), ("Call", False)]

    def test_twice_is_rejected(self, owner, session):
        changeset_id = changes(owner)[0].changeset_id
        services.undo_changeset(owner, WEB, changeset_id)

        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(owner, WEB, changeset_id)

    def test_of_what_was_removed_for_good_is_not_offered(self, owner, session, running):
        services.edit_session(owner, WEB, running.id, name="Call")
        services.delete_session(owner, WEB, session.id)
        changeset_id = changes(owner)[-1].changeset_id
        services.empty_trash(owner, WEB)

        with rejected(ConflictError, "changed_since", "A part of it was removed for good."):
            services.undo_changeset(owner, WEB, changeset_id)
        assert [each.summary for each in services.undoable_changesets(owner, now=NOW)] == [
            "“Call” changed",
            "“Mail” started",
        ]
        services.undo_changeset(owner, WEB)
        assert not_deleted(owner)[0].name == "Mail"

    def test_is_closed_to_strangers(self, stranger, session):
        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(stranger, WEB, changes(session.user)[0].changeset_id)
        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(stranger, WEB, uuid7())

    def test_ends_what_it_takes_back_when_the_clock_was_set_back(self, owner, clock):
        started = services.start_timer(owner, WEB).started
        clock.move_to(NOW - HOUR, tick=False)

        services.undo_changeset(owner, WEB)

        started.refresh_from_db()
        assert (started.end, started.deleted_at) == (NOW, NOW - HOUR)

    def test_goes_by_what_came_later_also_when_the_clock_was_set_back(self, owner, session, clock):
        services.edit_session(owner, WEB, session.id, name="x")
        undone = services.undo_changeset(owner, WEB)
        clock.move_to(NOW - HOUR, tick=False)

        services.undo_changeset(owner, WEB, undone.undone_by)
        session.refresh_from_db()
        assert session.name == "x"

        services.undo_changeset(owner, WEB, undone.changeset.id)
        session.refresh_from_db()
        assert session.name == "Draft"


class TestWhatCanBeUndone:
    def test_is_of_the_last_24_hours(self, owner, session, clock):
        changeset_id = changes(owner)[0].changeset_id

        assert len(services.undoable_changesets(owner, now=NOW + DAY - SECOND)) == 1
        assert services.undoable_changesets(owner, now=NOW + DAY) == []
        clock.move_to(NOW + DAY, tick=False)
        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(owner, WEB, changeset_id)

    def test_is_at_most_20_changesets_latest_first(self, owner, session):
        for number in range(25):
            services.edit_session(owner, WEB, session.id, name=str(number))

        found = services.undoable_changesets(owner, now=NOW)

        assert [each.summary for each in found] == [f"“{number}” changed" for number in range(24, 4, -1)]

    def test_leaves_out_what_is_undone_and_the_undoing(self, owner, session):
        services.edit_session(owner, WEB, session.id, name="x")
        services.undo_changeset(owner, WEB)

        (latest,) = services.undoable_changesets(owner, now=NOW)
        assert (latest.summary, latest.at, latest.undoes, latest.count) == ("“Draft” added", NOW, None, 1)

    def test_is_found_behind_many_that_were_undone(self, owner, session):
        for number in range(51):
            services.edit_session(owner, WEB, session.id, name=str(number))
            services.undo_changeset(owner, WEB)

        assert [each.summary for each in services.undoable_changesets(owner, now=NOW)] == ["“Draft” added"]

    def test_names_the_changes_in_order(self, owner, running):
        services.start_timer(owner, WEB)

        found = services.undoable_changesets(owner, now=NOW)[0]
        assert (found.summary, found.count) == ("“Mail” stopped, “(no name)” started", 2)

    def test_is_one_query(self, owner, session, django_assert_num_queries):
        for name in "abc":
            services.edit_session(owner, WEB, session.id, name=name)
        with django_assert_num_queries(1):
            assert len(services.undoable_changesets(owner, now=NOW)) == 4

    def test_is_nothing_of_a_stranger(self, stranger, session):
        assert services.undoable_changesets(stranger, now=NOW) == []


def test_a_timer_of_340_hours_is_stopped_corrected_and_undone(owner, clock):
    started = start_session(owner, "2026-11-09T05:00Z", "Forgotten")
    running = tracked(owner)

    assert services.stop_timer(owner, WEB).stopped.duration_seconds == 340 * 3600
    stopped = tracked(owner)
    services.edit_session(owner, WEB, started.id, end=instant("2026-11-09T13:00Z"))
    assert [times(each) for each in not_deleted(owner)] == ["05:00-13:00"]
    services.undo_changeset(owner, WEB)
    assert tracked(owner) == stopped
    services.split_session(owner, WEB, started.id, instant("2026-11-10T05:00Z"))
    services.undo_changeset(owner, WEB)
    services.undo_changeset(owner, WEB)

    assert {session_id: state for session_id, state in tracked(owner).items() if session_id in running} == running
    assert actions(owner)[-1] == Change.Action.UNDO
    assert services.stop_timer(owner, WEB).stopped == started


def test_nothing_is_written_by_looking(owner, session):
    before = everything()
    services.undoable_changesets(owner, now=NOW)
    assert everything() == before


def test_a_large_changeset_is_taken_back_with_few_statements(owner, django_assert_max_num_queries):
    project = services.create_entry(owner, WEB, Project, name="Acme")
    add_sessions(owner, 900, until=NOW, over=30 * DAY)
    TimeSession.objects.for_user(owner).update(project=project, version=F("version") + 1)
    before = {session.id: session.snapshot() for session in TimeSession.objects.for_user(owner)}

    with django_assert_max_num_queries(30):
        services.delete_entry(owner, WEB, Project, project.id)
    assert not TimeSession.objects.for_user(owner).filter(project__isnull=False).exists()
    with django_assert_max_num_queries(60):
        services.undo_changeset(owner, WEB)

    after = {session.id: session.snapshot() for session in TimeSession.objects.for_user(owner)}
    bookkeeping = {"version", "updated_at"}
    assert [{k: v for k, v in each.items() if k not in bookkeeping} for each in after.values()] == [
        {k: v for k, v in before[session_id].items() if k not in bookkeeping} for session_id in after
    ]
