from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.services.states import (
    DAY,
    GIVEN_ID,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    actions,
    changes,
    everything,
    rejected,
)
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError


class TestStart:
    def test_starts_now_without_being_told_anything(self, owner):
        switch = services.start_timer(owner, WEB)

        assert (switch.stopped, switch.at) == (None, NOW)
        session = TimeSession.objects.get(user=owner)
        assert session.pk == switch.started.pk
        assert (session.start, session.end, session.name, session.note) == (NOW, None, "", "")
        assert (session.timezone, session.billable, session.source) == ("Europe/Berlin", False, "web")
        assert (session.version, session.created_at, session.updated_at) == (1, NOW, NOW)

    def test_takes_whole_seconds_of_the_clock(self, owner, clock):
        clock.move_to(NOW + timedelta(milliseconds=999), tick=False)

        assert services.start_timer(owner, WEB).started.start == NOW

    def test_keeps_what_it_is_told(self, owner):
        started = services.start_timer(
            owner, WEB, session_id=GIVEN_ID, name=" Draft ", note="a\nb", billable=True, timezone="Asia/Tokyo"
        ).started
        started.refresh_from_db()

        assert started.id == GIVEN_ID
        assert (started.name, started.note, started.billable, started.timezone) == ("Draft", "a\nb", True, "Asia/Tokyo")

    def test_takes_the_zone_its_user_has_now(self, owner):
        type(owner).objects.filter(pk=owner.pk).update(timezone="Asia/Tokyo")

        assert services.start_timer(owner, WEB).started.timezone == "Asia/Tokyo"

    def test_writes_one_change(self, owner):
        started = services.start_timer(owner, WEB, name="Draft").started

        (change,) = changes(owner)
        assert (change.action, change.object_id, change.changeset.at) == ("start", started.id, NOW)
        assert change.before is None
        assert change.after == started.snapshot()
        assert change.after["start"] == "2026-11-23T09:00:00+00:00"

    def test_may_have_started_earlier(self, owner):
        started = services.start_timer(owner, WEB, start=NOW - 2 * HOUR).started

        assert (started.start, started.created_at) == (NOW - 2 * HOUR, NOW)

    def test_may_have_started_long_before_anyone_may_enter(self, owner):
        assert services.start_timer(owner, WEB, start=NOW - 400 * DAY).started.start == NOW - 400 * DAY

    def test_never_has_an_end(self, owner):
        assert services.start_timer(owner, WEB, start=NOW - HOUR, end=NOW).started.end is None

    def test_is_rejected_in_the_future(self, owner):
        message = "This start hasn't come yet. A running session begins now or earlier."

        with rejected(InvalidInputError, ("start", "in_future"), message):
            services.start_timer(owner, WEB, start=NOW + SECOND)

    def test_is_rejected_with_an_id_in_use(self, owner):
        message = "There is a session with this id already. Use PUT to change it, or another id."
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)

        with rejected(ConflictError, "id_taken", message):
            services.start_timer(owner, WEB, session_id=GIVEN_ID)

    def test_does_not_show_that_a_stranger_has_the_id(self, owner, stranger):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)
        running = start_session(owner, "2026-11-23T08:00Z")

        with rejected(NotFoundError, "not_found", "There is nothing here."):
            services.start_timer(owner, WEB, session_id=GIVEN_ID)
        assert TimeSession.objects.for_user(owner).running().get() == running

    def test_is_rejected_for_a_user_who_is_gone(self, owner):
        type(owner).objects.filter(pk=owner.pk).delete()

        with rejected(NotFoundError, "not_found"):
            services.start_timer(owner, WEB)

    def test_leaves_the_timer_of_a_stranger_alone(self, owner, stranger):
        theirs = start_session(stranger, "2026-11-23T08:00Z")

        assert services.start_timer(owner, WEB).stopped is None
        theirs.refresh_from_db()
        assert theirs.is_running


class TestSwitch:
    def test_ends_the_running_session_at_the_same_instant(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z", "Mail")

        switch = services.start_timer(owner, WEB, name="Draft")

        running.refresh_from_db()
        assert switch.stopped == running
        assert (running.end, running.duration_seconds, running.version) == (NOW, 3600, 2)
        assert (switch.started.start, switch.started.end) == (NOW, None)

    def test_writes_a_change_of_each_session_in_one_changeset(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")
        before = running.snapshot()

        switch = services.start_timer(owner, WEB)

        started_first, stopped, started = changes(owner)
        assert (stopped.action, stopped.object_id) == ("stop", running.id)
        assert (stopped.before, stopped.after) == (before, switch.stopped.snapshot())
        assert (started.action, started.object_id) == ("start", switch.started.id)
        assert (started.before, started.after) == (None, switch.started.snapshot())
        assert stopped.changeset_id == started.changeset_id != started_first.changeset_id
        assert started.changeset.at == NOW

    def test_may_have_happened_earlier(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        switch = services.start_timer(owner, WEB, start=NOW - 10 * MINUTE)

        assert switch.stopped.end == switch.started.start == NOW - 10 * MINUTE

    def test_at_the_start_of_the_running_one_leaves_it_without_length(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        switch = services.start_timer(owner, WEB, start=instant("2026-11-23T08:00Z"))

        assert (switch.stopped.duration_seconds, switch.stopped.first_date) == (0, switch.stopped.last_date)

    def test_twice_within_a_second_keeps_both(self, owner):
        services.start_timer(owner, WEB, name="first")

        switch = services.start_timer(owner, WEB, name="second")

        assert (switch.stopped.name, switch.stopped.duration_seconds) == ("first", 0)
        assert TimeSession.objects.for_user(owner).count() == 2

    def test_before_the_running_one_began_is_rejected(self, owner):
        message = "This start is before that of the running session. Give a later start, or stop that one first."
        start_session(owner, "2026-11-23T08:00Z")

        with rejected(InvalidInputError, ("start", "before_running"), message):
            services.start_timer(owner, WEB, start=instant("2026-11-23T07:59:59Z"))

    def test_follows_the_running_one_when_the_clock_was_set_back(self, owner, clock):
        running = start_session(owner, "2026-11-23T09:00Z")
        clock.move_to(NOW - HOUR, tick=False)

        switch = services.start_timer(owner, WEB)

        assert (switch.stopped, switch.stopped.end, switch.stopped.duration_seconds) == (running, NOW, 0)
        assert (switch.started.start, switch.at) == (NOW, NOW - HOUR)

    def test_can_be_rejected_by_the_caller(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with rejected(ConflictError, "timer_running", "A session is running. Stop it first, or leave out ifRunning."):
            services.start_timer(owner, WEB, if_running="fail")

    def test_that_could_be_rejected_starts_when_nothing_runs(self, owner):
        assert services.start_timer(owner, WEB, if_running="fail").started.is_running

    def test_with_a_wrong_name_leaves_the_running_one(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with rejected(InvalidInputError, ("name", "max_length")):
            services.start_timer(owner, WEB, name="x" * 201)

    def test_ends_a_session_that_was_forgotten_for_longer_than_anyone_may_enter(self, owner):
        start_session(owner, "2026-10-01T09:00Z")

        assert services.start_timer(owner, WEB).stopped.duration_seconds == 53 * 86400


class TestStop:
    def test_ends_the_running_session_now(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z", "Mail")
        before = running.snapshot()

        switch = services.stop_timer(owner, WEB)

        running.refresh_from_db()
        assert (switch.started, switch.stopped, switch.at) == (None, running, NOW)
        assert (running.end, running.duration_seconds, running.version, running.name) == (NOW, 3600, 2, "Mail")
        assert actions(owner) == ["start", "stop"]
        assert (changes(owner)[1].before, changes(owner)[1].after) == (before, running.snapshot())

    def test_twice_lets_the_first_stand(self, owner, clock):
        start_session(owner, "2026-11-23T08:00Z")
        stopped = services.stop_timer(owner, WEB).stopped
        clock.move_to(NOW + HOUR, tick=False)
        before = everything()

        switch = services.stop_timer(owner, WEB)

        assert (switch.started, switch.stopped, switch.at) == (None, None, NOW + HOUR)
        assert everything() == before
        stopped.refresh_from_db()
        assert stopped.end == NOW

    def test_stops_the_one_that_is_given(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        assert services.stop_timer(owner, WEB, session_id=running.id).stopped == running

    def test_leaves_another_one_running(self, owner, stranger):
        start_session(owner, "2026-11-23T08:00Z")
        theirs = start_session(stranger, "2026-11-23T08:00Z")
        before = everything()

        assert services.stop_timer(owner, WEB, session_id=uuid7()).stopped is None
        assert services.stop_timer(owner, WEB, session_id=theirs.id).stopped is None
        assert everything() == before

    def test_may_have_happened_earlier(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        stopped = services.stop_timer(owner, WEB, end=NOW - 10 * MINUTE + timedelta(milliseconds=5)).stopped

        assert (stopped.end, stopped.updated_at) == (NOW - 10 * MINUTE, NOW)

    def test_at_its_start_keeps_it_without_length(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        assert services.stop_timer(owner, WEB, end=running.start).stopped.duration_seconds == 0

    def test_before_its_start_is_rejected(self, owner):
        start_session(owner, "2026-11-23T08:00Z")
        message = "The end is before the start. Give a later end."

        with rejected(InvalidInputError, ("end", "end_not_after_start"), message):
            services.stop_timer(owner, WEB, end=instant("2026-11-23T07:59:59Z"))

    def test_in_the_future_is_rejected(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with rejected(InvalidInputError, ("end", "in_future"), "This end hasn't come yet. Leave it out to stop now."):
            services.stop_timer(owner, WEB, end=NOW + SECOND)

    def test_is_not_rejected_when_the_clock_was_set_back(self, owner, clock):
        start_session(owner, "2026-11-23T09:00Z")
        clock.move_to(NOW - HOUR, tick=False)

        stopped = services.stop_timer(owner, WEB).stopped

        assert (stopped.end, stopped.duration_seconds) == (NOW, 0)

    @pytest.mark.parametrize("hours", [340, 32 * 24, 20 * 8766])
    def test_is_never_rejected_for_its_length(self, owner, hours):
        services.start_timer(owner, WEB, start=NOW - hours * HOUR)

        stopped = services.stop_timer(owner, WEB).stopped
        stopped.refresh_from_db()

        assert stopped.duration_seconds == hours * 3600

    def test_can_move_it_to_the_trash(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        stopped = services.stop_timer(owner, WEB, discard=True).stopped

        assert (stopped.end, stopped.deleted_at, stopped.duration_seconds) == (NOW, NOW, 3600)
        assert actions(owner) == ["start", "discard"]
        restored = services.restore_session(owner, WEB, stopped.id)
        assert (restored.deleted_at, restored.end) == (None, NOW)


def test_continuing_looks_only_when_the_user_is_locked(owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Draft", tags=["mail"])
    with CaptureQueriesContext(connection) as queries:
        services.continue_session(owner, WEB, session.id)
    first = next(query["sql"] for query in queries if query["sql"].startswith("SELECT"))
    assert 'FROM "users_app_user"' in first
