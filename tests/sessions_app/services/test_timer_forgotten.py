from datetime import timedelta

import pytest

from sessions_app import services
from sessions_app.models import TimeSession
from sessions_app.selectors.forgotten import find_forgotten
from tests.factories import WEB, instant, make_session, start_session
from tests.sessions_app.services.states import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    actions,
    everything,
    not_deleted,
    rejected,
    times,
)
from timetracker.errors import ConflictError, NotFoundError
from users_app.models import User


@pytest.fixture
def forgotten(owner):
    """Runs since eleven hours."""
    return start_session(owner, "2026-11-22T22:00Z", "Draft")


def see(user, at, **fields):
    User.objects.filter(pk=user.pk).update(last_seen_at=at, **fields)
    user.refresh_from_db()


class TestFind:
    def test_nothing_when_nothing_runs(self, owner):
        assert find_forgotten(owner, None, now=NOW) is None

    def test_one_that_is_over_the_limit_of_its_user(self, owner, forgotten):
        found = find_forgotten(owner, forgotten, now=NOW)
        assert (found.session, found.guess, found.was_seen) == (forgotten, NOW - 3 * HOUR, False)

        owner.long_session_hours = 11
        assert find_forgotten(owner, forgotten, now=NOW) is None
        assert find_forgotten(owner, forgotten, now=NOW + SECOND).guess == NOW

    def test_the_last_sighting(self, owner, forgotten):
        see(owner, NOW - 9 * HOUR + timedelta(microseconds=5))

        found = find_forgotten(owner, forgotten, now=NOW)
        assert (found.guess, found.was_seen) == (NOW - 9 * HOUR, True)

    def test_no_sighting_of_a_user_who_is_not_noted(self, owner, forgotten):
        see(owner, NOW - 9 * HOUR, notes_last_seen=False)

        assert find_forgotten(owner, forgotten, now=NOW).was_seen is False

    def test_midnight_by_the_zone_of_the_session(self, owner):
        running = start_session(owner, "2026-11-23T02:00Z", timezone="America/New_York")  # 21:00; midnight is 5:00
        see(owner, running.start)

        assert find_forgotten(owner, running, now=instant("2026-11-23T04:59Z")) is None
        assert find_forgotten(owner, running, now=instant("2026-11-23T05:00Z")).guess == running.start

    def test_asks_no_query_and_changes_nothing(self, owner, forgotten, django_assert_num_queries):
        with django_assert_num_queries(0):
            find_forgotten(owner, forgotten, now=NOW)
        assert forgotten.is_running


class TestStartingSomethingNew:
    def test_ends_a_forgotten_session_at_the_guess_and_marks_it(self, owner, forgotten):
        see(owner, NOW - 10 * HOUR)

        switch = services.start_timer(owner, WEB, if_running="guess", name="next")

        stopped = TimeSession.objects.get(pk=forgotten.pk)
        assert (stopped.end, stopped.needs_end_check) == (NOW - 10 * HOUR, True)
        assert (switch.started.start, switch.started.needs_end_check) == (NOW, False)
        assert actions(owner) == ["start", "stop", "start"]

    def test_ends_at_the_limit_when_nobody_was_seen(self, owner, forgotten):
        assert times(services.start_timer(owner, WEB, if_running="guess").stopped) == "22:00-06:00"

    def test_ends_what_was_not_forgotten_now(self, owner):
        start_session(owner, "2026-11-23T08:00Z")

        stopped = services.start_timer(owner, WEB, if_running="guess").stopped

        assert (stopped.end, stopped.needs_end_check) == (NOW, False)

    def test_earlier_than_the_guess_ends_there_unmarked(self, owner, forgotten):
        see(owner, NOW - HOUR)

        switch = services.start_timer(owner, WEB, if_running="guess", start=NOW - 2 * HOUR)

        assert (switch.stopped.end, switch.stopped.needs_end_check) == (NOW - 2 * HOUR, False)

    def test_guesses_only_when_asked_to(self, owner, forgotten):
        stopped = services.start_timer(owner, WEB).stopped

        assert (stopped.end, stopped.needs_end_check) == (NOW, False)

    def test_by_going_on_with_another_guesses(self, owner, forgotten):
        other = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Call")

        switch = services.continue_session(owner, WEB, other.id)

        assert (switch.started.name, times(switch.stopped), switch.stopped.needs_end_check) == (
            "Call",
            "22:00-06:00",
            True,
        )


class TestContinue:
    def test_starts_the_same_now_in_the_zone_of_today(self, owner):
        session = make_session(
            owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "Call", note="n", billable=True, timezone="Asia/Tokyo"
        )

        started = services.continue_session(owner, WEB, session.id).started

        assert (started.name, started.note, started.billable) == ("Call", "n", True)
        assert (started.start, started.end, started.timezone) == (NOW, None, "Europe/Berlin")

    def test_of_the_running_session_changes_nothing(self, owner, forgotten):
        before = everything()

        assert services.continue_session(owner, WEB, forgotten.id).started is None
        assert everything() == before

    def test_of_a_stranger_is_not_found(self, stranger, forgotten):
        with rejected(NotFoundError, "not_found"):
            services.continue_session(stranger, WEB, forgotten.id)


class TestStop:
    def test_is_never_rejected_and_ends_now(self, owner, forgotten):
        stopped = services.stop_timer(owner, WEB).stopped

        assert (stopped.end, stopped.needs_end_check) == (NOW, False)

    def test_takes_the_guess(self, owner, forgotten):
        guess = find_forgotten(owner, forgotten, now=NOW).guess

        assert times(services.stop_timer(owner, WEB, session_id=forgotten.id, end=guess).stopped) == "22:00-06:00"


class TestConfirm:
    def test_that_it_goes_on_asks_again_after_as_long(self, owner, forgotten):
        confirmed = services.confirm_running(owner, WEB, forgotten.id)

        assert (confirmed.confirmed_at, confirmed.is_running, confirmed.start) == (NOW, True, forgotten.start)
        assert actions(owner) == ["start", "confirm"]
        assert find_forgotten(owner, confirmed, now=NOW + 8 * HOUR) is None
        assert find_forgotten(owner, confirmed, now=NOW + 9 * HOUR).guess == NOW + 8 * HOUR

    def test_that_it_goes_on_changes_nothing_of_one_that_ended(self, owner, forgotten):
        services.stop_timer(owner, WEB)
        before = everything()

        assert services.confirm_running(owner, WEB, forgotten.id).confirmed_at is None
        assert everything() == before

    def test_the_guessed_end_takes_the_mark_away_once(self, owner, forgotten):
        services.start_timer(owner, WEB, if_running="guess")

        confirmed = services.confirm_end(owner, WEB, forgotten.id)

        assert (confirmed.needs_end_check, times(confirmed)) == (False, "22:00-06:00")
        before = everything()
        services.confirm_end(owner, WEB, forgotten.id)
        assert everything() == before

    @pytest.mark.parametrize("confirm", [services.confirm_end, services.confirm_running])
    def test_is_for_sessions_of_the_user_outside_the_trash(self, owner, stranger, forgotten, confirm):
        with rejected(NotFoundError, "not_found"):
            confirm(stranger, WEB, forgotten.id)
        services.delete_session(owner, WEB, forgotten.id)
        with rejected(ConflictError, "deleted"):
            confirm(owner, WEB, forgotten.id)


@pytest.mark.parametrize("days", [1, 30, 400])
def test_nothing_changes_without_a_changeset(owner, forgotten, clock, days):
    before = everything()
    see(owner, NOW - HOUR)
    clock.move_to(NOW + days * DAY + MINUTE, tick=False)

    find_forgotten(owner, not_deleted(owner)[0], now=NOW + days * DAY)
    services.undoable_changesets(owner, now=NOW + days * DAY)
    services.prune_trash(owner, now=NOW + days * DAY)

    assert everything() == before
