import pytest
from django.db import IntegrityError

from sessions_app import services
from sessions_app.models import Change, Changeset, Source, TimeSession
from sessions_app.services import Actor, change_recorder
from tests.factories import WEB, make_account, make_guest, make_session, start_session
from tests.sessions_app.services.states import (
    GIVEN_ID,
    HOUR,
    NOW,
    changes,
    everything,
)
from timetracker.errors import FieldError, InvalidInputError
from users_app.models import AccessToken, User
from users_app.services.preferences import save_preferences


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
    def test_of_every_changeset_names_its_actor(self, owner, actors, source):
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
        assert {(change.changeset.source, change.changeset.token, change.changeset.operator) for change in written} == {
            (source, actor.token, actor.operator)
        }
        assert {session.source for session in TimeSession.objects.for_user(owner)} == {source}
        assert len({change.changeset_id for change in written}) == len(written) - 1  # one switch

    def test_keeps_the_source_of_the_session_when_another_edits_it(self, owner, actors):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")

        edited = services.edit_session(owner, actors["admin"], session.id, name="x")

        assert (edited.source, changes(owner)[1].changeset.source) == ("web", "admin")

    def test_is_undone_with_its_changeset(self, owner, monkeypatch):
        running = start_session(owner, "2026-11-23T08:00Z")
        insert_columns = change_recorder.insert_columns

        def fail_at_the_start(model, count, columns):
            if columns.get("action") == Change.Action.START:
                raise IntegrityError("no room")
            insert_columns(model, count, columns)

        monkeypatch.setattr(change_recorder, "insert_columns", fail_at_the_start)
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


class TestRevision:
    def test_grows_by_one_with_each_changeset(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.edit_session(owner, WEB, session.id, name="x")
        services.start_timer(owner, WEB)

        assert revision_of(owner) == 3
        assert list(Changeset.objects.order_by("revision").values_list("revision", "count")) == [(1, 1), (2, 1), (3, 1)]

    def test_stays_when_nothing_was_written(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "x")
        services.edit_session(owner, WEB, session.id, name="x")
        with pytest.raises(InvalidInputError):
            services.edit_session(owner, WEB, session.id, name="x" * 300)

        assert revision_of(owner) == 1
        assert Changeset.objects.count() == 1

    def test_grows_with_settings(self, owner):
        save_preferences(owner, timezone="Europe/Berlin")

        assert revision_of(owner) == 1

    def test_is_never_set_back_by_a_copy_that_was_read_before(self, owner):
        copy = User.objects.get(pk=owner.pk)
        make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        copy.display_name = "Ada"
        copy.save()

        assert (revision_of(owner), copy.revision) == (2, 2)

    def test_grows_with_derived_fields_although_no_change_is_tracked(self, owner):
        session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z")
        services.refresh_derived_fields(owner, session.id)

        assert revision_of(owner) == 2
        assert Changeset.objects.count() == 1


def test_what_failed_alone_is_not_counted(owner):
    session = make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "x")

    def fail():
        services.edit_session(owner, WEB, session.id, name="y")
        raise InvalidInputError(FieldError("name", "invalid", "No"))

    def add():
        return make_session(owner, "2026-11-20T08:00Z", "2026-11-20T09:00Z", "z")

    services.run_operations(owner, WEB, [fail, add], atomic=False)

    written = Changeset.objects.latest("revision")
    assert (written.count, written.summary) == (1, "“z” added")
    assert list(written.changes.values_list("number", flat=True)) == [1]


def revision_of(user):
    return User.objects.values_list("revision", flat=True).get(pk=user.pk)
