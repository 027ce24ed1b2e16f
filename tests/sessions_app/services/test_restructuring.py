from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import TimeSession
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.services.states import (
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
)
from timetracker.db.ids import uuid7
from timetracker.errors import ConflictError, InvalidInputError, NotFoundError, StaleVersionError


@pytest.fixture
def session(owner):
    return make_session(
        owner, "2026-11-20T08:00Z", "2026-11-20T10:00Z", "Draft", note="n", billable=True, timezone="Asia/Tokyo"
    )


@pytest.fixture
def running(owner):
    return start_session(owner, "2026-11-23T08:00Z", "Mail")


@pytest.fixture
def guessed(owner):
    """A session that was forgotten and ended by a guess: 20 to 4 o'clock."""
    start_session(owner, "2026-11-22T20:00Z", "Forgotten")
    stopped = services.start_timer(owner, WEB, if_running="guess").stopped
    services.stop_timer(owner, WEB, discard=True)
    assert (times(stopped), stopped.needs_end_check) == ("20:00-04:00", True)
    return stopped


def described(session):
    return session.name, session.note, session.billable, session.timezone


class TestDuplicate:
    def test_makes_the_same_once_more(self, owner, session):
        again = services.duplicate_session(owner, WEB, session.id)

        again.refresh_from_db()
        assert again.id != session.id
        assert described(again) == described(session)
        assert (again.start, again.end, again.version, again.created_at) == (session.start, session.end, 1, NOW)
        assert actions(owner) == ["create", "duplicate"]

    def test_takes_over_all_that_is_tracked(self, owner):
        """In each column something else than what a new session has."""
        session = make_session(
            owner, "2026-11-20T08:00Z", "2026-11-20T10:00Z", "Draft", note="two", timezone="Asia/Tokyo",
            project_name="Web", tags=["deep"], billable=True, hourly_rate=Decimal(80), currency="EUR",
        )  # fmt: skip
        marks = {"times_known": False, "confirmed_at": NOW, "needs_end_check": True}
        TimeSession.objects.filter(id=session.id).update(**marks)
        session = TimeSession.objects.get(id=session.id)

        copy = TimeSession.objects.get(id=services.duplicate_session(owner, WEB, session.id).id)

        new = TimeSession.new(user=owner, source="web", timezone=owner.timezone)
        for name in {*TimeSession.TRACKED_FIELDS} - {"deleted_at"}:
            assert getattr(copy, name) == getattr(session, name), name
            assert name == "tag_ids" or getattr(copy, name) != getattr(new, name), name

    def test_of_a_length_nobody_may_enter(self, owner):
        start_session(owner, "2026-10-01T09:00Z")
        stopped = services.stop_timer(owner, WEB).stopped

        assert services.duplicate_session(owner, WEB, stopped.id).duration_seconds == 53 * 86400

    def test_keeps_a_guessed_end_marked(self, owner, guessed):
        assert services.duplicate_session(owner, WEB, guessed.id).needs_end_check

    def test_of_the_running_session_is_rejected(self, owner, running):
        message = "A running session cannot be duplicated. Stop it first."

        with rejected(ConflictError, "timer_running", message):
            services.duplicate_session(owner, WEB, running.id)


class TestSplit:
    def test_cuts_in_two(self, owner, session):
        at = instant("2026-11-20T08:30Z")

        first, second = services.split_session(owner, WEB, session.id, at + timedelta(milliseconds=5))

        assert not_deleted(owner) == [first, second]
        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:30", "08:30-10:00"]
        assert (first.id, described(second)) == (session.id, described(session))
        assert [each.duration_seconds for each in not_deleted(owner)] == [1800, 5400]
        assert actions(owner) == ["create", "split", "split"]

    def test_lets_the_second_part_of_the_running_session_run_on(self, owner, running):
        services.confirm_running(owner, WEB, running.id)

        first, second = services.split_session(owner, WEB, running.id, NOW - MINUTE)

        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:59", "08:59-"]
        assert (first.id, second.name, second.confirmed_at) == (running.id, "Mail", NOW)

    def test_leaves_the_mark_with_the_end_that_was_guessed(self, owner, guessed):
        first, second = services.split_session(owner, WEB, guessed.id, guessed.start + HOUR)

        assert (first.needs_end_check, second.needs_end_check) == (False, True)

    @pytest.mark.parametrize("at", ["2026-11-20T08:00Z", "2026-11-20T10:00Z", "2026-11-20T07:00Z", "2026-11-20T11:00Z"])
    def test_outside_is_rejected(self, owner, session, at):
        message = "This is not between the start and the end. Give a time inside the session."

        with rejected(InvalidInputError, ("at", "out_of_range"), message):
            services.split_session(owner, WEB, session.id, instant(at))

    def test_at_the_ends_of_the_calendar_is_rejected(self, owner, session):
        for end in (datetime.max, datetime.min):
            for hours in (-12, 0, 12):
                with rejected(InvalidInputError, ("at", "out_of_range")):
                    services.split_session(owner, WEB, session.id, end.replace(tzinfo=timezone(hours * HOUR)))

    def test_of_the_running_session_after_now_is_rejected(self, owner, running):
        with rejected(InvalidInputError, ("at", "out_of_range")):
            services.split_session(owner, WEB, running.id, NOW)

    def test_of_a_state_that_was_not_seen_is_rejected(self, owner, session):
        with rejected(StaleVersionError, "version_mismatch"):
            services.split_session(owner, WEB, session.id, session.start + HOUR, versions={2})


class TestMerge:
    def test_joins_neighbours_and_what_lies_between(self, owner, session):
        later = make_session(owner, "2026-11-20T11:00Z", "2026-11-20T12:00Z", "Letter", note="m", timezone="UTC")

        merged = services.merge_sessions(owner, WEB, later.id, session.id)

        assert (not_deleted(owner), times(merged)) == ([merged], "08:00-12:00")
        assert merged.id == session.id
        assert described(merged) == ("Draft", "n\nm", True, "Asia/Tokyo")
        later.refresh_from_db()
        assert (later.deleted_at, times(later)) == (NOW, "11:00-12:00")
        assert actions(owner) == ["create", "create", "merge", "merge"]

    def test_takes_the_name_of_the_other_where_it_has_none(self, owner):
        first = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        second = make_session(owner, "2026-11-20T09:00Z", "2026-11-20T10:00Z", "Letter", billable=True)

        merged = services.merge_sessions(owner, WEB, first.id, second.id)

        assert (merged.name, merged.note, merged.billable) == ("Letter", "", True)

    def test_of_one_inside_the_other_keeps_the_later_end(self, owner, session):
        inner = make_session(owner, "2026-11-20T08:30Z", "2026-11-20T09:00Z")

        assert times(services.merge_sessions(owner, WEB, inner.id, session.id)) == "08:00-10:00"

    @pytest.mark.parametrize("start", ["2026-11-23T07:00Z", "2026-11-23T08:30Z"])
    def test_with_the_running_session_runs(self, owner, running, start):
        finished = make_session(owner, start, "2026-11-23T08:45Z", "Call")
        services.confirm_running(owner, WEB, running.id)

        merged = services.merge_sessions(owner, WEB, running.id, finished.id)

        earliest = min(instant(start), running.start)
        assert (not_deleted(owner), merged.start, merged.end) == ([merged], earliest, None)
        assert (merged.confirmed_at, merged.needs_end_check) == (NOW, False)

    def test_keeps_what_was_said_of_the_end_it_keeps(self, owner, guessed):
        before = make_session(owner, "2026-11-22T18:00Z", "2026-11-22T19:00Z")
        after = make_session(owner, "2026-11-23T05:00Z", "2026-11-23T06:00Z")

        assert services.merge_sessions(owner, WEB, before.id, guessed.id).needs_end_check is True
        assert services.merge_sessions(owner, WEB, before.id, after.id).needs_end_check is False

    def test_over_a_third_is_rejected(self, owner, session):
        later = make_session(owner, "2026-11-20T11:00Z", "2026-11-20T12:00Z")
        third = make_session(owner, "2026-11-20T09:00Z", "2026-11-20T09:01Z")
        message = "Another session begins between these two. Merge neighbours only."

        with rejected(ConflictError, "not_neighbours", message):
            services.merge_sessions(owner, WEB, session.id, later.id)
        services.delete_session(owner, WEB, third.id)
        assert times(services.merge_sessions(owner, WEB, session.id, later.id)) == "08:00-12:00"

    def test_of_more_tags_than_a_session_has_is_rejected(self, owner):
        first, second = (
            make_session(owner, start, "2026-11-20T10:00Z", tags=[f"{letter}{number}" for number in range(11)])
            for start, letter in (("2026-11-20T08:00Z", "a"), ("2026-11-20T09:00Z", "b"))
        )

        with rejected(InvalidInputError, ("tags", "too_many")):
            services.merge_sessions(owner, WEB, first.id, second.id)

    def test_of_those_that_begin_together_goes_by_their_order(self, owner, session):
        first, second, third = sorted(
            [session.id, *(services.duplicate_session(owner, WEB, session.id).id for _again in range(2))]
        )

        with rejected(ConflictError, "not_neighbours"):
            services.merge_sessions(owner, WEB, first, third)
        services.merge_sessions(owner, WEB, second, third)
        services.merge_sessions(owner, WEB, first, second)
        assert [each.id for each in not_deleted(owner)] == [first]

    def test_with_itself_is_rejected(self, owner, session):
        with rejected(InvalidInputError, ("other", "does_not_match"), "Choose another session to merge with."):
            services.merge_sessions(owner, WEB, session.id, session.id)

    def test_into_more_than_anyone_may_enter_is_rejected(self, owner, session):
        earlier = make_session(owner, "2026-10-20T08:00Z", "2026-10-20T10:00Z")

        with rejected(InvalidInputError, ("end", "too_long")):
            services.merge_sessions(owner, WEB, session.id, earlier.id)

    def test_of_notes_that_are_too_long_together_is_rejected(self, owner):
        first, second = (
            make_session(owner, f"2026-11-20T{hour}:00Z", f"2026-11-20T{hour}:30Z", note=6000 * "x")
            for hour in (10, 11)
        )

        with rejected(InvalidInputError, ("note", "max_length")):
            services.merge_sessions(owner, WEB, first.id, second.id)

    def test_with_a_stranger_is_not_found(self, owner, stranger, session):
        theirs = make_session(stranger, "2026-11-20T11:00Z", "2026-11-20T12:00Z")

        with rejected(NotFoundError, "not_found"):
            services.merge_sessions(owner, WEB, session.id, theirs.id)


class TestMove:
    def test_keeps_wall_clock_and_length(self, owner):
        session = make_session(owner, "2026-10-26T08:00Z", "2026-10-26T10:00Z")  # 9:00 to 11:00 in winter

        moved = services.move_session(owner, WEB, session.id, date(2026, 10, 24))

        assert (moved.id, times(moved), moved.first_date) == (session.id, "07:00-09:00", date(2026, 10, 24))
        assert actions(owner) == ["create", "move"]

    def test_goes_by_the_zone_of_the_session(self, owner, session):
        start, end = instant("2026-11-20T16:00Z"), instant("2026-11-20T17:00Z")
        services.edit_session(owner, WEB, session.id, start=start, end=end)

        moved = services.move_session(owner, WEB, session.id, date(2026, 11, 19))  # 1:00 of the 21st in Tokyo

        assert moved.start == instant("2026-11-18T16:00Z")

    def test_keeps_the_length_over_a_change_of_the_clock(self, owner):
        session = make_session(owner, "2026-11-20T22:00Z", "2026-11-21T04:00Z")  # 23:00 to 5:00

        moved = services.move_session(owner, WEB, session.id, date(2026, 10, 24))

        assert (times(moved), moved.duration_seconds) == ("21:00-03:00", 6 * 3600)

    def test_moves_the_start_of_the_running_session(self, owner, running):
        moved = services.move_session(owner, WEB, running.id, date(2026, 11, 22))

        assert (moved.start, moved.is_running) == (instant("2026-11-22T08:00Z"), True)
        with rejected(InvalidInputError, ("start", "in_future")):
            services.move_session(owner, WEB, running.id, date(2026, 11, 24))

    def test_to_its_day_changes_nothing(self, owner):
        session = make_session(owner, "2026-10-25T01:30Z", "2026-10-25T03:00Z")  # 2:30, the second time
        before = everything()

        assert services.move_session(owner, WEB, session.id, date(2026, 10, 25)) == session
        assert everything() == before

    def test_to_a_time_that_was_skipped_is_rejected(self, owner):
        session = make_session(owner, "2026-11-20T01:30Z", "2026-11-20T03:00Z")
        message = "02:30 did not exist on that day: the clock was put forward and went on at 03:00."

        with rejected(InvalidInputError, ("day", "nonexistent_time"), message):
            services.move_session(owner, WEB, session.id, date(2026, 3, 29))

    @pytest.mark.parametrize(("occurrence", "start"), [(1, "2026-10-25T00:30Z"), (2, "2026-10-25T01:30Z")])
    def test_to_a_time_that_came_twice_asks(self, owner, occurrence, start):
        session = make_session(owner, "2026-11-20T01:30Z", "2026-11-20T03:00Z")

        with rejected(
            InvalidInputError,
            ("day", "ambiguous_time"),
            "02:30 came twice on that day: the clock was put back. Say which you mean.",
        ):
            services.move_session(owner, WEB, session.id, date(2026, 10, 25))
        moved = services.move_session(owner, WEB, session.id, date(2026, 10, 25), occurrence=occurrence)
        assert moved.start == instant(start)

    @pytest.mark.parametrize("day", [date.min, date.max])
    def test_to_the_ends_of_the_calendar_is_rejected(self, owner, day):
        session = make_session(owner, "2026-11-19T23:30Z", "2026-11-20T03:30Z", timezone="Asia/Tokyo")  # from 8:30
        if day == date.max:
            services.edit_session(owner, WEB, session.id, timezone="America/New_York")  # from 18:30

        with rejected(InvalidInputError, ("day", "out_of_range"), "Give a day nearer to today."):
            services.move_session(owner, WEB, session.id, day)

    @pytest.mark.parametrize("day", [date(1969, 12, 31), date(2026, 11, 25), date(9998, 1, 1)])
    def test_to_a_day_without_sessions_is_rejected(self, owner, session, day):
        with rejected(InvalidInputError, ("start", "out_of_range")):
            services.move_session(owner, WEB, session.id, day)


class TestInsert:
    def insert(self, owner, host, start, end, **fields):
        day = f"{host.start:%Y-%m-%d}"
        return services.insert_session(
            owner, WEB, host.id, start=instant(f"{day}T{start}Z"), end=instant(f"{day}T{end}Z"), **fields
        )

    def test_cuts_a_finished_session(self, owner, session):
        inserted = self.insert(owner, session, "08:30", "09:00", name="Call")

        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:30", "08:30-09:00", "09:00-10:00"]
        assert [each.name for each in not_deleted(owner)] == ["Draft", "Call", "Draft"]
        assert described(inserted) == ("Call", "", False, "Asia/Tokyo")
        assert described(not_deleted(owner)[2]) == described(session)
        assert actions(owner) == ["create", "insert", "insert", "insert"]

    def test_leaves_the_running_session_running(self, owner, running):
        services.confirm_running(owner, WEB, running.id)

        self.insert(owner, running, "08:30", "08:40", name="Call")

        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:30", "08:30-08:40", "08:40-"]
        assert (not_deleted(owner)[2].name, not_deleted(owner)[2].confirmed_at) == ("Mail", NOW)

    def test_up_to_now_lets_the_running_session_run_on_from_now(self, owner, running):
        self.insert(owner, running, "08:30", "09:00")

        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:30", "08:30-09:00", "09:00-"]

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [("08:00", "09:00", ["08:00-09:00", "09:00-10:00"]), ("09:00", "10:00", ["08:00-09:00", "09:00-10:00"])],
    )
    def test_at_an_edge_shortens(self, owner, session, start, end, expected):
        self.insert(owner, session, start, end)

        assert [times(each) for each in not_deleted(owner)] == expected
        assert actions(owner) == ["create", "insert", "insert"]

    def test_at_the_start_of_the_running_session_moves_its_start(self, owner, running):
        self.insert(owner, running, "08:00", "08:30")

        assert [times(each) for each in not_deleted(owner)] == ["08:00-08:30", "08:30-"]
        assert not_deleted(owner)[1].id == running.id

    def test_leaves_the_mark_with_the_end_that_was_guessed(self, owner, guessed):
        services.insert_session(owner, WEB, guessed.id, start=guessed.start + HOUR, end=guessed.start + 2 * HOUR)
        assert [each.needs_end_check for each in not_deleted(owner)] == [False, False, True]

    def test_of_all_of_it_is_rejected(self, owner, session):
        message = "This would cover all of the other session. Change that one instead."

        with rejected(InvalidInputError, ("start", "covers_all"), message):
            self.insert(owner, session, "08:00", "10:00")

    @pytest.mark.parametrize(("start", "end"), [("07:59", "09:00"), ("09:00", "10:01"), ("11:00", "12:00")])
    def test_outside_is_rejected(self, owner, session, start, end):
        message = "This is not inside the other session. Give times between its start and its end."

        with rejected(InvalidInputError, ("start", "out_of_range"), message):
            self.insert(owner, session, start, end)

    def test_after_now_in_the_running_session_is_rejected(self, owner, running):
        with rejected(InvalidInputError, ("start", "out_of_range")):
            services.insert_session(owner, WEB, running.id, start=NOW - MINUTE, end=NOW + SECOND)

    def test_without_times_is_rejected(self, owner, session):
        with rejected(InvalidInputError, ("start", "required"), "Give a start."):
            services.insert_session(owner, WEB, session.id, end=session.end)
        with rejected(InvalidInputError, ("end", "required"), "Give an end."):
            services.insert_session(owner, WEB, session.id, start=session.start, end=None)

    def test_into_a_timer_of_a_length_nobody_may_enter(self, owner):
        host = start_session(owner, "2026-10-01T08:00Z")
        services.stop_timer(owner, WEB)

        self.insert(owner, host, "09:00", "10:00")

        assert [each.duration_seconds for each in not_deleted(owner)] == [3600, 3600, 53 * 86400 - 3600]

    def test_of_a_state_that_was_not_seen_is_rejected(self, owner, session):
        with rejected(StaleVersionError, "version_mismatch"):
            services.insert_session(owner, WEB, session.id, versions=set(), start=session.start, end=session.end)


SHAPES = {
    "duplicate": lambda user, session_id: services.duplicate_session(user, WEB, session_id),
    "split": lambda user, session_id: services.split_session(user, WEB, session_id, instant("2026-11-20T09:00Z")),
    "merge": lambda user, session_id: services.merge_sessions(user, WEB, session_id, session_id),
    "move": lambda user, session_id: services.move_session(user, WEB, session_id, date(2026, 11, 19)),
    "insert": lambda user, session_id: services.insert_session(
        user, WEB, session_id, start=instant("2026-11-20T08:30Z"), end=instant("2026-11-20T09:00Z")
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shaping_is_for_sessions_of_the_user_outside_the_trash(owner, stranger, session, shape):
    for session_id in (session.id, uuid7()):
        with rejected(NotFoundError, "not_found"):
            SHAPES[shape](stranger, session_id)
    services.delete_session(owner, WEB, session.id)
    with rejected(ConflictError, "deleted"):
        SHAPES[shape](owner, session.id)


def test_every_shaping_records_before_and_after(owner, session):
    first, _second = services.split_session(owner, WEB, session.id, instant("2026-11-20T09:00Z"))

    cut, made = changes(owner)[1:]
    assert (cut.before, cut.after, made.before) == (session.snapshot(), first.snapshot(), None)
    assert made.after == TimeSession.objects.get(pk=made.object_id).snapshot()
