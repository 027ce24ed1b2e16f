from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sessions_app import services
from sessions_app.management import users as all_users
from sessions_app.models import Change, TimeSession
from tests.factories import WEB, instant, make_guest, make_session, start_session
from users_app.models import User

NOW = instant("2026-11-23T09:00Z")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def run(*command):
    output = StringIO()
    call_command(*command, stdout=output)
    return output.getvalue()


def test_everybody_is_visited_once_some_at_a_time(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(all_users, "BATCH_SIZE", 2)
    users = {make_guest().pk for _number in range(5)}

    with django_assert_num_queries(4):
        visited = [user.pk for user in all_users.iterate_users()]

    assert len(visited) == 5
    assert set(visited) == users == set(User.objects.values_list("pk", flat=True))


class TestPruneTrash:
    def test_removes_what_was_there_for_30_days_from_every_trash(self, owner, stranger, clock):
        old = [make_session(user, "2026-11-20T08:00Z", "2026-11-20T09:00Z") for user in (owner, stranger)]
        for session in old:
            services.delete_session(session.user, WEB, session.id)
        clock.move_to(NOW + DAY, tick=False)
        stored = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        newer = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.delete_session(owner, WEB, newer.id)
        clock.move_to(NOW + 30 * DAY, tick=False)

        assert run("prune_trash") == "Removed for good: 2.\n"
        assert run("prune_trash") == "Removed for good: 0.\n"

        assert set(TimeSession.objects.values_list("id", flat=True)) == {stored.id, newer.id}
        purges = Change.objects.filter(action="purge")
        assert {(each.user, each.object_id, each.changeset.source) for each in purges} == {
            (session.user, session.id, "system") for session in old
        }

    def test_of_nobody_removes_nothing(self, db):
        assert run("prune_trash") == "Removed for good: 0.\n"


class TestCheckSessions:
    @pytest.fixture
    def sessions(self, owner, stranger):
        """One over a midnight of Berlin, one of a stranger that runs, one in the Trash."""
        crossing = make_session(owner, "2026-11-20T22:00Z", "2026-11-21T01:00Z")
        running = start_session(stranger, "2026-11-22T23:30Z")
        deleted = make_session(stranger, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.delete_session(stranger, WEB, deleted.id)
        return [crossing, running, deleted]

    @pytest.fixture
    def truth(self, sessions):
        return self.stored()

    def stored(self):
        return list(TimeSession.objects.order_by("id").values())

    def spoil(self, session, **days):
        """What the constraints let pass: within a day of the truth."""
        TimeSession.objects.filter(pk=session.pk).update(**days)

    def test_says_that_all_is_well(self, truth):
        assert run("check_sessions") == "All is well.\n"
        assert run("check_sessions", "--repair") == "All is well.\n"
        assert self.stored() == truth

    def test_names_what_is_wrong_and_leaves_it(self, owner, stranger, sessions, truth):
        crossing, running, deleted = sessions
        self.spoil(crossing, last_date=date(2026, 11, 20))
        self.spoil(running, first_date=date(2026, 11, 22))
        self.spoil(deleted, first_date=date(2026, 11, 19))
        before = self.stored()
        output = StringIO()

        with pytest.raises(CommandError, match=r"^Wrong: 3\. Repair them with manage\.py .*--repair\.$") as raised:
            call_command("check_sessions", stdout=output)

        assert raised.value.returncode == 1
        assert set(output.getvalue().splitlines()) == {
            f"Session {session.id} of user {session.user_id} has wrong days or a wrong duration."
            for session in sessions
        }
        assert self.stored() == before

    def test_corrects_without_changing_what_anyone_chose(self, sessions, truth):
        self.spoil(sessions[0], last_date=date(2026, 11, 20))
        self.spoil(sessions[1], first_date=date(2026, 11, 22))
        changes = Change.objects.count()

        assert run("check_sessions", "--repair").endswith("\nRepaired: 2.\n")

        assert self.stored() == truth
        assert Change.objects.count() == changes
        assert run("check_sessions") == "All is well.\n"

    def test_corrects_nothing_that_has_gone_meanwhile(self, owner, sessions):
        services.delete_session(owner, WEB, sessions[0].id)
        services.empty_trash(owner, WEB)

        services.refresh_derived_fields(owner, sessions[0].id)

        assert not TimeSession.objects.filter(pk=sessions[0].pk).exists()
