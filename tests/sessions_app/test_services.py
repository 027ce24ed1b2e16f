from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError

from sessions_app import services
from sessions_app.models import Change, Source, TimeSession
from sessions_app.services import Actor
from tests.factories import WEB, instant, make_account, make_guest, make_session, start_session
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.ids import uuid7
from users_app.models import AccessToken

NOW = instant("2026-11-23T09:00Z")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GIVEN_ID = UUID("0198aaaa-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Stands at NOW until a test moves it."""
    time_machine.move_to(NOW, tick=False)
    return time_machine


@contextmanager
def refused(error, code, *messages):
    """The press is refused with this code, or these codes of fields, and neither a session nor a change is written."""
    before = everything()
    with pytest.raises(error) as raised:
        yield raised
    if error is InvalidInputError:
        assert [(each.field, each.code) for each in raised.value.errors] == [code]
    else:
        assert raised.value.code == code
    for message in messages:
        assert raised.value.message == message
    assert everything() == before


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (TimeSession, Change)]


def changes(user):
    return list(Change.objects.filter(user=user).order_by("pk"))


def actions(user):
    return [change.action for change in changes(user)]


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

    def test_takes_the_zone_its_person_has_now(self, owner):
        type(owner).objects.filter(pk=owner.pk).update(timezone="Asia/Tokyo")

        assert services.start_timer(owner, WEB).started.timezone == "Asia/Tokyo"

    def test_writes_one_change(self, owner):
        started = services.start_timer(owner, WEB, name="Draft").started

        (change,) = changes(owner)
        assert (change.action, change.session_id, change.at) == ("start", started.id, NOW)
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

    def test_is_refused_in_the_future(self, owner):
        message = "This start hasn't come yet. A running session begins now or earlier."

        with refused(InvalidInputError, ("start", "in_future"), message):
            services.start_timer(owner, WEB, start=NOW + SECOND)

    def test_is_refused_with_an_id_in_use(self, owner):
        message = "There is a session with this id already. Use PUT to change it, or another id."
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)

        with refused(ConflictError, "id_taken", message):
            services.start_timer(owner, WEB, session_id=GIVEN_ID)

    def test_does_not_show_that_a_stranger_has_the_id(self, owner, stranger):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)
        running = start_session(owner, "2026-11-23T08:00Z")

        with refused(NotFoundError, "not_found", "There is nothing here."):
            services.start_timer(owner, WEB, session_id=GIVEN_ID)
        assert TimeSession.objects.for_user(owner).running().get() == running

    def test_is_refused_to_somebody_who_is_gone(self, owner):
        type(owner).objects.filter(pk=owner.pk).delete()

        with refused(NotFoundError, "not_found"):
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

    def test_writes_a_change_of_each_session_in_one_batch(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")
        before = running.snapshot()

        switch = services.start_timer(owner, WEB)

        started_first, stopped, started = changes(owner)
        assert (stopped.action, stopped.session_id) == ("stop", running.id)
        assert (stopped.before, stopped.after) == (before, switch.stopped.snapshot())
        assert (started.action, started.session_id) == ("start", switch.started.id)
        assert (started.before, started.after) == (None, switch.started.snapshot())
        assert stopped.batch == started.batch != started_first.batch
        assert stopped.at == started.at == NOW

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

    def test_before_the_running_one_began_is_refused(self, owner):
        message = "This start is before that of the running session. Give a later start, or stop that one first."
        start_session(owner, "2026-11-23T08:00Z")

        with refused(InvalidInputError, ("start", "before_running"), message):
            services.start_timer(owner, WEB, start=instant("2026-11-23T07:59:59Z"))

    def test_follows_the_running_one_when_the_clock_was_set_back(self, owner, clock):
        running = start_session(owner, "2026-11-23T09:00Z")
        clock.move_to(NOW - HOUR, tick=False)

        switch = services.start_timer(owner, WEB)

        assert (switch.stopped, switch.stopped.end, switch.stopped.duration_seconds) == (running, NOW, 0)
        assert (switch.started.start, switch.at) == (NOW, NOW - HOUR)

    def test_can_be_refused_by_the_caller(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with refused(ConflictError, "timer_running", "A session is running. Stop it first, or leave out ifRunning."):
            services.start_timer(owner, WEB, if_running="fail")

    def test_that_could_be_refused_starts_when_nothing_runs(self, owner):
        assert services.start_timer(owner, WEB, if_running="fail").started.is_running

    def test_with_a_wrong_name_leaves_the_running_one(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with refused(InvalidInputError, ("name", "max_length")):
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

    def test_stops_the_one_that_is_named(self, owner):
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

    def test_before_its_start_is_refused(self, owner):
        start_session(owner, "2026-11-23T08:00Z")
        message = "The end is before the start. Give a later end."

        with refused(InvalidInputError, ("end", "end_not_after_start"), message):
            services.stop_timer(owner, WEB, end=instant("2026-11-23T07:59:59Z"))

    def test_in_the_future_is_refused(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        with refused(InvalidInputError, ("end", "in_future"), "This end hasn't come yet. Leave it out to stop now."):
            services.stop_timer(owner, WEB, end=NOW + SECOND)

    def test_is_not_refused_when_the_clock_was_set_back(self, owner, clock):
        start_session(owner, "2026-11-23T09:00Z")
        clock.move_to(NOW - HOUR, tick=False)

        stopped = services.stop_timer(owner, WEB).stopped

        assert (stopped.end, stopped.duration_seconds) == (NOW, 0)

    @pytest.mark.parametrize("hours", [340, 32 * 24, 20 * 8766])
    def test_is_never_refused_for_its_length(self, owner, hours):
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


class TestSave:
    def test_adds_a_finished_session(self, owner):
        session = make_session(
            owner, "2026-11-23T07:00+01:00", "2026-11-23T08:30+01:00", " Draft ", note="n", billable=True
        )

        session.refresh_from_db()
        assert (session.start, session.end) == (instant("2026-11-23T06:00Z"), instant("2026-11-23T07:30Z"))
        assert (session.name, session.note, session.billable) == ("Draft", "n", True)
        assert (session.timezone, session.source, session.version) == ("Europe/Berlin", "web", 1)
        assert actions(owner) == ["create"]
        assert (changes(owner)[0].before, changes(owner)[0].after) == (None, session.snapshot())

    def test_may_overlap_another_and_the_running_one(self, owner):
        make_session(owner, "2026-11-23T07:00Z", "2026-11-23T08:00Z")
        running = start_session(owner, "2026-11-23T07:30Z")

        make_session(owner, "2026-11-23T07:00Z", "2026-11-23T09:00Z")

        running.refresh_from_db()
        assert running.is_running

    def test_with_an_id_in_use_is_refused(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)
        services.delete_session(owner, WEB, session.id)  # in the Trash it is in use all the same

        with refused(ConflictError, "id_taken"):
            make_session(owner, "2026-11-21T08:00Z", "2026-11-21T09:00Z", session_id=GIVEN_ID)

    def test_with_the_id_of_a_stranger_is_not_found(self, owner, stranger):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)

        with refused(NotFoundError, "not_found"):
            make_session(owner, "2026-11-21T08:00Z", "2026-11-21T09:00Z", session_id=GIVEN_ID)

    def test_with_wrong_times_is_refused(self, owner):
        with refused(InvalidInputError, ("end", "end_not_after_start")):
            make_session(owner, "2026-11-20T08:00Z", "2026-11-20T08:00Z")
        with refused(InvalidInputError, ("end", "too_long")):
            make_session(owner, "2026-10-20T08:00Z", "2026-11-20T08:00:01Z")


class TestPut:
    fields = {"start": NOW - 2 * HOUR, "end": NOW - HOUR, "name": "Draft", "note": "n", "billable": True}

    def test_creates(self, owner):
        session, created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        session.refresh_from_db()
        assert created is True
        assert (session.id, session.version, session.timezone) == (GIVEN_ID, 1, "Europe/Berlin")
        assert actions(owner) == ["create"]

    def test_replaces_all_that_was_chosen(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)
        before = TimeSession.objects.get(pk=GIVEN_ID).snapshot()

        session, created = services.put_session(owner, WEB, GIVEN_ID, start=NOW - 3 * HOUR, end=NOW)

        session.refresh_from_db()
        assert created is False
        assert (session.name, session.note, session.billable) == ("", "", False)
        assert (session.start, session.end, session.duration_seconds) == (NOW - 3 * HOUR, NOW, 3 * 3600)
        assert session.version == 2
        assert actions(owner) == ["create", "edit"]
        assert (changes(owner)[1].before, changes(owner)[1].after) == (before, session.snapshot())

    def test_repeated_changes_nothing(self, owner, clock):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)
        before = everything()
        clock.move_to(NOW + HOUR, tick=False)

        session, created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        assert (session.version, session.updated_at, created) == (1, NOW, False)
        assert everything() == before

    def test_keeps_the_zone_in_which_it_was_made(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields, timezone="Asia/Tokyo")

        session, _created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)
        assert session.timezone == "Asia/Tokyo"

        session, _created = services.put_session(owner, WEB, GIVEN_ID, **self.fields, timezone="Europe/Paris")
        assert session.timezone == "Europe/Paris"

    def test_without_an_end_runs(self, owner):
        session, created = services.put_session(owner, WEB, GIVEN_ID, start=NOW - HOUR)

        assert (session.is_running, created) == (True, True)
        again, created = services.put_session(owner, WEB, GIVEN_ID, start=NOW - HOUR, name="Call")
        assert (again.is_running, again.name, created) == (True, "Call", False)

    def test_stops_the_running_one_by_an_end(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        session, _created = services.put_session(owner, WEB, running.id, start=running.start, end=NOW)

        assert (session, session.end) == (running, NOW)
        assert services.stop_timer(owner, WEB).stopped is None

    def test_of_a_second_running_session_is_refused(self, owner):
        start_session(owner, "2026-11-23T08:00Z")
        finished = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        message = "Another session is running. Stop it first, or give an end."

        with refused(ConflictError, "timer_running", message):
            services.put_session(owner, WEB, GIVEN_ID, start=NOW - HOUR)
        with refused(ConflictError, "timer_running", message):
            services.put_session(owner, WEB, finished.id, start=finished.start, end=None)

    def test_of_one_in_the_trash_is_refused(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)
        services.delete_session(owner, WEB, GIVEN_ID)
        message = "This session is in the Trash. Restore it first, or use another id."

        with refused(ConflictError, "deleted", message):
            services.put_session(owner, WEB, GIVEN_ID, **self.fields)

    def test_with_the_id_of_a_stranger_is_not_found(self, owner, stranger):
        services.put_session(stranger, WEB, GIVEN_ID, **self.fields)

        with refused(NotFoundError, "not_found"):
            services.put_session(owner, WEB, GIVEN_ID, **self.fields)

    def test_of_a_state_that_was_not_seen_is_refused(self, owner):
        session, _created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        with refused(StaleVersionError, "version_mismatch") as stale:
            services.put_session(owner, WEB, GIVEN_ID, versions={2}, **self.fields)
        assert stale.value.current == session
        with refused(StaleVersionError, "version_mismatch") as stale:
            services.put_session(owner, WEB, uuid7(), versions={1}, **self.fields)
        assert stale.value.current is None

    def test_of_the_state_that_was_seen_is_taken(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        session, _created = services.put_session(owner, WEB, GIVEN_ID, versions={1}, **{**self.fields, "name": "x"})

        assert (session.name, session.version) == ("x", 2)

    def test_with_a_wrong_field_is_refused(self, owner):
        with refused(InvalidInputError, ("name", "control_character")):
            services.put_session(owner, WEB, GIVEN_ID, **{**self.fields, "name": "a\0b"})


class TestEdit:
    @pytest.fixture
    def session(self, owner):
        return make_session(owner, "2026-11-20T22:00Z", "2026-11-20T23:00Z", "Draft", note="n")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "Letter"),
            ("note", "a\nb"),
            ("start", instant("2026-11-20T21:00Z")),
            ("end", instant("2026-11-21T00:00Z")),
            ("timezone", "Asia/Tokyo"),
            ("billable", True),
        ],
    )
    def test_changes_the_field_and_keeps_the_others(self, owner, session, clock, field, value):
        before = session.snapshot()
        clock.move_to(NOW + HOUR, tick=False)

        edited = services.edit_session(owner, WEB, session.id, **{field: value})

        session.refresh_from_db()
        assert edited == session
        assert getattr(session, field) == value
        differing = {name for name, kept in session.snapshot().items() if kept != before[name]}
        assert differing == {field, "version", "updated_at"}
        assert (session.version, session.updated_at, session.created_at) == (2, NOW + HOUR, NOW)
        assert actions(owner) == ["create", "edit"]
        assert (changes(owner)[1].before, changes(owner)[1].after) == (before, session.snapshot())

    def test_moves_it_to_the_days_it_covers_now(self, owner, session):
        services.edit_session(owner, WEB, session.id, end=instant("2026-11-21T00:00Z"))
        session.refresh_from_db()
        assert (session.first_date.day, session.last_date.day, session.duration_seconds) == (20, 21, 7200)

        services.edit_session(owner, WEB, session.id, timezone="Asia/Tokyo")
        session.refresh_from_db()
        assert (session.first_date.day, session.last_date.day, session.duration_seconds) == (21, 21, 7200)

    def test_without_a_difference_writes_nothing(self, owner, session, clock):
        before = everything()
        clock.move_to(NOW + HOUR, tick=False)

        edited = services.edit_session(owner, WEB, session.id, name=" Draft ", start=session.start, billable=False)

        assert edited.version == 1
        assert everything() == before

    def test_renames_the_running_session(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        edited = services.edit_session(owner, WEB, running.id, name="Call", start=NOW - 2 * HOUR)

        assert (edited.is_running, edited.name, edited.start) == (True, "Call", NOW - 2 * HOUR)

    def test_makes_a_finished_session_run_again_when_none_runs(self, owner, session):
        edited = services.edit_session(owner, WEB, session.id, end=None)

        edited.refresh_from_db()
        assert (edited.end, edited.last_date, edited.duration_seconds) == (None, None, None)

    def test_into_a_second_running_session_is_refused(self, owner, session):
        start_session(owner, "2026-11-23T08:00Z")

        with refused(ConflictError, "timer_running", "Another session is running. Stop it first, or give an end."):
            services.edit_session(owner, WEB, session.id, end=None)

    @pytest.mark.parametrize("hours", [340, 40 * 24])
    def test_renames_a_timer_that_was_forgotten_and_stopped(self, owner, hours):
        services.start_timer(owner, WEB, start=NOW - hours * HOUR)
        stopped = services.stop_timer(owner, WEB).stopped

        edited = services.edit_session(owner, WEB, stopped.id, name="Forgotten")

        assert (edited.name, edited.duration_seconds) == ("Forgotten", hours * 3600)
        repaired = services.edit_session(owner, WEB, stopped.id, end=stopped.start + HOUR)
        assert repaired.duration_seconds == 3600

    def test_of_an_empty_timer_can_be_renamed(self, owner):
        services.start_timer(owner, WEB)
        stopped = services.stop_timer(owner, WEB).stopped

        assert services.edit_session(owner, WEB, stopped.id, name="Pressed twice").duration_seconds == 0

    def test_with_wrong_times_is_refused(self, owner, session):
        with refused(InvalidInputError, ("end", "end_not_after_start")):
            services.edit_session(owner, WEB, session.id, end=session.start)

    def test_of_one_in_the_trash_is_refused(self, owner, session):
        services.delete_session(owner, WEB, session.id)

        with refused(ConflictError, "deleted"):
            services.edit_session(owner, WEB, session.id, name="x")

    def test_of_a_state_that_was_not_seen_is_refused(self, owner, session):
        services.edit_session(owner, WEB, session.id, name="from one tab", versions={1})

        with refused(StaleVersionError, "version_mismatch") as stale:
            services.edit_session(owner, WEB, session.id, name="from another", versions={1})
        assert stale.value.current.name == "from one tab"

    def test_of_a_stranger_or_of_nothing_is_not_found(self, stranger, session):
        for session_id in (session.id, uuid7()):
            with refused(NotFoundError, "not_found", "There is nothing here."):
                services.edit_session(stranger, WEB, session_id, name="x", versions={7})


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
        assert list(TimeSession.objects.for_user(owner).kept()) == []

    def test_takes_it_once(self, owner, session):
        services.delete_session(owner, WEB, session.id)
        before = everything()

        assert services.delete_session(owner, WEB, session.id).version == 2
        assert everything() == before

    def test_gives_it_back_as_it_was(self, owner, session):
        chosen = {name: value for name, value in session.snapshot().items() if name not in {"version", "updated_at"}}
        services.delete_session(owner, WEB, session.id)

        restored = services.restore_session(owner, WEB, session.id)

        session.refresh_from_db()
        assert (restored, session.version, session.duration_seconds) == (session, 3, 3600)
        assert {name: session.snapshot()[name] for name in chosen} == chosen
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

    def test_refuses_a_state_that_was_not_seen(self, owner, session):
        with refused(StaleVersionError, "version_mismatch"):
            services.delete_session(owner, WEB, session.id, versions={2})
        assert services.delete_session(owner, WEB, session.id, versions={1}).deleted_at == NOW

    def test_is_closed_to_strangers(self, owner, stranger, session):
        with refused(NotFoundError, "not_found"):
            services.delete_session(stranger, WEB, session.id)
        services.delete_session(owner, WEB, session.id)
        with refused(NotFoundError, "not_found"):
            services.restore_session(stranger, WEB, session.id)


class TestRecord:
    """Every change says by whom it was made."""

    @pytest.fixture
    def actors(self, owner):
        token, _secret = AccessToken.objects.issue(owner)
        operator = make_account("operator@example.org")
        return {
            "web": Actor(Source.WEB),
            "api": Actor(Source.API, token=token),
            "admin": Actor(Source.ADMIN, operator=operator),
            "import": Actor(Source.IMPORT),
        }

    @pytest.mark.parametrize("source", ["web", "api", "admin", "import"])
    def test_of_every_press_names_who_pressed(self, owner, actors, source):
        actor = actors[source]
        services.start_timer(owner, actor, start=NOW - HOUR)
        session_id = services.start_timer(owner, actor).stopped.id
        services.stop_timer(owner, actor)
        services.start_timer(owner, actor)
        services.stop_timer(owner, actor, discard=True)
        services.save_session(owner, actor, start=NOW - HOUR, end=NOW)
        services.put_session(owner, actor, GIVEN_ID, start=NOW - HOUR, end=NOW)
        services.edit_session(owner, actor, session_id, name="x")
        services.delete_session(owner, actor, session_id)
        services.restore_session(owner, actor, session_id)

        written = changes(owner)
        assert [change.action for change in written] == [
            "start", "stop", "start", "stop", "start", "discard", "create", "create", "edit", "delete", "restore",
        ]  # fmt: skip
        assert {(change.source, change.token, change.operator) for change in written} == {
            (source, actor.token, actor.operator)
        }
        assert {session.source for session in TimeSession.objects.for_user(owner)} == {source}
        assert len({change.batch for change in written}) == len(written) - 1  # one switch

    def test_keeps_the_source_of_the_session_when_another_edits_it(self, owner, actors):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")

        edited = services.edit_session(owner, actors["admin"], session.id, name="x")

        assert (edited.source, changes(owner)[1].source) == ("web", "admin")

    def test_is_undone_with_its_press(self, owner, monkeypatch):
        running = start_session(owner, "2026-11-23T08:00Z")
        create = Change.objects.create

        def fail_at_the_start(**fields):
            if fields["action"] == Change.Action.START:
                raise IntegrityError("no room")
            return create(**fields)

        monkeypatch.setattr(Change.objects, "create", fail_at_the_start)
        before = everything()

        with pytest.raises(IntegrityError, match="no room"):
            services.start_timer(owner, WEB)

        assert everything() == before
        running.refresh_from_db()
        assert running.is_running

    def test_follows_the_versions_of_a_session(self, owner):
        guest = make_guest()
        session = services.start_timer(guest, WEB).started
        services.edit_session(guest, WEB, session.id, name="x")
        services.stop_timer(guest, WEB)
        services.delete_session(guest, WEB, session.id)

        written = changes(guest)
        assert [change.after["version"] for change in written] == [1, 2, 3, 4]
        assert [change.before for change in written] == [None, *(change.after for change in written[:-1])]
