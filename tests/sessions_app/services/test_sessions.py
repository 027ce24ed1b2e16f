from datetime import UTC, datetime, timezone

import pytest

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.services.states import (
    GIVEN_ID,
    HOUR,
    NOW,
    SECOND,
    actions,
    changes,
    everything,
    not_deleted,
    rejected,
    times,
)
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError


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

    def test_with_an_id_in_use_is_rejected(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)
        services.delete_session(owner, WEB, session.id)  # in the Trash it is in use all the same

        with rejected(ConflictError, "id_taken"):
            make_session(owner, "2026-11-21T08:00Z", "2026-11-21T09:00Z", session_id=GIVEN_ID)

    def test_with_the_id_of_a_stranger_is_not_found(self, owner, stranger):
        make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z", session_id=GIVEN_ID)

        with rejected(NotFoundError, "not_found"):
            make_session(owner, "2026-11-21T08:00Z", "2026-11-21T09:00Z", session_id=GIVEN_ID)

    def test_with_wrong_times_is_rejected(self, owner):
        with rejected(InvalidInputError, ("end", "end_not_after_start")):
            make_session(owner, "2026-11-20T08:00Z", "2026-11-20T08:00Z")
        with rejected(InvalidInputError, ("end", "too_long")):
            make_session(owner, "2026-10-20T08:00Z", "2026-11-20T08:00:01Z")


class TestPut:
    fields = {"start": NOW - 2 * HOUR, "end": NOW - HOUR, "name": "Draft", "note": "n", "billable": True}

    def test_creates(self, owner):
        session, created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        session.refresh_from_db()
        assert created is True
        assert (session.id, session.version, session.timezone) == (GIVEN_ID, 1, "Europe/Berlin")
        assert actions(owner) == ["create"]

    def test_replaces_all_that_was_selected(self, owner):
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

    def test_of_a_second_running_session_is_rejected(self, owner):
        start_session(owner, "2026-11-23T08:00Z")
        finished = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        message = "Another session is running. Stop it first, or give an end."

        with rejected(ConflictError, "timer_running", message):
            services.put_session(owner, WEB, GIVEN_ID, start=NOW - HOUR)
        with rejected(ConflictError, "timer_running", message):
            services.put_session(owner, WEB, finished.id, start=finished.start, end=None)

    def test_of_one_in_the_trash_is_rejected(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)
        services.delete_session(owner, WEB, GIVEN_ID)
        message = "This session is in the Trash. Restore it first, or use another id."

        with rejected(ConflictError, "deleted", message):
            services.put_session(owner, WEB, GIVEN_ID, **self.fields)

    def test_with_the_id_of_a_stranger_is_not_found(self, owner, stranger):
        services.put_session(stranger, WEB, GIVEN_ID, **self.fields)

        with rejected(NotFoundError, "not_found"):
            services.put_session(owner, WEB, GIVEN_ID, **self.fields)

    def test_of_a_state_that_was_not_seen_is_rejected(self, owner):
        session, _created = services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        with rejected(StaleVersionError, "version_mismatch") as stale:
            services.put_session(owner, WEB, GIVEN_ID, versions={2}, **self.fields)
        assert stale.value.current == session
        with rejected(StaleVersionError, "version_mismatch") as stale:
            services.put_session(owner, WEB, uuid7(), versions={1}, **self.fields)
        assert stale.value.current is None

    def test_of_the_state_that_was_seen_is_taken(self, owner):
        services.put_session(owner, WEB, GIVEN_ID, **self.fields)

        session, _created = services.put_session(owner, WEB, GIVEN_ID, versions={1}, **{**self.fields, "name": "x"})

        assert (session.name, session.version) == ("x", 2)

    def test_with_a_wrong_field_is_rejected(self, owner):
        with rejected(InvalidInputError, ("name", "control_character")):
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
        differing = {name for name, stored in session.snapshot().items() if stored != before[name]}
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

    def test_into_a_second_running_session_is_rejected(self, owner, session):
        start_session(owner, "2026-11-23T08:00Z")

        with rejected(ConflictError, "timer_running", "Another session is running. Stop it first, or give an end."):
            services.edit_session(owner, WEB, session.id, end=None)

    @pytest.mark.parametrize("hours", [340, 40 * 24])
    def test_renames_a_timer_that_was_forgotten_and_stopped(self, owner, hours):
        services.start_timer(owner, WEB, start=NOW - hours * HOUR)
        stopped = services.stop_timer(owner, WEB).stopped

        edited = services.edit_session(owner, WEB, stopped.id, name="Forgotten")

        assert (edited.name, edited.duration_seconds) == ("Forgotten", hours * 3600)
        corrected = services.edit_session(owner, WEB, stopped.id, end=stopped.start + HOUR)
        assert corrected.duration_seconds == 3600

    def test_of_an_empty_timer_can_be_renamed(self, owner):
        services.start_timer(owner, WEB)
        stopped = services.stop_timer(owner, WEB).stopped

        assert services.edit_session(owner, WEB, stopped.id, name="Pressed twice").duration_seconds == 0

    def test_with_wrong_times_is_rejected(self, owner, session):
        with rejected(InvalidInputError, ("end", "end_not_after_start")):
            services.edit_session(owner, WEB, session.id, end=session.start)

    def test_of_one_in_the_trash_is_rejected(self, owner, session):
        services.delete_session(owner, WEB, session.id)

        with rejected(ConflictError, "deleted"):
            services.edit_session(owner, WEB, session.id, name="x")

    def test_of_a_state_that_was_not_seen_is_rejected(self, owner, session):
        services.edit_session(owner, WEB, session.id, name="from one tab", versions={1})

        with rejected(StaleVersionError, "version_mismatch") as stale:
            services.edit_session(owner, WEB, session.id, name="from another", versions={1})
        assert stale.value.current.name == "from one tab"

    def test_of_a_stranger_or_of_nothing_is_not_found(self, stranger, session):
        for session_id in (session.id, uuid7()):
            with rejected(NotFoundError, "not_found", "There is nothing here."):
                services.edit_session(stranger, WEB, session_id, name="x", versions={7})


class TestDuration:
    @pytest.fixture
    def session(self, owner):
        return make_session(owner, "2026-11-20T22:00Z", "2026-11-20T23:00Z")

    def test_moves_the_end(self, owner, session):
        edited = services.edit_session(owner, WEB, session.id, duration_seconds=5400)

        assert (times(edited), edited.duration_seconds, edited.last_date.day) == ("22:00-23:30", 5400, 21)

    def test_moves_the_start_of_the_running_session(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        edited = services.edit_session(owner, WEB, running.id, duration_seconds=90)

        assert (edited.start, edited.end) == (NOW - 90 * SECOND, None)

    def test_counts_from_a_new_start(self, owner, session):
        edited = services.edit_session(
            owner, WEB, session.id, start=instant("2026-11-20T08:00Z"), duration_seconds=60, name="x"
        )

        assert (times(edited), edited.name) == ("08:00-08:01", "x")

    def test_counts_seconds_over_a_change_of_the_clock(self, owner):
        session = make_session(owner, "2026-10-24T22:00Z", "2026-10-24T23:00Z")

        edited = services.edit_session(owner, WEB, session.id, duration_seconds=8 * 3600)

        assert (edited.end, edited.duration_seconds) == (instant("2026-10-25T06:00Z"), 8 * 3600)

    @pytest.mark.parametrize("seconds", [0, -1, 31 * 86400 + 1, 10**30])
    def test_out_of_range_is_rejected(self, owner, session, seconds):
        message = "A duration is longer than nothing and at most 31 days."

        with rejected(InvalidInputError, ("duration", "out_of_range"), message):
            services.edit_session(owner, WEB, session.id, duration_seconds=seconds)

    def test_of_31_days_is_taken(self, owner, session):
        assert services.edit_session(owner, WEB, session.id, duration_seconds=31 * 86400).duration_seconds == 31 * 86400

    @pytest.mark.parametrize("end", [instant("2026-11-20T23:30Z"), None])
    def test_together_with_another_end_is_rejected(self, owner, session, end):
        message = "Give either the duration or the times, not both."

        with rejected(InvalidInputError, ("duration", "does_not_match"), message):
            services.edit_session(owner, WEB, session.id, duration_seconds=60, end=end)

    def test_of_the_running_session_together_with_its_times_is_rejected(self, owner):
        running = start_session(owner, "2026-11-23T08:00Z")

        for field in ("start", "end"):
            with rejected(InvalidInputError, ("duration", "does_not_match")):
                services.edit_session(owner, WEB, running.id, duration_seconds=60, **{field: NOW - HOUR})

    def test_with_a_start_at_the_end_of_the_calendar_is_rejected(self, owner, session):
        with pytest.raises(InvalidInputError) as raised:
            services.edit_session(
                owner, WEB, session.id, start=datetime.max.replace(tzinfo=UTC), duration_seconds=31 * 86400
            )
        assert ("start", "out_of_range") in [(each.field, each.code) for each in raised.value.errors]


class TestTimesAtTheEndsOfTheCalendar:
    @pytest.mark.parametrize("hours", [-12, 0, 12])
    @pytest.mark.parametrize("field", ["start", "end"])
    @pytest.mark.parametrize("year", [1, 9999])
    def test_are_rejected_in_words(self, owner, field, hours, year):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T10:00Z")
        at = (datetime.min if year == 1 else datetime.max).replace(tzinfo=timezone(hours * HOUR))
        before = everything()

        with pytest.raises(InvalidInputError):
            services.edit_session(owner, WEB, session.id, **{field: at})
        with pytest.raises(InvalidInputError):
            services.put_session(owner, WEB, GIVEN_ID, **{"start": NOW - HOUR, "end": NOW, field: at})
        assert everything() == before


class TestEditMany:
    @pytest.fixture
    def sessions(self, owner):
        return [make_session(owner, f"2026-11-20T{hour}:00Z", f"2026-11-20T{hour}:30Z") for hour in (10, 11, 12)]

    def test_changes_all_as_one_changeset(self, owner, sessions):
        edited = services.edit_sessions(owner, WEB, [each.id for each in sessions], billable=True, name=" Call ")

        assert edited == sessions
        assert [(each.name, each.billable, each.version) for each in not_deleted(owner)] == [("Call", True, 2)] * 3
        assert len({change.changeset_id for change in changes(owner)[3:]}) == 1

    def test_is_all_or_nothing(self, owner, stranger, sessions):
        theirs = make_session(stranger, "2026-11-20T10:00Z", "2026-11-20T11:00Z")
        mine = [each.id for each in sessions]

        for session_id in (theirs.id, uuid7()):
            with rejected(NotFoundError, "not_found"):
                services.edit_sessions(owner, WEB, [*mine, session_id], name="x")
        with rejected(InvalidInputError, ("end", "end_not_after_start")):
            services.edit_sessions(owner, WEB, mine, start=instant("2026-11-20T11:00Z"))
        services.delete_session(owner, WEB, mine[2])
        with rejected(ConflictError, "deleted"):
            services.edit_sessions(owner, WEB, mine, name="x")

    def test_cannot_make_two_run(self, owner, sessions):
        with rejected(ConflictError, "timer_running"):
            services.edit_sessions(owner, WEB, [each.id for each in sessions], end=None)

    def test_of_none_or_of_one_twice_is_no_error(self, owner, sessions):
        assert services.edit_sessions(owner, WEB, [], name="x") == []
        services.edit_sessions(owner, WEB, [sessions[0].id, sessions[0].id], name="x")
        assert [each.version for each in not_deleted(owner)] == [2, 1, 1]


class TestGuessedEnd:
    @pytest.fixture
    def session(self, owner):
        start_session(owner, "2026-11-22T20:00Z")
        stopped = services.start_timer(owner, WEB, if_running="guess").stopped
        assert (times(stopped), stopped.needs_end_check) == ("20:00-04:00", True)
        return stopped

    def test_is_checked_by_whoever_sets_an_end(self, owner, session):
        assert services.edit_session(owner, WEB, session.id, end=session.end - HOUR).needs_end_check is False

    def test_is_checked_by_whoever_sets_a_duration(self, owner, session):
        assert services.edit_session(owner, WEB, session.id, duration_seconds=60).needs_end_check is False

    def test_is_checked_by_a_put(self, owner, session):
        put, _is_new = services.put_session(owner, WEB, session.id, start=session.start, end=session.end - HOUR)

        assert put.needs_end_check is False

    def test_is_checked_by_running_again(self, owner, session):
        services.stop_timer(owner, WEB)

        assert services.edit_session(owner, WEB, session.id, end=None).needs_end_check is False

    def test_stays_marked_when_something_else_is_changed(self, owner, session):
        edited = services.edit_session(
            owner, WEB, session.id, name="x", start=session.start - HOUR, end=session.end, billable=True
        )

        assert edited.needs_end_check is True
