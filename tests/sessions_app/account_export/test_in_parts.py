"""An import of an export that is interrupted: whole parts stay, and the same file goes on where they end"""

from io import BytesIO

import pytest

from sessions_app import services
from sessions_app.account_export import importing
from sessions_app.imports import waiting  # noqa: F401  # keeps the file, and knows how to go on
from sessions_app.models import Changeset, TimeSession
from sessions_app.services import parts
from tests.accounts import bring_in, export
from tests.factories import WEB, make_guest, make_session, start_session
from tests.sessions_app.services.states import rejected, tracked
from timetracker.errors import ConflictError


@pytest.fixture
def content(stranger):
    for day in range(1, 26):
        make_session(
            stranger, f"2026-10-{day:02}T08:00Z", f"2026-10-{day:02}T09:00Z", f"n{day}", project_name="Logo", tags=["a"]
        )
    content = export(stranger)
    stranger.delete()
    return content


@pytest.fixture
def interrupted(owner, content, monkeypatch):
    """The process ends after the second part."""
    monkeypatch.setattr(importing, "CHUNK", 10)
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    step = importing._Import.__call__
    calls = []

    def stops(self, changes, state):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return step(self, changes, state)

    with monkeypatch.context() as patch:
        patch.setattr(importing._Import, "__call__", stops)
        with pytest.raises(KeyboardInterrupt):
            bring_in(owner, content)
    (unfinished,) = services.unfinished_work(owner)
    assert TimeSession.objects.for_user(owner).count() == 20
    return unfinished


def test_the_same_file_goes_on_within_the_same_changeset(owner, content, interrupted):
    summary = bring_in(owner, content)

    assert (summary.added["session"], summary.changeset_id) == (25, interrupted.id)
    assert TimeSession.objects.for_user(owner).count() == 25
    assert services.unfinished_work(owner) == []
    assert bring_in(owner, content).added.total() == 0


def test_without_the_file_it_says_what_to_do(owner, interrupted):
    with rejected(
        ConflictError, "choice_needed", "Choose the same file on the Settings page again, and the import goes on."
    ):
        services.go_on(owner, WEB, interrupted.id)


def test_undo_takes_back_what_came_in(owner, interrupted):
    services.undo_changeset(owner, WEB, interrupted.id)

    assert not TimeSession.objects.for_user(owner).not_deleted().exists()
    assert services.unfinished_work(owner) == []


def test_a_conflict_is_found_before_anything_is_written(owner, monkeypatch):
    monkeypatch.setattr(parts, "PART_SECONDS", 0)
    other = make_guest()
    for day in range(1, 4):
        make_session(other, f"2026-10-{day:02}T08:00Z", f"2026-10-{day:02}T09:00Z")
    start_session(other, "2026-11-20T08:00Z")
    content = export(other)
    start_session(owner, "2026-11-20T08:00Z")
    before = tracked(owner)

    with rejected(ConflictError, "timer_running"):
        importing.import_account_export(owner, WEB, BytesIO(content))
    assert tracked(owner) == before
    assert Changeset.objects.filter(user=owner).count() == 1
