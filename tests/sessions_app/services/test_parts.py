"""Long work: written in parts that others write between, gone on with after a kill, and undone as one"""

import resource
import time
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest

from sessions_app import services
from sessions_app.models import Change, Changeset, Project, TimeSession
from sessions_app.selectors.change_feed import read_change_feed
from sessions_app.services import parts, undo, undo_parts
from tests.factories import WEB, make_session
from tests.many_sessions import add_sessions
from tests.sessions_app.services.states import NOW, SECOND, not_deleted, rejected, tracked
from timetracker.errors import ConflictError, NotFoundError

YEAR = NOW - NOW.replace(month=1, day=1)


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""


@pytest.fixture
def short_parts(monkeypatch):
    """Each part is one step of ten rows."""
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    monkeypatch.setattr("sessions_app.services.repricing.CHUNK", 10)
    monkeypatch.setattr(undo_parts, "CHUNK", 10)
    monkeypatch.setattr(undo, "MAX_WHOLE", 5)


@pytest.fixture
def project(owner):
    project = services.create_entry(owner, WEB, Project, name="Logo", hourly_rate=Decimal(50), currency="EUR")
    add_sessions(owner, 35, until=NOW, over=YEAR, projects=[project])
    TimeSession.objects.for_user(owner).update(project=project, deleted_at=None)
    return services.edit_entry(owner, WEB, Project, project.id, hourly_rate=Decimal(90))


def reprice(owner, **more):
    return services.apply_rates(owner, WEB, since=date(2026, 1, 1), **more)


def rates(owner):
    return {*TimeSession.objects.for_user(owner).values_list("hourly_rate", flat=True)}


@pytest.mark.usefixtures("short_parts")
class TestParts:
    def test_are_one_changeset_of_several_revisions(self, owner, project):
        owner.refresh_from_db()
        revision = owner.revision

        done = reprice(owner)

        assert (done.session_count, done.is_finished, rates(owner)) == (35, True, {Decimal(90)})
        made = Changeset.objects.get(id=done.changeset_id)
        assert (made.count, made.unfinished, made.revision) == (35, None, revision + 1)
        written = Change.objects.filter(user=owner, changeset=made.id).order_by("revision", "number")
        assert [(each.revision, each.number) for each in written] == [
            (revision + 1 + number // 10, number % 10 + 1) for number in range(35)
        ]
        owner.refresh_from_db()
        assert owner.revision == revision + 4

    def test_stop_after_the_given_time_and_are_gone_on_with(self, owner, project):
        first = reprice(owner, seconds=0)

        assert (first.session_count, first.is_finished) == (10, False)
        (unfinished,) = services.unfinished_work(owner)
        assert (unfinished.id, unfinished.count) == (first.changeset_id, 10)

        progress = services.go_on(owner, WEB, first.changeset_id)

        assert (progress.is_finished, progress.state["count"], rates(owner)) == (True, 35, {Decimal(90)})
        assert services.unfinished_work(owner) == []
        assert services.go_on(owner, WEB, first.changeset_id).is_finished
        assert Changeset.objects.get(id=first.changeset_id).count == 35

    def test_of_two_that_go_on_each_row_is_written_once(self, owner, project):
        first = reprice(owner, seconds=0)
        stale = parts._Work(
            owner, WEB, Changeset.objects.get(id=first.changeset_id).unfinished, None, undo.UNDOABLE_FOR, None
        )
        services.go_on(owner, WEB, first.changeset_id, seconds=0)

        assert stale.run(first.changeset_id, None).is_finished
        assert Change.objects.filter(changeset=first.changeset_id).count() == 35
        assert stale.run(first.changeset_id, None).is_finished

    def test_let_others_write_between_and_no_feed_misses_anything(self, owner, project):
        cursor = read_change_feed(owner, after=None, limit=500).cursor
        seen = []
        first = reprice(owner, seconds=0)
        for _turn in range(5):
            page = read_change_feed(owner, after=cursor, limit=500)
            seen += [row.id for row in page.changed]
            cursor = page.cursor
            seen.append(make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z").id)
            services.go_on(owner, WEB, first.changeset_id, seconds=0)

        page = read_change_feed(owner, after=cursor, limit=500)
        seen += [row.id for row in page.changed]
        assert {*seen} == {each.id for each in TimeSession.objects.for_user(owner)}

    def test_do_not_count_what_it_takes_to_come_to_where_they_were(self, owner, project, monkeypatch):
        first = reprice(owner, seconds=0)
        kind = Changeset.objects.get(id=first.changeset_id).unfinished["kind"]
        maker = parts._makers[kind]

        def slow(user, state):
            time.sleep(0.6)
            return maker(user, state)

        monkeypatch.setitem(parts._makers, kind, slow)
        assert services.go_on(owner, WEB, first.changeset_id, seconds=0.5).state["count"] > 20

    def test_of_another_are_not_found(self, owner, stranger, project):
        first = reprice(owner, seconds=0)

        with rejected(NotFoundError, "not_found"):
            services.go_on(stranger, WEB, first.changeset_id)


@pytest.mark.usefixtures("short_parts")
class TestUndoInParts:
    def test_takes_all_back_and_does_it_again(self, owner, project):
        before = tracked(owner)
        done = reprice(owner)
        after = tracked(owner)

        undone = services.undo_changeset(owner, WEB, done.changeset_id)

        assert (undone.left_count, undone.is_finished, tracked(owner)) == (0, True, before)
        services.undo_changeset(owner, WEB, undone.undone_by)
        assert tracked(owner) == after

    def test_takes_back_what_was_not_finished(self, owner, project):
        before = tracked(owner)
        first = reprice(owner, seconds=0)

        services.undo_changeset(owner, WEB, first.changeset_id)

        assert (tracked(owner), services.unfinished_work(owner)) == (before, [])
        assert services.go_on(owner, WEB, first.changeset_id).is_finished
        assert tracked(owner) == before

    def test_is_itself_gone_on_with(self, owner, project):
        before = tracked(owner)
        done = reprice(owner)

        undone = services.undo_changeset(owner, WEB, done.changeset_id, seconds=0)

        assert not undone.is_finished
        while not services.go_on(owner, WEB, undone.undone_by, seconds=0).is_finished:
            pass
        assert tracked(owner) == before
        with rejected(NotFoundError, "not_found"):
            services.undo_changeset(owner, WEB, done.changeset_id)

    def test_changes_nothing_when_something_was_changed_since(self, owner, project):
        done = reprice(owner)
        session = TimeSession.objects.for_user(owner).first()
        services.edit_session(owner, WEB, session.id, name="Other")
        before = tracked(owner)

        with rejected(ConflictError, "changed_since"):
            services.undo_changeset(owner, WEB, done.changeset_id)
        assert tracked(owner) == before

    def test_leaves_and_names_what_changes_meanwhile(self, owner, project):
        done = reprice(owner)
        undone = services.undo_changeset(owner, WEB, done.changeset_id, seconds=0)
        last = TimeSession.objects.for_user(owner).order_by("-start").first()
        services.edit_session(owner, WEB, last.id, name="Other")

        state = services.go_on(owner, WEB, undone.undone_by).state

        assert (state["left_count"], state["left"]) == (1, ["Other"])
        assert rates(owner) == {Decimal(90), *rates_before(owner, last)}

    def test_of_a_deleted_project_brings_it_back_before_its_sessions(self, owner, project):
        before = tracked(owner)
        services.delete_entry(owner, WEB, Project, project.id)
        assert all(each.project_id is None for each in not_deleted(owner))

        services.undo_changeset(owner, WEB)

        assert tracked(owner) == before

    def test_of_a_running_session_waits_for_the_rest(self, owner, project, clock):
        services.start_timer(owner, WEB, name="Runs")
        before = tracked(owner)
        clock.move_to(NOW + 10 * SECOND, tick=False)
        with services.changeset(owner, WEB):
            services.stop_timer(owner, WEB)
            services.edit_sessions(owner, WEB, [each.id for each in not_deleted(owner)][:20], note="x")

        services.undo_changeset(owner, WEB)

        assert tracked(owner) == before


def rates_before(owner, but):
    others = TimeSession.objects.for_user(owner).exclude(id=but.id)
    return {*others.values_list("hourly_rate", flat=True)}


@pytest.mark.slow(reason="writes and takes back thousands of sessions")
def test_memory_of_an_undo_does_not_grow_with_what_is_undone(owner, project):
    add_sessions(owner, 4_000, until=NOW, over=YEAR, projects=[project])  # 24 MB if all were held at once
    TimeSession.objects.for_user(owner).update(deleted_at=None, project=project, hourly_rate=1, currency="EUR")
    done = reprice(owner)
    tracemalloc.start()

    services.undo_changeset(owner, WEB, done.changeset_id)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rates(owner) == {Decimal(1)}
    assert peak < 15_000_000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
