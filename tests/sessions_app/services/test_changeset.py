import pytest
from django.db import IntegrityError

from sessions_app import services
from sessions_app.models import Change, Source, TimeSession
from sessions_app.services import Actor
from tests.factories import WEB, make_account, make_guest, make_session, start_session
from tests.sessions_app.services.states import (
    GIVEN_ID,
    HOUR,
    NOW,
    changes,
    everything,
)
from users_app.models import AccessToken


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
        save = Change.save

        def fail_at_the_start(change, **options):
            if change.action == Change.Action.START:
                raise IntegrityError("no room")
            save(change, **options)

        monkeypatch.setattr(Change, "save", fail_at_the_start)
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
